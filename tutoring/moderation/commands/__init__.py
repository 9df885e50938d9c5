"""What people and rules do with reports and cases."""

from tutoring.moderation.commands.deciding import decide, look, regrade
from tutoring.moderation.commands.lifting import lift_picture_lock
from tutoring.moderation.commands.reporting import raise_risk, report

__all__ = ["decide", "lift_picture_lock", "look", "raise_risk", "regrade", "report"]
