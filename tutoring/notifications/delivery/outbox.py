"""What telling puts down beside the inbox: one row of work, in the same transaction. deliveries.py does it."""

import secrets
from datetime import datetime

from tutoring.kernel import jobs
from tutoring.notifications.channels.registry import CHANNELS

OUT, OUT_MANY, LETTER = "notifications.out", "notifications.out_many", "notifications.letter"


def any_way() -> bool:
    """Whether the site is set up for anything but the inbox; otherwise telling costs nothing more."""
    return any(channel.ready() for channel in CHANNELS.values())


def goes_out(user_id: int, key: str, moment: datetime) -> None:
    """This notice has come, or come back: find out later by which ways it goes out."""
    if any_way():
        jobs.enqueue(OUT, f"out:{user_id}:{key}:{moment.isoformat()}", moment, user_id=user_id, notice=key)


def all_go_out(key: str, moment: datetime) -> None:
    """The notices that came to many people at this moment under one key; worked off some at a time."""
    if any_way():
        at = moment.isoformat()
        jobs.enqueue(OUT_MANY, f"outs:{key}:{at}:0", moment, notice=key, since=at, after=0)


def key_of(delivery_id: int, at: datetime) -> str:
    """A key for a letter that is put down because of this delivery: no other letter ever has it. The number and the
    moment are not enough: SQLite gives the number of a row that was taken away to the next one, which may be another
    person's and due at the same hour."""
    return f"{delivery_id}-{at.timestamp():.0f}-{secrets.token_hex(4)}"


def letter_goes(user_id: int, channel: str, letter: str, at: datetime) -> None:
    """One letter, at this moment; a repeat at another moment is another row of work with the same key of the letter."""
    key = f"letter:{letter}:{at.isoformat()}"
    jobs.enqueue(LETTER, key, at, user_id=user_id, channel=channel, letter=letter)
