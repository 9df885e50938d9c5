"""Site settings of pairing, which an administrator edits in the browser.

See `kernel/site_settings.py`.
"""

from datetime import timedelta

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.text import N_
from tutoring.policy.pairing.offers import ANSWERS_WITHIN, FIRST_WORD_WITHIN

_FINDING = N_("Tìm người giúp")

WAVE_SECONDS = kernel_site_settings.declare(
    "wave_seconds", "number", int(ANSWERS_WITHIN.total_seconds()),
    N_("Người được hỏi trước có bao nhiêu giây để nhận lời"),
    N_("Hết số giây này thì hỏi thêm người khác. Dài hơn thì người giúp đỡ vội, người chờ thì lâu hơn."),
    group=_FINDING, floor=15, ceiling=90,
)  # fmt: skip
FIRST_WORDS = kernel_site_settings.declare(
    "first_word_minutes", "number", int(FIRST_WORD_WITHIN.total_seconds() // 60),
    N_("Phòng mở mà một bên chưa viết gì thì chờ bao nhiêu phút"),
    N_("Hết số phút này, yêu cầu trở lại hàng chờ."), group=_FINDING, floor=2, ceiling=10,
)  # fmt: skip


def answers_within() -> timedelta:
    """Returns how long an offer reserves its helper."""
    return timedelta(seconds=WAVE_SECONDS())
