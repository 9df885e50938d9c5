"""When nobody came at once: a time is agreed, or an answer comes in writing. Numbers and rules without a database
(docs/pairing.md, "Three tracks")."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

LATER_AFTER = 20  # minutes of waiting, where no unit says otherwise
LEAST_PATIENCE, MOST_PATIENCE = 5, 240

ANSWERED_WITHIN = timedelta(hours=24)  # of waiting, an answer in writing is owed
CALLED_BEFORE = timedelta(hours=6)  # that the coordinator is told; then when it is late, and twice a day from then on
CALLED_AGAIN = timedelta(hours=12)
WORD_WITHIN = timedelta(days=3)  # of the learner on an answer; then the request ends with it

MOST_TIMES = 3
SOONEST, FARTHEST = timedelta(minutes=30), timedelta(days=7)
MINUTES = 30  # a meeting takes at least so long: nobody agrees to two within it
YES_UNTIL = timedelta(minutes=10)  # before the meeting; so long, but a day at most, the own side may think
YES_WITHIN = timedelta(days=1)
REMINDED = timedelta(hours=1)
FIRST_WORD_WITHIN = timedelta(minutes=10)  # of each side: people come to a meeting, they are not there already
TRY_AGAIN, TRIES = timedelta(minutes=5), 3  # while no room can be opened


def yes_until(claimed_at: datetime, meet_at: datetime) -> datetime:
    """Until when the own side may say yes to a time and a helper."""
    return min(claimed_at + YES_WITHIN, max(claimed_at, meet_at - YES_UNTIL))


def called_after(calls: int) -> timedelta:
    """After how long a wait the coordinator is told, who was told so often already: after 18, 24, 36, 48 … hours."""
    return ANSWERED_WITHIN - CALLED_BEFORE if calls == 0 else ANSWERED_WITHIN + (calls - 1) * CALLED_AGAIN


def wrong_time(times: Sequence[datetime], now: datetime) -> str:
    """What is wrong with the times that a learner wishes: "none", "many", "soon", "far", "quarter" or ""."""
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
    """An answer in writing comes from a teacher or coordinator of the unit, or from a helper who may take the request
    and is past the observed first sessions: nobody looks on while it is written."""
    return not {"teacher", "coordinator"}.isdisjoint(held) or (pair_allowed and not on_probation)


def may_judge_answer(is_learner: bool, is_guardian_who_asked: bool) -> bool:
    """Whether it helped is the word of the learner, or of the guardian who asked for the child."""
    return is_learner or is_guardian_who_asked
