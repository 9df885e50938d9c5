"""A unit's month as an official report (báo cáo) that goes to an office above.

It says what the page says, from the same suppressed rows, and names no learner.
"""

from collections.abc import Sequence

from flask_babel import gettext

from tutoring.community.papers.paper import Block, Heading, Items, Paper, Table, Text
from tutoring.community.papers.queries import letterhead
from tutoring.insights.unit_report import narrative, sections
from tutoring.insights.unit_report.feature_sections import feature_sections
from tutoring.insights.unit_report.labels import amount, month_said, notes, short, value_text
from tutoring.insights.unit_report.month import UnitMonth, below
from tutoring.insights.unit_report.sections import BELOW, Heat, Section
from tutoring.kernel import clock
from tutoring.web import i18n

LANG = "vi"
_MOST_BELOW = 200


def build_paper(month: UnitMonth) -> Paper:
    """Returns the report of a month as a paper. Call it in Vietnamese: it goes to offices."""
    head = letterhead(month.unit_id)
    return Paper(
        kind=gettext("Báo cáo"), short="BC",
        subject=gettext("Kết quả người dân học và giúp nhau trên Cùng Học, %(month)s", month=month_said(month.month)),
        letterhead=head, unit=month.unit.name if month.unit else gettext("Toàn trang Cùng Học"), day=clock.today(),
        blocks=_blocks(month), addressed=True,
    )  # fmt: skip


def _blocks(month: UnitMonth) -> list[Block]:
    known = sections.names(month, LANG)
    needs, lessons, practice, devices, funnel = found = sections.of_month(month, known)
    unit = month.unit.name if month.unit else gettext("Toàn trang Cùng Học")
    opening = gettext("Đơn vị: %(unit)s. Số liệu của %(month)s.", unit=unit, month=month_said(month.month))
    blocks: list[Block] = [
        Text(opening),
        Heading(gettext("Tình hình chung")),
        Text(" ".join((narrative.headline(month), *narrative.list_sentences(month, known)))),
        *_key_figures(month),
        *_section(needs, (38, 13, 15, 17, 17)),
    ]
    if heats := sections.heats(month):
        blocks.append(Heading(gettext("Khi nào người ta nhờ, khi nào phải chờ")))
        for heat in heats:
            blocks += _heat(heat)
    blocks += _section(funnel, (75, 25))
    blocks += _section(lessons, (75, 25))
    blocks += _section(practice, (60, 20, 20))
    blocks += _section(devices, (60, *(20,) * len(devices.columns)))
    if quiet := sections.quiet(found):
        blocks += [Heading(gettext("Phần chưa có con số để hiện")), Text("; ".join(quiet) + ".")]
    blocks += _below(month)
    for part in feature_sections(month):
        blocks.append(Heading(part.title))
        if part.sentences:
            blocks.append(Text(" ".join(part.sentences)))
        if part.rows:
            blocks.append(_table(part.columns, part.rows, (2,) + (1,) * (len(part.columns) - 1)))
    return [*blocks, Heading(gettext("Cách tính")), Items([*notes(), _counted(month)])]


def _counted(month: UnitMonth) -> str:
    if month.now.counted_at is None:
        return str(gettext("Tháng này chưa được tính."))
    day = i18n.day(clock.local(month.now.counted_at))
    if month.now.closed:
        return str(gettext("Tháng đã chốt, tính lần cuối ngày %(day)s.", day=day))
    return str(gettext("Tháng chưa chốt, con số còn thay đổi. Tính đến ngày %(day)s.", day=day))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Table:
    return Table(tuple(columns), tuple(map(tuple, rows)), widths)


def _key_figures(month: UnitMonth) -> list[Block]:
    """Returns the figures that may be shown as a table, and the names of the others in one sentence."""
    both = narrative.key_figures(month)
    shown, quiet = [one for one in both if one.shows], [one.name for one in both if not one.shows]
    blocks: list[Block] = [Heading(gettext("Con số chính"))]
    columns: tuple[str, ...] = (gettext("Mục"), month_said(month.month, capital=True))
    if shown and month.against:
        columns = (*columns, month_said(month.against, capital=True), gettext("Thay đổi"))
        rows = [(one.name, one.now, one.before, one.change.words) for one in shown]
        blocks.append(_table(columns, rows, (40, 18, 18, 24)))
    elif shown:
        blocks.append(_table(columns, [(one.name, one.now) for one in shown], (70, 30)))
    return [*blocks, Text(gettext("Được ẩn: %(names)s.", names="; ".join(quiet)))] if quiet else blocks


def _section(section: Section, widths: tuple[int, ...]) -> list[Block]:
    if not section.shows:
        return []
    rows = [(row.label, *row.texts) for row in section.rows]
    return [Heading(section.title), _table((section.first, *section.columns), rows, widths)]


def _heat(heat: Heat) -> list[Block]:
    rows = [(hour, *(text for text, _shade in cells)) for hour, cells in heat.hours]
    columns = (gettext("Giờ"), *(short_day for short_day, _day in heat.days))
    return [Text(heat.title + "."), _table(columns, rows, (16,) + (12,) * 7)]


def _below(month: UnitMonth) -> list[Block]:
    page = below(month, BELOW, limit=_MOST_BELOW)
    rows = [
        (one.name, *(value_text(measure, amount(measure, one.cells[measure])) for measure in BELOW))
        for one in page.rows
    ]
    if not rows:
        return []
    columns = (gettext("Đơn vị"), *map(short, BELOW))
    more = [Text(gettext("Các đơn vị còn lại có trong tệp CSV của từng đơn vị."))] if page.onward else []
    return [Heading(sections.below_title(month)), _table(columns, rows, (34, 13, 13, 14, 14, 12)), *more]
