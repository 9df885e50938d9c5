"""Jobs of class cards: notices after a confirmation, and each night what is over."""

from datetime import time
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.community.class_cards.confirmation import ANNOUNCE_JOB
from tutoring.community.class_cards.models import OPEN, ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.events import Joined, MembershipConfirmed
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.kernel.jobs import daily, job
from tutoring.policy import class_lists as policy

NIGHTLY = "community.class_cards"


@job(ANNOUNCE_JOB)
def announce(payload: dict[str, Any]) -> None:
    """Publishes each new membership that is still active, so that families are notified."""
    unit_id = payload["unit_id"]
    query = sa.select(Membership.user_id, Membership.role).where(
        Membership.unit_id == unit_id, Membership.state == "active",
        Membership.user_id.in_([*payload["pupils"], *payload["parents"]]),
    )  # fmt: skip
    here = {(user_id, role) for user_id, role in db.session.execute(query)}
    for user_id in payload["pupils"]:
        if (user_id, "learner") in here:
            publish(MembershipConfirmed(user_id, unit_id, "learner"))
    for user_id in payload["parents"]:
        if (user_id, "parent") in here:
            publish(Joined(user_id, unit_id, "parent", False))


@daily(NIGHTLY, time(3, 20))
def clean_up(_payload: dict[str, Any]) -> None:
    """Deletes staged pupils who have their account for a day, and accounts whose claim led nowhere."""
    delete_confirmed_lines()
    delete_old_lines()
    activate_members()
    erase_pending_accounts()


@command
def delete_confirmed_lines() -> None:
    """Deletes staged pupils whose confirmation can no longer be undone."""
    over = sa.select(ClassClaim.line_id).where(
        ClassClaim.state == "confirmed", ClassClaim.decided_at <= clock.now() - policy.UNDO_LIFE
    )
    db.session.execute(sa.delete(ClassLine).where(ClassLine.id.in_(over)))


@command
def delete_old_lines() -> None:
    """Deletes staged pupils whose time is over, unless a claim waits or its confirmation can still be undone."""
    recent = sa.and_(ClassClaim.state == "confirmed", ClassClaim.decided_at > clock.now() - policy.UNDO_LIFE)
    waits = sa.select(ClassClaim.id).where(
        ClassClaim.line_id == ClassLine.id, sa.or_(ClassClaim.state.in_(OPEN), recent)
    )
    old = sa.select(ClassLine.id).where(ClassLine.added_at <= clock.now() - policy.LINE_LIFE, ~waits.exists())
    db.session.execute(sa.delete(ClassLine).where(ClassLine.id.in_(old)))


@command
def activate_members() -> None:
    """Activates adults whose claim led nowhere, and who came in by a join code as well: such adults never wait."""
    belongs = sa.select(Membership.id).where(Membership.user_id == User.id, Membership.state == "active")
    query = sa.update(User).where(
        User.state == "waiting", User.kind == "adult", User.birth_year.is_(None), belongs.exists(), ~_has_open_claim()
    )
    db.session.execute(query.values(state="active"), execution_options={"synchronize_session": False})


def _has_open_claim() -> sa.Exists:
    return sa.select(ClassClaim.id).where(ClassClaim.user_id == User.id, ClassClaim.state.in_(OPEN)).exists()


@command
def erase_pending_accounts() -> int:
    """Erases accounts made with a card a day ago or more that have no open claim and never belonged to a unit.

    The claim was refused or withdrawn, or its pupil's line is over. A claimant has a day to read the reason. Returns
    how many.
    """
    since = clock.now() - policy.UNDO_LIFE
    lately = sa.select(ClassClaim.id).where(ClassClaim.user_id == User.id, ClassClaim.decided_at > since)
    belongs = sa.select(Membership.id).where(Membership.user_id == User.id)
    query = sa.select(User.id).where(
        User.state == "waiting", User.kind.in_(("adult", "youth")), User.erased_at.is_(None),
        User.created_at <= since, ~belongs.exists(), ~_has_open_claim(), ~lately.exists(),
    )  # fmt: skip
    found = list(db.session.scalars(query.order_by(User.id).limit(500)))
    for user_id in found:
        erase_account(user_id)
    return len(found)
