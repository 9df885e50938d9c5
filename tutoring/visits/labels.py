"""Labels of states, outcomes and reasons of visits; msgids, translated when shown."""

from tutoring.kernel.text import N_

KIND_WORDS = {"desk": N_("Gặp tại Trung tâm"), "home": N_("Gặp tại nhà")}
STATE_WORDS = {
    "asked": N_("Đang chờ xếp lịch"),
    "planned": N_("Đã xếp lịch"),
    "done": N_("Đã gặp"),
    "missed": N_("Chưa gặp được"),
    "cancelled": N_("Đã huỷ"),
    "refused": N_("Chưa nhận được"),
}
STATE_KINDS = {"asked": "info", "planned": "ok", "done": "ok", "missed": "warn", "refused": "warn"}
TAB_WORDS = {"asked": N_("Chờ xếp lịch"), "planned": N_("Đã xếp"), "over": N_("Đã qua")}
OUTCOME_WORDS = {
    "solved": N_("việc đã xong"),
    "partly": N_("được một phần"),
    "again": N_("cần gặp thêm lần nữa"),
}
WHY_WORDS = {
    "nobody_home": N_("Hai người đã đến mà không gặp ai."),
    "no_guardian": N_("Có trẻ em mà không có người giám hộ ở nhà, nên hai người đã ra về."),
    "visitors": N_("Người được xếp không đến được."),
    "unsaid": N_("Không ai ghi lại buổi này trong bảy ngày."),
    "asker": N_("Người hẹn đã huỷ."),
    "unplanned": N_("Chưa xếp được trong 30 ngày."),
    "left": N_("Người hẹn đã rời Cùng Học."),
}
