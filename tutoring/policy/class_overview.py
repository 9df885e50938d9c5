"""Access rules of a class's overview: whose progress a teacher sees, who is stuck, who may be nudged."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from tutoring.policy.accounts import needs_assent
from tutoring.policy.disclosure_control import MIN_PEOPLE, STEP

TEACHING = frozenset({"teacher"})
SUMS = TEACHING | {"coordinator"}
PURPOSE = "progress_shown"
NEEDED = frozenset({"profile", PURPOSE})
FEWEST_TRIES = 2  # so many wrong answers in a row, at the step where the pupil is
STUCK_AFTER = timedelta(days=2)  # so long after the first of them
LOOKS_BACK = timedelta(days=30)  # a lesson left longer ago is resting: its pupil is not stuck in it
DONE_LATELY = timedelta(days=7)
FEWEST_TOGETHER = 3  # so many pupils at one step are offered a session together


def may_see_progress(held: Collection[str], kind: str) -> bool:
    """Only teachers of a class see how far its pupils are, by name and in files.

    `held` are the roles at the class or above it. Coordinators see sums; a site admin has no power over children.
    """
    return kind == "class" and not TEACHING.isdisjoint(held)


def may_see_class_sums(held: Collection[str], kind: str) -> bool:
    """The coordinators of a school, and its teachers, see its classes side by side as sums."""
    return kind == "school" and not SUMS.isdisjoint(held)


def is_shown(kind: str, oldest_age: int | None, consents: Collection[str], assents: Collection[str]) -> bool:
    """Whether teachers see the progress of this pupil.

    For a child the guardian consents, and from 7 on the child too; from 16 on the pupil alone. Adults have no profile
    consent.
    """
    if kind == "adult":
        return PURPOSE in consents
    asked = kind == "child" and needs_assent(oldest_age or 0)
    return set(consents) >= NEEDED and (not asked or set(assents) >= NEEDED)


def stuck_since(
    asked_at: datetime | None, wrong_tries: int, first_wrong_at: datetime | None, now: datetime
) -> datetime | None:
    """Returns since when a pupil is stuck at the step where they are, or None.

    A pupil is stuck who asks for help there and has not got it, or whose last answers there were wrong, at least two of
    them, the first at least two days ago.
    """
    tried = first_wrong_at if wrong_tries >= FEWEST_TRIES and first_wrong_at is not None else None
    if tried is not None and now - tried < STUCK_AFTER:
        tried = None
    return min((at for at in (asked_at, tried) if at is not None), default=None)


def may_nudge(shown: bool, stuck: bool, waits_for_help: bool, nudged_today: bool) -> bool:
    """A teacher asks a stuck pupil once a day whether to call a helper; not one who has asked already."""
    return shown and stuck and not waits_for_help and not nudged_today


def offers_session(pupils: int) -> bool:
    """Three pupils who are stuck at one step are offered a session together."""
    return pupils >= FEWEST_TOGETHER


def sees_exact_sums(held: Collection[str]) -> bool:
    """Teachers see each pupil of their classes, so they see exact sums; all others see small numbers hidden."""
    return not TEACHING.isdisjoint(held)


def shown_sums(whole: int, parts: Sequence[int]) -> tuple[int | None, list[int | None]]:
    """Returns a sum and its parts as a coordinator may see them: None is hidden, the others are rounded down to five.

    No pupil counts in two parts; the remainder is on no page. Nothing that less than ten pupils stand behind is shown.
    What is hidden of a shown sum has no pupil, or at least ten in two parts or more (docs/statistics.md).
    """
    if whole < MIN_PEOPLE:
        return None, [None] * len(parts)
    showing = {n for n, part in enumerate(parts) if part >= MIN_PEOPLE}
    rest = whole - sum(parts)  # it can be computed where nothing else is hidden; hiding it costs nothing
    while not _hides_enough([part for n, part in enumerate(parts) if n not in showing], rest):
        if not showing:
            return None, [None] * len(parts)
        showing.discard(min(showing, key=lambda n: parts[n]))
    return whole // STEP * STEP, [part // STEP * STEP if n in showing else None for n, part in enumerate(parts)]


def _hides_enough(hidden: Sequence[int], rest: int) -> bool:
    if rest >= MIN_PEOPLE and not any(hidden):
        return True
    some = [part for part in (*hidden, rest) if part]
    return not some or (len(some) > 1 and sum(some) >= MIN_PEOPLE)
