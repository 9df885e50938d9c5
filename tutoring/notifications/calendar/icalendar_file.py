"""Calendar files (RFC 5545) of a user's times."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

from flask_babel import gettext

from tutoring.kernel import clock
from tutoring.kernel.site_identity import site_name
from tutoring.kernel.text import N_
from tutoring.notifications.calendar.queries import Said
from tutoring.notifications.calendar.sources import KINDS

ZONE = "Asia/Ho_Chi_Minh"
BEFORE, BEFORE_DAY = timedelta(hours=-1), timedelta(hours=-15)  # the alarm; for a whole day at nine on the day before
OF_CHILD = N_("%(kind)s của con")
WAITING = N_("%(kind)s (đang chờ chỗ)")


def written(said: Sequence[Said], site: str) -> bytes:
    """Writes one calendar file; `site` is the site's URL, such as https://example.org."""
    ical: Any = import_module("icalendar")  # imported on use: takes a tenth of a second, and other pages do not need it
    file = ical.Calendar()
    file.add("version", "2.0")
    file.add("prodid", "-//Cung Hoc//Calendar//VI")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", site_name())
    file.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    file.add_component(_zone(ical))
    for one in said:
        file.add_component(_event(ical, one, site))
    return bytes(file.to_ical(sorted=False))


def _zone(ical: Any) -> Any:
    zone, standard = ical.Timezone(), ical.TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", datetime(1975, 6, 13))
    standard.add("tzoffsetfrom", timedelta(hours=7))
    standard.add("tzoffsetto", timedelta(hours=7))
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone


def _when(one: Said) -> tuple[date, date]:
    starts, ends = (clock.local(at).replace(microsecond=0) for at in (one.starts, one.ends))
    return (starts.date(), ends.date()) if one.all_day else (starts, ends)


def summary(one: Said) -> str:
    """Returns the kind of the appointment, without any name."""
    kind = str(gettext(KINDS[one.kind]))
    if one.for_child:
        kind = str(gettext(OF_CHILD, kind=kind))
    return str(gettext(WAITING, kind=kind)) if one.waiting else kind


def _event(ical: Any, one: Said, site: str) -> Any:
    event = ical.Event()
    starts, ends = _when(one)
    event.add("uid", f"time-{one.number}@{site.partition('://')[2]}")
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.changed_at)
    event.add("last-modified", one.changed_at)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", summary(one))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if one.cancelled else "TENTATIVE" if one.waiting else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if one.all_day or one.cancelled else "OPAQUE")
    address = f"{site}/calendar?from={clock.local(one.starts):%Y-%m-%d}"
    event.add("description", gettext("Mở Cùng Học để xem gặp ai và chuẩn bị gì: %(address)s", address=address))
    event.add("url", address)
    if one.place:
        event.add("location", one.place)
    if not one.cancelled:
        alarm = ical.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary(one))
        alarm.add("trigger", BEFORE_DAY if one.all_day else BEFORE)
        event.add_component(alarm)
    return event
