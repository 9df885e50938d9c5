"""Labels of walk-in queues, and the services that a new queue begins with; all are msgids."""

from flask_babel import gettext

from tutoring.community.labels import WEEKDAYS
from tutoring.kernel.text import N_

STATE_WORDS = {
    "waiting": N_("đang chờ"), "called": N_("đang ở quầy"), "aside": N_("tạm rời hàng"), "done": N_("xong"),
    "missed": N_("vắng"), "left": N_("trả số"),
}  # fmt: skip
ASIDE_WORDS = {"lesson": N_("đang xem bài"), "helper": N_("đang được giúp trực tuyến")}
MINUTE_WORDS = {
    0: N_("Chưa rõ"), 10: N_("Khoảng 10 phút"), 20: N_("Khoảng 20 phút"), 30: N_("Khoảng 30 phút hoặc hơn"),
}  # fmt: skip

# What a ward edits afterwards: label, picture, lesson.
STANDARD_SERVICES = (
    (N_("Chứng thực bản sao, chữ ký"), "scroll", None),
    (N_("Hộ tịch: khai sinh, kết hôn, khai tử"), "teddy-bear", None),
    (N_("Tạm trú, thường trú"), "house", "dang-ky-tam-tru"),
    (N_("VNeID, căn cước"), "identification-card", "vneid-muc-2"),
    (N_("Nộp hồ sơ trực tuyến tại quầy"), "card-index-dividers", "nop-ho-so-dau-tien"),
    (N_("Hỏi hồ sơ, nhận kết quả"), "open-mailbox-with-raised-flag", "tra-cuu-bo-sung-ho-so"),
    (N_("Bảo hiểm y tế, trợ giúp xã hội"), "stethoscope", "the-bhyt-va-ly-lich-tu-phap"),
    (N_("Việc khác"), "raised-hand", None),
)
# The pictures that a service may have, in the order of the form.
PICTURES = {
    "scroll": N_("cuộn giấy"), "memo": N_("tờ khai"), "identification-card": N_("thẻ căn cước"),
    "house": N_("ngôi nhà"), "houses": N_("khu phố"), "teddy-bear": N_("gấu bông"), "handshake": N_("bắt tay"),
    "stethoscope": N_("ống nghe"), "school": N_("trường học"), "briefcase": N_("cặp giấy tờ"),
    "receipt": N_("biên lai"), "card-index-dividers": N_("tập hồ sơ"),
    "open-mailbox-with-raised-flag": N_("hộp thư"), "desktop-computer": N_("máy tính"),
    "mobile-phone": N_("điện thoại"), "raised-hand": N_("giơ tay hỏi"),
}  # fmt: skip


def service_label(label: str) -> str:
    """Returns the label of a service in the reader's language; one that an officer typed stays as it is.

    In a template `_()` would take a percent sign of the label as a placeholder, and its text as HTML.
    """
    return str(gettext(label))


def days_said(weekdays: int) -> str:
    """Returns the weekdays of a queue as text: every day, a run such as Monday–Friday, or a list."""
    days = [day for day in range(7) if weekdays >> day & 1]
    words = [str(gettext(WEEKDAYS[day])) for day in days]
    if len(days) == 7:
        return str(gettext("Mỗi ngày"))
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{words[0]}–{words[-1]}"
    return ", ".join(words)
