"""Labels of roles and kinds of units; all are msgids, translated where they are shown."""

from tutoring.kernel.text import N_

ROLE_WORDS = {
    "learner": N_("người học"),
    "parent": N_("phụ huynh"),
    "helper": N_("bạn đồng hành"),
    "teacher": N_("giáo viên"),
    "lead": N_("Trưởng khu phố, Trưởng ấp"),
    "officer": N_("công chức phường, xã"),
    "coordinator": N_("điều phối viên"),
}
PUPIL = N_("học sinh")

ROLE_MEANS = {
    "learner": N_("Xem bài học, nhờ người giúp."),
    "parent": N_("Lập hồ sơ cho con, đồng ý thay con, nhờ người giúp."),
    "helper": N_("Giúp người học trong phòng có người trực, sau khi được giới thiệu."),
    "teacher": N_("Xác nhận học sinh, trực và vào phòng học của lớp."),
    "lead": N_("Mời người trong khu phố, trực phòng của người lớn."),
    "officer": N_("Mời người trong phường, trực phòng của người lớn."),
    "coordinator": N_("Mời và xác nhận mọi vai trò, xếp lịch trực, cấp mã đặt lại mật khẩu."),
}

KIND_WORDS = {
    "city": N_("Tỉnh, thành phố"),
    "ward": N_("Phường, xã, đặc khu"),
    "neighbourhood": N_("Khu phố, ấp"),
    "school": N_("Trường"),
    "class": N_("Lớp"),
    "partner": N_("Đơn vị đồng hành"),
}

BELOW_WORDS = {
    "city": N_("Các phường, xã, đặc khu"),
    "ward": N_("Khu phố, trường và đơn vị đồng hành"),
    "school": N_("Các lớp"),
    "partner": N_("Các đơn vị trực thuộc"),
}

FORMS = {
    "city": (N_("tỉnh"), N_("thành phố")),
    "ward": (N_("phường"), N_("xã"), N_("đặc khu")),
    "neighbourhood": (N_("khu phố"), N_("ấp"), N_("thôn"), N_("tổ dân phố"), N_("tổ công nghệ số cộng đồng")),
    "partner": (N_("Đoàn"), N_("Hội"), N_("sở, ban, ngành"), N_("công ty"), N_("nhà tài trợ")),
}

STATE_WORDS = {"waiting": N_("đang chờ xác nhận"), "active": N_("đang hoạt động"), "ended": N_("đã kết thúc")}
NOMINATION_WORDS = {
    "nominated": N_("chờ người thứ hai xác nhận"),
    "active": N_("đã được hai người xác nhận"),
    "paused": N_("tạm dừng"),
    "barred": N_("không được phép giúp"),
}

WEEKDAYS = (
    N_("Thứ Hai"), N_("Thứ Ba"), N_("Thứ Tư"), N_("Thứ Năm"), N_("Thứ Sáu"), N_("Thứ Bảy"), N_("Chủ nhật"),
)  # fmt: skip

SHORT_DAYS = (N_("T2"), N_("T3"), N_("T4"), N_("T5"), N_("T6"), N_("T7"), N_("CN"))

DUTY_PLACE_WORDS = {"online": N_("trực tuyến"), "centre": N_("tại Trung tâm Phục vụ hành chính công")}


def hour(minutes: int) -> str:
    """Formats minutes since midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def role_word(role: str, kind: str) -> str:
    """Returns the label of a role in a unit of this kind."""
    return PUPIL if role == "learner" and kind in {"school", "class"} else ROLE_WORDS[role]


CODE_WORDS = {"": N_("Tất cả"), "open": N_("Đang dùng được"), "waiting": N_("Chờ xác nhận"), "over": N_("Đã hết")}
CODE_STATE_WORDS = {
    "open": N_("dùng được"), "waiting": N_("chờ người thứ hai"), "revoked": N_("đã huỷ"),
    "used": N_("đã dùng hết lượt"), "expired": N_("đã hết hạn"),
}  # fmt: skip
