"""The site settings of lessons, edited in the browser (`kernel/site_settings.py`)."""

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.text import N_

FACTS_OLD_AFTER = kernel_site_settings.declare(
    "facts_old_after_days", "number", 180, N_("Số liệu trong bài học ghi bao nhiêu ngày rồi thì cần xem lại"),
    N_("Số liệu cũ hơn số ngày này đứng đầu trang Số liệu, và được đếm ở trang Quản trị."), group=N_("Bài học"),
    floor=7, ceiling=730,
)  # fmt: skip
