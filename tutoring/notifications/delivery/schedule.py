"""Computes when a notice may be sent, after quiet hours: pure functions of times and preferences.

All times are Vietnam's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.kernel import clock

GATHER = timedelta(minutes=2)  # non-urgent notices wait this long, to be combined or read on the page
SUNDAY = 6
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    """Quiet hours between two minutes of the day, possibly over midnight; equal values: never."""

    start: int
    end: int

    def covers(self, moment: datetime) -> bool:
        here = clock.local(moment)
        return self._has(here.hour * 60 + here.minute)

    def after(self, moment: datetime) -> datetime:
        """Returns the moment itself, or the end of the quiet hours that contain it."""
        if not self.covers(moment):
            return moment
        end = _at(moment, self.end)
        return end if end > moment else end + DAY

    def includes(self, other: "Quiet") -> bool:
        """Returns whether every minute of the other is quiet here too."""
        return all(self._has(minute) for minute in other.minutes())

    def minutes(self) -> range | list[int]:
        if self.start <= self.end:
            return range(self.start, self.end)
        return [*range(self.start, 1440), *range(self.end)]

    def _has(self, minute: int) -> bool:
        return self.start <= minute < self.end if self.start <= self.end else minute >= self.start or minute < self.end


EVERYBODY = Quiet(21 * 60, 6 * 60 + 30)
PUPILS = Quiet(20 * 60 + 30, 6 * 60 + 30)
PUPILS_LEAST = Quiet(21 * 60, 6 * 60)  # minors may choose other hours, but these are always quiet


def _at(moment: datetime, minute: int) -> datetime:
    """Returns this minute of the same day in Vietnam, which has no daylight saving time."""
    day = clock.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(minutes=minute)


def slot(moment: datetime, how: str, hour: int) -> datetime:
    """Returns when the letter for this moment is sent: soon, daily, or on Sunday at the hour."""
    if how == "once":
        return moment + GATHER
    at = _at(moment, hour * 60)
    if at < moment:
        at += DAY
    if how == "weekly":
        at += DAY * ((SUNDAY - clock.local(at).weekday()) % 7)
    return at


def goes_at(
    moment: datetime, quiet: Quiet, *, urgent: bool, wakes: bool = False, how: str = "once", hour: int = 18
) -> datetime:
    """Returns when a notice of this moment is sent.

    Only waking notices are sent in quiet hours; urgent ones skip the digest.
    """
    at = moment if urgent or wakes else slot(moment, how, hour)
    return at if wakes else quiet.after(at)
