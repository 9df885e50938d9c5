"""Formats of times, and notice keys that several rules share.

A shared key lets one rule mark as read what another rule sent.
"""

from datetime import datetime
from typing import Any

from tutoring.kernel import clock
from tutoring.kernel.holidays import holiday_on


def at_time(moment: datetime) -> str:
    """Formats local clock time and day, the same in every language."""
    return f"{clock.local(moment):%H:%M %d/%m/%Y}"


def with_holiday(moment: datetime, ordinary: str, holiday: str) -> tuple[str, dict[str, Any]]:
    """Returns a reminder's text and parameters; on a public holiday the text that names it.

    A holiday cancels nothing.
    """
    free = holiday_on(clock.local(moment).date())
    told = {"at": at_time(moment)}
    return (ordinary, told) if free is None else (holiday, told | {"holiday": free.name_vi})


def alarm_key(request_id: int) -> str:
    """Returns the key of the alarm that no helper is left to ask for this request."""
    return f"nobody:{request_id}"


def follow_up_key(request_id: int) -> str:
    """Returns the key of a request that goes to a helper who helped this learner before."""
    return f"asked-on:{request_id}"


def invitation_key(request_id: int) -> str:
    """Returns the key of an invitation to a request whose learner wishes for a time."""
    return f"wished:{request_id}"
