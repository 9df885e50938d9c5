"""A unit became part of another: what is open there goes along."""

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.community.queries import unit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.pairing.session_models import GroupSession
from tutoring.pairing.weekly_models import Booking, WeeklyRound


@command
def follow_unit(from_id: int, into_id: int) -> None:
    """Open requests, sessions and weekly meetings belong to the new unit from now on, and those of units below it to
    its ward. A round that is not published is thrown away: it was worked out for other people."""
    into = unit(into_id)
    still = HelpRequest.state.in_(OPEN)
    here = sa.update(HelpRequest).where(HelpRequest.unit_id == from_id, still)
    db.session.execute(here.values(unit_id=into_id, ward_id=into.ward_id))
    wards = sa.select(Unit.ward_id).where(Unit.id == HelpRequest.unit_id).scalar_subquery()
    moved = sa.update(HelpRequest).where(HelpRequest.ward_id == from_id, still)
    db.session.execute(moved.values(ward_id=wards).execution_options(synchronize_session=False))
    coming = (GroupSession.unit_id == from_id, GroupSession.state.in_(("open", "begun")))
    db.session.execute(sa.update(GroupSession).where(*coming).values(unit_id=into_id))
    db.session.execute(
        sa.update(Booking).where(Booking.unit_id == from_id, Booking.state == "on").values(unit_id=into_id)
    )
    unpublished = (WeeklyRound.unit_id == from_id, WeeklyRound.state != "published")
    db.session.execute(sa.delete(WeeklyRound).where(*unpublished))
