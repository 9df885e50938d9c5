"""Moments as notices write them."""

from datetime import datetime

from tutoring.kernel import clock


def at_time(moment: datetime) -> str:
    """Local clock time and day, the same in every language."""
    return f"{clock.local(moment):%H:%M %d/%m/%Y}"
