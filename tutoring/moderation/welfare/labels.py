"""Labels of welfare cases, for the staff who handle them."""

from tutoring.kernel.text import N_

ACTS = {
    "talked": N_("Đã nói chuyện với người viết"),
    "called_111": N_("Đã gọi 111"),
    "called_police": N_("Đã gọi công an (113)"),
    "no_danger": N_("Không phải nguy hiểm"),
    "told_guardian": N_("Đã nói với người giám hộ, bằng lời"),
    "asked_helper": N_("Đã hỏi thăm người giúp trong phòng"),
}
HOMES = {
    "unknown": N_("Chưa biết nhà có an toàn không"),
    "safe": N_("Nhà an toàn"),
    "danger": N_("Nguy hiểm ở chính trong nhà"),
}
PROTECTS = {
    "author": N_("Người viết tin này"),
    "child": N_("Một em khác"),
    "grown_up": N_("Một người lớn"),
    "unknown": N_("Chưa rõ là ai"),
}
LEVELS = {
    "explicit": N_("nói rõ là nguy hiểm"),
    "ambiguous": N_("chưa rõ, cần xem trong 15 phút"),
    "uneasy": N_("cần hỏi thăm trong ngày học"),
}
# Of a child who was not at ease; other acts have no button there.
UNEASY_ACTS = {
    "talked": N_("Đã nói chuyện với em"),
    "called_111": ACTS["called_111"],
    "called_police": ACTS["called_police"],
}
DOORS = {
    "room": N_("trong phòng học"),
    "ask": N_("khi nhờ giúp"),
    "feedback": N_("khi góp ý hoặc trả lời"),
    "circle": N_("trong góc hỏi đáp"),
    "report": N_("khi báo chuyện không ổn"),
}
ENDINGS = {
    "cared": N_("đã có người lớn lo"),
    "outside": N_("đã báo 111 hoặc công an"),
    "no_danger": N_("không phải nguy hiểm"),
}
