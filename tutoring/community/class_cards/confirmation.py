"""Commands of the teacher: confirm many claims at once, refuse one, undo a confirmation."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.children_in_bulk import NewChild, add_children, check_child
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import Guardian, SignIn, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.community.alarm_tests.readiness import check_admission
from tutoring.community.class_cards import queries
from tutoring.community.class_cards.commands import is_over, settle
from tutoring.community.class_cards.models import OPEN, ClassCard, ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.events import ClaimRefused, ClaimsSettled, MembershipConfirmed
from tutoring.community.models import Membership, Nomination, Unit
from tutoring.community.queries import active_unit, ancestors, roles_for
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import class_lists as policy
from tutoring.policy.access import STAFF
from tutoring.policy.community import may_confirm_member
from tutoring.safety.free_text import for_minor, validate_reason

ANNOUNCE_JOB = "community.claims_confirmed"
_ALONE = N_("cần mở riêng để xem trước khi xác nhận")
_SUSPENDED = N_("tài khoản của người nhận đang bị khoá")
_OWN = N_("cần một thầy cô khác xác nhận, vì bạn là người nhận")
_OWN_CHILD = N_("cần một thầy cô khác xác nhận, vì bạn là ba mẹ hoặc người giám hộ của em")
_SECOND = N_("cần một điều phối viên khác xác nhận: không phải người nhận, không phải người đưa tên vào danh sách")
_GROWN = N_("em đã đủ 16 tuổi: hãy từ chối rồi in thẻ mới để em tự nhận")


@dataclass
class Outcome:
    """How many claims were confirmed, and why others were not: a domain error or a sentence, with its number."""

    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@command
def confirm_claims(actor: User, unit_id: int, claim_ids: Collection[int], *, checked: bool = False) -> Outcome:
    """Confirms claims: the pupil's account, the guardian and their memberships come into being together.

    A claim that was decided meanwhile is passed over, so a second call changes nothing. `checked`: the teacher looked
    at the single claim of a relative, of a pupil from 16 on, or of a pupil who may have an account. Raises NotFound,
    or Conflict while the unit is not ready for minors.
    """
    place = queries.class_for_cards(actor, unit_id)
    active_unit(unit_id)
    # Serializes two teachers of one class who confirm the same claims.
    db.session.get_one(Unit, unit_id, with_for_update={"key_share": True}, populate_existing=True)
    claims = _waiting(unit_id, claim_ids)
    same = queries.same_pupils(place, claims)
    wards = _wards(actor, claims)
    outcome, taken = Outcome(), list[ClassClaim]()
    for claim in claims:
        why = _OWN_CHILD if claim.user_id in wards else _why_not(actor, place, claim, checked, claim.id in same)
        if why:
            outcome.refused[why] += 1
        else:
            taken.append(claim)
    minors = [one for one in taken if queries.kind_of(one) != "adult"]
    if minors:
        check_admission(_minor(minors[0]), unit_id)
    if taken:
        _confirm(actor, place, taken)
    outcome.done = len(taken)
    return outcome


def _minor(claim: ClassClaim) -> User:
    """Returns a user as young as the pupil of a claim, for the check of the unit; it is never stored."""
    return User(kind="child", full_name="", called_name="", username="", birth_year=claim.line.birth_year)


def _waiting(unit_id: int, claim_ids: Collection[int]) -> Sequence[ClassClaim]:
    # The lines are locked before their claims, as by a claimant: a second claim must not freeze a confirmed one.
    named = sa.select(ClassClaim.line_id).where(ClassClaim.id.in_(claim_ids))
    lines = sa.select(ClassLine.id).where(ClassLine.id.in_(named), ClassLine.unit_id == unit_id).order_by(ClassLine.id)
    db.session.scalars(lines.with_for_update()).all()
    query = (
        sa.select(ClassClaim)
        .join(ClassLine, ClassLine.id == ClassClaim.line_id)
        .options(
            joinedload(ClassClaim.line, innerjoin=True).undefer(ClassLine.full_name),
            joinedload(ClassClaim.user, innerjoin=True),
        )
        .where(ClassClaim.id.in_(claim_ids), ClassLine.unit_id == unit_id, ClassClaim.state == "waiting")
        .order_by(ClassClaim.id)
        .with_for_update(of=ClassClaim)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _wards(actor: User, claims: Sequence[ClassClaim]) -> set[int]:
    """Returns the claimants whose guardian the actor is, or who named the actor as one: nobody confirms themselves."""
    tie = sa.select(Guardian.child_id).where(Guardian.guardian_id == actor.id)
    return set(db.session.scalars(tie.where(Guardian.child_id.in_({one.user_id for one in claims}))))


def _why_not(actor: User, place: Unit, claim: ClassClaim, checked: bool, same: bool) -> str:
    if claim.line.kind == "staff":
        own = actor.id in (claim.user_id, claim.line.added_by_id)
        if not may_confirm_member(roles_for(actor, place.id), claim.line.role, own, False):
            return _SECOND
    elif not may_confirm_member({"teacher"}, "learner", False, claim.user_id == actor.id):
        return _OWN
    if claim.user.state not in ("active", "waiting"):
        return _SUSPENDED
    if not checked and (same or queries.needs_check(claim)):
        return _ALONE
    if queries.kind_of(claim) == "guardian":
        if queries.claimant_of(claim.line) != "guardian":
            return _GROWN
        try:
            check_child(_child(place, claim))
        except DomainError as refusal:
            return refusal.say
    return ""


def _child(place: Unit, claim: ClassClaim) -> NewChild:
    return NewChild(
        claim.line.called, claim.line.full_name or "", claim.line.birth_year or 0, place.grade, claim.user_id,
        claim.relation, claim.consents, claim.assents, claim.at,
    )  # fmt: skip


def _confirm(actor: User, place: Unit, claims: Sequence[ClassClaim]) -> None:
    moment = clock.now()
    of_children = [one for one in claims if queries.kind_of(one) == "guardian"]
    own = [one for one in claims if one not in of_children]
    children = add_children([_child(place, one) for one in of_children], actor)
    pupils = [*children, *(one.user_id for one in own)]
    for claim, pupil_id in zip([*of_children, *own], pupils, strict=True):
        claim.state, claim.child_id, claim.decided_by_id, claim.decided_at = "confirmed", pupil_id, actor.id, moment
        if claim.user.state == "waiting":
            claim.user.state = "active"
    staff = {one.user_id: one.line for one in own if one.line.kind == "staff"}
    learners = [one for one in pupils if one not in staff]
    entered, taken_up = _enter(actor, place.id, learners=learners, parents={one.user_id for one in of_children})
    for user_id, line in staff.items():
        _give_role(actor, place.id, user_id, line)
    for one in of_children:
        one.made_parent, one.parent_was = one.user_id in entered, taken_up.get(one.user_id, "")
    named = (Guardian.child_id.in_([one.user_id for one in own]), Guardian.confirmed_at.is_(None))
    db.session.execute(sa.update(Guardian).where(*named).values(confirmed_at=moment, confirmed_by_id=actor.id))
    db.session.execute(sa.delete(ClassCard).where(ClassCard.line_id.in_([one.line_id for one in claims])))
    db.session.flush()
    for one in claims:
        if one.contested:
            publish(ClaimsSettled(one.line_id, place.id))
    helpers = {
        pupil_id: one.line
        for one, pupil_id in zip([*of_children, *own], pupils, strict=True)
        if one.line.kind == "helper" or one.line.role == "helper"
    }
    _nominate(actor, place.id, helpers)
    audit.record(actor.id, "confirm_class_claims", f"unit:{place.id}", pupils=pupils, claims=[one.id for one in claims])
    # Notices and counts of each family follow in the background, or a class would wait for forty of them.
    key = f"{ANNOUNCE_JOB}:{min(one.id for one in claims)}:{moment.isoformat()}"
    jobs.enqueue(ANNOUNCE_JOB, key, moment, unit_id=place.id, pupils=learners, parents=sorted(entered))


def _give_role(actor: User, unit_id: int, user_id: int, line: ClassLine) -> None:
    """Gives an adult the role of the line; `actor` is the second person, whom `_why_not` checked."""
    query = sa.select(Membership).where(Membership.user_id == user_id, Membership.unit_id == unit_id)
    member = db.session.scalar(query.where(Membership.role == line.role))
    if member is None:
        member = Membership(user_id=user_id, unit_id=unit_id, role=line.role, brought_by_id=line.added_by_id)
        db.session.add(member)
    member.state, member.ended_at = "active", None
    member.confirmed_by_id, member.confirmed_at = actor.id, clock.now()
    db.session.flush()
    audit.record(actor.id, "confirm_member", f"user:{user_id}", unit=unit_id, role=line.role)
    publish(MembershipConfirmed(user_id, unit_id, line.role))


def _nominate(actor: User, unit_id: int, helpers: Mapping[int, ClassLine]) -> None:
    """Nominates helpers; whoever brought the list is the nominator, and another person lets them help, as always."""
    if not helpers:
        return
    query = sa.select(Membership.user_id).where(
        Membership.user_id.in_({line.added_by_id for line in helpers.values()}), Membership.role.in_(STAFF),
        Membership.unit_id.in_(ancestors(unit_id)), Membership.state == "active",
    )  # fmt: skip
    still = set(db.session.scalars(query))
    known = set(db.session.scalars(sa.select(Nomination.user_id).where(Nomination.user_id.in_(helpers))))
    for user_id, line in helpers.items():
        by_id = line.added_by_id if line.added_by_id in still else actor.id
        if user_id not in known and by_id is not None:
            db.session.add(Nomination(user_id=user_id, unit_id=unit_id, nominated_by_id=by_id))
            audit.record(actor.id, "nominate", f"user:{user_id}", unit=unit_id, nominator=by_id)
    db.session.flush()


def _enter(
    actor: User, unit_id: int, learners: Collection[int], parents: Collection[int]
) -> tuple[set[int], dict[int, str]]:
    """Makes these memberships of a class or takes up those that wait or ended.

    Returns the parents who are new, and of the others the state of a membership that was taken up.
    """
    values = {"state": "active", "confirmed_by_id": actor.id, "confirmed_at": clock.now()}
    here = sa.or_(
        sa.and_(Membership.role == "learner", Membership.user_id.in_(learners)),
        sa.and_(Membership.role == "parent", Membership.user_id.in_(parents)),
    )
    found = db.session.execute(
        sa.select(Membership.user_id, Membership.role, Membership.state).where(Membership.unit_id == unit_id, here)
    )
    known = {(user_id, role): state for user_id, role, state in found}
    wanted = [*((one, "learner") for one in learners), *((one, "parent") for one in sorted(parents))]
    new = [one for one in wanted if one not in known]
    rows = [
        {"user_id": one, "role": role, "unit_id": unit_id, "brought_by_id": actor.id, **values} for one, role in new
    ]
    if rows:
        db.session.execute(sa.insert(Membership), rows)
    again = sa.update(Membership).where(Membership.unit_id == unit_id, here, Membership.state != "active")
    db.session.execute(again.values(ended_at=None, **values))
    taken_up = {one: state for (one, role), state in known.items() if role == "parent" and state != "active"}
    return {one for one, role in new if role == "parent"}, taken_up


@command
def refuse_claim(actor: User, unit_id: int, claim_id: int, reason: str) -> None:
    """Refuses a claim with a reason that the claimant reads; its card stops working.

    Raises NotFound, or Conflict once the claim is confirmed.
    """
    queries.claim_at(actor, unit_id, claim_id)
    line, claim = queries.lock_claim(claim_id)
    if is_over(claim):
        return
    why = for_minor(validate_reason(reason), field="reason")  # a pupil of 16 or 17 may read it
    claim.state, claim.reason, claim.decided_by_id, claim.decided_at = "refused", why, actor.id, clock.now()
    # Whoever was refused holds the card: it must not freeze the claim that is left.
    db.session.execute(sa.delete(ClassCard).where(ClassCard.line_id == line.id))
    settle(line, by_teacher=True)
    audit.record(actor.id, "refuse_class_claim", f"unit:{unit_id}", why, claim=claim_id)
    publish(ClaimRefused(claim.user_id, claim.id, why))


@command
def read_guardian_contact(actor: User, unit_id: int, claim_id: int) -> str:
    """Returns how to reach the guardian whom a pupil of 16 or 17 named; every access is audited. Raises NotFound."""
    claim = queries.claim_at(actor, unit_id, claim_id)
    contact = Guardian.contact.is_not(None)
    link = db.session.scalar(sa.select(Guardian).where(Guardian.child_id == claim.user_id, contact))
    if link is None or claim.state not in OPEN or actor.id == claim.user_id:
        raise NotFound
    audit.record(actor.id, "read_guardian_contact", f"user:{claim.user_id}", unit=unit_id)
    return link.contact or ""


@command
def undo_confirmation(actor: User, unit_id: int, claim_id: int) -> None:
    """Undoes a confirmation while nothing is lost: the pupil's new account goes, and the claim waits again.

    Raises NotFound, Conflict when the pupil has a card to sign in with or a day is over, and Forbidden for a pupil
    from 16 on, who has an account of their own: their membership is ended on the member's page.
    """
    queries.claim_at(actor, unit_id, claim_id)
    _line, claim = queries.lock_claim(claim_id)
    if claim.state != "confirmed" or claim.child_id is None or claim.decided_at is None:
        raise NotFound
    if claim.child_id == claim.user_id:
        raise Forbidden(N_("Em này có tài khoản riêng. Hãy kết thúc vai trò ở trang thành viên."))
    child = db.session.get(User, claim.child_id, with_for_update=True, populate_existing=True)
    if child is None:
        raise NotFound
    came = db.session.scalar(sa.select(SignIn.id).where(SignIn.user_id == child.id).limit(1)) is not None
    if not policy.may_undo(bool(child.password_hash) or came, clock.now() - claim.decided_at):
        raise Conflict(N_("Không hoàn tác được nữa: em đã có thẻ đăng nhập, hoặc đã quá một ngày."))
    claim.state, claim.child_id, claim.decided_by_id, claim.decided_at = "waiting", None, None, None
    # What was withdrawn meanwhile must not live again with the next confirmation.
    consents, assents = (purposes_in_force(child.id, kind) for kind in ("consent", "assent"))
    claim.consents = {key: text for key, text in claim.consents.items() if key in consents}
    claim.assents = {key: text for key, text in claim.assents.items() if key in assents}
    db.session.flush()
    erase_account(child.id)
    _undo_guardian(claim, unit_id)
    audit.record(actor.id, "undo_class_claim", f"unit:{unit_id}", claim=claim_id, pupil=child.id)


def _undo_guardian(claim: ClassClaim, unit_id: int) -> None:
    """Takes back what confirmations gave the guardian in this class, unless another child of theirs needs it."""
    query = sa.select(ClassClaim, ClassLine.unit_id).join(ClassLine, ClassLine.id == ClassClaim.line_id)
    found = db.session.execute(query.where(ClassClaim.user_id == claim.user_id)).all()
    here = [one for one, place_id in found if place_id == unit_id]
    if all(one.state != "confirmed" for one in here):
        _undo_membership(claim.user_id, unit_id, here)
    belongs = sa.select(Membership.id).where(Membership.user_id == claim.user_id, Membership.state == "active")
    made_account = any(one.made_account for one, _place_id in found)
    if made_account and claim.user.state == "active" and db.session.scalar(belongs.limit(1)) is None:
        claim.user.state = "waiting"


def _undo_membership(user_id: int, unit_id: int, claims: Collection[ClassClaim]) -> None:
    """Deletes the membership of a guardian that these claims made, or returns it to the state before them."""
    own = (Membership.user_id == user_id, Membership.unit_id == unit_id, Membership.role == "parent")
    before = next((one.parent_was for one in claims if one.parent_was), "")
    if any(one.made_parent for one in claims):
        db.session.execute(sa.delete(Membership).where(*own))
    elif before:
        values = {"state": before, "confirmed_by_id": None, "confirmed_at": None}
        ended_at = clock.now() if before == "ended" else None
        db.session.execute(sa.update(Membership).where(*own).values(ended_at=ended_at, **values))
    for one in claims:
        one.made_parent, one.parent_was = False, ""
