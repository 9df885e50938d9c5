"""The kinds of risk signals, their labels, and which of them make a message wait."""

from tutoring.kernel.text import N_

WORDS = {
    "personal": N_("hỏi chuyện riêng tư"),
    "flattery": N_("khen ngợi, tỏ tình cảm quá mức"),
    "isolating": N_("tách em khỏi gia đình, bạn bè"),
    "pressure": N_("ép, dỗ, thử lòng tin"),
    "gift": N_("hứa cho quà, cho tiền"),
    "secrecy": N_("dặn giấu người lớn"),
    "elsewhere": N_("rủ sang nói chuyện ở nơi khác"),
    "photo": N_("xin ảnh người, xin xem qua máy quay"),
    "meeting": N_("rủ gặp riêng bên ngoài"),
    "sexual": N_("nói chuyện thân thể, tình dục"),
    "threat": N_("đe doạ"),
    "scam": N_("dụ tiền, dụ giấy tờ"),
    "masked": N_("đưa số, tài khoản hoặc địa chỉ để liên lạc riêng"),
    "late": N_("nhắn lúc khuya"),
}
KINDS = tuple(WORDS)

# Among adults, and from a child to an adult, only these count: adults choose whom they talk to.
AMONG_ADULTS = frozenset({"scam", "threat"})
# A request for one of these can do the harm itself, so the message is held once the score reaches a notice.
WAITING = frozenset({"secrecy", "elsewhere", "photo", "meeting", "sexual", "threat"})
