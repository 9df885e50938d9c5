"""Answers to a proposed pair: all required approvals together create a booking.

Both sides answer, and for a young child the guardian too.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.eligibility import person_facts
from tutoring.pairing.events import HelpEnded, ProposalClosed
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.lifecycle.state_machine import lock_request, transition
from tutoring.pairing.models import PassedRequest
from tutoring.pairing.scheduling.commands import book
from tutoring.pairing.scheduling.models import Proposal
from tutoring.pairing.scheduling.participants import held, held_by
from tutoring.policy.pairing.requests import needs_guardian_seat


@command
def answer_proposal(actor: User, proposal_id: int, word: str) -> Proposal:
    """Stores an answer to a proposal: accept, decline, or never again (private).

    One of the two may answer, or the guardian of the child among them. The guardian who asked for the child answers
    for both. Raises NotFound for other users, Conflict when it is answered or expired.
    """
    row, side = held_by(actor, Proposal, proposal_id)
    guardian = side == "guardian"
    if row.state != "open":
        raise Conflict(N_("Lời mời này đã được trả lời hoặc đã hết hạn."))
    if word in {"decline", "never"}:
        if word == "never":
            other = row.helper_id if actor.id != row.helper_id else row.learner_id
            avoid(row.learner if guardian else actor, other)
        insert_if_absent(PassedRequest, request_id=row.request_id, helper_id=row.helper_id)
        _close(row, "declined")
    elif word == "accept":
        _accept(row, actor, guardian)
    else:
        raise InvalidInput
    return row


def _accept(row: Proposal, actor: User, guardian: bool) -> None:
    moment = clock.now()
    if actor.id == row.helper_id:
        row.helper_yes_at = moment
    elif guardian:
        row.guardian_yes_at, row.guardian_id = moment, actor.id
        if row.request.asked_by_id == actor.id:
            row.learner_yes_at = row.learner_yes_at or moment
    else:
        row.learner_yes_at = moment
    waits_for_guardian = needs_guardian_seat(person_facts(row.learner)) and row.guardian_yes_at is None
    if row.learner_yes_at is None or row.helper_yes_at is None or waits_for_guardian:
        return
    row.state = "agreed"
    asked = lock_request(row.request_id)
    if asked.stage not in {"waiting", "answered"}:
        raise Conflict(N_("Yêu cầu này không còn chờ nữa."))
    asked.helper_id, asked.outcome, asked.ended_at = row.helper_id, "booked", moment
    transition(asked, "ended", None, "booked")
    publish(HelpEnded(asked.id, asked.learner_id, row.helper_id, "booked"))
    book(row)


@command
def withdraw_proposals(*, user_id: int = 0, request_id: int = 0, helping_alone: bool = False) -> None:
    """Withdraws open proposals of a request, or of a user who may no longer ask or help."""
    mine = Proposal.helper_id == user_id
    if not helping_alone:
        mine = sa.or_(mine, Proposal.learner_id == user_id)
    about = Proposal.request_id == request_id if request_id else mine
    for row in db.session.scalars(sa.select(Proposal).where(about, Proposal.state == "open").with_for_update()).all():
        _close(row, "withdrawn")


def _close(row: Proposal, state: str) -> None:
    row.state = state
    publish(ProposalClosed(row.id, row.learner_id, row.helper_id, state))


@jobs.job("pairing.proposal")
def _expire(payload: dict[str, int]) -> None:
    row = held(Proposal, payload["proposal_id"])
    if row is not None and row.state == "open" and clock.now() >= row.expires_at:
        _close(row, "expired")
