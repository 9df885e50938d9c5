"""The setting of minors on a site without certificates (`kernel/site_settings.py`)."""

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.text import N_

MINORS_OVER_HTTP = kernel_site_settings.declare(
    "minors_over_http", "yes_no", False,
    N_("Học sinh đăng nhập được khi trang chạy không có mã hoá (HTTP)"),
    N_(
        "Chỉ có tác dụng với LOCAL_NETWORK=1. Ai trong mạng trường cũng có thể đọc được mật khẩu và tin nhắn của các "
        "em. Bật là nhận trách nhiệm: ghi rõ ai quyết định, vì sao. Lời ghi vào nhật ký và không xoá được."
    ),
    group=N_("Tài khoản và mã tham gia"),
)  # fmt: skip
