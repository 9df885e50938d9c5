"""The form of up to three wished times, each a day and a clock time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.policy.pairing.fallbacks import FARTHEST, MOST_TIMES
from tutoring.web import i18n


@dataclass
class Row:
    """The input for one time."""

    day: str = ""
    time: str = ""


@dataclass
class TimesForm:
    """The submitted input, and its errors by field as other forms have them."""

    rows: list[Row] = field(default_factory=lambda: [Row() for _ in range(MOST_TIMES)])
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, typed: MultiDict[str, str]) -> "TimesForm":
        """Returns the form as it was submitted."""
        days, times = typed.getlist("day"), typed.getlist("time")
        found = [Row(day[:10], time[:5]) for day, time in zip(days, times, strict=False)][:MOST_TIMES]
        return cls(found + [Row() for _ in range(MOST_TIMES - len(found))])

    @property
    def days(self) -> list[tuple[str, str]]:
        """The days that can be chosen: value and label."""
        today = clock.today()
        near = {0: gettext("Hôm nay"), 1: gettext("Ngày mai")}
        found = [today + timedelta(days=n) for n in range(FARTHEST.days + 1)]
        return [
            (day.isoformat(), near.get(n) or i18n.day(day, "weekday")) for n, day in enumerate(found)
        ]  # fmt: skip

    def times(self) -> list[datetime]:
        """Returns the chosen moments; raises InvalidInput for a malformed one.

        Rows without a clock time are left out.
        """
        found = []
        for row in self.rows:
            if not row.time:
                continue
            try:
                hour, minute = (int(part) for part in row.time.split(":"))
                day = date.fromisoformat(row.day)
                found.append(datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.LOCAL))
            except ValueError:
                raise InvalidInput(N_("Hãy chọn ngày, và ghi giờ như 19:00."), field="times") from None
        return [at.astimezone(UTC) for at in found]
