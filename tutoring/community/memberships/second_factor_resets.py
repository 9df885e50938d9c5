"""Commands for removing a lost second factor: one person asks, another one does it."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.credentials import second_factor
from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.community.duty.commands import check_rank, roles_over_person
from tutoring.community.events import FactorReset, FactorResetAsked
from tutoring.community.memberships.queries import second_approvers
from tutoring.community.models import FactorReset as Request
from tutoring.community.queries import memberships
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import community as policy
from tutoring.safety.free_text import validate_reason

LIFE = timedelta(days=7)


def waiting(user_id: int) -> Request | None:
    """Returns the open request to remove this person's second factor, or None."""
    query = (
        sa.select(Request)
        .options(joinedload(Request.asked_by))
        .where(Request.user_id == user_id, Request.closed_at.is_(None), Request.asked_at > clock.now() - LIFE)
    )
    return db.session.scalar(query)


def _subject(actor: User, user_id: int) -> User:
    """Returns the person if the actor may help remove their factor; else raises NotFound."""
    person = user(user_id)
    if not policy.may_reset_factor(roles_over_person(actor, person), actor.id == user_id):
        raise NotFound
    check_rank(actor, person)
    return person


def may_answer(user_id: int) -> dict[int, int]:
    """Returns the possible second approvers, each with the membership whose page they use."""
    person, found = user(user_id), dict[int, int]()
    for member in memberships(user_id):
        for second in second_approvers(member.unit_id, ("coordinator",)):
            if second.id != user_id and (second.site_admin or not person.site_admin):
                found.setdefault(second.id, member.id)
    return found


@command
def ask(actor: User, user_id: int, reason: str) -> None:
    """Requests the removal of a person's second factor.

    The person and the possible second approvers are notified.
    """
    person = _subject(actor, user_id)
    if second_factor.find_factor(person.id) is None:
        raise Conflict(N_("Người này chưa bật mã trên điện thoại, nên không có gì để gỡ."))
    reason = validate_reason(reason)
    outdated = sa.update(Request).where(
        Request.user_id == user_id, Request.closed_at.is_(None), Request.asked_at <= clock.now() - LIFE
    )
    db.session.execute(outdated.values(closed_at=clock.now()))
    values = {"user_id": user_id, "reason": reason, "asked_by_id": actor.id, "asked_at": clock.now()}
    if not insert_if_absent(Request, done=False, **values):
        raise Conflict(N_("Đã có người đề nghị gỡ mã cho người này. Hãy tải lại trang."))
    audit.record(actor.id, "ask_factor_reset", f"user:{user_id}", reason)
    publish(FactorResetAsked(user_id, actor.id))


def _close(actor: User, user_id: int, done: bool) -> None:
    open_one = Request.user_id == user_id, Request.closed_at.is_(None), Request.asked_at > clock.now() - LIFE
    closing = sa.update(Request).where(*open_one)
    closed = db.session.execute(closing.values(closed_at=clock.now(), closed_by_id=actor.id, done=done))
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict


@command
def do(actor: User, user_id: int) -> None:
    """Removes the factor and its recovery codes as second approver, and ends all sign-ins."""
    person, asked = _subject(actor, user_id), waiting(user_id)
    if asked is None:
        raise Conflict(N_("Đề nghị này không còn nữa. Hãy tải lại trang."))
    if not policy.may_do_factor_reset(
        roles_over_person(actor, person), actor.id == user_id, asked.asked_by_id == actor.id
    ):
        raise Forbidden(N_("Việc này cần người thứ hai, không phải người đề nghị."))
    _close(actor, user_id, done=True)
    second_factor.remove(user_id)
    audit.record(actor.id, "reset_factor", f"user:{user_id}", asked.reason, asked_by=asked.asked_by_id)
    publish(FactorReset(user_id, actor.id))


@command
def decline(actor: User, user_id: int) -> None:
    """Closes the request without removal: the requester withdraws it or the approver declines."""
    _subject(actor, user_id)
    _close(actor, user_id, done=False)
    audit.record(actor.id, "decline_factor_reset", f"user:{user_id}")
    publish(FactorReset(user_id, actor.id, done=False))


@command
def reset_from_command_line(username: str) -> User:
    """Removes a second factor on the command line, for the server's administrator.

    One person is enough; the audit chain records that it was the command line.
    """
    person: User | None = db.session.scalar(sa.select(User).where(User.username == username))
    if person is None or second_factor.find_factor(person.id) is None:
        raise NotFound
    second_factor.remove(person.id)
    audit.record(None, "reset_factor", f"user:{person.id}")
    publish(FactorReset(person.id, None))
    return person
