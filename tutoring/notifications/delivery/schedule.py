"""When something may go out: pure functions of moments and of what a person chose. Times are Vietnam's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.kernel import clock

GATHER = timedelta(minutes=2)  # what is not urgent waits so long for company, and for being read on the page
SUNDAY = 6
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    """From one minute of the day to another, over midnight or not; the same twice: never."""

    start: int
    end: int

    def covers(self, moment: datetime) -> bool:
        here = clock.local(moment)
        return self._has(here.hour * 60 + here.minute)

    def after(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in."""
        if not self.covers(moment):
            return moment
        end = _at(moment, self.end)
        return end if end > moment else end + DAY

    def includes(self, other: "Quiet") -> bool:
        """Whether every minute of the other is quiet here too."""
        return all(self._has(minute) for minute in other.minutes())

    def minutes(self) -> range | list[int]:
        if self.start <= self.end:
            return range(self.start, self.end)
        return [*range(self.start, 1440), *range(self.end)]

    def _has(self, minute: int) -> bool:
        return self.start <= minute < self.end if self.start <= self.end else minute >= self.start or minute < self.end


EVERYBODY = Quiet(21 * 60, 6 * 60 + 30)
PUPILS = Quiet(20 * 60 + 30, 6 * 60 + 30)
PUPILS_LEAST = Quiet(21 * 60, 6 * 60)  # minors may choose other hours, but these are quiet whatever they choose


def _at(moment: datetime, minute: int) -> datetime:
    """This minute of the same day in Vietnam (which has no summer time)."""
    day = clock.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(minutes=minute)


def slot(moment: datetime, how: str, hour: int) -> datetime:
    """When the letter goes that takes what happened at this moment: soon, at the day's hour, on Sunday at that hour."""
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
    """When a notice of this moment goes out: nothing in quiet hours but what wakes, urgent things at once."""
    at = moment if urgent or wakes else slot(moment, how, hour)
    return at if wakes else quiet.after(at)
