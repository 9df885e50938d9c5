"""What the coordinator of a unit sees: who waits there, who was asked and why, and who did not come."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.community.models import Membership
from tutoring.community.queries import lineage
from tutoring.community.reach import at_or_below
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.pairing.models import HelpRequest, NoShow, Offer

LOOKED_BACK = timedelta(days=90)


def coordinators_of(unit_id: int) -> list[int]:
    """The coordinators of the nearest unit, here or above, that has any."""
    above = lineage(unit_id)
    query = sa.select(Membership.unit_id, Membership.user_id).where(
        Membership.unit_id.in_(above),
        Membership.role == "coordinator",
        Membership.state == "active",
        Membership.confirmed_at.is_not(None),
    )
    rows = [(above.index(where), user_id) for where, user_id in db.session.execute(query)]
    nearest = min((depth for depth, _ in rows), default=0)
    return sorted({user_id for depth, user_id in rows if depth == nearest})


def waiting_in(unit_id: int, limit: int = 50) -> list[HelpRequest]:
    """Requests that wait in a unit and below it, those with an alarm that nobody has seen first."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(
            at_or_below(HelpRequest.unit_id, unit_id),
            HelpRequest.state == "waiting",
            HelpRequest.parked_at.is_(None),
            sa.or_(HelpRequest.wish == "now", HelpRequest.later_at.is_not(None)),
        )
        .order_by(HelpRequest.queued_at, HelpRequest.id)
        .limit(limit)
    )
    rows = list(db.session.scalars(query))
    return sorted(rows, key=lambda one: one.alarmed_at is None or one.alarm_seen_at is not None)


def offers_of(requests: list[HelpRequest]) -> dict[int, list[Offer]]:
    """Who was asked for each of these requests, in the order of asking."""
    query = (
        sa.select(Offer)
        .options(joinedload(Offer.helper))
        .where(Offer.request_id.in_([one.id for one in requests]))
        .order_by(Offer.id)
    )
    found: dict[int, list[Offer]] = {}
    for offer in db.session.scalars(query):
        found.setdefault(offer.request_id, []).append(offer)
    return found


def no_shows_of(user_id: int) -> dict[str, list[datetime]]:
    """When somebody did not come, by side, in the last 90 days, newest first: dates, and never a score."""
    query = (
        sa.select(NoShow)
        .where(NoShow.user_id == user_id, NoShow.at > clock.now() - LOOKED_BACK)
        .order_by(NoShow.id.desc())
    )
    found: dict[str, list[datetime]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.side, []).append(row.at)
    return found
