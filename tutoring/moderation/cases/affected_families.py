"""Finds the affected children under 16 of a case, whose guardians may be notified."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, is_guardian
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Report
from tutoring.rooms.models import Seat
from tutoring.rooms.queries import room

GRAVE = ("S0", "S1")


def children_of(case: Case) -> list[User]:
    """Returns the children under 16 on the other side of a grave case about a person.

    They belong to the pair or the session, or reported the case.

    A child of the person's own family is left out: software does not decide what the family is told then.
    """
    if case.about_id is None or case.grade not in GRAVE or case.kind == "welfare":
        return []
    beside = set(db.session.scalars(sa.select(Report.by_id).where(Report.case_id == case.id, Report.from_child)))
    if case.kind == "pair":
        beside |= {int(one) for one in case.target.split(":")}
    elif case.room_id is not None and not room(case.room_id).lasts:
        seats = sa.select(Seat.user_id).where(Seat.room_id == case.room_id, Seat.role.in_(("learner", "helper")))
        beside |= set(db.session.scalars(seats))
    ids = sorted({id for id in beside if id is not None} - {case.about_id})
    found = db.session.scalars(sa.select(User).where(User.id.in_(ids), User.kind == "child").order_by(User.id)).all()
    return [one for one in found if not _one_family(one.id, case.about_id)]


def _one_family(child_id: int, other_id: int) -> bool:
    """Returns whether one user is the guardian of the other, or both have a common guardian."""
    if is_guardian(other_id, child_id, False) or is_guardian(child_id, other_id, False):
        return True
    own = {one.id for one in guardians(child_id, confirmed=False)}
    return not own.isdisjoint(one.id for one in guardians(other_id, confirmed=False))
