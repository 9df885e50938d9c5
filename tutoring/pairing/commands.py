"""Commands on pairs and units: keep two people apart, and follow a unit merged into another."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.community.events import ClassesMoved
from tutoring.community.models import Unit
from tutoring.community.queries import unit
from tutoring.community.year_ends.moved_rows import follow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.lifecycle.avoidance import find_avoidance
from tutoring.pairing.lifecycle.state_machine import lock_request, return_to_queue
from tutoring.pairing.models import OPEN, Avoidance, HelpRequest
from tutoring.pairing.scheduling.commands import end_bookings_between
from tutoring.pairing.scheduling.models import Booking, WeeklyRound
from tutoring.rooms.helper_notes.commands import forget_pair
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.sessions import closure

_LINE = "Người trực đóng phòng này. Hai bạn không học cùng nhau nữa; ai cần giúp thì nhờ lại, sẽ có người khác."


@command
def keep_apart(one_id: int, other_id: int) -> bool:
    """Keeps two people apart by staff decision; returns False when they already are.

    Their pair rooms close, their weekly meetings end and an answered request returns to the queue. Their own wishes
    stay as they are.
    """
    row = find_avoidance(one_id, other_id)
    if row is not None and row.by_desk:
        return False
    if row is None:
        db.session.add(Avoidance(user_id=one_id, other_id=other_id, own=False, by_desk=True))
    else:
        row.by_desk = True
    db.session.flush()
    for room_id in _rooms_of(one_id, other_id):
        closure.close_room_by_rule(room_id, "stopped", _LINE)
    end_bookings_between(one_id, other_id, "stopped")
    forget_pair(one_id, other_id)
    for request_id in _asked_between(one_id, other_id):
        asked = lock_request(request_id)
        if asked.stage in {"offered", "agreeing", "booked"}:
            return_to_queue(asked, None, "stopped")
    return True


@command
def let_meet(one_id: int, other_id: int) -> None:
    """Ends the staff decision to keep two people apart.

    They may be paired again; what has ended does not resume. Their own wishes stay as they are.
    """
    row = find_avoidance(one_id, other_id)
    if row is None or not row.by_desk:
        return
    row.by_desk = False
    if not row.own:
        db.session.delete(row)


def _rooms_of(one_id: int, other_id: int) -> list[int]:
    """Returns the open rooms in which one of the two helps the other and no one else takes part."""
    first, second, others = aliased(Seat), aliased(Seat), aliased(Seat)
    part = ("learner", "helper")
    more = sa.exists().where(
        others.room_id == Room.id, others.role.in_(part), others.removed_at.is_(None),
        others.user_id.not_in((one_id, other_id)),
    )  # fmt: skip
    query = (
        sa.select(Room.id)
        .join(first, sa.and_(first.room_id == Room.id, first.user_id == one_id, first.role.in_(part)))
        .join(second, sa.and_(second.room_id == Room.id, second.user_id == other_id, second.role.in_(part)))
        .where(Room.closed_at.is_(None), Room.kind.in_(("pair", "group")), sa.not_(more))
        .order_by(Room.id)
    )
    return list(db.session.scalars(query))


def _asked_between(one_id: int, other_id: int) -> list[int]:
    """Returns requests that one of them answered for the other and that have no room yet."""
    between = sa.or_(
        sa.and_(HelpRequest.learner_id == one_id, HelpRequest.helper_id == other_id),
        sa.and_(HelpRequest.learner_id == other_id, HelpRequest.helper_id == one_id),
    )
    query = sa.select(HelpRequest.id).where(between, HelpRequest.state.in_(("waiting", "offered")))
    return list(db.session.scalars(query.order_by(HelpRequest.id)))


@command
def follow_unit(from_id: int, into_id: int) -> None:
    """Moves open requests, sessions and weekly meetings when a unit is merged into another.

    Requests of units below it move to its ward. An unpublished round is deleted, because it was computed for other
    people.
    """
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


@command
def follow_classes(moved: ClassesMoved) -> None:
    """Moves open requests, sessions and weekly meetings when a school year ends; each goes with its learner.

    The rooms of requests of those who went elsewhere go with them.
    """
    still = HelpRequest.state.in_(OPEN)
    follow(moved, HelpRequest.unit_id, HelpRequest.learner_id, still)
    follow(moved, Booking.unit_id, Booking.learner_id, Booking.state == "on")
    follow(moved, GroupSession.unit_id, None, GroupSession.state.in_(("open", "begun")))
    follow(moved, WeeklyRound.unit_id, None, WeeklyRound.state != "published")
    if moved.people:
        learners = {user_id for user_id, _from, _into in moved.people}
        mine = sa.select(HelpRequest.room_id).where(
            HelpRequest.learner_id.in_(learners), still, HelpRequest.room_id.is_not(None)
        )
        place = sa.select(HelpRequest.unit_id).where(HelpRequest.room_id == Room.id, still).limit(1).scalar_subquery()
        change = sa.update(Room).where(Room.id.in_(mine), Room.closed_at.is_(None)).values(unit_id=place)
        db.session.execute(change.execution_options(synchronize_session=False))
