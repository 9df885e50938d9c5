"""What lacks, and how far the need of it has come, in words that say nothing of why a family comes before others."""

from tutoring.kernel.text import N_

LACK_WORDS = {
    "device": N_("Chưa có máy"),
    "internet": N_("Chưa có mạng"),
    "both": N_("Chưa có máy và mạng"),
}
KIND_WORDS = {"device": N_("Máy"), "internet": N_("Mạng")}
NEED_WORDS = {
    "asked": N_("phường đã nhận, đang xem"),
    "confirmed": N_("phường đã xác nhận, đang chờ lượt"),
    "proposed": N_("đang được xét"),
    "approved": N_("đã duyệt, sắp giao"),
    "met": N_("đã giao"),
    "refused": N_("chưa nhận được"),
    "withdrawn": N_("đã rút lại"),
    "lapsed": N_("đã hết hạn xác nhận"),
}
NO_NEED = N_("phường chưa ghi nhận")
