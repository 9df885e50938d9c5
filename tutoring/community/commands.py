"""Commands for units, memberships and join codes: make, confirm and revoke a code, and say when it expires.

Joining with a code is in `join_codes/commands.py`.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import is_guardian
from tutoring.accounts.registration import create_child
from tutoring.community.alarm_tests.readiness import check_admission
from tutoring.community.events import CodeSettled, CodeWaits, Joined, MembershipConfirmed, MembershipEnded
from tutoring.community.models import JoinCode, Membership, Unit
from tutoring.community.queries import active_unit, roles_at, roles_for, unit
from tutoring.community.site_settings import POSTER_DAYS, POWER_DAYS
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, duty_phone, nfc
from tutoring.policy import community as policy
from tutoring.safety.free_text import validate_reason

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CHILD_PLACES = frozenset({"class", "school", "neighbourhood", "ward"})


def kinds_below(kind: str) -> frozenset[str]:
    """Returns the kinds of units allowed below one of this kind."""
    return policy.KINDS_BELOW.get(kind, frozenset())


def unit_name(typed: str) -> str:
    """Returns the stored form of a unit's name; raises InvalidInput."""
    name = " ".join(nfc(typed).split())
    if not name or len(name) > 80:
        raise InvalidInput(N_("Hãy ghi tên đơn vị, không quá 80 ký tự."), field="name")
    return name


@command
def create_unit(
    actor: User | None, code: str, kind: str, name: str, *, form: str = "", parent_id: int | None = None,
    grade: int | None = None, school_year: str = "",
) -> Unit:  # fmt: skip
    """Creates a unit; `actor` is None for the command line and for imports."""
    if actor is not None:
        roles = roles_for(actor, parent_id) if parent_id else frozenset({"site_admin"} if actor.site_admin else ())
        if not policy.may_create_unit(roles, kind):
            raise Forbidden
        if parent_id and kind not in kinds_below(active_unit(parent_id).kind):
            raise InvalidInput(N_("Loại đơn vị này không đặt ở đây được."), field="kind")
    code, name = nfc(code), unit_name(name)
    if not code or len(code) > 40 or db.session.scalar(sa.select(Unit.id).where(Unit.code == code)):
        raise InvalidInput(N_("Mã này trống hoặc đã có đơn vị dùng. Hãy chọn mã khác."), field="code")
    parent = unit(parent_id) if parent_id else None
    made = Unit(
        code=code, kind=kind, form=form, name=name, parent_id=parent_id, grade=grade, school_year=school_year,
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


@command
def set_youth_help(actor: User, unit_id: int, allowed: bool) -> Unit:
    """Sets whether helpers aged 16–17 of this unit may help adults, in observed rooms."""
    place = unit(unit_id)
    if not policy.may_set_youth_help(roles_for(actor, unit_id)):
        raise NotFound
    place.youth_help_adults = allowed
    audit.record(actor.id, "set_youth_help", f"unit:{unit_id}", allowed=allowed)
    return place


@command
def set_duty_phone(actor: User, unit_id: int, typed: str) -> Unit:
    """Sets the emergency number shown in every room of this unit and below; empty removes it."""
    place = unit(unit_id)
    if not policy.may_set_duty_phone(roles_for(actor, unit_id)):
        raise NotFound
    number = duty_phone(typed) if typed.strip() else ""
    if number is None:
        raise InvalidInput(
            N_("Số này chưa đúng. Hãy ghi số di động, số bàn có mã vùng, hoặc tổng đài 1800, 1900."), field="phone"
        )
    place.duty_phone = number
    audit.record(actor.id, "set_duty_phone", f"unit:{unit_id}", number=number)
    return place


# ---- join codes -----------------------------------------------------------------------------------------------


@command
def create_code(actor: User, unit_id: int, role: str, max_uses: int = 1, days: int = 7) -> JoinCode:
    """Creates a join code.

    Poster codes give the role learner or parent. A code for a role with power is for one person, lasts at most seven
    days, and waits for a second approver of the unit.
    """
    if not policy.may_create_code(roles_for(actor, unit_id), role):
        raise Forbidden
    power = policy.gives_power(role)
    life = timedelta(days=min(days, POWER_DAYS() if power else POSTER_DAYS()))
    if days < 1 or max_uses < 1:
        raise InvalidInput
    made = JoinCode(
        code="".join(secrets.choice(LETTERS) for _ in range(8)),
        unit_id=active_unit(unit_id).id,
        role=role,
        max_uses=1 if power else min(max_uses, 1000),
        created_by_id=actor.id,
        expires_at=clock.now() + life,
        confirmed_at=None if power else clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "create_code", f"unit:{unit_id}", role=role)
    if power:
        publish(CodeWaits(made.id, unit_id, actor.id))
    return made


def _code(code_id: int) -> JoinCode:
    found = db.session.get(JoinCode, code_id)
    if found is None:
        raise NotFound
    return found


@command
def confirm_code(actor: User, code_id: int) -> JoinCode:
    """Approves a code that gives power; the approver must not be its creator."""
    code = _code(code_id)
    roles = roles_for(actor, code.unit_id)
    if not policy.may_see_unit(roles):
        raise NotFound
    if not policy.may_confirm_code(roles, code.created_by_id == actor.id):
        raise Forbidden(N_("Mã này cần một người thứ hai có quyền xác nhận, không phải người tạo mã."))
    active_unit(code.unit_id)
    if code.confirmed_at is None:
        code.confirmed_by_id, code.confirmed_at = actor.id, clock.now()
        audit.record(actor.id, "confirm_code", f"code:{code.id}", role=code.role)
        publish(CodeSettled(code.id))
    return code


@command
def revoke_code(actor: User, code_id: int) -> None:
    """Revokes a code."""
    code = _code(code_id)
    if not policy.may_create_code(roles_for(actor, code.unit_id), code.role):
        raise NotFound
    code.revoked_at = clock.now()
    audit.record(actor.id, "revoke_code", f"code:{code.id}")
    publish(CodeSettled(code.id))


# ---- members --------------------------------------------------------------------------------------------------


@command
def add_child(
    guardian: User, unit_id: int, called: str, grade: int, birth_year: int, relation: str, purposes: Iterable[str]
) -> User:
    """Adds a guardian's child to a unit the guardian belongs to; a second person confirms it."""
    place = unit(unit_id)
    belongs = sa.select(Membership.id).where(
        Membership.user_id == guardian.id, Membership.unit_id == unit_id, Membership.state != "ended"
    )
    if place.kind not in CHILD_PLACES or not (roles_at(guardian.id, unit_id) or db.session.scalar(belongs)):
        raise NotFound
    active_unit(unit_id)
    # Before the grade is looked at: who may be no guardian is refused for that.
    child = create_child(guardian, called, grade, birth_year, relation, purposes)
    if place.grade and grade != place.grade:
        raise InvalidInput(
            N_(
                "%(unit)s dành cho học sinh lớp %(grade)s. Hãy xem lại con học lớp mấy, "
                "hoặc xin thầy cô mã của lớp con đang học."
            ),
            field="grade",
            unit=place.name,
            grade=place.grade,
        )
    db.session.add(
        Membership(user_id=child.id, unit_id=unit_id, role="learner", state="waiting", brought_by_id=guardian.id)
    )
    db.session.flush()
    publish(Joined(child.id, unit_id, "learner", True))
    return child


def _membership(membership_id: int) -> Membership:
    found = db.session.get(Membership, membership_id)
    if found is None:
        raise NotFound
    return found


@command
def confirm_member(actor: User, membership_id: int) -> Membership:
    """Confirms a membership as the second approver.

    The membership, the account and the named guardian become active. A minor is admitted only while the unit is ready.
    """
    member = _membership(membership_id)
    roles = roles_for(actor, member.unit_id)
    if not policy.may_see_member(roles, unit(member.unit_id).kind, member.role):
        raise NotFound
    # The creator of a class code may confirm the pupils who used it. A role with power needs another approver.
    own = actor.id == member.user_id or (policy.gives_power(member.role) and actor.id == member.brought_by_id)
    if not policy.may_confirm_member(roles, member.role, own, is_guardian(actor.id, member.user_id, confirmed=False)):
        raise Forbidden(N_("Việc này cần người thứ hai xác nhận."))
    if member.state != "waiting":
        raise Conflict(N_("Người này đã được xử lý rồi."))
    active_unit(member.unit_id)
    check_admission(db.session.get_one(User, member.user_id), member.unit_id)
    member.state, member.confirmed_by_id, member.confirmed_at = "active", actor.id, clock.now()
    user = db.session.get_one(User, member.user_id)
    if user.state == "waiting":
        user.state = "active"
    for link in db.session.scalars(
        sa.select(Guardian).where(Guardian.child_id == user.id, Guardian.confirmed_at.is_(None))
    ):
        link.confirmed_at, link.confirmed_by_id = clock.now(), actor.id
    audit.record(actor.id, "confirm_member", f"user:{user.id}", unit=member.unit_id, role=member.role)
    publish(MembershipConfirmed(user.id, member.unit_id, member.role))
    return member


def _may_end(actor: User, member: Membership) -> bool:
    roles = roles_for(actor, member.unit_id)
    kind = unit(member.unit_id).kind
    return policy.may_end_member(roles, member.role) and policy.may_see_member(roles, kind, member.role)


@command
def read_guardian_contact(actor: User, membership_id: int) -> Guardian:
    """Returns the contact of the guardian whom a waiting pupil aged 16–17 named.

    Staff use it to inform the guardian. Every access is audited.
    """
    member = _membership(membership_id)
    roles = roles_for(actor, member.unit_id)
    if member.state != "waiting" or not policy.may_see_member(roles, unit(member.unit_id).kind, member.role):
        raise NotFound
    link = db.session.scalar(
        sa.select(Guardian).where(Guardian.child_id == member.user_id, Guardian.contact.is_not(None))
    )
    if link is None or actor.id == member.user_id:
        raise NotFound
    audit.record(actor.id, "read_guardian_contact", f"user:{member.user_id}", unit=member.unit_id)
    return link


@command
def end_member(actor: User, membership_id: int, reason: str = "") -> None:
    """Ends or refuses a membership; the member may join again with a new code."""
    member = _membership(membership_id)
    if actor.id != member.user_id and not _may_end(actor, member):
        raise NotFound
    if member.state == "ended":
        return
    member.state, member.ended_at = "ended", clock.now()
    if actor.id != member.user_id:
        why = validate_reason(reason, needed=False)
        audit.record(actor.id, "end_member", f"user:{member.user_id}", why, unit=member.unit_id, role=member.role)
    publish(MembershipEnded(member.user_id, member.unit_id, member.role))
