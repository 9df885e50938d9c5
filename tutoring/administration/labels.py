"""Labels of site administration."""

from typing import Any

from tutoring.kernel.site_settings import SiteSetting
from tutoring.kernel.text import N_

STATES = {"active": N_("đang dùng"), "waiting": N_("chờ xác nhận"), "suspended": N_("đang tạm khoá")}
KINDS = {"adult": N_("người lớn"), "youth": N_("16–17 tuổi"), "child": N_("hồ sơ trẻ em")}


def shown(which: SiteSetting[Any], value: Any) -> str | None:
    """Formats a setting's value; for None the page shows a label such as "as shipped"."""
    if value is None or value == "" or value == []:
        return None
    if which.kind == "time":
        return f"{value // 60:02d}:{value % 60:02d}"
    return ", ".join(value) if which.kind == "lines" else str(value)
