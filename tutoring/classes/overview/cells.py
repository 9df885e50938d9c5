"""What one field of the table says, in words; equal fields are one object."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from flask_babel import gettext

from tutoring.classes.overview.lessons import LessonOutline
from tutoring.classes.overview.states import DONE, GOING, NONE, NOT_BEGUN, STUCK, WITNESSED, LessonState
from tutoring.kernel.text import N_

STATE_WORDS = {
    STUCK: N_("Đang dừng"),
    GOING: N_("Đang làm"),
    DONE: N_("Đã xong"),
    WITNESSED: N_("Có người chứng kiến"),
    NONE: N_("Chưa bắt đầu"),
}
HIDDEN, ASIDE = "hidden", "aside"
HIDDEN_WORDS = N_("Chưa đồng ý cho xem")


class Cell(NamedTuple):
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
        return self._placed(state, self._lessons, done, of, day)

    def column(self, slug: str, lesson: LessonOutline | None, rows: Iterable[Mapping[str, LessonState]]) -> list[Cell]:
        """Returns the fields of a lesson, in the order of `rows`; a state that pupils share is made once."""
        states = [row.get(slug, NOT_BEGUN) for row in rows]
        made = {key: self.lesson(state, lesson) for key, state in {id(one): one for one in states}.items()}
        return [made[id(one)] for one in states]

    def lesson(self, state: LessonState, lesson: LessonOutline | None) -> Cell:
        """Returns the field of a lesson."""
        word, step_id, seen, since, _waits = state
        if word not in (GOING, STUCK) or lesson is None:
            return self.plain(word, seen if state.done else None)
        number, day = lesson.number_of(step_id), since if word == STUCK else seen
        return self._placed(word, self._where, number, len(lesson.numbers), day)

    def _placed(self, state: str, where: str, number: int, of: int, day: date | None) -> Cell:
        key = state, where, number, of, day
        found = self._made.get(key)
        if found is None:
            when = (self._stuck if state == STUCK else self._seen) % {"day": short(day)}
            found = self._made[key] = Cell(state, where % {"n": number, "of": of}, when)
        return found


def short(day: date | None) -> str:
    """Formats a day of this school year."""
    return f"{day.day}/{day.month}" if day else ""
