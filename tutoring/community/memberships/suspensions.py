"""Commands for suspending accounts: for a week by one person, indefinitely by two."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community.class_cards.queries import is_unconfirmed_claimant
from tutoring.community.duty.commands import check_rank, roles_over_person
from tutoring.community.events import Suspended
from tutoring.community.hooks import Lifting
from tutoring.community.models import Membership
from tutoring.community.protections import check
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import community as policy
from tutoring.safety.free_text import validate_reason

ALONE = timedelta(days=7)  # docs/safety.md: longer needs a second approver


def _locked(user_id: int) -> User | None:
    """Locks and reloads a user until the command ends.

    The end of the week and the second approval may happen at the same moment.
    """
    return db.session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)


def _for_power(actor: User, user_id: int) -> User:
    person = _locked(user_id)
    if person is None:
        raise NotFound
    if not policy.may_suspend(roles_over_person(actor, person), actor.id == user_id, person.site_admin):
        raise NotFound
    check_rank(actor, person)
    return person


@command
def suspend(actor: User, user_id: int, reason: str) -> None:
    """Suspends an account for seven days and ends its sign-ins and sockets at once."""
    person = _for_power(actor, user_id)
    reason = validate_reason(reason)
    if person.state == "suspended":
        raise Conflict(N_("Tài khoản này đã được tạm khoá."))
    moment = clock.now()
    person.state, person.suspended_at, person.suspended_until = "suspended", moment, moment + ALONE
    lifecycle.end_all_sign_ins(user_id)
    jobs.enqueue(
        "community.suspension", f"suspension:{user_id}:{moment.isoformat()}", person.suspended_until, user=user_id
    )
    audit.record(actor.id, "suspend", f"user:{user_id}", reason)
    publish(Suspended(user_id, actor.id))


def suspender(user_id: int) -> int | None:
    """Returns who suspended this account last."""
    query = sa.select(AuditRow.actor_id).where(AuditRow.action == "suspend", AuditRow.target == f"user:{user_id}")
    return db.session.scalar(query.order_by(AuditRow.id.desc()).limit(1))


@command
def keep_suspended(actor: User, user_id: int, reason: str) -> None:
    """Makes a suspension indefinite, as second approver."""
    person = _for_power(actor, user_id)
    reason = validate_reason(reason)
    if person.state != "suspended" or person.suspended_until is None:
        raise Conflict
    if not policy.may_keep_suspended(suspender(user_id) == actor.id):
        raise Forbidden(N_("Việc này cần người thứ hai xác nhận."))
    person.suspended_until = None
    audit.record(actor.id, "keep_suspended", f"user:{user_id}", reason)


@command
def restore(actor: User, user_id: int, reason: str = "") -> None:
    """Ends the suspension of an account."""
    person = _for_power(actor, user_id)
    if person.state == "suspended":
        check(actor, Lifting("account", user_id))
        _unlock(person)
        audit.record(actor.id, "restore", f"user:{user_id}", validate_reason(reason, needed=False))


@command
def lift(user_id: int) -> None:
    """Ends a suspension that was undone.

    The caller checks the permission and writes the audit record.
    """
    person = _locked(user_id)
    if person is not None and person.state == "suspended":
        _unlock(person)


def _unlock(person: User) -> None:
    # An unconfirmed minor or claimant returns to waiting: ending a suspension does not replace the second approval.
    active = sa.select(Membership.id).where(Membership.user_id == person.id, Membership.state == "active")
    may_wait = person.kind != "adult" or is_unconfirmed_claimant(person.id)
    confirmed = not may_wait or db.session.scalar(active.limit(1)) is not None
    person.state = "active" if confirmed else "waiting"
    person.suspended_at = person.suspended_until = None


@jobs.job("community.suspension")
def _week_is_over(payload: dict[str, Any]) -> None:
    person = _locked(payload["user"])
    if person is None or person.state != "suspended" or person.suspended_until is None:
        return
    if person.suspended_until <= clock.now():
        _unlock(person)
        audit.record(None, "restore", f"user:{person.id}", "the week is over")
