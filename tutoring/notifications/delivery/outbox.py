"""Enqueues the jobs behind a notice, in the transaction of the notice.

delivery/planner_jobs.py and delivery/sender_jobs.py execute them.
"""

import secrets
from datetime import datetime

from tutoring.kernel import jobs
from tutoring.notifications.channels.registry import CHANNELS

OUT, OUT_MANY, LETTER = "notifications.out", "notifications.out_many", "notifications.letter"


def any_way() -> bool:
    """Returns whether any channel is configured; otherwise notices enqueue no jobs."""
    return any(channel.ready() for channel in CHANNELS.values())


def goes_out(user_id: int, key: str, moment: datetime) -> None:
    """Enqueues the planning of a new or returned notice."""
    if any_way():
        jobs.enqueue(OUT, f"out:{user_id}:{key}:{moment.isoformat()}", moment, user_id=user_id, notice=key)


def enqueue_planning_for_many(key: str, moment: datetime) -> None:
    """Enqueues the planning of one notice for many users; processed in portions."""
    if any_way():
        at = moment.isoformat()
        jobs.enqueue(OUT_MANY, f"outs:{key}:{at}:0", moment, notice=key, since=at, after=0)


def key_of(delivery_id: int, at: datetime) -> str:
    """Returns a unique key for a letter caused by this delivery.

    The id and the time are not enough. SQLite reuses the id of a deleted row, possibly for another user's delivery due
    at the same hour.
    """
    return f"{delivery_id}-{at.timestamp():.0f}-{secrets.token_hex(4)}"


def letter_goes(user_id: int, channel: str, letter: str, at: datetime) -> None:
    """Enqueues one letter; a retry at another time is another job with the same letter key."""
    key = f"letter:{letter}:{at.isoformat()}"
    jobs.enqueue(LETTER, key, at, user_id=user_id, channel=channel, letter=letter)
