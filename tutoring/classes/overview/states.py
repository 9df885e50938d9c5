"""How far one pupil is in one lesson, from what is stored of it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from tutoring.kernel import clock
from tutoring.policy.class_overview import stuck_since

NONE, GOING, STUCK, DONE, WITNESSED = STATES = ("none", "going", "stuck", "done", "witnessed")


class Waiting(NamedTuple):
    """What a pupil waits for in a lesson that is going on: wrong answers at the present step, and open requests."""

    wrong_tries: int = 0
    first_wrong_at: datetime | None = None
    asked_at: datetime | None = None  # an open request for help that no helper has taken
    helped: bool = False  # a helper has taken it


class LessonState(NamedTuple):
    """The state of one pupil in one lesson; the days are those of Vietnam."""

    state: str
    step_id: str = ""
    seen: date | None = None
    since: date | None = None
    waits: bool = False  # has asked for help

    @property
    def done(self) -> bool:
        """Whether the lesson is finished, seen by a witness or not."""
        return self.state in (DONE, WITNESSED)


NOT_BEGUN = LessonState(NONE)


def state_of(
    step_id: str, finished: bool, confirmed: str, day: date, now: datetime | None, waiting: Waiting | None = None, *,
    rests: bool = False,
) -> LessonState:  # fmt: skip
    """Returns the state of a pupil in a lesson that was begun.

    `day` is that of the last visit; `rests`: it was longer ago than `LOOKS_BACK`. Only who waits needs `now`.
    """
    if confirmed == "witnessed":
        return LessonState(WITNESSED, seen=day)
    if finished or confirmed:
        return LessonState(DONE, seen=day)
    if waiting is None or now is None:
        return LessonState(GOING, step_id, day)
    waits = waiting.asked_at is not None or waiting.helped
    if rests and not waits:
        return LessonState(GOING, step_id, day)
    tries, first = waiting.wrong_tries, waiting.first_wrong_at
    since = None if waiting.helped else stuck_since(waiting.asked_at, tries, first, now)
    if since is None:
        return LessonState(GOING, step_id, day, waits=waits)
    return LessonState(STUCK, step_id, day, clock.local(since).date(), waits)


@dataclass(frozen=True, slots=True)
class Glance:
    """A class at a glance: how many of its pupils there are, who are shown, and how far these are.

    A pupil counts once: as stuck, else as going on; who finished a lesson in the last seven days counts there as well.
    """

    pupils: int = 0
    shown: int = 0
    stuck: int = 0
    going: int = 0
    done_lately: int = 0
