"""Labels of the half-year statistics."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from tutoring.moderation.labels import GRADES, KINDS, OUTCOMES
from tutoring.policy.disclosure_control import MIN_PEOPLE

SECTIONS: dict[str, Any] = {
    "reports": _l("Tin báo, theo chuyện được báo"),
    "cases": _l("Việc phải xem, theo mức"),
    "looked": _l("Bao lâu thì có người xem"),
    "decided": _l("Bao lâu thì có quyết định"),
    "outcomes": _l("Kết quả"),
    "acts": _l("Việc người trực đã làm trong phòng"),
    "messages": _l("Tin máy tìm thấy điều cần giữ"),
    "appeals": _l("Yêu cầu xem lại"),
}
_OTHERS: dict[str, Any] = {
    "hide_message": _l("ẩn một tin"),
    "refuse_message": _l("không cho gửi một tin đang chờ"),
    "mask_message": _l("che một phần của một tin"),
    "warn": _l("nhắc nhở một người"),
    "quarantine": _l("để một người chỉ đọc trong 24 giờ"),
    "unpair": _l("tách hai người, không xếp với nhau nữa"),
    "mute": _l("yêu cầu một người tạm ngừng viết"),
    "remove_member": _l("mời một người ra khỏi phòng"),
    "masked": _l("đã gửi, có phần được che"),
    "held": _l("chờ người trực xem trước"),
    "made": _l("đã gửi"),
    "overturned": _l("được hoàn tác hoặc cho hiện lại"),
}
MEASURES: dict[str, Any] = {
    "count": _l("Số lượng"),
    "median": _l("Một nửa trong"),
    "p90": _l("90% trong"),
    "share": _l("Đúng hạn"),
}


def half_said(name: str) -> str:
    """Formats "2026-2" as text."""
    year, _, half = name.partition("-")
    said = gettext("nửa cuối năm %(year)s", year=year) if half == "2" else gettext("nửa đầu năm %(year)s", year=year)
    return str(said)


def key_said(key: str) -> str:
    """Returns the label of a line."""
    known = KINDS.get(key) or GRADES.get(key) or OUTCOMES.get(key)
    return str(gettext(known)) if known else str(_OTHERS[key])


def value_said(measure: str, value: int | None) -> str:
    """Formats a value; None says that it is suppressed."""
    if value is None:
        return str(gettext("dưới %(n)s người", n=MIN_PEOPLE))
    if measure == "share":
        return f"{value} %"
    if measure == "count":
        return str(value)
    if value < 120:
        return str(gettext("%(n)s phút", n=value))
    hours = round(value / 60)
    return str(gettext("%(n)s giờ", n=hours) if hours < 48 else gettext("%(n)s ngày", n=round(hours / 24)))
