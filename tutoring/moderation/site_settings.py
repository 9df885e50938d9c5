"""Site settings of moderation; the browser allows only stricter values than the defaults.

See `kernel/site_settings.py`.
"""

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.text import N_
from tutoring.policy.moderation.cases import ENOUGH

_WATCHING = N_("Giữ an toàn")

HIDDEN_AFTER = kernel_site_settings.declare(
    "hidden_after_reports", "number", ENOUGH, N_("Bao nhiêu người báo thì một tin tự ẩn"),
    N_("Tin ẩn rồi vẫn có người trực xem. Chỉ đặt chặt hơn được."), group=_WATCHING, floor=2, ceiling=ENOUGH,
)  # fmt: skip
SILENT_MINUTES = kernel_site_settings.declare(
    "silent_minutes", "number", 10, N_("Phòng im bao nhiêu phút thì báo cho người trực"),
    N_("Tính khi cả hai bên đang ở trong phòng. Chỉ đặt ngắn hơn được."), group=_WATCHING, floor=3, ceiling=10,
)  # fmt: skip
