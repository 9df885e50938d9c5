"""States, kinds, bases and reasons of needs in plain words; msgids, translated where they are shown."""

from tutoring.kernel.text import N_

NEED_KIND_WORDS = {"device": N_("Máy để học"), "internet": N_("Mạng internet")}
WANTS_WORDS = {
    "any": N_("Loại nào cũng được"),
    "phone": N_("Điện thoại"),
    "tablet": N_("Máy tính bảng"),
    "laptop": N_("Máy tính xách tay"),
    "desktop": N_("Máy tính để bàn"),
    "router": N_("Bộ phát Wi-Fi"),
}
AT_HOME_WORDS = {
    "none": N_("Chưa có máy nào"),
    "shared": N_("Có một máy, nhiều người dùng chung"),
    "own": N_("Đã có máy riêng, nhưng chưa dùng tốt"),
}
# Shown to the staff who decide, and in the published rule as one of its steps; never beside a family.
BASIS_WORDS = {
    "poor_policy": N_("Hộ nghèo, và là gia đình có công hoặc thuộc diện chính sách"),
    "poor": N_("Hộ nghèo"),
    "near_poor": N_("Hộ cận nghèo"),
    "hardship": N_("Khó khăn khác mà phường hoặc trường biết rõ"),
}
BASIS_IN_A_LIST = {**BASIS_WORDS, "poor_policy": N_("Hộ nghèo, có công"), "hardship": N_("Khó khăn khác")}
NEED_STATE_WORDS = {
    "asked": N_("Chờ xác nhận"),
    "confirmed": N_("Đang trong hàng chờ"),
    "proposed": N_("Chờ người thứ hai duyệt"),
    "approved": N_("Đã duyệt"),
    "met": N_("Đã nhận"),
    "refused": N_("Chưa nhận được"),
    "withdrawn": N_("Đã rút"),
    "lapsed": N_("Đã hết hạn chờ"),
}
NEED_STATE_KINDS = {"asked": "info", "confirmed": "info", "proposed": "warn", "approved": "ok", "met": "ok",
                    "refused": "warn", "lapsed": "warn"}  # fmt: skip
NEED_TAB_WORDS = {
    "line": N_("Hàng chờ"),
    "asked": N_("Chờ xác nhận"),
    "second": N_("Chờ người thứ hai"),
    "approved": N_("Chờ bàn giao"),
    "over": N_("Đã xong"),
}
WHY_PLACE = {
    "basis": N_("Phường hoặc trường đã xác nhận gia đình cần hỗ trợ."),
    "home_none": N_("Ở nhà chưa có máy nào."),
    "home_shared": N_("Cả nhà dùng chung một máy."),
    "pupil": N_("Người dùng là trẻ đang đi học."),
    "first": N_("Nhà mình chưa nhận gì từ Cùng Học hay chương trình khác."),
    "learners": N_("Nhiều người ở nhà cùng học."),
    "asked": N_("Ai hỏi trước đứng trước, khi mọi điều trên như nhau."),
}
DUPLICATE_WORDS = {
    "own_loan": N_("Người này đang mượn một máy."),
    "own_gift": N_("Người này đã được tặng máy trong ba năm qua."),
    "own_voucher": N_("Người này đang có một gói mạng còn dùng được."),
    "family_loan": N_("Trong nhà đang mượn một máy."),
    "family_gift": N_("Trong nhà đã được tặng máy trong ba năm qua."),
    "family_need": N_("Trong nhà có một lời khác đang được đề xuất hoặc đã duyệt."),
    "family_voucher": N_("Trong nhà đang có một gói mạng còn dùng được."),
    "elsewhere": N_("Gia đình cho biết chương trình khác đã tặng máy trong ba năm qua."),
}
DEVICE_TERMS_WORDS = {"gift": N_("được tặng cho phường"), "loan": N_("chỉ cho mượn")}
