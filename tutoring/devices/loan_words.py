"""Handovers, loans and thanks in plain words; msgids, translated where they are shown."""

from tutoring.kernel.text import N_

HANDOVER_WORDS = {
    "planned": N_("Đã hẹn"),
    "done": N_("Đã bàn giao"),
    "missed": N_("Chưa gặp được"),
    "cancelled": N_("Đã huỷ hẹn"),
}
HANDOVER_KINDS = {"planned": "info", "done": "ok", "missed": "warn"}
HANDOVER_TABS = {"waiting": N_("Chờ hẹn ngày"), "planned": N_("Đã hẹn"), "past": N_("Đã qua")}
LOAN_WORDS = {"open": N_("Đang mượn"), "returned": N_("Đã trả"), "lost": N_("Đã ghi là mất")}
LOAN_KINDS = {"open": "info", "returned": "ok", "lost": "warn"}
TOLD_WORDS = {
    "lost": N_("Máy bị lạc mất"),
    "stolen": N_("Máy bị lấy cắp"),
    "broken": N_("Máy bị hỏng"),
}
FILTER_WORDS = {
    "open": N_("Đang mượn"),
    "soon": N_("Sắp tới hẹn"),
    "overdue": N_("Quá hẹn"),
    "renewal": N_("Xin mượn thêm"),
    "told": N_("Báo mất, hỏng"),
    "ended": N_("Đã xong"),
}
THANKS_WORDS = {
    "waiting": N_("Đang chờ phường xem"),
    "passed": N_("Đã chuyển"),
    "refused": N_("Chưa chuyển được"),
    "withdrawn": N_("Đã rút lại"),
}
THANKS_KINDS = {"waiting": "info", "passed": "ok", "refused": "warn"}
NO_RENEWAL_WORDS = {
    "often": N_("Máy này đã mượn thêm hai lần rồi. Còn cần máy thì gia đình nói với phường khi trả."),
    "donor": N_("Người cho mượn cần máy lại sau ngày này, nên không mượn thêm được. Phường sẽ tìm máy khác."),
}
