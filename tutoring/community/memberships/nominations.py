"""Commands for nominations of helpers.

Two people approve a helper, one can stop them, and the approval is renewed every year. No certificate is ever
required.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.events import HelperConfirmed, HelperStopped, RenewalDue
from tutoring.community.hooks import Lifting
from tutoring.community.models import Membership, Nomination
from tutoring.community.protections import check
from tutoring.community.queries import nomination, roles_at, roles_for, unit
from tutoring.community.units.scopes import in_subtree
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF
from tutoring.policy.pairing.vetting import RENEW_FROM, VOUCH_LASTS, may_be_renewed
from tutoring.safety.free_text import validate_reason

_SECOND = N_("Việc này cần người thứ hai xác nhận.")
_COORDINATOR = N_("Việc này cần điều phối viên xác nhận: người được giới thiệu là người lớn, hoặc từng bị ngừng giúp.")


def _belongs(user_id: int, unit_id: int) -> bool:
    """Returns whether a person is a member here or below.

    Staff can only nominate people they know.
    """
    here = (Membership.user_id == user_id, Membership.state == "active", in_subtree(Membership.unit_id, unit_id))
    return db.session.scalar(sa.select(Membership.id).where(*here).limit(1)) is not None


def _is_staff(user_id: int) -> bool:
    """Returns whether a person is staff confirmed by two people, which replaces a nomination."""
    query = sa.select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.state == "active",
        Membership.confirmed_at.is_not(None),
        Membership.role.in_(STAFF),
    )
    return db.session.scalar(query.limit(1)) is not None


def is_beyond(user_id: int) -> bool:
    """Returns whether a person needs no nomination, because two people confirmed them as staff."""
    return nomination(user_id) is None and _is_staff(user_id)


@command
def nominate(actor: User, user_id: int, unit_id: int) -> Nomination:
    """Nominates a person as helper; a second approver makes it active.

    This is also the way back after a pause or a bar.
    """
    home = unit(unit_id)
    partner = home.kind == "partner" and bool(roles_at(actor.id, unit_id))
    roles = roles_for(actor, unit_id)
    if not policy.may_nominate(roles, actor.id == user_id, partner):
        raise NotFound
    if not partner and not (policy.may_see_members(roles, home.kind) and _belongs(user_id, unit_id)):
        raise NotFound
    person = db.session.get(User, user_id)
    if person is None:
        raise NotFound
    current = nomination(user_id)
    if current is None and _is_staff(user_id):
        raise Conflict(N_("Người này đã được hai người xác nhận vào đơn vị nên không cần giới thiệu nữa."))
    if current is not None and current.state not in {"paused", "barred"}:
        raise Conflict(N_("Người này đã được giới thiệu rồi."))
    # the nomination was paused by another unit
    if current is not None and not policy.may_see_unit(roles_for(actor, current.unit_id)):
        raise Conflict(N_("Nơi giới thiệu trước đã tạm dừng người này. Hãy trao đổi với nơi đó trước."))
    if current is not None:  # the way back after a pause
        check(actor, Lifting("pause", user_id))
    after = current.state if current is not None else ""
    if current is None:
        current = Nomination(user_id=person.id, unit_id=unit_id, nominated_by_id=actor.id)
        db.session.add(current)
    current.unit_id, current.state, current.nominated_by_id = unit_id, "nominated", actor.id
    current.nominated_at, current.confirmed_by_id, current.confirmed_at = clock.now(), None, None
    audit.record(actor.id, "nominate", f"user:{user_id}", unit=unit_id, **({"after": after} if after else {}))
    db.session.flush()
    return current


def _own_nomination(actor: User, user_id: int) -> tuple[Nomination, frozenset[str]]:
    """Returns a nomination and the actor's roles in its unit.

    Raises NotFound if the actor may not see the members of that unit.
    """
    current = nomination(user_id)
    if current is None:
        raise NotFound
    roles = roles_for(actor, current.unit_id)
    if not policy.may_see_members(roles, unit(current.unit_id).kind):
        raise NotFound
    return current, roles


def _check_second(actor: User, current: Nomination, roles: frozenset[str]) -> None:
    if not policy.may_confirm_nomination(roles, actor.id == current.user_id, actor.id == current.nominated_by_id):
        raise Forbidden(_SECOND)
    person = db.session.get_one(User, current.user_id)
    if not policy.may_let_help(roles, person.is_minor, current.barred_at):
        raise Forbidden(_COORDINATOR)


@command
def set_nomination(actor: User, user_id: int, to: str, reason: str = "") -> Nomination:
    """Changes the state of a nomination.

    A second approver makes it active; one person can pause or bar it with a reason.
    """
    current, roles = _own_nomination(actor, user_id)
    if to == "active" and current.state == "nominated":
        _check_second(actor, current, roles)
        check(actor, Lifting("pause", user_id))
        _holds_from_now(current, actor)
    elif to in {"paused", "barred"} and current.state in {"nominated", "active", "paused"}:
        if not policy.may_pause_nomination(roles, actor.id == user_id):
            raise NotFound
        reason = validate_reason(reason)
        if to == "barred":
            current.barred_at = clock.now()
    else:
        raise Conflict
    current.state, current.changed_at = to, clock.now()
    audit.record(actor.id, f"nomination_{to}", f"user:{user_id}", reason)
    publish(HelperConfirmed(user_id, current.unit_id) if to == "active" else HelperStopped(user_id))
    return current


@command
def pause_helper(user_id: int, reason: str, *, stop: bool = True) -> str:
    """Pauses a helper automatically after a grave report or risk.

    Returns the previous state, or "" if there was nothing to pause. With `stop`, the current help ends too; without
    it, the caller has already ended it.
    """
    current = nomination(user_id)
    if current is None or current.state in {"paused", "barred"}:
        return ""
    before, current.state, current.changed_at = current.state, "paused", clock.now()
    audit.record(None, "nomination_paused", f"user:{user_id}", reason)
    if stop:
        publish(HelperStopped(user_id))
    return before


@command
def resume_helper(user_id: int, state: str, reason: str) -> bool:
    """Reverts an automatic pause when nothing was found.

    Two people had approved the helper before the rule paused them.
    """
    current = nomination(user_id)
    if current is None or current.state != "paused":
        return False
    current.state, current.changed_at = state, clock.now()
    audit.record(None, "nomination_resumed", f"user:{user_id}", reason)
    return True


@command
def renew(actor: User, user_id: int) -> Nomination:
    """Renews a nomination for a year; the actor must not be the nominator.

    It is possible from a month before the end, and after it.
    """
    current, roles = _own_nomination(actor, user_id)
    _check_second(actor, current, roles)
    if current.state != "active" or not may_be_renewed(current.confirmed_at, clock.now()):
        raise Conflict(N_("Chưa đến lúc gia hạn: việc này làm trong 30 ngày trước khi hết hạn, hoặc sau đó."))
    _holds_from_now(current, actor)
    current.changed_at = clock.now()
    audit.record(actor.id, "nomination_renewed", f"user:{user_id}", unit=current.unit_id)
    publish(HelperConfirmed(user_id, current.unit_id, renewed=True))
    return current


def _holds_from_now(current: Nomination, actor: User) -> None:
    """Starts a year of validity now and enqueues the notice before its end."""
    current.confirmed_by_id, current.confirmed_at = actor.id, clock.now()
    until = current.confirmed_at + VOUCH_LASTS
    jobs.enqueue(
        "community.renewal", f"renewal:{current.id}:{until:%Y%m%d%H%M%S}", until - RENEW_FROM, user_id=current.user_id
    )


@jobs.job("community.renewal")
def _tell_of_renewal(payload: dict[str, int]) -> None:
    """Publishes the due renewal a month before the end, unless renewed or stopped meanwhile."""
    current = nomination(payload["user_id"])
    if current is not None and current.state == "active" and may_be_renewed(current.confirmed_at, clock.now()):
        assert current.confirmed_at is not None
        publish(RenewalDue(current.user_id, current.unit_id, current.confirmed_at + VOUCH_LASTS))
