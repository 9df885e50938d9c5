"""Pairs that never meet again."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.models import Avoidance
from tutoring.rooms.helper_notes.commands import forget_pair


@command
def avoid(user: User, other_id: int) -> None:
    """Stores that these two are never paired again, and ends what the pair kept; the other user is not notified."""
    forget_pair(user.id, other_id)
    row = find_avoidance(user.id, other_id)
    if row is not None:
        row.own = True
    elif user.id != other_id:
        db.session.add(Avoidance(user_id=user.id, other_id=other_id))


def find_avoidance(user_id: int, other_id: int) -> Avoidance | None:
    return db.session.scalar(sa.select(Avoidance).where(Avoidance.user_id == user_id, Avoidance.other_id == other_id))
