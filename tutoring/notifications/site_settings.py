"""Site settings of notifications, edited in the browser: the default quiet hours.

Pupils' quiet hours, and hours that users chose themselves, are not affected (`kernel/site_settings.py`).
"""

from collections.abc import Callable

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.notifications.delivery.schedule import EVERYBODY, Quiet

_GROUP = N_("Thông báo")


def _between(least: int, most: int, say: str) -> Callable[[int], None]:
    def check(value: int) -> None:
        if not least <= value <= most:
            raise InvalidInput(say, field="value")

    return check


QUIET_FROM = kernel_site_settings.declare(
    "quiet_from", "time", EVERYBODY.start, N_("Giờ yên của mọi người bắt đầu lúc"),
    N_("Từ giờ này không gửi email, tin nhắn hay thông báo lên máy. Ai tự chọn giờ thì theo giờ của người đó."),
    group=_GROUP, check=_between(18 * 60, 23 * 60, N_("Hãy chọn giờ từ 18:00 đến 23:00.")),
)  # fmt: skip
QUIET_TO = kernel_site_settings.declare(
    "quiet_to", "time", EVERYBODY.end, N_("Giờ yên của mọi người kết thúc lúc"),
    N_("Việc mới trong đêm đợi đến giờ này rồi gộp lại."),
    group=_GROUP, check=_between(5 * 60, 9 * 60, N_("Hãy chọn giờ từ 5:00 đến 9:00.")),
)  # fmt: skip


def everybodys_quiet() -> Quiet:
    """Returns the default quiet hours of adults."""
    return Quiet(QUIET_FROM(), QUIET_TO())
