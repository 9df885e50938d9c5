"""Rules of the moderation queue: grades and deadlines of held messages and appeals.

Cases bring their own grade and deadlines (cases.py).
"""

from datetime import datetime, timedelta

SOON = timedelta(hours=1)
IN_OPEN_ROOM = timedelta(minutes=15)  # a participant waits in the room for it
IN_CLOSED_ROOM = timedelta(hours=12)
APPEAL_WITHIN = timedelta(days=5)  # the deadline that its author was notified of


def grade_of_held(held_for: str, minors: bool) -> str:
    """Returns the grade of a held message: risk signals first, then messages near minors."""
    if held_for == "risk":
        return "S1"
    return "S2" if minors else "S3"


def held_until(at: datetime, room_open: bool) -> datetime:
    """Returns the deadline for the first look at a held message."""
    return at + (IN_OPEN_ROOM if room_open else IN_CLOSED_ROOM)


def appeal_deadline(at: datetime) -> datetime:
    """Returns the deadline for another user to decide an appeal."""
    return at + APPEAL_WITHIN


def is_soon(due: datetime, now: datetime) -> bool:
    """Whether an item is due within an hour or overdue."""
    return due <= now + SOON
