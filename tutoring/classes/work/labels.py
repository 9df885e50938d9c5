"""Labels of the kinds of class work and of those it is set for."""

from tutoring.kernel.text import N_

KIND_WORDS = {
    "lesson": N_("Bài học"), "path": N_("Lộ trình"), "quiz": N_("Câu hỏi của bài"), "rehearsal": N_("Luyện tập"),
    "help": N_("Nhờ người giúp một lần"),
}  # fmt: skip
AUDIENCE_WORDS = {
    "class": N_("Cả lớp"), "pupils": N_("Một số học sinh"), "guardians": N_("Phụ huynh của lớp"),
}  # fmt: skip
