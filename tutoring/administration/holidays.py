"""Holidays edited in the browser over content/holidays.yml, with history.

They override the file that `kernel/holidays.py` reads. A statutory holiday cannot be removed. An administrator can add
a day, or confirm an expected day, and gives a source.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tutoring.accounts.models import User
from tutoring.administration.commands import check
from tutoring.kernel import clock, holidays, overrides
from tutoring.kernel.commands import command
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.holidays import Holiday
from tutoring.kernel.text import N_, address_parts
from tutoring.safety.free_text import validate_reason

AREA = "holiday"
MAX_NAME_CHARS = 80
MAX_AHEAD = timedelta(days=550)  # no holiday is announced farther ahead


def _day_in(name: str, value: dict[str, Any]) -> Holiday | None:
    """Builds the holiday of a stored value; None when the value removes the day."""
    if value.get("none"):
        return None
    return Holiday(date.fromisoformat(name), value["vi"], value["en"], "announced", value["source"])


@holidays.edited_days.register
def _edited() -> dict[date, Holiday | None]:
    try:
        values = overrides.read_all(AREA)
    except RuntimeError:  # no app context: a test or a tool reads the file alone
        return {}
    return {date.fromisoformat(name): _day_in(name, value) for name, value in values.items()}


@dataclass(frozen=True)
class HolidayStatus:
    """A holiday as it stands, whether it was edited, and whether it is statutory."""

    holiday: Holiday
    edited: bool
    by_law: bool


def shipped(day: date) -> Holiday | None:
    """Returns the day as the content file has it."""
    return next((one for one in holidays.written().days if one.day == day), None)


def listed() -> list[HolidayStatus]:
    """Returns the holidays to come, also expected ones, and all days edited here."""
    begins = clock.today()
    edited = overrides.read_all(AREA)
    return [
        HolidayStatus(one, one.day.isoformat() in edited, one.known_by == "law")
        for one in holidays.all_days()
        if one.day >= begins or one.day.isoformat() in edited
    ]


def _read(day: date, vi: str, en: str, source: str) -> dict[str, Any]:
    for field, text in (("vi", vi), ("en", en)):
        if not text.strip() or len(text) > MAX_NAME_CHARS:
            raise InvalidInput(N_("Hãy ghi tên ngắn gọn, bằng cả hai thứ tiếng."), field=field)
    if address_parts(source.strip()).scheme != "https" or len(source) > 300:
        raise InvalidInput(N_("Hãy ghi địa chỉ https:// của thông báo."), field="source")
    if not clock.today() - timedelta(days=366) <= day <= clock.today() + MAX_AHEAD:
        raise InvalidInput(N_("Ngày này xa quá. Chỉ ghi ngày đã có thông báo."), field="day")
    return {"vi": vi.strip(), "en": en.strip(), "source": source.strip()}


@command
def set_day(actor: User, day: date, vi: str, en: str, source: str, reason: str, version: int | None = None) -> bool:
    """Sets an announced holiday; it replaces what the content file says about that day."""
    check(actor)
    return overrides.write(actor, AREA, day.isoformat(), _read(day, vi, en, source), validate_reason(reason), version)


@command
def take_day(actor: User, day: date, reason: str, version: int | None = None) -> bool:
    """Removes a holiday; a statutory one raises InvalidInput."""
    check(actor)
    base = shipped(day)
    if base is not None and base.known_by == "law":
        raise InvalidInput(N_("Ngày nghỉ theo luật không bỏ được ở đây."), field="reason")
    value = {"none": True} if base is not None else None
    return overrides.write(actor, AREA, day.isoformat(), value, validate_reason(reason), version)


@command
def revert_day_change(actor: User, change_id: int, reason: str, version: int | None = None) -> bool:
    """Restores the value before this change, as a change of its own."""
    check(actor)
    found = overrides.change(AREA, change_id)
    return overrides.write(actor, AREA, found.name, found.before, validate_reason(reason), version)


def parse_day(name: str) -> date:
    """Parses the day in a URL; raises NotFound."""
    try:
        return date.fromisoformat(name)
    except ValueError:
        raise NotFound from None
