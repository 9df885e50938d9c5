"""Labels of what a token reaches."""

from tutoring.kernel.text import N_

SCOPE_WORDS = {
    "calendar": N_("Xem lịch của tôi"),
    "progress": N_("Xem việc học của tôi"),
    "units": N_("Xem tên các đơn vị"),
    "unit_calendar": N_("Xem lịch chung của đơn vị"),
    "classes": N_("Xem lớp học đến đâu và bài đã giao"),
    "class_work": N_("Giao bài cho lớp"),
    "devices": N_("Đếm máy trong kho"),
}
