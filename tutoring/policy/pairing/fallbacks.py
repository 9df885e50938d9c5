"""Rules for requests without immediate help: an agreed time, or an answer in writing.

Functions take facts and query no database (docs/pairing.md, "Fallbacks").
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

LATER_AFTER = 20  # minutes of waiting, unless the unit sets another value
LEAST_PATIENCE, MOST_PATIENCE = 5, 240

ANSWERED_WITHIN = timedelta(hours=24)  # after this wait, an answer in writing is due
CALLED_BEFORE = timedelta(hours=6)  # notify the coordinator this long before; again when late, then twice a day
CALLED_AGAIN = timedelta(hours=12)
WORD_WITHIN = timedelta(days=3)  # for the learner to respond to an answer; then the request ends with it

MOST_TIMES = 3
SOONEST, FARTHEST = timedelta(minutes=30), timedelta(days=7)
MINUTES = 30  # minimum length of a meeting; no user agrees to two within it
YES_UNTIL = timedelta(minutes=10)  # the learner's side approves until this long before the meeting, a day at most
YES_WITHIN = timedelta(days=1)
REMINDED = timedelta(hours=1)
FIRST_WORD_WITHIN = timedelta(minutes=10)  # for each side: at the start of a meeting people still have to arrive
TRY_AGAIN, TRIES = timedelta(minutes=5), 3  # while no room can be opened


def yes_until(claimed_at: datetime, meet_at: datetime) -> datetime:
    """Returns until when the learner's side may approve a time and a helper."""
    return min(claimed_at + YES_WITHIN, max(claimed_at, meet_at - YES_UNTIL))


def called_after(calls: int) -> timedelta:
    """Returns the wait until the next notice to the coordinator, after `calls` notices.

    The waits are 18, 24, 36, 48 … hours.
    """
    return ANSWERED_WITHIN - CALLED_BEFORE if calls == 0 else ANSWERED_WITHIN + (calls - 1) * CALLED_AGAIN


def wrong_time(times: Sequence[datetime], now: datetime) -> str:
    """Returns the error of a learner's times: "none", "many", "soon", "far", "quarter" or ""."""
    if not times:
        return "none"
    if len(times) > MOST_TIMES:
        return "many"
    if any(at < now + SOONEST for at in times):
        return "soon"
    if any(at > now + FARTHEST for at in times):
        return "far"
    return "quarter" if any(at.minute % 15 or at.second or at.microsecond for at in times) else ""


def may_write_answer(held: Collection[str], pair_allowed: bool, on_probation: bool) -> bool:
    """Teachers and coordinators of the unit, and helpers past probation, may write an answer.

    The helper must also be allowed to take the request. Probation matters because no observer sees an answer while it
    is written.
    """
    return not {"teacher", "coordinator"}.isdisjoint(held) or (pair_allowed and not on_probation)


def may_speak_answer(learner_minor: bool, author_minor: bool) -> bool:
    """An answer is spoken among adults only: near minors only who learns sends voice notes."""
    return not learner_minor and not author_minor


def may_judge_answer(is_learner: bool, is_guardian_who_asked: bool) -> bool:
    """The learner grades an answer, or the guardian who asked for the child."""
    return is_learner or is_guardian_who_asked
