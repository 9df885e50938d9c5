"""Monthly statistics of detected danger: how it ended and how soon staff responded.

They are counts alone, without names or text. Each case counts for one unit and for the whole site.
"""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.policy.disclosure_control import MIN_PEOPLE, shown_places, suppress_small_count
from tutoring.policy.welfare import ANSWERS, LEVELS, may_see_danger_figures
from tutoring.welfare.models import Disclosure

Told = tuple[str, Sequence[str], Sequence[str], Sequence[Sequence[str]]]
HOUR, STEP_OF_LONG = 60, 5  # minutes; a wait of more than an hour is rounded to steps
GONE = 0  # all deleted accounts count as one person
NOWHERE = 0


@dataclass(frozen=True)
class Month:
    """Statistics of one unit as they may be shown; None if a value is suppressed.

    Waits are in minutes.
    """

    found: int | None = None
    explicit: int | None = None
    ambiguous: int | None = None
    no_danger: int | None = None
    until_opened: int | None = None
    until_act: int | None = None


def told(unit: Unit | None, month: date, held: frozenset[str]) -> Told | None:
    """Returns the section of a unit's month, or of the whole site's, for its staff.

    Classes and neighbourhoods have none. The section is shown however much of it is suppressed.
    """
    if not may_see_danger_figures(held) or (unit is not None and unit.id != _place(unit)):
        return None
    found = figures(unit.id if unit is not None else None, month)
    says = [
        gettext(
            "Mỗi người viết trong một phòng là một việc, tính vào tháng hệ thống nhận ra; có thể còn việc chưa đóng."
        ),
        gettext("Con số mà sau nó có dưới mười người được ẩn, con số khác được làm tròn xuống bội số của năm."),
    ]
    if unit is not None and unit.kind == "ward":
        says.append(gettext("Việc của một trường được tính ở trang số liệu của trường đó."))
    rows = (
        (gettext("Tất cả các việc"), found.found),
        (gettext("Nói rõ là nguy hiểm"), found.explicit),
        (gettext("Chưa rõ"), found.ambiguous),
        (gettext("Kết thúc là “Không phải nguy hiểm”"), found.no_danger),
        (gettext("Số phút đến khi có người mở ra đọc (trung vị)"), found.until_opened),
        (gettext("Số phút đến khi có việc làm được ghi lại (trung vị)"), found.until_act),
    )
    columns = gettext("Con số"), gettext("Trong tháng")
    said = [(name, gettext("ẩn") if number is None else str(number)) for name, number in rows]
    return gettext("Lời nguy hiểm mà hệ thống nhận ra"), says, columns, said


def figures(place: int | None, month: date) -> Month:
    """Returns the month of a unit (None: the whole site), in one query."""
    rows = _rows(month)
    whole = place is None
    mine = [row for row in rows if whole or row.place == place]
    counted, site = shown_places(_parts(rows, lambda row: True))
    if not (site if whole else place in counted):
        return Month()
    levels, levels_of_site = shown_places(_parts(rows, *map(_of_level, ("explicit", "ambiguous"))), counted)
    endings, endings_of_site = shown_places(_parts(rows, _calmed, lambda row: not _calmed(row)), counted)
    split = levels_of_site if whole else place in levels
    ended = endings_of_site if whole else place in endings
    return Month(
        found=_count(mine),
        explicit=_count(filter(_of_level("explicit"), mine)) if split else None,
        ambiguous=_count(filter(_of_level("ambiguous"), mine)) if split else None,
        no_danger=_count(filter(_calmed, mine)) if ended else None,
        until_opened=_median((row, row.opened_at) for row in mine),
        until_act=_median((row, row.acted_at) for row in mine),
    )


def _place(unit: Any) -> int:
    """Returns the one unit for which a case of this unit counts: its school, its ward, or itself."""
    return unit.school_id or unit.ward_id or unit.id or NOWHERE


def _rows(month: date) -> list[Any]:
    start = datetime(month.year, month.month, 1, tzinfo=clock.LOCAL)
    end = (start + timedelta(days=32)).replace(day=1)
    opened = sa.select(sa.func.min(Disclosure.opened_at)).where(Disclosure.case_id == Case.id).scalar_subquery()
    act = sa.select(sa.func.min(WelfareAct.at)).where(WelfareAct.case_id == Case.id, WelfareAct.kind.in_(ANSWERS))
    place = sa.func.coalesce(Unit.school_id, Unit.ward_id, Unit.id, NOWHERE)
    query = (
        sa.select(
            Case.opened_at.label("at"), Welfare.author_id, Welfare.level, Welfare.ending, place.label("place"),
            opened.label("opened_at"), act.scalar_subquery().label("acted_at"),
        )
        .join(Welfare, Welfare.case_id == Case.id)
        .outerjoin(Unit, Unit.id == Case.unit_id)
        .where(Case.opened_at >= start, Case.opened_at < end, Welfare.level.in_(LEVELS))
    )  # fmt: skip
    return list(db.session.execute(query))


def _of_level(level: str) -> Callable[[Any], bool]:
    return lambda row: bool(row.level == level)


def _calmed(row: Any) -> bool:
    return bool(row.ending == "no_danger")


def _parts(rows: Iterable[Any], *which: Callable[[Any], bool]) -> dict[int, list[set[int]]]:
    """Returns, by unit, the people behind each of these counts."""
    found: dict[int, list[set[int]]] = {}
    for row in rows:
        parts = found.setdefault(row.place, [set() for _ in which])
        for people, holds in zip(parts, which, strict=True):
            if holds(row):
                people.add(row.author_id or GONE)
    return found


def _count(rows: Iterable[Any]) -> int | None:
    some = list(rows)
    return suppress_small_count(len(some), len({row.author_id or GONE for row in some}))


def _median(waits: Iterable[tuple[Any, datetime | None]]) -> int | None:
    """Returns the median wait in minutes if at least ten people waited.

    Above an hour it is rounded to multiples of five.
    """
    some = [(row.author_id or GONE, (at - row.at).total_seconds()) for row, at in waits if at is not None]
    if len({author_id for author_id, _seconds in some}) < MIN_PEOPLE:
        return None
    minutes: int = round(statistics.median(seconds for _author, seconds in some) / 60)
    return minutes if minutes < HOUR else round(minutes / STEP_OF_LONG) * STEP_OF_LONG
