"""The one queue of the desk: how urgent what waits there is, and until when somebody looks at it.

Cases bring their own grade and deadlines (moderation.py); messages that wait and second looks get theirs here.
"""

from datetime import datetime, timedelta

SOON = timedelta(hours=1)
IN_OPEN_ROOM = timedelta(minutes=15)  # somebody sits there and waits for it
IN_CLOSED_ROOM = timedelta(hours=12)
SECOND_LOOK = timedelta(days=5)  # as its author was told


def grade_of_held(held_for: str, minors: bool) -> str:
    """A message that waits: what may be the start of something grave comes first, then what children wait for."""
    if held_for == "risk":
        return "S1"
    return "S2" if minors else "S3"


def held_until(at: datetime, room_open: bool) -> datetime:
    """Until when somebody has looked at a message that waits."""
    return at + (IN_OPEN_ROOM if room_open else IN_CLOSED_ROOM)


def second_look_until(at: datetime) -> datetime:
    """Until when somebody else has looked again."""
    return at + SECOND_LOOK


def is_soon(due: datetime, now: datetime) -> bool:
    """Due within an hour, or already overdue."""
    return due <= now + SOON
