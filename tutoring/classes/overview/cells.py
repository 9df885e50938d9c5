"""What one field of the table says, in words; equal fields are one object."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from tutoring.classes.overview.states import DONE, GOING, NONE, STUCK, WITNESSED, LessonState
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import Lesson

STATE_WORDS = {
    STUCK: N_("Đang dừng"),
    GOING: N_("Đang làm"),
    DONE: N_("Đã xong"),
    WITNESSED: N_("Có người chứng kiến"),
    NONE: N_("Chưa bắt đầu"),
}
HIDDEN, ASIDE = "hidden", "aside"
HIDDEN_WORDS = N_("Chưa đồng ý cho xem")


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: its state, its words, and a second line."""

    state: str
    say: str
    more: str = ""

    def __str__(self) -> str:
        return f"{self.say}, {self.more}" if self.more else self.say


NOT_ASKED = Cell(ASIDE, "–")  # a work that is not set for this pupil


class Cells:
    """Makes fields; a text is looked up once for all fields."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Cell] = {}
        self._numbers: dict[int, dict[str, int]] = {}  # of the steps of each lesson
        self._words = {state: gettext(text) for state, text in STATE_WORDS.items()}
        self._where, self._lessons = gettext("Bước %(n)s/%(of)s"), gettext("%(n)s/%(of)s bài")
        self._stuck, self._seen = gettext("dừng từ %(day)s"), gettext("xem %(day)s")

    def plain(self, state: str, day: date | None = None) -> Cell:
        """Returns a field that says the state alone, and the day of the last visit."""
        found = self._made.get((state, day))
        if found is None:
            found = self._made[state, day] = Cell(state, self._words[state], short(day))
        return found

    def path(self, states: Sequence[LessonState]) -> Cell:
        """Returns the field of a path, from the states of its lessons."""
        done, of = sum(one.done for one in states), len(states)
        if of and done == of:
            return self.plain(WITNESSED if all(one.state == WITNESSED for one in states) else DONE)
        stuck = [one.since for one in states if one.state == STUCK and one.since]
        seen = [one.seen for one in states if one.seen]
        if not seen:
            return self.plain(NONE)
        state, day = (STUCK, min(stuck)) if stuck else (GOING, max(seen))
        found = self._made.get((state, done, of, day, "path"))
        if found is None:
            more = (self._stuck if stuck else self._seen) % {"day": short(day)}
            found = self._made[state, done, of, day, "path"] = Cell(state, self._lessons % {"n": done, "of": of}, more)
        return found

    def lesson(self, state: LessonState, lesson: Lesson | None) -> Cell:
        """Returns the field of a lesson."""
        if state.state not in (GOING, STUCK) or lesson is None:
            return self.plain(state.state, state.seen if state.done else None)
        numbers = self._numbers.get(id(lesson))
        if numbers is None:
            numbers = self._numbers[id(lesson)] = {str(step["id"]): n for n, step in enumerate(lesson.outline, 1)}
        number, steps = numbers.get(state.step_id, 1), len(numbers)
        stuck = state.state == STUCK
        day = state.since if stuck else state.seen
        key = (state.state, number, steps, day)
        found = self._made.get(key)
        if found is None:
            more = (self._stuck if stuck else self._seen) % {"day": short(day)}
            found = self._made[key] = Cell(state.state, self._where % {"n": number, "of": steps}, more)
        return found


def short(day: date | None) -> str:
    """Formats a day of this school year."""
    return f"{day.day}/{day.month}" if day else ""
