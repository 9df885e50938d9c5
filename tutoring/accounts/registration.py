"""Registration: accounts with names, handles and passwords; children's profiles and cards."""

import re
import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts import passphrases, password_hashes, password_rules
from tutoring.accounts.consents.commands import give_consent, of_family
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.events import ChildAdded
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.names.commands import check_new_name
from tutoring.accounts.queries import is_guardian, purposes_in_force
from tutoring.accounts.sign_ins import lifecycle
from tutoring.accounts.staff import has_power
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, called_name, fold, nfc, phone, username_of
from tutoring.policy.accounts import may_act_for_child, needs_assent
from tutoring.safety.free_text import for_minor

_TAKEN = N_("Tên đăng nhập này đã có người dùng. Hãy thêm số hoặc chọn tên khác.")
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]{1,64}@[^@\s,;:<>()\[\]\"\\.]+(\.[^@\s,;:<>()\[\]\"\\.]+)+")
_USERNAME = re.compile(r"[a-z0-9._-]{3,40}")
_DIGITS = re.compile(r"\+?[0-9.()-]+")


def _free_username(full_name: str) -> str:
    stem = username_of(full_name)
    taken = set(db.session.scalars(sa.select(User.username).where(User.username.startswith(stem, autoescape=True))))
    if stem not in taken:
        return stem
    return next(f"{stem}{n}" for n in range(2, 100_000) if f"{stem}{n}" not in taken)


def email_of(typed: str, field: str) -> str:
    """Returns the address in its stored form; raises InvalidInput for an invalid one."""
    typed = nfc(typed).strip()
    if not _EMAIL.fullmatch(typed):
        raise InvalidInput(N_("Địa chỉ email này chưa đúng. Ví dụ: lan@example.vn"), field=field)
    return typed.lower()


def _handle(typed: str) -> dict[str, str]:
    """Sorts an entered handle into phone, email or user name."""
    if not typed:
        return {}
    if number := phone(typed):
        return {"phone": number}
    if "@" in typed:
        return {"email": email_of(typed, "handle")}
    name = fold(typed).replace(" ", "")
    if _DIGITS.fullmatch(name):
        raise InvalidInput(N_("Số điện thoại này chưa đúng. Số di động có 10 chữ số, bắt đầu bằng 0."), field="handle")
    if not _USERNAME.fullmatch(name):
        raise InvalidInput(N_("Tên đăng nhập dài 3–40 ký tự, chỉ gồm chữ, số, dấu chấm."), field="handle")
    if db.session.scalar(sa.select(User.id).where(User.username == name)):
        raise InvalidInput(_TAKEN, field="handle")
    return {"username": name}


def _add(user: User, chosen: bool) -> None:
    """Inserts the user; a generated user name that was taken meanwhile is generated again."""
    for attempt in range(5):
        try:
            with db.session.begin_nested():
                db.session.add(user)
            return
        except IntegrityError:
            if chosen or attempt == 4:
                raise InvalidInput(_TAKEN, field="handle") from None
            # Several users with one name at one moment would all try the same next number.
            user.username = f"{username_of(user.full_name)}{secrets.randbelow(9000) + 1000}"


def refuse_private_name(full_name: str, called: str) -> None:
    """Checks names as for a room with a minor, because they stand beside every message there."""
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
    """Creates an account; the handle is a phone number, an email or a user name.

    Without a user name one is generated. `staff`: the account is for a role with power over others, which needs a
    longer password.
    """
    full_name = " ".join(nfc(full_name).split())
    if not full_name or len(full_name.split()) > 10 or len(full_name) > 80:
        raise InvalidInput(N_("Hãy ghi họ tên, từ 1 đến 10 từ."), field="full_name")
    refuse_private_name(full_name, nfc(called))
    handles = _handle(handle.strip())
    if kind != "child":
        password_rules.check_rules(password, full_name, handle, called, str(birth_year or ""), staff=staff)
    user = User(
        full_name=full_name,
        called_name=nfc(called) or called_name(full_name),
        address_form=address_form,
        username=handles.get("username") or _free_username(full_name),
        phone=handles.get("phone"),
        email=handles.get("email"),
        password_hash=password_hashes.hash_password(password) if password else "",
        kind=kind,
        birth_year=birth_year,
        grade=grade,
        state=state,
        language=language,
    )
    _add(user, "username" in handles)
    return user


def outgrown(user: User, password: str) -> bool:
    """Whether the password is too short for the role that the user has by now."""
    return has_power(user) and not password_rules.long_enough_for_staff(password)


@command
def set_password(user: User, new: str, but: int | None = None) -> None:
    """Sets a password that meets the rules, and ends the sign-ins made with the old one."""
    local = "0" + user.phone.removeprefix("+84") if user.phone else ""
    known = (user.full_name, user.username, user.called_name, user.email or "", local, str(user.birth_year or ""))
    password_rules.check_rules(new, *known, staff=has_power(user))
    user.password_hash = password_hashes.hash_password(new)
    lifecycle.end_all_sign_ins(user.id, but)


@command
def create_child(
    guardian: User, called: str, grade: int, birth_year: int, relation: str, purposes: Iterable[str]
) -> User:
    """Creates a child's profile, to be confirmed by a second person of the unit."""
    if guardian.kind != "adult" or guardian.is_minor or guardian.state != "active":
        raise Forbidden(N_("Ba mẹ hoặc người giám hộ từ 18 tuổi mới lập hồ sơ cho con được."))
    if not 5 <= clock.today().year - birth_year <= 16:
        raise InvalidInput(
            N_("Hồ sơ của con dành cho trẻ 5 đến dưới 16 tuổi. Từ 16 tuổi em tự đăng ký bằng mã lớp."),
            field="birth_year",
        )
    if not 1 <= len(nfc(called).split()) <= 10:
        raise InvalidInput(N_("Hãy ghi tên gọi của con."), field="called")
    check_new_name(called, "em", staff=False)
    if not 1 <= grade <= 12:
        raise InvalidInput(N_("Hãy chọn lớp của con."), field="grade")
    agreed = set(purposes)
    check_needed(agreed)
    child = create_user(
        called, "", called=called, address_form="em" if grade > 3 else "con", kind="child",
        birth_year=birth_year, grade=grade, state="waiting",
    )  # fmt: skip
    db.session.add(Guardian(child_id=child.id, guardian_id=guardian.id, relation=relation))
    db.session.flush()
    for key in sorted(agreed):
        give_consent(guardian, child, key)
    publish(ChildAdded(child.id, guardian.id))
    return child


def check_needed(agreed: set[str]) -> None:
    """Raises InvalidInput when a consent is missing without which there can be no profile."""
    for purpose in BY_KEY.values():
        if purpose.needed and purpose.key not in agreed:
            raise InvalidInput(
                N_("Chưa đồng ý mục “%(title)s” thì chưa lập hồ sơ được."),
                field="purposes",
                title=purpose.title,
            )


@command
def record_assent(actor: User, child_id: int, purposes: Iterable[str]) -> None:
    """Records the child's assent, given on its guardian's phone or in its own sign-in."""
    child = of_family(actor, child_id)
    if child.kind != "child" or not needs_assent(child.oldest_age or 0):
        raise NotFound
    for purpose in sorted(set(purposes)):
        give_consent(actor, child, purpose, assent=True)


@command
def issue_card(guardian: User, child_id: int) -> tuple[User, str]:
    """Issues a new four-word passphrase, shown once for the child's printed card.

    The old one stops working.
    """
    child = db.session.get(User, child_id)
    if child is None or child.kind != "child" or not may_act_for_child(is_guardian(guardian.id, child_id)):
        raise NotFound
    if child.state != "active":
        raise Forbidden(N_("Hồ sơ của con đang chờ thầy cô hoặc điều phối viên xác nhận."))
    check_needed(purposes_in_force(child_id))
    phrase = passphrases.new_passphrase(child.full_name, child.username or "")
    child.password_hash = password_hashes.hash_passphrase(phrase)
    lifecycle.end_all_sign_ins(child.id)
    audit.record(guardian.id, "issue_card", f"user:{child.id}")
    return child, phrase
