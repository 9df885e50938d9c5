"""Labels and formats of unit figures: measures, amounts, waiting times, changes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _l

from tutoring.insights.monthly_statistics import measures as m
from tutoring.insights.monthly_statistics.queries import Cell
from tutoring.policy.disclosure_control import MIN_PEOPLE, STEP

MEASURES: dict[str, Any] = {
    m.REACHED: _l("Người đã học hoặc được giúp"),
    m.NEW: _l("Người mới, lần đầu tham gia"),
    m.ASKED: _l("Yêu cầu giúp"),
    m.UNMET: _l("Yêu cầu không có ai giúp"),
    m.WAITS: _l("Chờ đến khi có người nhận"),
    m.TOGETHER: _l("Giờ cùng học, cả hai bên có mặt"),
    m.SESSIONS: _l("Buổi giúp"),
    m.HELPING: _l("Giờ người của đơn vị đã giúp"),
    m.FINISHED: _l("Lượt học xong bài"),
    m.PRACTISED: _l("Lượt luyện tập làm đến cuối"),
    m.FILED: _l("Người nộp hồ sơ thật lần đầu (tự cho biết)"),
    m.RECEIVED: _l("Máy nhận về kho"),
    m.NEEDED: _l("Đăng ký cần máy, cần mạng"),
    m.MET: _l("Máy và gói mạng đã đến tay"),
    m.USED: _l("Gói mạng đã dùng (tự cho biết)"),
    m.RETURNED: _l("Máy mượn đã trả"),
    m.LOST: _l("Máy mượn bị mất"),
    m.FUNNEL: _l("Từ bài học đầu tiên đến hồ sơ thật"),
}
STEPS: dict[str, Any] = {
    "learn": _l("Học xong bài đầu tiên"),
    "study": _l("Rồi học cùng người khác qua mạng"),
    "practise": _l("Rồi luyện tập dịch vụ công"),
    "file": _l("Rồi tự nộp hồ sơ thật đầu tiên"),
}
KINDS: dict[str, Any] = {  # parts of the measures NEEDED and MET
    f"{m.NEEDED}:device": _l("Đăng ký cần máy"),
    f"{m.NEEDED}:internet": _l("Đăng ký cần mạng"),
    f"{m.MET}:device": _l("Máy đã trao, tặng hoặc cho mượn"),
    f"{m.MET}:internet": _l("Gói mạng đã trao"),
}
_SHORT: dict[str, Any] = {  # short forms for rows with several measures
    m.REACHED: _l("Người"),
    m.NEW: _l("Người mới"),
    m.UNMET: _l("Không có ai giúp"),
    m.WAITS: _l("Một nửa chờ không quá"),
    m.TOGETHER: _l("Giờ cùng học"),
    m.FINISHED: _l("Học xong bài"),
}
IN_MINUTES = frozenset({m.TOGETHER, m.HELPING})
KEY = (m.REACHED, m.NEW, m.ASKED, m.UNMET, m.WAITS, m.TOGETHER, m.SESSIONS, m.HELPING, m.FINISHED, m.PRACTISED, m.FILED)
LESS_IS_BETTER = frozenset({m.UNMET, m.WAITS})


def short(measure: str) -> str:
    """Returns the short label of a measure."""
    return str(_SHORT.get(measure) or MEASURES[measure])


def hiding_note() -> str:
    """Explains the label of suppressed values."""
    return str(
        gettext(
            "“Ẩn”: có dưới %(n)s người đứng sau con số, hoặc con số sẽ để lộ một nhóm dưới %(n)s người.", n=MIN_PEOPLE
        )
    )


def notes() -> list[str]:
    """Explains how the figures are counted and what is suppressed."""
    return [
        str(gettext("Mỗi người chỉ được đếm một lần trong tháng ở mỗi đơn vị, dù học bao nhiêu lần.")),
        str(gettext("Đơn vị cao hơn gồm cả các đơn vị bên dưới.")),
        hiding_note(),
        str(gettext("Các con số khác được làm tròn xuống theo %(step)s.", step=STEP)),
        str(gettext("Chờ tính từ lúc nhờ đến lúc có người nhận. Giờ cùng học chỉ tính những phút cả hai bên có mặt.")),
        str(gettext("Hồ sơ thật là do người nộp tự cho biết; trang này không hỏi cơ quan nào.")),
        str(gettext("Máy nhận về kho đếm theo máy, ở nơi có kho. Số khác về máy và mạng đếm theo người được nhận.")),
        str(gettext("“Từ bài học đầu tiên đến hồ sơ thật” nhìn những người học xong bài đầu tiên trong 12 tháng qua.")),
    ]  # fmt: skip


def hidden() -> str:
    """Returns the label of a suppressed value."""
    return str(gettext("ẩn"))


def number(amount: int) -> str:
    return str(format_decimal(amount))


def month_said(month: date, *, capital: bool = False) -> str:
    said = str(gettext("tháng %(month)s/%(year)s", month=month.month, year=month.year))
    return said[:1].upper() + said[1:] if capital else said


def month_near(month: date, near: date) -> str:
    """Formats a month in short, beside a month whose year is shown."""
    if month.year != near.year:
        return month_said(month, capital=True)
    return str(gettext("Tháng %(month)s", month=month.month))


def in_hours(minutes: int) -> str:
    """Formats minutes as hours; below ten hours with one decimal."""
    return str(format_decimal(_rounded(minutes), format="#,##0.#"))


def _rounded(minutes: int) -> float:
    return round(minutes / 60, 1 if minutes < 600 else None)


def hours(minutes: int) -> str:
    """Formats the total minutes of many people."""
    if minutes < 60:
        return str(gettext("%(n)s phút", n=minutes))
    return str(gettext("%(n)s giờ", n=in_hours(minutes)))


def duration(seconds: int) -> str:
    """Formats a waiting time."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return str(gettext("chưa tới 1 phút"))
    if minutes < 120:
        return str(gettext("%(n)s phút", n=minutes))
    whole = round(minutes / 60)
    return str(gettext("%(n)s giờ", n=whole) if whole < 48 else gettext("%(n)s ngày", n=round(whole / 24)))


def amount(measure: str, cell: Cell) -> int | None:
    """Returns the main number of a measure."""
    return cell.middle if measure == m.WAITS else cell.count


def value_text(measure: str, value: int | None) -> str:
    """Formats a number of a measure; a suppressed one gets its label."""
    if value is None:
        return hidden()
    if measure == m.WAITS:
        return duration(value)
    return hours(value) if measure in IN_MINUTES else number(value)


@dataclass(frozen=True)
class Change:
    """The change against the other month: a sign, and text that says the same."""

    sign: str  # ▲ ▼ = or empty where one of the two is suppressed
    words: str


def change(measure: str, now: int | None, before: int | None) -> Change:
    """Describes the change of a figure; nothing is derived from a suppressed one."""
    if now is None and before is None:
        return Change("", "")
    if now is None or before is None:
        return Change("", str(gettext("không so được")))
    if now == before or value_text(measure, now) == value_text(measure, before):
        return Change("=", str(gettext("như nhau")))
    by = value_text(measure, abs(now - before))
    # The difference of the two displayed hours, not of the underlying minutes.
    if measure in IN_MINUTES and min(now, before) >= 60:
        apart = format_decimal(abs(_rounded(now) - _rounded(before)), format="#,##0.#")
        by = str(gettext("%(n)s giờ", n=apart))
    if measure == m.WAITS:
        return Change("▼", gettext("nhanh hơn %(by)s", by=by)) if now < before else Change(
            "▲", gettext("lâu hơn %(by)s", by=by))  # fmt: skip
    return Change("▼", gettext("ít hơn %(by)s", by=by)) if now < before else Change(
        "▲", gettext("nhiều hơn %(by)s", by=by))  # fmt: skip
