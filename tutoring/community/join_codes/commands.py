"""Commands for those who hold a join code: check it, sign up with it, join a further unit.

`community/commands.py` makes, confirms and revokes codes.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.names.commands import check_new_name
from tutoring.accounts.registration import check_needed, create_user
from tutoring.community.events import Joined
from tutoring.community.models import JoinCode, Membership
from tutoring.community.queries import find_code
from tutoring.community.site_settings import JOINING
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, fold, nfc, phone
from tutoring.policy.access import STAFF
from tutoring.policy.accounts import may_register_alone

PUPIL_PLACES = frozenset({"class", "school"})


def usable_code(typed: str, lock: bool = False) -> JoinCode:
    """Returns the code a user entered if it is valid now.

    Raises InvalidInput with a separate error code for each reason it is not.
    """
    if not JOINING():
        say = N_("Trang đang tạm ngừng nhận mã tham gia. Hãy thử lại sau, hoặc hỏi nơi đưa mã.")
        raise InvalidInput(say, field="code", code="paused")
    code = find_code(typed, lock)
    if code is None or code.revoked_at is not None:
        say, word = N_("Không có mã này. Hãy kiểm tra lại từng chữ trên tờ giấy hoặc tin nhắn."), "unknown_code"
    elif code.expires_at <= clock.now():
        say, word = N_("Mã này đã hết hạn. Hãy xin mã mới ở trường hoặc phường."), "expired_code"
    elif code.uses >= code.max_uses:
        say, word = N_("Mã này đã dùng hết lượt. Hãy xin mã mới ở trường hoặc phường."), "used_code"
    elif code.confirmed_at is None:
        say, word = N_("Mã này đang chờ người thứ hai của đơn vị xác nhận. Hãy thử lại sau."), "waiting_code"
    elif code.unit.archived:
        say, word = N_("Nơi này đã lưu trữ nên không nhận thêm người. Hãy xin mã của nơi mới."), "archived_unit"
    else:
        return code
    raise InvalidInput(say, field="code", code=word)


def is_for_pupils(code: JoinCode) -> bool:
    """Returns whether a code is for the pupils of a class or school."""
    return code.role == "learner" and code.unit.kind in PUPIL_PLACES


def _spend(code: JoinCode) -> None:
    taken = db.session.execute(
        sa.update(JoinCode)
        .where(JoinCode.id == code.id, JoinCode.uses < JoinCode.max_uses)
        .values(uses=JoinCode.uses + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise InvalidInput(
            N_("Mã này đã dùng hết lượt. Hãy xin mã mới ở trường hoặc phường."), field="code", code="used_code"
        )


@command
def sign_up(
    typed_code: str, full_name: str, password: str, *, called: str = "", address_form: str = "bạn", handle: str = "",
    birth_year: int | None = None, grade: int | None = None, guardian_name: str = "", guardian_contact: str = "",
    purposes: Iterable[str] = (), language: str = "vi",
) -> User:  # fmt: skip
    """Registers a new user with a code.

    An adult is active at once; a pupil aged 16 or more waits for a teacher's confirmation.
    """
    code = usable_code(typed_code)
    pupil = is_for_pupils(code)
    youth = birth_year is not None and clock.today().year - birth_year - 1 < 18
    if youth and birth_year is not None:
        _check_youth(pupil, birth_year, guardian_name, guardian_contact)
        check_another(full_name, handle, guardian_name, guardian_contact)
        check_needed(set(purposes))
    elif pupil and birth_year is None:
        raise InvalidInput(
            N_("Mã này dành cho học sinh. Hãy ghi năm sinh; ba mẹ thì xin mã dành cho phụ huynh."), field="birth_year"
        )
    check_new_name(called, address_form, staff=code.role in STAFF)
    user = create_user(
        full_name, password, called=called, address_form=address_form, handle=handle,
        kind="youth" if youth else "adult", birth_year=birth_year, grade=(grade or code.unit.grade) if pupil else None,
        state="waiting" if youth else "active", language=language, staff=code.role in STAFF,
    )  # fmt: skip
    if youth:
        name_guardian(user, guardian_name, guardian_contact)
        for purpose in sorted(set(purposes)):
            give_consent(user, user, purpose)
    use_code(user, typed_code)
    return user


def _check_youth(pupil: bool, birth_year: int, guardian_name: str, guardian_contact: str) -> None:
    if not may_register_alone(clock.today().year - birth_year - 1):
        raise InvalidInput(
            N_("Em chưa đủ 16 tuổi: nhờ ba mẹ đăng ký tài khoản phụ huynh rồi lập hồ sơ cho em."),
            field="birth_year", code="too_young",
        )  # fmt: skip
    if not pupil:
        raise InvalidInput(N_("Học sinh 16–17 tuổi đăng ký bằng mã lớp do thầy cô đưa."), field="birth_year")
    check_guardian_named(guardian_name, guardian_contact)


def check_guardian_named(guardian_name: str, guardian_contact: str) -> None:
    """Checks that a pupil of 16 or 17 names a guardian whom the teacher can reach."""
    if not nfc(guardian_name):
        raise InvalidInput(N_("Hãy ghi tên ba mẹ hoặc người giám hộ. Thầy cô sẽ báo cho họ."), field="guardian_name")
    if not phone(guardian_contact) and "@" not in guardian_contact:
        raise InvalidInput(
            N_("Hãy ghi số điện thoại hoặc email của ba mẹ để thầy cô báo. Ví dụ: 0912 345 678."),
            field="guardian_contact",
        )


def check_another(full_name: str, handle: str, guardian_name: str, guardian_contact: str) -> None:
    """Checks that pupils do not name themselves as guardian.

    The guardian needs another name, and another number or address than the pupil's sign-in.
    """
    if fold(" ".join(nfc(full_name).split())) == fold(" ".join(nfc(guardian_name).split())):
        raise InvalidInput(N_("Hãy ghi tên ba mẹ hoặc người giám hộ, không phải tên của em."), field="guardian_name")
    own, theirs = (phone(text) or nfc(text).lower() for text in (handle, guardian_contact))
    if own == theirs:
        raise InvalidInput(N_("Hãy ghi số hoặc email của ba mẹ, không phải của em."), field="guardian_contact")


def name_guardian(user: User, name: str, contact: str) -> None:
    """Links the guardian whom a pupil of 16 or 17 named: an account with this name and number, or the words alone."""
    number = phone(contact)
    known = None
    if number:
        query = sa.select(User).where(
            User.phone_mark == blind_index(number, "phone"), User.kind == "adult", User.state == "active"
        )
        people = [p for p in db.session.scalars(query) if fold(p.full_name) == fold(nfc(name)) and not p.is_minor]
        known = people[0] if len(people) == 1 else None
    db.session.add(
        Guardian(
            child_id=user.id,
            guardian_id=known.id if known else None,
            named=nfc(name),
            contact=number or nfc(contact) or None,
        )
    )


@command
def use_code(user: User, typed_code: str) -> Membership:
    """Adds an existing user to a further unit with a code.

    A pupil of any age waits for a teacher's confirmation. Otherwise a class code on a poster would let strangers into
    the class.
    """
    code = usable_code(typed_code, lock=True)
    pupil = is_for_pupils(code)
    if code.role != "learner" and user.kind != "adult":
        raise InvalidInput(N_("Mã này dành cho người lớn."), field="code", code="not_for_you")
    if pupil and user.kind == "adult" and user.birth_year is None:
        raise InvalidInput(
            N_("Mã này dành cho học sinh. Ba mẹ thì xin mã dành cho phụ huynh."), field="code", code="not_for_you"
        )
    same = (Membership.user_id == user.id, Membership.unit_id == code.unit_id, Membership.role == code.role)
    member = db.session.scalar(sa.select(Membership).where(*same))
    if member is not None and member.state != "ended":
        return member
    _spend(code)
    waiting = pupil or user.kind != "adult" or user.is_minor  # minors are admitted only by confirm_member
    if member is None:
        member = Membership(user_id=user.id, unit_id=code.unit_id, role=code.role)
        db.session.add(member)
    member.state, member.ended_at, member.brought_by_id = "waiting" if waiting else "active", None, code.created_by_id
    second = None if waiting else code.confirmed_by_id
    member.confirmed_by_id, member.confirmed_at = second, clock.now() if second else None
    db.session.flush()
    publish(Joined(user.id, code.unit_id, code.role, waiting))
    return member
