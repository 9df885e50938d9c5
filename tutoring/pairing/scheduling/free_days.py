"""The short form of free hours: some days of the week, and from when until when on each of them.

It stands where weekly help is asked for or given and no free hours are on record. The page of hours has the whole week.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from tutoring.accounts.models import User
from tutoring.community.labels import WEEKDAYS
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.pairing.blueprint import half_hour
from tutoring.pairing.matching.week_bits import DAYS, Week
from tutoring.pairing.scheduling.week_grid import HALVES, of_cells

NO_HOURS = N_("Chưa có giờ rảnh. Hãy chọn ngày và giờ rảnh, để ghép được với người hợp giờ.")
CLOCK = [half_hour(half) for half in range(HALVES + 1)]  # 07:00 to 23:00


def named(person: User, lacking: Sequence[User]) -> str:
    """Returns the names of the people without hours; empty where this user is the only one."""
    names = [gettext("bạn") if one.id == person.id else one.called_name for one in lacking]
    return "" if [one.id for one in lacking] == [person.id] else ", ".join(names)


@dataclass
class FreeDaysForm:
    """The submitted input, and its errors. The hours begin as those at which most people are at home."""

    days: Sequence[str] = ()
    first: str = "19:00"
    last: str = "21:00"
    errors: list[str] = field(default_factory=list)

    names = tuple(zip(DAYS, WEEKDAYS, strict=True))
    begins, ends = CLOCK[:-1], CLOCK[1:]

    @classmethod
    def of(cls, typed: MultiDict[str, str]) -> "FreeDaysForm":
        """Returns the form as it was submitted; days that no week has are dropped."""
        sent = typed.getlist("free_day")
        days = [day for day in DAYS if day in sent]
        return cls(days, typed.get("free_from", cls.first), typed.get("free_to", cls.last))

    def week(self) -> Week | None:
        """Returns the week in which these hours are free, or None when no day was chosen.

        Raises InvalidInput for hours that end before they begin.
        """
        if not self.days:
            return None
        if self.first not in self.begins or self.last not in self.ends or self.last <= self.first:
            raise InvalidInput(N_("Giờ rảnh phải kết thúc sau giờ bắt đầu. Hãy chọn lại."), field="free")
        halves = range(CLOCK.index(self.first), CLOCK.index(self.last))
        return of_cells((DAYS.index(day), half) for day in self.days for half in halves)
