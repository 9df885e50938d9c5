"""How far one pupil is in one lesson, from what is stored of it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from tutoring.kernel import clock
from tutoring.policy.class_overview import LOOKS_BACK, stuck_since

NONE, GOING, STUCK, DONE, WITNESSED = STATES = ("none", "going", "stuck", "done", "witnessed")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is stored of one pupil in one lesson."""

    lesson: str
    step_id: str
    finished: bool
    confirmed: str
    seen: datetime
    wrong_tries: int = 0
    first_wrong_at: datetime | None = None
    asked_at: datetime | None = None  # an open request for help that no helper has taken
    helped: bool = False  # a helper has taken it


@dataclass(frozen=True, slots=True)
class LessonState:
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


def state_of(row: Progress, now: datetime) -> LessonState:
    """Returns the state of a pupil in a lesson that was begun."""
    seen = clock.local(row.seen).date()
    if row.confirmed == "witnessed":
        return LessonState(WITNESSED, seen=seen)
    if row.finished or row.confirmed:
        return LessonState(DONE, seen=seen)
    waits = row.asked_at is not None or row.helped
    if now - row.seen > LOOKS_BACK and not waits:
        return LessonState(GOING, row.step_id, seen)
    since = None if row.helped else stuck_since(row.asked_at, row.wrong_tries, row.first_wrong_at, now)
    if since is None:
        return LessonState(GOING, row.step_id, seen, waits=waits)
    return LessonState(STUCK, row.step_id, seen, clock.local(since).date(), waits)


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
