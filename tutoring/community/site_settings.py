"""Site settings of units and codes, edited in the browser (`kernel/site_settings.py`)."""

import re
from collections.abc import Iterable

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.policy.pairing.fallbacks import LATER_AFTER, LEAST_PATIENCE, MOST_PATIENCE

MOST_HOSTS = 20
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
# Sites where any user can publish or chat unobserved: never allowed for a whole unit.
_ANYBODYS = ("zalo.me", "facebook.com", "fb.com", "m.me", "t.me", "telegram.me", "discord.gg", "discord.com", "bit.ly",
             "tinyurl.com", "tiktok.com", "instagram.com", "messenger.com", "com.vn", "net.vn", "org.vn")  # fmt: skip


def bare_host(line: str) -> str:
    """Returns the host of the input, which may be a whole URL."""
    return re.sub(r"^https?://|/.*$", "", line.strip().lower())


def check_hosts(hosts: Iterable[str], field: str = "hosts") -> None:
    """Raises InvalidInput unless links to all these hosts may be allowed."""
    hosts = list(hosts)
    for host in hosts:
        if not _HOST.fullmatch(host) or any(host == one or host.endswith(f".{one}") for one in _ANYBODYS[:-3]):
            raise InvalidInput(N_("Không thêm được %(host)s. Chỉ ghi tên trang của trường, phường, như: truong.edu.vn"),
                          field=field, host=host[:60])  # fmt: skip
        if host in _ANYBODYS:
            raise InvalidInput(N_("%(host)s quá rộng. Hãy ghi đủ tên trang, như: truong-abc.%(host)s"), field=field,
                          host=host)  # fmt: skip
    if len(hosts) > MOST_HOSTS:
        raise InvalidInput(N_("Nhiều nhất %(most)s trang. Hãy bỏ bớt."), field=field, most=MOST_HOSTS)


_ROOMS, _JOINING = N_("Phòng và tin nhắn"), N_("Tài khoản và mã tham gia")

LINK_HOSTS = kernel_site_settings.declare(
    "link_hosts", "lines", [], N_("Các trang được gửi đường dẫn trong mọi phòng"),
    N_("Mỗi dòng một trang, như: truong.edu.vn. Thêm vào danh sách có sẵn; từng đơn vị vẫn thêm được trang của mình."),
    group=_ROOMS, longest=120, check=lambda hosts: check_hosts(hosts, "value"),
)  # fmt: skip
YOUTH_HELP_ADULTS = kernel_site_settings.declare(
    "youth_help_adults", "yes_no", True, N_("Bạn 16–17 tuổi được giúp người lớn"),
    N_("Chỉ trong phòng có người trực. Tắt ở đây thì tắt ở mọi đơn vị; bật thì từng đơn vị vẫn tự tắt được."),
    group=N_("Tìm người giúp"),
)  # fmt: skip
FALLBACK_DELAY = kernel_site_settings.declare(
    "patience_minutes", "number", LATER_AFTER, N_("Chờ bao nhiêu phút thì được hẹn giờ hoặc hỏi bằng chữ"),
    N_("Đơn vị đã đặt số phút riêng thì giữ số của mình."), group=N_("Tìm người giúp"), floor=LEAST_PATIENCE,
    ceiling=MOST_PATIENCE,
)  # fmt: skip
POWER_DAYS = kernel_site_settings.declare(
    "power_code_days", "number", 7, N_("Mã cho người có quyền dùng được nhiều nhất bao nhiêu ngày"),
    N_("Chỉ rút ngắn được. Mã đã tạo giữ hạn cũ."), group=_JOINING, floor=1, ceiling=7,
)  # fmt: skip
POSTER_DAYS = kernel_site_settings.declare(
    "poster_code_days", "number", 180, N_("Mã in trên tờ giấy dùng được nhiều nhất bao nhiêu ngày"),
    N_("Chỉ rút ngắn được. Mã đã tạo giữ hạn cũ."), group=_JOINING, floor=7, ceiling=180,
)  # fmt: skip
JOINING = kernel_site_settings.declare(
    "joining_open", "yes_no", True, N_("Mã tham gia dùng được"),
    N_("Tắt khi cần tạm ngừng, như lúc mã bị lộ. Người đã có tài khoản dùng như thường."), group=_JOINING,
)  # fmt: skip
