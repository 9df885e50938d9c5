"""What people and rules do with reports and cases."""

from tutoring.moderation.commands.deciding import decide, look, regrade
from tutoring.moderation.commands.lifting import lift_picture_lock
from tutoring.moderation.commands.opening import (
    agree_reading,
    ask_reading,
    decline_reading,
    read_room,
    tell_of_readings,
)
from tutoring.moderation.commands.reporting import raise_risk, report

__all__ = [
    "agree_reading",
    "ask_reading",
    "decide",
    "decline_reading",
    "lift_picture_lock",
    "look",
    "raise_risk",
    "read_room",
    "regrade",
    "report",
    "tell_of_readings",
]
