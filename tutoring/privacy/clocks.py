"""How soon a right has to be done with: Decree 356/2025 as far as we know it; unconfirmed (docs/privacy.md)."""

from datetime import datetime

from tutoring.privacy.workdays import days_after, working_days_after

ACKNOWLEDGE = 2  # working days
DONE = {"export": 10, "correct": 10, "delete": 20, "restrict": 15}  # days


def clocks(kind: str, asked: datetime) -> tuple[datetime, datetime]:
    """Until when somebody has to hear that it has come in, and until when it has to be done."""
    return working_days_after(asked, ACKNOWLEDGE), days_after(asked, DONE[kind])
