"""Finds what a report is about.

Users can only report what they see or saw. Everything else raises NotFound, exactly like what does not exist.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import guardians, is_guardian, user
from tutoring.community import queries as community
from tutoring.community.models import Membership
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.moderation.reports.circle_targets import find_words
from tutoring.moderation.reports.published_targets import find_published
from tutoring.moderation.reports.reply_targets import find_reply
from tutoring.moderation.reports.target import Target
from tutoring.pairing.models import HelpRequest
from tutoring.policy.community import CHILD_UNITS, may_see_members
from tutoring.policy.moderation.cases import may_report_in_room
from tutoring.policy.rooms.participation import (
    PARTICIPANT_ROLES,
    may_enter_as_observer,
    may_read_held_message,
    may_read_room,
)
from tutoring.rooms import queries as rooms
from tutoring.rooms.models import Room, Seat

_LARGEST = 2**31 - 1


def find(by: User | None, kind: str, target: str) -> Target:
    """Returns the target as this user may report it. Raises NotFound."""
    if kind == "lesson":
        return _lesson(by, target)
    if kind == "published":
        return find_published(by, _number(target))
    if kind == "site" or by is None:
        return _site(by, target)
    return _SIGNED_IN[kind](by, target)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= _LARGEST):
        raise NotFound
    return int(text)


# ---- rooms ---------------------------------------------------------------------------------------------------


def _seat(by: User, room: Room) -> tuple[Seat | None, str]:
    """Returns the reporter's seat, also a former one, and the reporter's relation to the room.

    Raises NotFound.
    """
    mine = rooms.seat(room.id, by.id)
    known = rooms.room_facts(room, by)
    if not may_report_in_room(mine is not None, may_enter_as_observer(known)):
        raise NotFound
    return mine, "room" if may_read_room(known) else "formerly" if mine is not None else "near"


def _room(by: User, target: str) -> Target:
    room = rooms.room(_number(target))
    _mine, place = _seat(by, room)
    return Target("room", str(room.id), room.by_teachers, place, room.id, room.unit_id, _other(by, room))


def _other(by: User, room: Room) -> int | None:
    """Returns the subject of a report of the whole room, if only one user is possible."""
    if room.lasts:
        return None
    family = {one.id for one in guardians(by.id, confirmed=False)} | {by.id}
    others = [
        seat.user_id
        for seat in rooms.seats(room.id)
        if seat.role in PARTICIPANT_ROLES and seat.user_id not in family and not is_guardian(by.id, seat.user_id, False)
    ]
    return others[0] if len(others) == 1 else None


def _message(by: User, target: str) -> Target:
    room_text, _slash, seq_text = target.partition("/")
    room, seq = rooms.room(_number(room_text)), _number(seq_text)
    mine, place = _seat(by, room)
    if mine is None or (mine.role == "observer" and place == "formerly"):
        raise NotFound  # a user without a seat has not read it; an observer reads nothing after the role ended
    found = rooms.message(room.id, seq)
    later = mine.removed_at is not None and found.at > mine.removed_at
    held = found.status == "held" and not may_read_held_message(rooms.room_facts(room, by), found.author_id == by.id)
    if found.author_id is None or later or held:
        raise NotFound
    if found.author_id == by.id:  # on the user's own message, the report is about the room
        return _room(by, str(room.id))
    return Target("message", f"{room.id}/{seq}", room.by_teachers, place, room.id, room.unit_id, found.author_id)


# ---- people --------------------------------------------------------------------------------------------------


def _person(by: User, target: str) -> Target:
    other_id = _number(target)
    if other_id == by.id:
        raise NotFound
    room = _shared_room(by.id, other_id)
    if room is None and not (_in_one_request(by, other_id) or is_guardian(by.id, other_id) or _as_staff(by, other_id)):
        raise NotFound
    other = user(other_id)
    unit_id = room.unit_id if room is not None else _unit_of(other) or _unit_of(by)
    minors = by.is_minor or other.is_minor or (room is not None and room.by_teachers)
    place = "room" if room is not None and rooms.room_facts(room, by).removed is False else "near"
    return Target("person", str(other_id), minors, place, room.id if room is not None else None, unit_id, other_id)


def _shared_room(one_id: int, other_id: int) -> Room | None:
    """Returns the newest room in which both have or had a seat."""
    mine, theirs = aliased(Seat), aliased(Seat)
    query = (
        sa.select(Room)
        .join(mine, sa.and_(mine.room_id == Room.id, mine.user_id == one_id))
        .join(theirs, sa.and_(theirs.room_id == Room.id, theirs.user_id == other_id))
        .order_by(Room.closed_at.is_not(None), Room.id.desc())
    )
    return db.session.scalar(query.limit(1))


def _in_one_request(by: User, other_id: int) -> bool:
    """Returns whether one has offered to help the other, or the other's child."""
    sides = ((by.id, other_id), (other_id, by.id))
    for learner_id, helper_id in sides:
        query = sa.select(HelpRequest.id).where(
            HelpRequest.learner_id == learner_id, HelpRequest.helper_id == helper_id
        )
        if db.session.scalar(query.limit(1)) is not None:
            return True
    own_child = Guardian.guardian_id == by.id, Guardian.confirmed_at.is_not(None)
    query = sa.select(HelpRequest.id).join(Guardian, Guardian.child_id == HelpRequest.learner_id)
    return db.session.scalar(query.where(HelpRequest.helper_id == other_id, *own_child).limit(1)) is not None


def _as_staff(by: User, other_id: int) -> bool:
    """Returns whether staff see this user on the page of one of their units."""
    return any(
        may_see_members(community.roles_for(by, one.unit_id), one.unit.kind)
        for one in community.memberships(other_id, ("active", "waiting"))
    )


def _unit_of(person: User) -> int | None:
    """Returns a unit of the user, classes and schools first, because they look after children."""
    mine: list[Membership] = community.memberships(person.id)
    mine.sort(key=lambda one: one.unit.kind not in CHILD_UNITS)
    return mine[0].unit_id if mine else None


# ---- lessons and others --------------------------------------------------------------------------------------


def _lesson(by: User | None, slug: str) -> Target:
    catalogue_queries.lesson(slug)
    return Target("lesson", slug, by is None or by.is_minor, "outside" if by is None else "near")


def _site(by: User | None, target: str) -> Target:
    """Returns a target without a place.

    Each report is a case of its own, except calls for help from one network.
    """
    target = target or uuid.uuid4().hex
    if by is None:
        return Target("site", target, True)
    return Target("site", target, by.is_minor, "near", unit_id=_unit_of(by))


def not_about_the_lesson(found: Target, by: User | None) -> Target:
    """Returns a site target: the report from a lesson's page is about a person, not the lesson."""
    return replace(_site(by, ""), place=found.place)


def _reply(by: User, target: str) -> Target:
    return find_reply(by, _number(target))


_SIGNED_IN: dict[str, Callable[[User, str], Target]] = {
    "message": _message, "room": _room, "person": _person, "circle": find_words, "reply": _reply,
}  # fmt: skip
