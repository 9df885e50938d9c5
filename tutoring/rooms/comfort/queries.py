"""Reads of children's answers at the end of sessions.

Only pages of staff and of the child itself call these; each checks who reads.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.policy.rooms.comfort import TOLD_FOR, UNEASY, may_see_answers
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, RoomFacts
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.models import Room, Seat


def own_answer(user_id: int, room_id: int) -> ComfortAnswer | None:
    """Returns the user's own answer in this room, or None."""
    return db.session.get(ComfortAnswer, (room_id, user_id))


def is_told(answer: ComfortAnswer | None) -> bool:
    """Returns whether the child is told now what happens next.

    It is told for a short while only: the next reader of the device may be whom the answer is hidden from.
    """
    return answer is not None and answer.felt == UNEASY and answer.at > clock.now() - TOLD_FOR


def answers_for(viewer: User, room: Room, known: RoomFacts) -> list[ComfortAnswer]:
    """Returns the answers in a room that this user may read, by the children's names."""
    query = sa.select(ComfortAnswer).options(joinedload(ComfortAnswer.user)).where(ComfortAnswer.room_id == room.id)
    found = list(db.session.scalars(query.order_by(ComfortAnswer.user_id)))
    if not found or not may_see_answers(known, viewer.id in people_near([room.id])[room.id]):
        return []
    return found


def people_near(room_ids: Collection[int]) -> dict[int, set[int]]:
    """Returns who takes or took part in each of these rooms, with their relatives, in two queries.

    Relatives are children, guardians, and other guardians of the same children.
    """
    seats = sa.select(Seat.room_id, Seat.user_id).where(
        in_ids(Seat.room_id, room_ids), Seat.role.in_(sorted(PARTICIPANT_ROLES))
    )
    near: dict[int, set[int]] = {room_id: set() for room_id in room_ids}
    for room_id, user_id in db.session.execute(seats):
        near[room_id].add(user_id)
    people = set[int]().union(*near.values())
    first = sa.select(Guardian.child_id).where(
        sa.or_(in_ids(Guardian.guardian_id, people), in_ids(Guardian.child_id, people))
    )
    links = sa.select(Guardian.child_id, Guardian.guardian_id).where(
        Guardian.child_id.in_(first), Guardian.guardian_id.is_not(None)
    )
    families: dict[int, set[int]] = {}
    for child_id, guardian_id in db.session.execute(links):
        families.setdefault(child_id, {child_id}).add(guardian_id or 0)
    for some in near.values():
        took_part = set(some)
        for family in families.values():
            if not family.isdisjoint(took_part):
                some |= family
    return near


def uneasy_times(user_ids: Collection[int]) -> int:
    """Returns in how many rooms with one of these helpers a child was uneasy, as long as the answers are kept."""
    query = (
        sa.select(sa.func.count(sa.distinct(ComfortAnswer.room_id)))
        .join(Seat, sa.and_(Seat.room_id == ComfortAnswer.room_id, Seat.role == "helper"))
        .where(ComfortAnswer.felt == UNEASY, in_ids(Seat.user_id, user_ids))
    )
    return db.session.scalar(query) or 0


def was_uneasy_with(learner_id: Any, helper_id: Any) -> sa.ColumnElement[bool]:
    """Returns a condition: the learner of a column was uneasy in a room where the other one helped."""
    helper = aliased(Seat)
    return sa.exists().where(
        ComfortAnswer.user_id == learner_id,
        ComfortAnswer.felt == UNEASY,
        helper.room_id == ComfortAnswer.room_id,
        helper.user_id == helper_id,
        helper.role == "helper",
    )
