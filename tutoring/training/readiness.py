"""Computes who is ready and who is due, purely from requirements, progress and date."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

SOON = timedelta(days=30)  # people are told to renew this long before the end
STATES = ("none", "learning", "ready", "soon", "overdue")
GRACE = timedelta(days=60)  # for a lesson that was added to the track after a person's training
READY = frozenset({"ready", "soon"})  # training still counts on its last day


@dataclass(frozen=True)
class Needs:
    """What a track requires. The caller leaves out lessons missing from the content.

    `added` are lessons that came to the track later, each with its day.
    """

    lessons: tuple[str, ...]
    quizzes: frozenset[str]  # those of its lessons that have a quiz
    witnessed: tuple[str, ...]
    renew_months: int
    added: tuple[tuple[str, date], ...] = ()

    def in_grace(self, today: date) -> dict[str, date]:
        """Returns the additions whose grace still runs, each with its day."""
        return {slug: on for slug, on in self.added if today <= on + GRACE}


@dataclass(frozen=True)
class Done:
    """What a person has done of it.

    `attended_on` is the date of the last training session of the track, `trained_on` that of the first one.
    """

    begun: Collection[str] = ()
    finished: Collection[str] = ()
    passed: Collection[str] = ()
    witnessed: Collection[str] = ()
    attended_on: date | None = None
    trained_on: date | None = None


@dataclass(frozen=True)
class Missing:
    """One open requirement: lesson, quiz or witness (with `slug`), or session."""

    kind: str
    slug: str = ""


@dataclass(frozen=True)
class Addition:
    """A lesson added after a person's training that the person has not done; `until` is the last day of grace."""

    slug: str
    until: date


@dataclass(frozen=True)
class Readiness:
    """The readiness of a person; `due_on` is the last day on which the training session counts.

    `added` are lessons to learn in time; until then they are not missing.
    """

    state: str
    missing: tuple[Missing, ...]
    due_on: date | None
    added: tuple[Addition, ...] = ()

    def of_kind(self, kind: str) -> list[str]:
        """Returns the lessons of the missing requirements of this kind."""
        return [one.slug for one in self.missing if one.kind == kind]


def readiness(needs: Needs, done: Done, today: date) -> Readiness:
    """Returns the readiness of a person.

    A person is ready when every lesson is finished, every quiz is passed and every lesson to be witnessed is
    witnessed. A training session of the track must also be attended and still count. A person whose attendance has
    lapsed is overdue, regardless of what else is missing. A lesson that was added after the person's training is not
    missing before its grace is over. The first session is the training; a later one renews it and ends no grace.
    """
    due_on = months_after(done.attended_on, needs.renew_months) if done.attended_on else None
    first = done.trained_on or done.attended_on
    spared = {slug: on + GRACE for slug, on in needs.in_grace(today).items() if first is not None and first < on}
    wanting = _missing(needs, done)
    missing = [one for one in wanting if one.slug not in spared]
    added = {one.slug: Addition(one.slug, spared[one.slug]) for one in wanting if one.slug in spared}
    lapsed = due_on is not None and due_on < today
    if due_on is None or lapsed:
        missing.append(Missing("session"))
    if lapsed:
        state = "overdue"
    elif not missing:
        state = "soon" if due_on is not None and due_on - today <= SOON else "ready"
    else:
        touched = set(done.begun).union(done.finished, done.passed, done.witnessed).intersection(needs.lessons)
        state = "learning" if touched or due_on else "none"
    return Readiness(state, tuple(missing), due_on, tuple(added.values()))


def _missing(needs: Needs, done: Done) -> list[Missing]:
    found = []
    for slug in needs.lessons:
        if slug not in done.finished:
            found.append(Missing("lesson", slug))
        elif slug in needs.quizzes and slug not in done.passed:
            found.append(Missing("quiz", slug))
    return found + [Missing("witness", slug) for slug in needs.witnessed if slug not in done.witnessed]


def months_after(day: date, months: int) -> date:
    """Returns the same day some months later, or the last day of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def latest_due_by(limit: date, months: int) -> date:
    """Returns the latest session day that is due on or before `limit`.

    It is the inverse of `months_after`, for use in SQL.
    """
    day = months_after(limit, -months) + timedelta(days=4)
    while months_after(day, months) > limit:
        day -= timedelta(days=1)
    return day
