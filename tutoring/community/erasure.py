"""Erases a user's data from units: memberships, nominations and future duty turns."""

import sqlalchemy as sa

from tutoring.community.alarm_tests.models import AlarmCall
from tutoring.community.events import MembershipEnded
from tutoring.community.models import DutyShift, DutySlot, FactorReset, JoinCode, Membership, Nomination
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish


@command
def remove_unit_ties(user_id: int) -> None:
    """Removes all ties of a user to units.

    Past duty turns stay under the bare user id: they show who could see rooms with children at that time.
    """
    now = clock.now()
    own = sa.select(Membership).where(Membership.user_id == user_id).order_by(Membership.id)
    rows = db.session.scalars(own).all()
    for row in rows:
        if row.state != "ended":
            row.state, row.ended_at = "ended", now
            publish(MembershipEnded(user_id, row.unit_id, row.role))
    db.session.flush()
    for table in (Membership, Nomination, DutySlot, AlarmCall, FactorReset):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    shifts = sa.select(DutyShift).where(DutyShift.user_id == user_id, DutyShift.ends_at > now)
    for shift in db.session.scalars(shifts).all():
        if shift.starts_at < now:
            shift.ends_at = now
        else:
            db.session.delete(shift)
    asked = (FactorReset.asked_by_id == user_id, FactorReset.reason != "")
    db.session.execute(sa.update(FactorReset).where(*asked).values(reason=""))
    codes = (JoinCode.created_by_id == user_id, JoinCode.revoked_at.is_(None), JoinCode.expires_at > now)
    db.session.execute(sa.update(JoinCode).where(*codes).values(revoked_at=now))


def unit_without_other_coordinator(user_id: int) -> Membership | None:
    """Returns a unit in which this user is the only coordinator, or None.

    Actions that need two people would stop there.
    """
    other = sa.orm.aliased(Membership)
    second = sa.select(other.id).where(
        other.unit_id == Membership.unit_id,
        other.user_id != user_id,
        other.role == "coordinator",
        other.state == "active",
    )
    query = sa.select(Membership).where(
        Membership.user_id == user_id,
        Membership.role == "coordinator",
        Membership.state == "active",
        ~second.exists(),
    )
    return db.session.scalar(query.order_by(Membership.id).limit(1))
