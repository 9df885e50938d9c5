"""The sections of a unit's month: the one source of rows for page, charts, CSV and PDF.

So a figure that is suppressed in one of them is suppressed in all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from flask_babel import gettext

from tutoring.community.labels import BELOW_WORDS, SHORT_DAYS, WEEKDAYS
from tutoring.insights.monthly_statistics import measures as m
from tutoring.insights.monthly_statistics import queries as monthly_statistics_queries
from tutoring.insights.monthly_statistics.queries import Cell
from tutoring.insights.unit_report.labels import (
    IN_MINUTES,
    KINDS,
    MEASURES,
    STEPS,
    amount,
    in_hours,
    month_said,
    number,
    value_text,
)
from tutoring.insights.unit_report.month import UnitMonth
from tutoring.kernel.text import N_, vi_key
from tutoring.lessons.catalogue.queries import titles
from tutoring.lessons.skills.queries import topic_names

MAX_ROWS = 10  # rows of a long section; the CSV has all
MONTHS = 12
BELOW = (m.REACHED, m.ASKED, m.UNMET, m.WAITS, m.TOGETHER)
_UNITS = N_("Các đơn vị")
_SPREAD = (5, 15, 30)  # upper limits of the shades, in minutes of waiting


@dataclass(frozen=True)
class Row:
    """One line: its label, and for each column the value drawn and the text."""

    label: str
    values: tuple[int | None, ...]
    texts: tuple[str, ...]
    short: str = ""  # short label
    mark: str = ""  # short text of the first column


@dataclass(frozen=True)
class Section:
    """One table. `drawn` are the columns of its chart.

    An `upright` chart has one column for each month.
    """

    key: str
    title: str
    first: str  # header of the label column
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    drawn: tuple[int, ...] = (0,)
    upright: bool = False
    more: int = 0  # number of rows omitted here

    @property
    def shows(self) -> bool:
        """Returns whether there is anything to draw."""
        return any(row.values[column] is not None for row in self.rows for column in self.drawn)


@dataclass(frozen=True)
class Names:
    """The names of topics (skills) and lessons in the reader's language."""

    topics: dict[str, str]
    lessons: dict[str, str]


def names(month: UnitMonth, lang: str) -> Names:
    """Loads the names in two queries, however many parts there are."""
    both = (month.now, month.before) if month.before else (month.now,)
    slugs = {key.removeprefix("l:") for one in both for key in one.cells.get(m.FINISHED, {}) if key}
    return Names(topic_names(lang), titles(slugs, lang))


def _row(label: str, *cells: tuple[str, Cell]) -> Row:
    values = tuple(amount(measure, cell) for measure, cell in cells)
    return Row(
        label, values, tuple(value_text(measure, value) for (measure, _), value in zip(cells, values, strict=True))
    )


def _most(rows: list[Row]) -> list[Row]:
    """Sorts by the first column, largest first.

    Ties are sorted by name, so that their order reveals nothing suppressed.
    """
    return sorted(rows, key=lambda row: (-(row.values[0] or 0), vi_key(row.label)))


def _short(key: str, title: str, first: str, columns: tuple[str, ...], rows: list[Row], **more: object) -> Section:
    return Section(
        key,
        title,
        first,
        columns,
        _most(rows)[:MAX_ROWS],
        more=max(0, len(rows) - MAX_ROWS),
        **more,  # type: ignore[arg-type]
    )


# ---- over the months -------------------------------------------------------------------------------------------


def over_months(month: UnitMonth) -> list[Section]:
    """Returns people and hours of the last twelve months. One query."""
    found = monthly_statistics_queries.trend(
        month.unit_id, (m.REACHED, m.NEW, m.TOGETHER, m.SESSIONS), month.month, MONTHS
    )

    def rows(*wanted: str) -> list[Row]:
        return [_of_month(cells[0][0], *zip(wanted, (cell for _, cell in cells), strict=True))
                for cells in zip(*(found[measure] for measure in wanted), strict=True)]  # fmt: skip

    first = gettext("Tháng")
    return [
        Section("people", gettext("Người đã học hoặc được giúp, 12 tháng"), first,
                (gettext("Mọi người"), gettext("Người mới")), rows(m.REACHED, m.NEW), upright=True),
        Section("hours", gettext("Giờ cùng học, 12 tháng"), first,
                (gettext("Giờ cùng học"), gettext("Buổi giúp")), rows(m.TOGETHER, m.SESSIONS), upright=True),
    ]  # fmt: skip


def _of_month(day: date, *cells: tuple[str, Cell]) -> Row:
    row = _row(month_said(day, capital=True), *cells)
    (measure, _), value = cells[0], row.values[0]
    mark = "" if value is None else in_hours(value) if measure in IN_MINUTES else row.texts[0]
    return replace(row, short=f"1/{day:%y}" if day.month == 1 else str(day.month), mark=mark)


# ---- within the month ------------------------------------------------------------------------------------------


def needs(month: UnitMonth, known: Names) -> Section:
    """Returns help requests by topic: total, without help, and waiting times."""
    rows = []
    for topic in month.keys(m.ASKED, "t:"):
        key = f"t:{topic}"
        three = ((measure, month.cell(measure, key)) for measure in (m.ASKED, m.UNMET, m.WAITS))
        row, high = _row(known.topics.get(topic, topic), *three), month.cell(m.WAITS, key).high
        rows.append(Row(row.label, (*row.values, high), (*row.texts, value_text(m.WAITS, high))))
    waits = gettext("Một nửa chờ không quá"), gettext("90% yêu cầu chờ không quá")
    columns = gettext("Yêu cầu"), gettext("Không có ai giúp"), *waits
    return _short("needs", gettext("Còn ai cần giúp, theo chủ đề"), gettext("Chủ đề"), columns, rows, drawn=(0, 1))


def lessons(month: UnitMonth, known: Names) -> Section:
    rows = [
        _row(known.lessons.get(slug, slug), (m.FINISHED, month.cell(m.FINISHED, f"l:{slug}")))
        for slug in month.keys(m.FINISHED, "l:")
    ]
    return _short(
        "lessons", gettext("Bài được học xong nhiều nhất"), gettext("Bài học"), (gettext("Lượt học xong"),), rows
    )


def practice(month: UnitMonth, known: Names) -> Section:
    """Returns practice runs by skill: done well, or to be repeated."""
    skills = sorted({key.rpartition(":")[0] for key in month.keys(m.PRACTISED, "k:")})
    rows = [
        _row(known.topics.get(skill, skill), *(
            (m.PRACTISED, month.cell(m.PRACTISED, f"k:{skill}:{how}")) for how in ("well", "again")))
        for skill in skills
    ]  # fmt: skip
    columns = gettext("Làm được"), gettext("Cần tập lại")
    return _short("practice", gettext("Luyện tập theo kỹ năng"), gettext("Kỹ năng"), columns, rows, drawn=(0, 1))


def funnel(month: UnitMonth) -> Section:
    """Returns the funnel of people whose first lesson was within twelve months."""
    rows = [_row(str(words), (m.FUNNEL, month.cell(m.FUNNEL, step))) for step, words in STEPS.items()]
    return Section("funnel", gettext("Từ bài học đầu tiên đến hồ sơ thật"), gettext("Bước"), (gettext("Người"),), rows)


_DEVICES = (
    (m.RECEIVED, ""), (m.NEEDED, "device"), (m.NEEDED, "internet"), (m.MET, ""), (m.MET, "device"),
    (m.MET, "internet"), (m.USED, ""), (m.RETURNED, ""), (m.LOST, ""),
)  # fmt: skip


def devices(month: UnitMonth) -> Section:
    """Returns device and internet figures, compared with the other month.

    A row is left out where neither month may be shown.
    """
    both_months = (month.month, month.against) if month.against else (month.month,)
    columns = tuple(month_said(one, capital=True) for one in both_months)
    rows = []
    for measure, kind in _DEVICES:
        key = f"d:{kind}" if kind else ""
        label = str(KINDS[f"{measure}:{kind}"] if kind else MEASURES[measure])
        both = [(measure, month.cell(measure, key)), (measure, month.was(measure, key))]
        row = _row(label, *both[: len(columns)])
        rows += [row] if any(value is not None for value in row.values) else []
    return Section("devices", gettext("Máy và mạng"), gettext("Mục"), columns, rows)


def of_month(month: UnitMonth, known: Names) -> list[Section]:
    """Returns the sections of a page in their order."""
    return [needs(month, known), lessons(month, known), practice(month, known), devices(month), funnel(month)]


CHARTS: dict[str, Callable[[UnitMonth, str], Section]] = {
    "people": lambda month, _lang: over_months(month)[0],
    "hours": lambda month, _lang: over_months(month)[1],
    "needs": lambda month, lang: needs(month, names(month, lang)),
    "lessons": lambda month, lang: lessons(month, names(month, lang)),
    "practice": lambda month, lang: practice(month, names(month, lang)),
    "devices": lambda month, _lang: devices(month),
    "funnel": lambda month, _lang: funnel(month),
}


# ---- weekday and hour ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heat:
    """A figure by weekday and hour: the text of each cell and its shade, 0 to 4."""

    key: str
    title: str
    days: list[tuple[str, str]]  # short and full
    hours: list[tuple[str, list[tuple[str, int]]]]


def heat(month: UnitMonth, measure: str, title: str, topic: str = "") -> Heat:
    """Returns the hours that may be shown, for one topic or for all."""
    kind = f"x:{topic}:" if topic else "s:"
    found = {}
    for key in month.keys(measure, kind):
        day, _, hour = key.partition("-")
        if (value := amount(measure, month.cell(measure, f"{kind}{key}"))) is not None:
            found[int(hour), int(day)] = value
    largest = max(found.values(), default=0)
    hours = [
        (f"{hour}–{hour + 1}", [_shaded(measure, found.get((hour, day)), largest) for day in range(7)])
        for hour in sorted({hour for hour, _day in found})
    ]
    days = [(gettext(short), gettext(day)) for short, day in zip(SHORT_DAYS, WEEKDAYS, strict=True)]
    return Heat(measure, title, days, hours)


def _shaded(measure: str, value: int | None, largest: int) -> tuple[str, int]:
    if value is None:
        return "–", 0
    if measure != m.WAITS:
        return number(value), max(1, -(-4 * value // largest)) if largest else 1
    minutes = round(value / 60)
    return value_text(measure, value) if minutes >= 120 else str(minutes), 1 + sum(minutes > end for end in _SPREAD)


def heat_topics(month: UnitMonth) -> list[str]:
    """Returns the topics with an hour that may be shown, most requested first."""
    found = {key.rpartition(":")[0] for measure in (m.ASKED, m.WAITS, m.UNMET) for key in month.keys(measure, "x:")}
    shown = [topic for topic in found if heats(month, topic)]
    return sorted(shown, key=lambda topic: (-(month.cell(m.ASKED, f"t:{topic}").count or 0), topic))


def heats(month: UnitMonth, topic: str = "") -> list[Heat]:
    """Returns the non-empty heat maps (waits, requests, unmet requests), for one topic or all."""
    all_of_them = (
        heat(month, m.WAITS, gettext("Chờ bao nhiêu phút thì có người nhận (một nửa chờ không quá)"), topic),
        heat(month, m.ASKED, gettext("Có bao nhiêu yêu cầu"), topic),
        heat(month, m.UNMET, gettext("Bao nhiêu yêu cầu không có ai giúp"), topic),
    )
    return [one for one in all_of_them if one.hours]


def below_title(month: UnitMonth) -> str:
    """Returns what the units directly below are called: the classes of a school, the wards of a city."""
    return str(gettext(BELOW_WORDS[month.unit.kind] if month.unit and month.unit.kind in BELOW_WORDS else _UNITS))


def quiet(sections: list[Section]) -> list[str]:
    """Returns the titles of sections without any value that may be shown.

    Devices are left out, because many units never had one to give.
    """
    return [section.title for section in sections if not section.shows and section.key != "devices"]
