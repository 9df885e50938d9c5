"""Site settings of the pages: announcement, operator, contacts and step-up lifetime."""

import re

from flask import Flask

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.policy.accounts import STEP_UP_LIFE
from tutoring.web.i18n import language

_REACHED_AT = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|https://[!-;=?-~]+")
_SAYS = N_("Trang này nói gì về mình")

ANNOUNCEMENT = kernel_site_settings.declare(
    "announcement", "text", "", N_("Thông báo ở đầu mọi trang"),
    N_("Một, hai câu cho mọi người đọc, như: Tối nay từ 22 giờ trang nghỉ 30 phút. Để trống là không có thông báo."),
    group=_SAYS, longest=240,
)  # fmt: skip
ANNOUNCEMENT_EN = kernel_site_settings.declare(
    "announcement_en", "text", "", N_("Thông báo bằng tiếng Anh"),
    N_("Cho người xem trang bằng tiếng Anh. Để trống thì họ thấy câu tiếng Việt."), group=_SAYS, longest=240,
)  # fmt: skip
RUN_BY = kernel_site_settings.declare(
    "run_by", "text", "", N_("Trang này do ai vận hành"),
    N_("Tên trường, phường hoặc tổ chức. Hiện ở cuối mọi trang."), group=_SAYS, longest=120,
)  # fmt: skip
CONTACT = kernel_site_settings.declare(
    "contact", "text", "", N_("Liên hệ người vận hành"),
    N_("Số máy bàn hoặc email của cơ quan, không ghi số riêng của ai. Hiện ở cuối mọi trang."), group=_SAYS,
    longest=120,
)  # fmt: skip


def _check_security_contact(value: str) -> None:
    if value and not _REACHED_AT.fullmatch(value):
        raise InvalidInput(N_("Hãy ghi một địa chỉ email, hoặc địa chỉ trang bắt đầu bằng https://"), field="value")


SECURITY_CONTACT = kernel_site_settings.declare(
    "security_contact", "text", "", N_("Nơi nhận tin báo lỗ hổng bảo mật"),
    N_("Email của cơ quan, hoặc trang bắt đầu bằng https://. Ai cũng đọc được trong tệp security.txt. "
       "Để trống thì trang không có tệp này."),
    group=_SAYS, longest=200, check=_check_security_contact,
)  # fmt: skip
STEP_UP_MINUTES = kernel_site_settings.declare(
    "step_up_minutes", "number", int(STEP_UP_LIFE.total_seconds() // 60),
    N_("Xác nhận “vẫn là bạn” có hiệu lực bao nhiêu phút"),
    N_("Hỏi lại trước việc quan trọng. Chỉ đặt ngắn hơn được."), group=N_("Tài khoản và mã tham gia"), floor=2,
    ceiling=int(STEP_UP_LIFE.total_seconds() // 60),
)  # fmt: skip


def announcement() -> str:
    """Returns the current announcement in the page's language; empty when there is none."""
    return (language() == "en" and ANNOUNCEMENT_EN()) or ANNOUNCEMENT()


def run_by() -> tuple[str, str]:
    """Returns the operator of the site and the contact."""
    return RUN_BY(), CONTACT()


def init(app: Flask) -> None:
    """Makes announcement and operator available to every template."""
    app.jinja_env.globals.update(announcement=announcement, run_by=run_by)
