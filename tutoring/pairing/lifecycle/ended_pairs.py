"""Pairs that have ended although the two once met: kept apart, or without their weekly meetings."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.pairing.models import Avoidance
from tutoring.pairing.scheduling.models import Booking


def meets_weekly(helper_id: int, learner_id: int) -> bool:
    """Returns whether these two have weekly meetings."""
    mine = Booking.helper_id == helper_id, Booking.learner_id == learner_id, Booking.state == "on"
    return db.session.scalar(sa.select(Booking.id).where(*mine).limit(1)) is not None


def ended_since(helper_id: int, met: Mapping[int, datetime]) -> Collection[int]:
    """Returns the learners whose pair with this helper has ended; `met` says when the two last met, by learner."""
    other = sa.case((Avoidance.user_id == helper_id, Avoidance.other_id), else_=Avoidance.user_id)
    apart = sa.select(other).where(sa.or_(Avoidance.user_id == helper_id, Avoidance.other_id == helper_id))
    ended = {*db.session.scalars(apart)} & met.keys()
    weekly = sa.select(Booking.learner_id, Booking.state, Booking.ended_at).where(
        Booking.helper_id == helper_id, in_ids(Booking.learner_id, met)
    )
    rows = db.session.execute(weekly).all()
    goes_on = {row.learner_id for row in rows if row.state == "on"}
    over = {row.learner_id for row in rows if row.ended_at is not None and row.ended_at >= met[row.learner_id]}
    return ended | (over - goes_on)
