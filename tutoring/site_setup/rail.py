"""The rail of the set-up: its steps in order, what each is for, and the way back to them from other pages."""

from dataclasses import dataclass
from typing import Final

from flask import current_app, session, url_for
from flask_babel import gettext

from tutoring.kernel.text import N_
from tutoring.site_setup import queries

HOLDER: Final = "set_up"  # in the session: the secret of the browser that opened the link
GOES_ON: Final = "set_up_step"  # in the session of an administrator: the step that other pages lead back to
TITLES: Final = {
    "language": N_("Ngôn ngữ"),
    "identity": N_("Tên, logo và màu"),
    "first_admin": N_("Người quản trị"),
    "second_admin": N_("Người quản trị thứ hai"),
    "places": N_("Phường, trường và lớp"),
    "duty": N_("Điện thoại trực và giờ mở"),
    "mail": N_("Thư gửi đi"),
    "backup_key": N_("Khoá bản sao lưu"),
}
MISSING: Final = {
    "identity": N_("Chưa chọn tên và màu của trang."),
    "first_admin": N_("Bạn chưa bật mã trên điện thoại."),
    "second_admin": N_("Việc cần hai người sẽ chờ đến khi có người thứ hai, có mã trên điện thoại."),
    "places": N_("Chưa có đủ phường, trường và lớp, nên chưa mời được ai."),
    "duty": N_("Trong phòng chưa có số điện thoại để gọi khi khẩn cấp."),
    "mail": N_("Chưa thử gửi thư. Quên mật khẩu thì phải xin mã tại chỗ."),
    "backup_key": N_("Chưa có khoá, nên chưa có bản sao lưu nào. Ổ đĩa hỏng là mất hết."),
}
_OF_HOLDER = {"language": "choose_language", "identity": "name_site", "first_admin": "first_admin"}
_OF_ADMIN = {
    "identity": "identity", "second_admin": "invite_admin", "places": "places", "duty": "duty", "mail": "try_mail",
    "backup_key": "backup_key",
}  # fmt: skip


@dataclass(frozen=True)
class RailStep:
    """One step; without an address it cannot be opened now."""

    key: str
    title: str
    done: bool
    current: bool
    href: str = ""

    @property
    def missing(self) -> str:
        return "" if self.done else gettext(MISSING.get(self.key, ""))


def _href(key: str, admin: bool) -> str:
    if key == "first_admin" and admin:
        return url_for("accounts.set_up_second_factor", next=url_for("site_setup.overview"))
    endpoint = (_OF_ADMIN if admin else _OF_HOLDER).get(key)
    return url_for(f"site_setup.{endpoint}") if endpoint else ""


def steps(current: str, admin: bool) -> list[RailStep]:
    """Returns the steps for an administrator, or for the browser that holds the link."""
    done = queries.done_steps(current_app.config["SETTINGS"])
    return [
        RailStep(
            key, gettext(TITLES[key]), key in done, key == current,
            "" if key == "first_admin" and key in done else _href(key, admin),
        )
        for key in queries.STEPS
    ]  # fmt: skip


def after(key: str, admin: bool = True) -> str:
    """Returns the address of the next step that is not done; the overview after the last."""
    found = steps(key, admin)
    at = queries.STEPS.index(key)
    return next((one.href for one in found[at + 1 :] if one.href and not one.done), url_for("site_setup.overview"))


def way_back() -> str:
    """Returns the address of the step that an administrator left for another page; empty where none goes on."""
    key = str(session.get(GOES_ON, ""))
    return _href(key, admin=True) or url_for("site_setup.overview") if key else ""
