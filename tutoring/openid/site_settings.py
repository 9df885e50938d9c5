"""The setting of identity providers inside a school's own network (`kernel/site_settings.py`)."""

import re

from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_

MOST_HOSTS = 20
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")


def _check(hosts: list[str]) -> None:
    if len(hosts) > MOST_HOSTS:
        raise InvalidInput(N_("Nhiều nhất %(most)s trang. Hãy bỏ bớt."), field="value", most=MOST_HOSTS)
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise InvalidInput(
                N_("%(host)s không phải tên máy chủ. Hãy ghi như: taikhoan.truong.edu.vn"),
                field="value",
                host=host[:60],
            )


INSIDE_HOSTS = kernel_site_settings.declare(
    "openid_inside_hosts", "lines", [], N_("Máy chủ tài khoản trong mạng riêng của trường"),
    N_("Mỗi dòng một tên máy, như: taikhoan.truong.edu.vn. Trang này chỉ gọi máy trong mạng riêng khi tên máy ở đây."),
    group=N_("Tài khoản và mã tham gia"), longest=120, check=_check,
)  # fmt: skip
