"""Words for acts of the desk: what one presses, and what one reads of what was done."""

from tutoring.kernel.text import N_

# What the desk presses.
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

# The key that presses each. What is gravest has none, nor what lets a message through.
KEYS = {kind: str(number) for number, kind in enumerate(DO, 1) if kind != "release" and number < 10}

# What was done, for whoever it is about.
DONE = {
    "release": N_("Tin của bạn đã được cho gửi"),
    "mask": N_("Một phần tin của bạn đã được che"),
    "hide": N_("Một tin của bạn đã được ẩn"),
    "warn": N_("Người trực nhắc nhở bạn"),
    "mute": N_("Bạn được yêu cầu tạm ngừng viết trong một phòng"),
    "remove": N_("Bạn đã được mời ra khỏi một phòng"),
    "lock": N_("Phòng của bạn đã được khoá"),
    "unpair": N_("Bạn và một người nữa không học cùng nhau nữa"),
    "quarantine": N_("Bạn tạm thời chỉ đọc, chưa viết được ở mọi phòng"),
    "suspend": N_("Tài khoản của bạn tạm khoá"),
    "legal_hold": N_("Tin nhắn ở đây được giữ lại, chưa xoá, cho đến khi việc được giải quyết xong"),
    "decision": N_("Quyết định về một việc của bạn"),
}

ENDED = {
    "reversed": N_("đã hoàn tác"),
    "overturned": N_("đã hoàn tác sau khi xem lại"),
    "expired": N_("đã hết hạn"),
}

# What the desk says unless it writes something of its own.
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
    """The reason that fits what was reported, the gravest first."""
    found = [BY_REPORT[kind] for kind in BY_REPORT if kind in kinds]
    return found[0] if found else "looking"
