"""Units, join codes and memberships."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts import commands as accounts
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import is_guardian
from tutoring.community.events import Joined, MembershipConfirmed, MembershipEnded
from tutoring.community.models import JoinCode, Membership, Unit
from tutoring.community.queries import find_code, roles_at, unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc, phone
from tutoring.policy import community as policy
from tutoring.policy.accounts import may_register_alone

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
POWER_LIFE = timedelta(days=7)
POSTER_LIFE = timedelta(days=180)


def held(actor: User, unit_id: int) -> frozenset[str]:
    """What a person is at this unit: roles there or above it, and site_admin."""
    roles = roles_at(actor.id, unit_id)
    return roles | {"site_admin"} if actor.site_admin else roles


@command
def create_unit(
    actor: User | None, code: str, kind: str, name: str, *, form: str = "", parent_id: int | None = None,
    grade: int | None = None, school_year: str = "",
) -> Unit:  # fmt: skip
    """A new unit; `actor` is None for the command line and for imports."""
    if actor is not None:
        roles = held(actor, parent_id) if parent_id else frozenset({"site_admin"} if actor.site_admin else ())
        if not policy.may_create_unit(roles, kind):
            raise NotAllowed
    code = nfc(code)
    if not code or len(code) > 40 or db.session.scalar(sa.select(Unit.id).where(Unit.code == code)):
        raise Invalid(N_("Mã này trống hoặc đã có đơn vị dùng. Hãy chọn mã khác."), field="code")
    parent = unit(parent_id) if parent_id else None
    made = Unit(
        code=code, kind=kind, form=form, name=nfc(name), parent_id=parent_id, grade=grade, school_year=school_year,
        ward_id=parent.ward_id if parent else None, school_id=parent.school_id if parent else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if kind == "ward":
        made.ward_id = made.id
    if kind == "school":
        made.school_id = made.id
    if actor is not None:
        audit.record(actor.id, "create_unit", f"unit:{made.id}")
    return made


# ---- join codes -----------------------------------------------------------------------------------------------


@command
def create_code(actor: User, unit_id: int, role: str, max_uses: int = 1, days: int = 7) -> JoinCode:
    """A join code. Poster codes give learner or parent; one that gives more is for one person, seven days at most,
    and waits for a second person of the unit."""
    if not policy.may_create_code(held(actor, unit_id), role):
        raise NotAllowed
    power = policy.gives_power(role)
    life = min(timedelta(days=days), POWER_LIFE if power else POSTER_LIFE)
    if days < 1 or max_uses < 1:
        raise Invalid
    made = JoinCode(
        code="".join(secrets.choice(LETTERS) for _ in range(8)),
        unit_id=unit(unit_id).id,
        role=role,
        max_uses=1 if power else min(max_uses, 1000),
        created_by_id=actor.id,
        expires_at=clock.now() + life,
        confirmed_at=None if power else clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "create_code", f"unit:{unit_id}", role=role)
    return made


def _code(code_id: int) -> JoinCode:
    found = db.session.get(JoinCode, code_id)
    if found is None:
        raise Missing
    return found


@command
def confirm_code(actor: User, code_id: int) -> JoinCode:
    """The second person's yes to a code that gives power."""
    code = _code(code_id)
    if not policy.may_confirm_code(held(actor, code.unit_id), code.created_by_id == actor.id):
        raise NotAllowed(N_("Mã này cần một người thứ hai có quyền xác nhận, không phải người tạo mã."))
    if code.confirmed_at is None:
        code.confirmed_by_id, code.confirmed_at = actor.id, clock.now()
        audit.record(actor.id, "confirm_code", f"code:{code.id}", role=code.role)
    return code


@command
def revoke_code(actor: User, code_id: int) -> None:
    """Make a code useless from now on."""
    code = _code(code_id)
    if not policy.may_create_code(held(actor, code.unit_id), code.role):
        raise Missing
    code.revoked_at = clock.now()
    audit.record(actor.id, "revoke_code", f"code:{code.id}")


def usable_code(typed: str) -> JoinCode:
    """The code that was typed, if it works now; each way in which it does not is told apart."""
    code = find_code(typed)
    if code is None or code.revoked_at is not None:
        raise Invalid(N_("Không có mã này. Hãy kiểm tra lại từng chữ trên tờ giấy hoặc tin nhắn."), field="code", code="unknown_code")
    if code.expires_at <= clock.now():
        raise Invalid(N_("Mã này đã hết hạn. Hãy xin mã mới ở trường hoặc phường."), field="code", code="expired_code")
    if code.uses >= code.max_uses:
        raise Invalid(N_("Mã này đã dùng hết lượt. Hãy xin mã mới ở trường hoặc phường."), field="code", code="used_code")
    if code.confirmed_at is None:
        raise Invalid(
            N_("Mã này đang chờ người thứ hai của đơn vị xác nhận. Hãy thử lại sau."), field="code", code="waiting_code"
        )
    return code


def _spend(code: JoinCode) -> None:
    taken = db.session.execute(
        sa.update(JoinCode)
        .where(JoinCode.id == code.id, JoinCode.uses < JoinCode.max_uses)
        .values(uses=JoinCode.uses + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid(N_("Mã này đã dùng hết lượt. Hãy xin mã mới ở trường hoặc phường."), field="code", code="used_code")


@command
def sign_up(
    typed_code: str, full_name: str, password: str, *, called: str = "", address_form: str = "bạn", handle: str = "",
    birth_year: int | None = None, grade: int | None = None, guardian_name: str = "", guardian_contact: str = "",
    language: str = "vi",
) -> User:  # fmt: skip
    """A new person comes in by a code: an adult at once, somebody of 16–17 once a teacher has confirmed."""
    code = usable_code(typed_code)
    youth = birth_year is not None and clock.today().year - birth_year - 1 < 18
    if youth and birth_year is not None:
        _check_youth(code, birth_year, guardian_name, guardian_contact)
    elif code.role == "learner" and code.unit.kind == "class":
        raise Invalid(N_("Mã này dành cho học sinh. Hãy ghi năm sinh; ba mẹ thì xin mã dành cho phụ huynh."), field="birth_year")
    user = accounts.create_user(
        full_name, password, called=called, address_form=address_form, handle=handle,
        kind="youth" if youth else "adult", birth_year=birth_year, grade=(grade or code.unit.grade) if youth else None,
        state="waiting" if youth else "active", language=language,
    )  # fmt: skip
    if youth:
        _name_guardian(user, guardian_name, guardian_contact)
    use_code(user, typed_code)
    return user


def _check_youth(code: JoinCode, birth_year: int, guardian_name: str, guardian_contact: str) -> None:
    if not may_register_alone(clock.today().year - birth_year - 1):
        raise Invalid(
            N_("Em chưa đủ 16 tuổi: nhờ ba mẹ đăng ký tài khoản phụ huynh rồi lập hồ sơ cho em."), field="birth_year"
        )
    if code.role != "learner" or code.unit.kind not in {"class", "school"}:
        raise Invalid(N_("Học sinh 16–17 tuổi đăng ký bằng mã lớp do thầy cô đưa."), field="birth_year")
    if not guardian_name or not guardian_contact:
        raise Invalid(N_("Hãy ghi tên và số điện thoại của ba mẹ hoặc người giám hộ. Thầy cô sẽ báo cho họ."), field="guardian_name")


def _name_guardian(user: User, name: str, contact: str) -> None:
    number = phone(contact)
    known = None
    if number:
        query = sa.select(User).where(User.phone == number, User.kind == "adult", User.state == "active")
        people = [p for p in db.session.scalars(query) if p.full_name.lower() == nfc(name).lower()]
        known = people[0] if len(people) == 1 else None
    db.session.add(
        Guardian(child_id=user.id, guardian_id=known.id if known else None, named=nfc(name), contact=number or nfc(contact))
    )


@command
def use_code(user: User, typed_code: str) -> Membership:
    """A person with an account comes into a further unit by a code."""
    code = usable_code(typed_code)
    if policy.gives_power(code.role) and user.kind != "adult":
        raise Invalid(N_("Mã này dành cho người lớn."), field="code")
    same = (Membership.user_id == user.id, Membership.unit_id == code.unit_id, Membership.role == code.role)
    member = db.session.scalar(sa.select(Membership).where(*same))
    if member is not None and member.state != "ended":
        return member
    _spend(code)
    waiting = user.kind == "youth"
    if member is None:
        member = Membership(user_id=user.id, unit_id=code.unit_id, role=code.role)
        db.session.add(member)
    member.state, member.ended_at, member.brought_by_id = "waiting" if waiting else "active", None, code.created_by_id
    if not waiting and code.confirmed_by_id is not None:
        member.confirmed_by_id, member.confirmed_at = code.confirmed_by_id, clock.now()
    db.session.flush()
    announce(Joined(user.id, code.unit_id, code.role, waiting))
    return member


# ---- members --------------------------------------------------------------------------------------------------


@command
def add_child(
    guardian: User, unit_id: int, called: str, grade: int, birth_year: int, relation: str, purposes: Iterable[str]
) -> User:
    """A guardian adds a child to a unit it belongs to; a second person of the unit confirms."""
    if not roles_at(guardian.id, unit_id) and not db.session.scalar(
        sa.select(Membership.id).where(Membership.user_id == guardian.id, Membership.unit_id == unit_id)
    ):
        raise Missing
    child = accounts.create_child(guardian, called, grade, birth_year, relation, purposes)
    db.session.add(Membership(user_id=child.id, unit_id=unit_id, role="learner", state="waiting", brought_by_id=guardian.id))
    db.session.flush()
    announce(Joined(child.id, unit_id, "learner", True))
    return child


def _membership(membership_id: int) -> Membership:
    found = db.session.get(Membership, membership_id)
    if found is None:
        raise Missing
    return found


@command
def confirm_member(actor: User, membership_id: int) -> Membership:
    """The second person's yes: the membership, the account and the named guardian become active."""
    member = _membership(membership_id)
    roles = held(actor, member.unit_id)
    own = actor.id in (member.user_id, member.brought_by_id)
    if not policy.may_confirm_member(roles, member.role, own, is_guardian(actor.id, member.user_id, confirmed=False)):
        raise Missing if not policy.may_see_unit(roles) else NotAllowed(N_("Việc này cần người thứ hai xác nhận."))
    if member.state != "waiting":
        raise Conflict(N_("Người này đã được xử lý rồi."))
    member.state, member.confirmed_by_id, member.confirmed_at = "active", actor.id, clock.now()
    user = db.session.get_one(User, member.user_id)
    if user.state == "waiting":
        user.state = "active"
    for link in db.session.scalars(sa.select(Guardian).where(Guardian.child_id == user.id, Guardian.confirmed_at.is_(None))):
        link.confirmed_at, link.confirmed_by_id = clock.now(), actor.id
    audit.record(actor.id, "confirm_member", f"user:{user.id}", unit=member.unit_id, role=member.role)
    announce(MembershipConfirmed(user.id, member.unit_id, member.role))
    return member


@command
def end_member(actor: User, membership_id: int, reason: str = "") -> None:
    """End or refuse a membership; whoever leaves may come back by a new code."""
    member = _membership(membership_id)
    if actor.id != member.user_id and not policy.may_end_member(held(actor, member.unit_id), member.role):
        raise Missing
    member.state, member.ended_at = "ended", clock.now()
    if actor.id != member.user_id:
        audit.record(actor.id, "end_member", f"user:{member.user_id}", reason, unit=member.unit_id, role=member.role)
    announce(MembershipEnded(member.user_id, member.unit_id, member.role))
