"""The hours of a calendar entry in words, the same on each page."""

from datetime import datetime

from flask_babel import gettext

from tutoring.kernel import clock
from tutoring.notifications.calendar.sources import Time


def end_hour(moment: datetime) -> str:
    """Formats the end of a time; midnight is the end of its day, 24:00."""
    said = f"{clock.local(moment):%H:%M}"
    return "24:00" if said == "00:00" else said


def is_whole_day(one: Time) -> bool:
    """Whether a time lasts whole days: a deadline, or a duty from midnight to midnight."""
    return one.all_day or (f"{clock.local(one.starts):%H:%M}", end_hour(one.ends)) == ("00:00", "24:00")


def hours(one: Time) -> str:
    """Formats the hours of a time: "19:00–19:45", or "Cả ngày"."""
    return str(gettext("Cả ngày")) if is_whole_day(one) else f"{clock.local(one.starts):%H:%M}–{end_hour(one.ends)}"
