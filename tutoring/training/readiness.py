"""Who is ready and who is due: a pure function of what somebody has done, what a track asks for, and the day."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

SOON = timedelta(days=30)  # before its end somebody is told to renew
STATES = ("none", "learning", "ready", "soon", "overdue")
READY = frozenset({"ready", "soon"})  # on the day that it ends it still counts


@dataclass(frozen=True)
class Needs:
    """What a track asks for. Lessons that the bank does not have are left out by whoever asks."""

    lessons: tuple[str, ...]
    quizzes: frozenset[str]  # those of the lessons that have one
    witnessed: tuple[str, ...]
    renew_months: int


@dataclass(frozen=True)
class Done:
    """What somebody has done of it. `attended_on` is the last training session of the track."""

    begun: Collection[str] = ()
    finished: Collection[str] = ()
    passed: Collection[str] = ()
    witnessed: Collection[str] = ()
    attended_on: date | None = None


@dataclass(frozen=True)
class Missing:
    """One thing that is still to be done: lesson, quiz, witness (of `slug`), or session."""

    kind: str
    slug: str = ""


@dataclass(frozen=True)
class Readiness:
    """Where somebody stands; `due_on` is the last day on which the training session counts."""

    state: str
    missing: tuple[Missing, ...]
    due_on: date | None

    def of_kind(self, kind: str) -> list[str]:
        """The lessons of what is missing of this kind."""
        return [one.slug for one in self.missing if one.kind == kind]


def readiness(needs: Needs, done: Done, today: date) -> Readiness:
    """Ready: every lesson finished, every quiz passed, what is to be seen done seen done, and a training session of
    the track attended that still counts. Whoever once attended and lets it lapse is overdue, whatever else is missing.
    """
    due_on = months_after(done.attended_on, needs.renew_months) if done.attended_on else None
    missing = _missing(needs, done)
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
    return Readiness(state, tuple(missing), due_on)


def _missing(needs: Needs, done: Done) -> list[Missing]:
    found = []
    for slug in needs.lessons:
        if slug not in done.finished:
            found.append(Missing("lesson", slug))
        elif slug in needs.quizzes and slug not in done.passed:
            found.append(Missing("quiz", slug))
    return found + [Missing("witness", slug) for slug in needs.witnessed if slug not in done.witnessed]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def latest_due_by(limit: date, months: int) -> date:
    """The latest day of a training session that is due on or before `limit`: the same rule, turned round for asking
    a database."""
    day = months_after(limit, -months) + timedelta(days=4)
    while months_after(day, months) > limit:
        day -= timedelta(days=1)
    return day
