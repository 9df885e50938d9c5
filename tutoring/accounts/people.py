"""Accounts come into being: names, handles, passwords."""

import re
import secrets
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts import passwords, sessions
from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid
from tutoring.kernel.text import N_, called_name, fold, nfc, phone, username_of
from tutoring.policy.accounts import FACTOR_ROLES
from tutoring.safety.free_text import for_minor

RolesOf = Callable[[int], frozenset[str]]
_roles_of: RolesOf = lambda user_id: frozenset()  # noqa: E731

_TAKEN = N_("Tên đăng nhập này đã có người dùng. Hãy thêm số hoặc chọn tên khác.")
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]{1,64}@[^@\s,;:<>()\[\]\"\\.]+(\.[^@\s,;:<>()\[\]\"\\.]+)+")
_USERNAME = re.compile(r"[a-z0-9._-]{3,40}")
_DIGITS = re.compile(r"\+?[0-9.()-]+")


def configure(roles_of: RolesOf) -> None:
    """Set how to find out which roles a person holds; told by the features above through app.py."""
    global _roles_of
    _roles_of = roles_of


def _free_username(full_name: str) -> str:
    stem = username_of(full_name)
    taken = set(db.session.scalars(sa.select(User.username).where(User.username.startswith(stem, autoescape=True))))
    if stem not in taken:
        return stem
    return next(f"{stem}{n}" for n in range(2, 100_000) if f"{stem}{n}" not in taken)


def email_of(typed: str, field: str) -> str:
    """The address as it is kept; raises Invalid for what is none."""
    typed = nfc(typed).strip()
    if not _EMAIL.fullmatch(typed):
        raise Invalid(N_("Địa chỉ e-mail này chưa đúng. Ví dụ: lan@example.vn"), field=field)
    return typed.lower()


def _handle(typed: str) -> dict[str, str]:
    """Sort a typed handle into phone, e-mail or user name."""
    if not typed:
        return {}
    if number := phone(typed):
        return {"phone": number}
    if "@" in typed:
        return {"email": email_of(typed, "handle")}
    name = fold(typed).replace(" ", "")
    if _DIGITS.fullmatch(name):
        raise Invalid(N_("Số điện thoại này chưa đúng. Số di động có 10 chữ số, bắt đầu bằng 0."), field="handle")
    if not _USERNAME.fullmatch(name):
        raise Invalid(N_("Tên đăng nhập dài 3–40 ký tự, chỉ gồm chữ, số, dấu chấm."), field="handle")
    if db.session.scalar(sa.select(User.id).where(User.username == name)):
        raise Invalid(_TAKEN, field="handle")
    return {"username": name}


def _add(user: User, chosen: bool) -> None:
    """Insert the user; a made-up user name that somebody else took a moment ago is made anew."""
    for attempt in range(5):
        try:
            with db.session.begin_nested():
                db.session.add(user)
            return
        except IntegrityError:
            if chosen or attempt == 4:
                raise Invalid(_TAKEN, field="handle") from None
            # Several of one name at one moment would all try the same next number.
            user.username = f"{username_of(user.full_name)}{secrets.randbelow(9000) + 1000}"


def refuse_private_name(full_name: str, called: str) -> None:
    """Names are judged as for a room with a minor, whoever bears them: they stand beside every message there."""
    for_minor(full_name, field="full_name")
    for_minor(called, field="called")


@command
def create_user(
    full_name: str,
    password: str,
    *,
    called: str = "",
    address_form: str = "bạn",
    handle: str = "",
    kind: str = "adult",
    birth_year: int | None = None,
    grade: int | None = None,
    state: str = "active",
    language: str = "vi",
    staff: bool = False,
) -> User:
    """A new account; the handle is a phone number, an e-mail or a user name, and a user name is made if it is none.

    `staff`: it is made for a role with power over others, which asks for a longer password.
    """
    full_name = " ".join(nfc(full_name).split())
    if not full_name or len(full_name.split()) > 10 or len(full_name) > 80:
        raise Invalid(N_("Hãy ghi họ tên, từ 1 đến 10 từ."), field="full_name")
    refuse_private_name(full_name, nfc(called))
    handles = _handle(handle.strip())
    if kind != "child":
        passwords.check_rules(password, full_name, handle, called, str(birth_year or ""), staff=staff)
    user = User(
        full_name=full_name,
        called_name=nfc(called) or called_name(full_name),
        address_form=address_form,
        username=handles.get("username") or _free_username(full_name),
        phone=handles.get("phone"),
        email=handles.get("email"),
        password_hash=passwords.hash_password(password) if password else "",
        kind=kind,
        birth_year=birth_year,
        grade=grade,
        state=state,
        language=language,
    )
    _add(user, "username" in handles)
    return user


def has_power(user: User) -> bool:
    """Whether somebody is of the staff, anywhere."""
    return user.site_admin or not FACTOR_ROLES.isdisjoint(_roles_of(user.id))


def outgrown(user: User, password: str) -> bool:
    """Whether the role asks for a longer password by now than this one, which was chosen before."""
    return has_power(user) and not passwords.long_enough_for_staff(password)


@command
def set_password(user: User, new: str, but: int | None = None) -> None:
    """Set a password that meets the rules, and end the sign-ins that were made with the old one."""
    local = "0" + user.phone.removeprefix("+84") if user.phone else ""
    known = (user.full_name, user.username, user.called_name, user.email or "", local, str(user.birth_year or ""))
    passwords.check_rules(new, *known, staff=has_power(user))
    user.password_hash = passwords.hash_password(new)
    sessions.end_all_sign_ins(user.id, but)
