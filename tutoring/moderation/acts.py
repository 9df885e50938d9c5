"""Reads of acts of the desk: of a case, of a person, and the one that somebody may read about themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.moderation.models import DeskAct
from tutoring.policy.acts import DECISION, told_of_act
from tutoring.policy.rooms import TAKING_PART
from tutoring.rooms import queries as rooms

MOST = 50


def done_act(act_id: int) -> DeskAct:
    """An act, for those who have to do with it by themselves: reactions."""
    return db.session.get_one(DeskAct, act_id)


def acts_of_case(case_id: int) -> Sequence[DeskAct]:
    """What was done within a case, newest first."""
    query = (
        sa.select(DeskAct)
        .options(joinedload(DeskAct.about), joinedload(DeskAct.by), joinedload(DeskAct.undone_by))
        .where(DeskAct.case_id == case_id, DeskAct.kind != DECISION)
    )
    return db.session.scalars(query.order_by(DeskAct.id.desc()).limit(MOST)).all()


def act_for(person: User, act_id: int) -> DeskAct:
    """What was done to this person, or in a room in which they take part; raises Missing for everybody else."""
    found = db.session.get(DeskAct, act_id)
    if found is None:
        raise Missing
    seat = rooms.seat(found.room_id, person.id) if found.room_id is not None else None
    takes_part = seat is not None and seat.role in TAKING_PART and seat.removed_at is None
    if not told_of_act(person.id in (found.about_id, found.toward_id), found.about_id is None, takes_part):
        raise Missing
    return found
