"""Which children under 16 somebody's conduct in a case was towards, and so whose guardians may be told of it."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, is_guardian
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Report
from tutoring.rooms.models import Seat
from tutoring.rooms.queries import room

GRAVE = ("S0", "S1")


def children_of(case: Case) -> list[User]:
    """Children under 16 on the other side of a grave case about a person: of the pair, of the session, or who reported
    it. None of them where that person is of the child's family: what home is told then is not for software."""
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
    """Whether one answers for the other, or somebody answers for both."""
    if is_guardian(other_id, child_id, False) or is_guardian(child_id, other_id, False):
        return True
    own = {one.id for one in guardians(child_id, confirmed=False)}
    return not own.isdisjoint(one.id for one in guardians(other_id, confirmed=False))
