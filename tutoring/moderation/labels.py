"""Labels of reports, cases and moderation actions, readable for children of ten."""

from datetime import datetime

from flask_babel import gettext, ngettext

from tutoring.kernel import clock
from tutoring.kernel.text import N_
from tutoring.moderation.models import Case

# The wording for children comes first, then the one for adults.
CHILD_KINDS = {
    "danger": N_("Em đang bị nguy hiểm"),
    "scared": N_("Có người làm em sợ"),
    "contact": N_("Xin số điện thoại, ảnh, địa chỉ"),
    "away": N_("Rủ gặp ngoài đời hoặc chuyển sang Zalo"),
    "bullied": N_("Nói xấu, bắt nạt"),
    "scam": N_("Lừa đảo, xin mã"),
    "wrong": N_("Nội dung sai hoặc không phù hợp"),
    "other": N_("Chuyện khác"),
}
KINDS = {
    **CHILD_KINDS,
    "danger": N_("Có người đang gặp nguy hiểm"),
    "scared": N_("Có người làm tôi hoặc con tôi sợ"),
}

# Channels by which alarms go out, and what is said while one of them fails.
FAILING_CHANNELS = {
    "mail": N_("Không gửi được email cho ai"),
    "push": N_("Không gửi được thông báo lên máy cho ai"),
    "sms": N_("Không gửi được tin nhắn cho ai"),
}

TARGETS = {
    "message": N_("Một tin nhắn"),
    "person": N_("Một người"),
    "room": N_("Một phòng học"),
    "lesson": N_("Một bài học"),
    "pair": N_("Dấu hiệu đáng lo"),
    "site": N_("Chuyện khác"),
}

_IN_CIRCLE = N_("Bài trong góc hỏi đáp phụ huynh")
_PUBLISHED = N_("Lời giải ngắn của một bước")
_REPLY = N_("Câu trả lời cho một yêu cầu")
_WELFARE = N_("Có người cần được bảo vệ")
_UNEASY = N_("Một em không thấy thoải mái sau buổi học")
_ASK_AFTER = N_("cần hỏi thăm trong ngày học")


def _is_uneasy(case: Case) -> bool:
    return case.is_welfare and case.welfare is not None and case.welfare.is_uneasy


def target_of(case: Case) -> str:
    """Returns what a case is about, as a msgid."""
    if case.is_welfare:
        return _UNEASY if _is_uneasy(case) else _WELFARE
    if case.in_published_answer:
        return _PUBLISHED
    if case.in_reply:
        return _REPLY
    return _IN_CIRCLE if case.in_circle else TARGETS[case.kind]


GRADES = {
    "S0": N_("nguy hiểm ngay lúc này"),
    "S1": N_("nghiêm trọng"),
    "S2": N_("bắt nạt, quấy rầy"),
    "S3": N_("thường"),
}


def grade_of(case: Case) -> str:
    """Returns the label of a case's grade, as a msgid."""
    return _ASK_AFTER if _is_uneasy(case) else GRADES[case.grade]


def on_board(case: Case) -> str:
    """Returns what the live dashboard says of a case about a room."""
    if _is_uneasy(case):
        return str(gettext(_UNEASY))
    return str(gettext("Báo cáo: %(grade)s", grade=gettext(GRADES[case.grade])))


OUTCOMES = {
    "none": N_("không vi phạm"),
    "reminded": N_("đã nhắc nhở"),
    "hidden": N_("đã ẩn tin"),
    "removed": N_("đã mời ra khỏi phòng"),
    "paused": N_("đã tạm dừng người giúp"),
    "outside": N_("đã chuyển công an hoặc 111"),
}

ACTS = {
    "lock": N_("Từng tin trong phòng chờ xem trước khi gửi"),
    "silence": N_("Người bị báo tạm không viết được 24 giờ"),
    "hide": N_("Tin đã được ẩn"),
    "pause": N_("Người giúp đã tạm dừng"),
    "picture": N_("Ảnh đã bị khoá, không ai mở được"),
    "evidence": N_("Bản sao tin nhắn đã được niêm phong"),
}

# Changes since a case was opened, as its page lists them.
CHANGES = {
    "mute": N_("Tạm ngừng viết"),
    "unmute": N_("Cho viết lại"),
    "remove_member": N_("Mời ra khỏi phòng"),
    "hold_room": N_("Xem trước từng tin"),
    "unhold_room": N_("Ngừng xem trước từng tin"),
    "lock_room": N_("Khoá phòng"),
    "unlock_room": N_("Mở khoá phòng"),
    "hide_message": N_("Ẩn tin"),
    "take_back_hiding": N_("Hoàn tác việc ẩn tin"),
    "release_message": N_("Cho gửi tin"),
    "refuse_message": N_("Không gửi tin"),
    "unmask_message": N_("Cho hiện lại tin"),
    "reveal_message": N_("Cho hiện lại tin"),
    "lock_picture": N_("Khoá ảnh"),
    "unlock_picture": N_("Bỏ khoá ảnh"),
    "close_room": N_("Đóng phòng"),
    "nomination_paused": N_("Tạm dừng người giúp"),
    "nomination_barred": N_("Ngừng hẳn người giúp"),
    "nomination_resumed": N_("Cho giúp lại"),
    "nomination_active": N_("Cho giúp lại"),
    "nominate": N_("Giới thiệu lại người giúp"),
}

_OUTSIDE = N_("người ngoài, không đăng nhập")
_WHO = {
    ("room", True): N_("một em trong phòng"),
    ("room", False): N_("một người trong phòng"),
    ("formerly", True): N_("một em từng ở trong phòng"),
    ("formerly", False): N_("một người từng ở trong phòng"),
    ("near", True): N_("một em có tài khoản ở đây"),
    ("near", False): N_("một người có tài khoản ở đây"),
}


def who(place: str, from_child: bool) -> str:
    """Returns all that moderators learn about a reporter."""
    return str(gettext(_WHO.get((place, from_child), _OUTSIDE)))


def reported_by(case: Case, reports: int) -> str:
    """Returns who made a case known: people who reported it, a child's own answer, or the detector."""
    if reports:
        return str(ngettext("%(num)d tin báo", "%(num)d tin báo", reports))
    if case.welfare and case.welfare.is_uneasy:
        return str(gettext("em trả lời sau buổi học"))
    return str(gettext("hệ thống nhận ra"))


def left(until: datetime) -> str:
    """Returns the time until a deadline, or since it passed."""
    minutes = round((until - clock.now()).total_seconds() / 60)
    if not minutes:
        return str(gettext("đến hạn lúc này"))
    if minutes < 0:
        return str(gettext("quá hạn %(time)s", time=_time(-minutes)))
    return str(gettext("còn %(time)s", time=_time(minutes)))


def _time(minutes: int) -> str:
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return str(gettext("%(d)s ngày %(h)s giờ", d=days, h=hours) if hours else gettext("%(d)s ngày", d=days))
    if hours:
        return str(gettext("%(h)s giờ %(m)s phút", h=hours, m=rest) if rest else gettext("%(h)s giờ", h=hours))
    return str(gettext("%(m)s phút", m=rest))


# Labels of the buttons.
DO = {
    "release": N_("Cho gửi tin"),
    "mask": N_("Che một phần tin"),
    "hide": N_("Ẩn tin"),
    "warn": N_("Nhắc nhở"),
    "mute": N_("Tạm ngừng viết"),
    "remove": N_("Mời ra khỏi phòng"),
    "lock": N_("Khoá phòng"),
    "unpair": N_("Tách hai người"),
    "quarantine": N_("Chỉ đọc ở mọi phòng 24 giờ"),
    "suspend": N_("Tạm khoá tài khoản 7 ngày"),
    "legal_hold": N_("Giữ bằng chứng, chưa cho xoá"),
    "decision": N_("Quyết định"),
}

# The shortcut key of each action. The gravest actions have none, nor has the release of a message.
KEYS = {kind: str(number) for number, kind in enumerate(DO, 1) if kind != "release" and number < 10}

# Labels of actions that are done, for their subject.
DONE = {
    "release": N_("Tin của bạn đã được cho gửi"),
    "mask": N_("Một phần tin của bạn đã được che"),
    "hide": N_("Một tin của bạn đã được ẩn"),
    "warn": N_("Người trực nhắc nhở bạn"),
    "mute": N_("Bạn được yêu cầu tạm ngừng viết trong một phòng"),
    "remove": N_("Bạn đã được mời ra khỏi một phòng"),
    "lock": N_("Phòng của bạn đã được khoá"),
    "unpair": N_("Bạn và một người không học chung nữa"),
    "quarantine": N_("Bạn tạm thời chỉ đọc, chưa viết được ở mọi phòng"),
    "suspend": N_("Tài khoản của bạn tạm khoá"),
    "legal_hold": N_("Tin nhắn ở đây được giữ lại, chưa xoá, cho đến khi việc được giải quyết xong"),
    "decision": N_("Quyết định về một việc của bạn"),
}

ENDED = {
    "reversed": N_("đã hoàn tác"),
    "overturned": N_("đã rút sau khi xem lại"),
    "expired": N_("đã hết hạn"),
}

# Standard texts, used unless the moderator writes another.
STANDARD = {
    "contact": N_("Ở đây không xin và không cho số điện thoại, liên lạc riêng."),
    "secrecy": N_("Ở đây không giữ bí mật với người lớn và không hẹn gặp riêng."),
    "insult": N_("Lời này làm người khác buồn. Mình cùng giữ lời tử tế nhé."),
    "danger": N_("Việc này có thể gây nguy hiểm nên người trực dừng lại để xem."),
    "scam": N_("Ở đây không xin mã, mật khẩu hay tiền."),
    "off_topic": N_("Phòng này để học. Mình quay lại bài nhé."),
    "looking": N_("Người trực đang xem lại, chưa kết luận gì."),
    "mistake": N_("Có chỗ nhầm nên người trực sửa lại cho đúng."),
    "other": "",
}
BY_REPORT = {"danger": "danger", "scared": "danger", "contact": "contact", "away": "secrecy", "bullied": "insult",
             "scam": "scam"}  # fmt: skip


def reason_for(kinds: list[str]) -> str:
    """Returns the reason that fits the reported kinds, the gravest first."""
    found = [BY_REPORT[kind] for kind in BY_REPORT if kind in kinds]
    return found[0] if found else "looking"
