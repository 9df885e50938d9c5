"""CSV export of what may be shown of a unit's month and of the compared month."""

from collections.abc import Iterator

from flask_babel import gettext

from tutoring.community.labels import WEEKDAYS
from tutoring.insights.monthly_statistics import measures as m
from tutoring.insights.monthly_statistics.queries import HIDDEN, Cell, MonthFigures
from tutoring.insights.unit_report.labels import IN_MINUTES, KINDS, MEASURES, STEPS, hidden
from tutoring.insights.unit_report.month import UnitMonth
from tutoring.insights.unit_report.sections import Names
from tutoring.kernel.csv_files import written


def as_csv(month: UnitMonth, known: Names) -> bytes:
    """Returns one line for each figure of each month; suppressed values are labelled."""
    head = (
        gettext("Đơn vị"), gettext("Tháng"), gettext("Mục"), gettext("Phần"), gettext("Số lượng"), gettext("Số người"),
        gettext("Một nửa chờ không quá (phút)"), gettext("90% yêu cầu chờ không quá (phút)"),
    )  # fmt: skip
    unit = month.unit.name if month.unit else gettext("Toàn trang")
    months = (one for one in (month.now, month.before) if one is not None)
    return written(head, ((unit, f"{one.month:%Y-%m}", *line) for one in months for line in _lines(one, known)))


def _lines(figures: MonthFigures, known: Names) -> Iterator[tuple[str, ...]]:
    quiet = all(cell == HIDDEN for measure in m.DEVICES for cell in figures.cells.get(measure, {}).values())
    for measure in m.MEASURES:
        if quiet and measure in m.DEVICES:
            continue
        name = str(MEASURES[measure])
        if measure in IN_MINUTES:
            name = gettext("%(name)s (tính bằng phút)", name=name)
        for key, cell in figures.cells.get(measure, {}).items():
            part = KINDS.get(f"{measure}:{key.removeprefix('d:')}") or key_said(key, known)
            yield name, str(part), *_cells(measure, cell)


def _cells(measure: str, cell: Cell) -> tuple[str, str, str, str]:
    def shown(value: int | None) -> str:
        return hidden() if value is None else str(value)

    def minutes(value: int | None) -> str:
        if measure != m.WAITS:
            return ""
        return hidden() if value is None else str(round(value / 60))

    return shown(cell.count), shown(cell.people), minutes(cell.middle), minutes(cell.high)


def key_said(key: str, known: Names) -> str:
    """Returns the label of a part of a measure."""
    kind, _, rest = key.partition(":")
    match kind:
        case "":
            return str(gettext("Tất cả"))
        case "t":
            return known.topics.get(rest, rest)
        case "l":
            return known.lessons.get(rest, rest)
        case "s":
            day, _, hour = rest.partition("-")
            return str(gettext("%(day)s, %(from)s–%(to)s giờ", day=gettext(WEEKDAYS[int(day)]), to=int(hour) + 1,
                               **{"from": hour}))  # fmt: skip
        case "x":
            topic, _, slot = rest.rpartition(":")
            return f"{key_said(f't:{topic}', known)} · {key_said(f's:{slot}', known)}"
        case "k":
            skill, _, how = rest.rpartition(":")
            name = known.topics.get(skill, skill)
            return str(gettext("%(skill)s: làm được", skill=name) if how == "well" else gettext(
                "%(skill)s: cần tập lại", skill=name))  # fmt: skip
        case "passed":
            return str(gettext("Trong đó đạt"))
    return str(STEPS[key]) if key in STEPS else key
