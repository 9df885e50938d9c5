"""Loads a proposed pair or a weekly meeting with a lock, and the user's side in it."""

from typing import Literal, TypeVar

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.scheduling.models import Booking, Proposal
from tutoring.policy.pairing.requests import may_answer_proposal

Pair = TypeVar("Pair", Proposal, Booking)
Side = Literal["learner", "helper", "guardian"]


def held(table: type[Pair], pair_id: int) -> Pair | None:
    """Returns the row, locked until the running command ends."""
    query = sa.select(table).where(table.id == pair_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def held_by(actor: User, table: type[Pair], pair_id: int) -> tuple[Pair, Side]:
    """Returns the locked row and the user's side in it; raises NotFound for other users.

    The side is one of the two, or the guardian of the child among them.
    """
    row = held(table, pair_id)
    if row is None:
        raise NotFound
    learner, helper = actor.id == row.learner_id, actor.id == row.helper_id
    guardian = row.learner.kind == "child" and is_guardian(actor.id, row.learner_id)
    if not may_answer_proposal(learner, helper, guardian):
        raise NotFound
    return row, "helper" if helper else "learner" if learner else "guardian"
