"""Moments as notices write them.

What several facts call the same notice of a request, so that one settles what another told.
"""

from datetime import datetime
from typing import Any

from tutoring.kernel import clock
from tutoring.kernel.holidays import holiday_on


def at_time(moment: datetime) -> str:
    """Local clock time and day, the same in every language."""
    return f"{clock.local(moment):%H:%M %d/%m/%Y}"


def with_holiday(moment: datetime, ordinary: str, holiday: str) -> tuple[str, dict[str, Any]]:
    """What a reminder says, and when: on a public holiday the sentence that names it. Nothing is cancelled by it."""
    free = holiday_on(clock.local(moment).date())
    told = {"at": at_time(moment)}
    return (ordinary, told) if free is None else (holiday, told | {"holiday": free.name_vi})


def alarm(request_id: int) -> str:
    """Nobody is left to ask."""
    return f"nobody:{request_id}"


def asked_on(request_id: int) -> str:
    """It comes from somebody whom one has helped."""
    return f"asked-on:{request_id}"


def wished(request_id: int) -> str:
    """Its learner wishes for a time."""
    return f"wished:{request_id}"
