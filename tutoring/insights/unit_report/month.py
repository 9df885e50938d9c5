"""One unit's month as a user opens it: access check, both months, and their figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.insights.monthly_statistics import queries as monthly_statistics_queries
from tutoring.insights.monthly_statistics.months import back, following, of_day
from tutoring.insights.monthly_statistics.queries import HIDDEN, Cell, MonthFigures
from tutoring.kernel import clock
from tutoring.kernel.errors import NotFound
from tutoring.policy.insights import may_see_unit_figures

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def month_of(text: str) -> date | None:
    """Parses "2026-11" to the first day of that month; None for anything else."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


@dataclass(frozen=True)
class UnitMonth:
    """The figures of a unit (None: the whole site) in a month, and of another month if counted."""

    unit: Unit | None
    above: Unit | None
    held: frozenset[str]
    months: list[date]  # counted months, newest first
    now: MonthFigures
    before: MonthFigures | None

    @property
    def unit_id(self) -> int | None:
        return self.unit.id if self.unit else None

    @property
    def month(self) -> date:
        return self.now.month

    @property
    def against(self) -> date | None:
        return self.before.month if self.before else None

    @property
    def counted(self) -> bool:
        return self.month in self.months

    @property
    def goes_on(self) -> bool:
        """Returns whether the month is not over yet."""
        return self.month >= of_day(clock.today())

    @property
    def around(self) -> list[tuple[str, date]]:
        """Returns the counted months directly before and after this one."""
        found = ("before", back(self.month, 1)), ("after", following(self.month))
        return [(where, month) for where, month in found if month in self.months]

    def cell(self, measure: str, key: str = "") -> Cell:
        """Returns a figure of this month; a missing one is like a suppressed one."""
        return self.now.cells.get(measure, {}).get(key, HIDDEN)

    def was(self, measure: str, key: str = "") -> Cell:
        """Returns the same figure of the other month."""
        return self.before.cells.get(measure, {}).get(key, HIDDEN) if self.before else HIDDEN

    def keys(self, measure: str, prefix: str) -> list[str]:
        """Returns the keys of a measure's parts that may be shown, without the prefix."""
        parts = self.now.cells.get(measure, {}).items()
        return [key.removeprefix(prefix) for key, cell in parts if key.startswith(prefix) and cell != HIDDEN]


def place(actor: User, unit_id: int | None) -> tuple[Unit | None, frozenset[str]]:
    """Returns the unit and the user's roles there.

    Raises NotFound for users who may not see its figures.
    """
    if unit_id is None:
        held = frozenset({"site_admin"}) if actor.site_admin and not actor.lacks_factor else frozenset[str]()
        if not may_see_unit_figures(held, ""):
            raise NotFound
        return None, held
    unit = community.unit(unit_id)
    held = community.roles_for(actor, unit_id)
    if not may_see_unit_figures(held, unit.kind):
        raise NotFound
    return unit, held


def open_month(actor: User, unit_id: int | None, month: str = "", against: str = "") -> UnitMonth:
    """Opens the requested month, by default the newest, compared with the month before it."""
    unit, held = place(actor, unit_id)
    counted = monthly_statistics_queries.months(unit_id)
    chosen = month_of(month) or (counted[0] if counted else of_day(clock.today()))
    other = month_of(against) or back(chosen, 1)
    return UnitMonth(
        unit=unit,
        above=unit.parent if unit else None,
        held=held,
        months=counted,
        now=monthly_statistics_queries.figures(unit_id, chosen),
        before=monthly_statistics_queries.figures(unit_id, other) if other in counted and other != chosen else None,
    )


@dataclass(frozen=True)
class Below:
    """A page of the units directly below; `onward` is the next page's key, empty at the end."""

    rows: list[monthly_statistics_queries.Below]
    onward: str


def below(month: UnitMonth, measures: Sequence[str], after: str = "", limit: int = 50) -> Below:
    """Returns the units directly below whose figures the user may see."""
    page = monthly_statistics_queries.below(month.unit_id, month.month, measures, after, limit)
    rows = [one for one in page.items if may_see_unit_figures(month.held, one.kind)]
    return Below(rows, page.items[-1].key if page.more else "")
