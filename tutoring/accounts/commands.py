"""What people do with accounts: sign up, sign in, families, consent, new passphrases."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts import passwords, sessions
from tutoring.accounts.consent_texts import BY_KEY, VERSION
from tutoring.accounts.events import ChildAdded, ConsentWithdrawn
from tutoring.accounts.models import Consent, Guardian, ResetCode, User
from tutoring.accounts.queries import find_by_name_typed, is_guardian, purposes_in_force
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, called_name, fold, nfc, phone, username_of
from tutoring.policy.accounts import may_act_for_child

RESET_LIFE = timedelta(hours=24)
RESET_TRIES = 5


def _free_username(full_name: str) -> str:
    stem = username_of(full_name)
    taken = set(db.session.scalars(sa.select(User.username).where(User.username.startswith(stem, autoescape=True))))
    if stem not in taken:
        return stem
    return next(f"{stem}{n}" for n in range(2, 100_000) if f"{stem}{n}" not in taken)


def _handle(typed: str) -> dict[str, str]:
    """Sort a typed handle into phone, e-mail or user name."""
    if not typed:
        return {}
    if number := phone(typed):
        return {"phone": number}
    if "@" in typed:
        if typed.count("@") != 1 or "." not in typed.split("@")[1] or " " in typed:
            raise Invalid(N_("Địa chỉ e-mail này chưa đúng. Ví dụ: lan@example.vn"), field="handle")
        return {"email": typed.lower()}
    name = fold(typed).replace(" ", "")
    if not 3 <= len(name) <= 40 or not name.replace(".", "").replace("_", "").replace("-", "").isalnum():
        raise Invalid(N_("Tên đăng nhập dài 3–40 ký tự, chỉ gồm chữ, số, dấu chấm."), field="handle")
    if name.isdigit():
        raise Invalid(N_("Số điện thoại này chưa đúng. Số di động có 10 chữ số, bắt đầu bằng 0."), field="handle")
    if db.session.scalar(sa.select(User.id).where(User.username == name)):
        raise Invalid(N_("Tên đăng nhập này đã có người dùng. Hãy thêm số hoặc chọn tên khác."), field="handle")
    return {"username": name}


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
) -> User:
    """A new account; the handle is a phone number, an e-mail or a user name, and a user name is made if it is none."""
    full_name = " ".join(nfc(full_name).split())
    if not full_name or len(full_name.split()) > 10 or len(full_name) > 80:
        raise Invalid(N_("Hãy ghi họ tên, từ 1 đến 10 từ."), field="full_name")
    handles = _handle(handle.strip())
    if kind != "child":
        passwords.check_rules(password, full_name, handle, called, str(birth_year or ""))
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
    db.session.add(user)
    db.session.flush()
    return user


def authenticate(typed: str, password: str, address: str) -> User:
    """Who signs in; throttled per account and per address. Raises Invalid in the same words for every failure."""
    typed = nfc(typed)
    limits.hit("sign_in_address", address)
    limits.hit("sign_in_account", fold(typed))
    candidates = [user for user in find_by_name_typed(typed) if user.password_hash]
    if not candidates:
        passwords.verify("", password)
    matching = [user for user in candidates if passwords.verify(user.password_hash, password)]
    if len(matching) > 1:
        raise Invalid(
            N_("Nhiều người dùng chung số này và mật khẩu này. Hãy đăng nhập bằng tên đăng nhập trên thẻ của mình."),
            field="handle",
        )
    if not matching:
        raise Invalid(
            N_("Tên hoặc mật khẩu chưa đúng. Hãy thử lại; nếu quên, bấm “Quên mật khẩu”."), field="password"
        )
    limits.forget("sign_in_account", fold(typed))
    user = matching[0]
    if user.state == "suspended":
        raise NotAllowed(N_("Tài khoản này đang bị tạm khoá. Hãy hỏi điều phối viên của trường hoặc phường."))
    return user


@command
def update_profile(user: User, full_name: str, called: str, address_form: str) -> None:
    """Change one's name, the name to be called by and the form of address."""
    user.full_name, user.called_name, user.address_form = " ".join(nfc(full_name).split()), nfc(called), address_form


@command
def change_password(user: User, old: str, new: str) -> None:
    """Choose a new password; every other sign-in ends."""
    limits.hit("sign_in_account", user.username)
    if not passwords.verify(user.password_hash, old):
        raise Invalid(N_("Mật khẩu hiện tại chưa đúng."), field="old")
    limits.forget("sign_in_account", user.username)
    set_password(user, new, but=user.sign_in.id if user.sign_in else None)


@command
def set_password(user: User, new: str, but: int | None = None) -> None:
    """Set a password that meets the rules, and end the sign-ins that were made with the old one."""
    passwords.check_rules(new, user.full_name, user.username, user.called_name)
    user.password_hash = passwords.hash_password(new)
    sessions.end_all_sign_ins(user.id, but)


# ---- families -------------------------------------------------------------------------------------------------


@command
def create_child(guardian: User, called: str, grade: int, birth_year: int, relation: str, purposes: Iterable[str]) -> User:
    """A child's profile under its guardian, waiting for a second person of the unit."""
    if guardian.kind != "adult" or guardian.is_minor:
        raise NotAllowed(N_("Chỉ ba mẹ hoặc người giám hộ đã thành niên mới lập hồ sơ cho con."))
    age = clock.today().year - birth_year
    if not 5 <= age <= 16:
        raise Invalid(N_("Hồ sơ của con dành cho trẻ 5 đến dưới 16 tuổi. Từ 16 tuổi em tự đăng ký bằng mã lớp."), field="birth_year")
    agreed = set(purposes)
    if missing := [p for p in BY_KEY.values() if p.needed and p.key not in agreed]:
        raise Invalid(
            N_("Không có đồng ý cho mục “%(title)s” thì chưa lập hồ sơ được."), field="purposes", title=missing[0].title
        )
    child = create_user(
        called, "", called=called, address_form="em" if grade > 3 else "con", kind="child",
        birth_year=birth_year, grade=grade, state="waiting",
    )  # fmt: skip
    db.session.add(Guardian(child_id=child.id, guardian_id=guardian.id, relation=relation))
    for key in sorted(agreed):
        agree(guardian, child, key)
    announce(ChildAdded(child.id, guardian.id))
    return child


@command
def agree(giver: User, subject: User, purpose: str, assent: bool = False) -> None:
    """Record a yes to one purpose with the version and hash of the text that was shown."""
    text = BY_KEY.get(purpose)
    if text is None:
        raise Invalid
    if giver.id != subject.id and not may_act_for_child(is_guardian(giver.id, subject.id, confirmed=False)):
        raise Missing
    kind = "assent" if assent else "consent"
    if purpose in purposes_in_force(subject.id, kind):
        return
    db.session.add(
        Consent(
            subject_id=subject.id,
            given_by_id=giver.id,
            kind=kind,
            purpose=purpose,
            text_version=VERSION,
            text_hash=text.text_hash(assent),
        )
    )
    db.session.flush()


@command
def record_assent(guardian: User, child_id: int, purposes: Iterable[str]) -> None:
    """The child's own yes, given on its guardian's phone in the child's own words."""
    child = db.session.get(User, child_id)
    if child is None or not may_act_for_child(is_guardian(guardian.id, child_id, confirmed=False)):
        raise Missing
    for purpose in sorted(set(purposes)):
        agree(guardian, child, purpose, assent=True)


@command
def withdraw(actor: User, subject_id: int, purpose: str) -> None:
    """Take back a yes, as easily as it was given; what hung on it stops at once."""
    if actor.id != subject_id and not may_act_for_child(is_guardian(actor.id, subject_id, confirmed=False)):
        raise Missing
    rows = db.session.scalars(
        sa.select(Consent).where(
            Consent.subject_id == subject_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
    ).all()
    for row in rows:
        row.withdrawn_at = clock.now()
    if rows:
        announce(ConsentWithdrawn(subject_id, purpose))


@command
def issue_card(guardian: User, child_id: int) -> tuple[User, str]:
    """A new four-word passphrase for the child, shown once for its printed card; the old one stops working."""
    child = db.session.get(User, child_id)
    if child is None or not may_act_for_child(is_guardian(guardian.id, child_id)):
        raise Missing
    if child.state != "active":
        raise NotAllowed(N_("Hồ sơ của con đang chờ thầy cô hoặc điều phối viên xác nhận."))
    phrase = passwords.new_passphrase()
    child.password_hash = passwords.hash_passphrase(phrase)
    sessions.end_all_sign_ins(child.id)
    return child, phrase


# ---- forgotten passwords --------------------------------------------------------------------------------------


@command
def create_reset_code(user: User, issued_by: User | None) -> str:
    """A one-time code for a new passphrase; earlier codes stop working. Who may issue one is decided above."""
    for row in db.session.scalars(sa.select(ResetCode).where(ResetCode.user_id == user.id, ResetCode.used_at.is_(None))):
        row.used_at = clock.now()
    code = passwords.new_code()
    db.session.add(
        ResetCode(
            user_id=user.id,
            code_hash=passwords.hash_passphrase(code),
            issued_by_id=issued_by.id if issued_by else None,
            expires_at=clock.now() + RESET_LIFE,
        )
    )
    return code


@command
def _count_try(reset_id: int) -> None:
    row = db.session.get(ResetCode, reset_id)
    if row is not None:
        row.tries += 1


def use_reset_code(typed: str, code: str, new: str, address: str) -> User:
    """Set a new password with a one-time code; five wrong tries spend the code."""
    limits.hit("reset", address, fold(typed))
    wrong = Invalid(N_("Mã này không đúng hoặc đã hết hạn. Hãy xin mã mới."), field="code")
    people = [user.id for user in find_by_name_typed(nfc(typed))]
    rows = db.session.scalars(
        sa.select(ResetCode).where(
            ResetCode.user_id.in_(people),
            ResetCode.used_at.is_(None),
            ResetCode.expires_at > clock.now(),
            ResetCode.tries < RESET_TRIES,
        )
    ).all()
    for row in rows:
        if passwords.verify(row.code_hash, code):
            return _apply_reset(row.id, new)
        _count_try(row.id)
    raise wrong


@command
def _apply_reset(reset_id: int, new: str) -> User:
    row = db.session.scalar(sa.select(ResetCode).where(ResetCode.id == reset_id).with_for_update())
    if row is None or row.used_at is not None:
        raise Invalid(N_("Mã này không đúng hoặc đã hết hạn. Hãy xin mã mới."), field="code")
    user = db.session.get_one(User, row.user_id)
    set_password(user, new)
    row.used_at = clock.now()
    return user
