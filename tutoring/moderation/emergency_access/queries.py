"""Queries of emergency access: who may see, approve, read, is notified; and the room's history."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import users
from tutoring.community import queries as community
from tutoring.community.models import Membership
from tutoring.community.units.scopes import Held, scope_of
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.moderation.emergency_access.models import EmergencyAccess
from tutoring.moderation.models import Case
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.moderation import emergency_access as policy
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, may_enter_as_observer, may_read_room
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.queries import messages_before, room_facts

MOST = 100
_LARGEST_ID = 2**31 - 1


def power_of(person: User) -> frozenset[str]:
    """Returns the user's roles in any unit, as far as they count in this session."""
    return roles_that_count(community.roles_of(person.id), person.lacks_factor)


def _of_rooms(person: User, room_ids: Iterable[int]) -> set[int]:
    """Returns the rooms in which the user or a relative is or was a participant.

    Relatives are the user's guardians, children, and other guardians of these children.
    """
    part = sa.select(Seat.room_id).where(in_ids(Seat.room_id, room_ids), Seat.role.in_(PARTICIPANT_ROLES))
    children = sa.select(Guardian.child_id).where(Guardian.guardian_id == person.id)
    ties = sa.or_(
        Seat.user_id == person.id,
        Seat.user_id.in_(children),
        Seat.user_id.in_(sa.select(Guardian.guardian_id).where(Guardian.child_id == person.id)),
        Seat.user_id.in_(sa.select(Guardian.guardian_id).where(Guardian.child_id.in_(children))),
    )
    return set(db.session.scalars(part.where(ties).distinct()))


def reads_already(person: User, room: Room) -> bool:
    """Returns whether the user may read or enter the room without emergency access."""
    known = room_facts(room, person)
    return may_read_room(known) or may_enter_as_observer(known)


def emergency_access_facts(
    person: User, room: Room, reading: EmergencyAccess | None = None
) -> policy.EmergencyAccessFacts:
    """Returns the facts of this user about a room, and about an emergency access to it."""
    return policy.EmergencyAccessFacts(
        holds=power_of(person),
        held=community.roles_for(person, room.unit_id),
        of_the_room=bool(_of_rooms(person, [room.id])),
        is_asker=reading is not None and reading.asked_by_id == person.id,
        agreed=reading is not None and reading.agreed_at is not None,
        in_time=reading is not None and reading.is_open,
    )


def emergency_access_for(person: User, reading_id: int) -> tuple[EmergencyAccess, policy.EmergencyAccessFacts]:
    """Returns an emergency access for a user who may see it. Raises NotFound for all others."""
    found = db.session.get(EmergencyAccess, min(reading_id, _LARGEST_ID))
    if found is None:
        raise NotFound
    known = emergency_access_facts(person, found.room, found)
    if not policy.may_see_emergency_access(known):
        raise NotFound
    return found, known


def listed(person: User) -> list[EmergencyAccess]:
    """Returns the user's own requests, and those that wait for the user's approval, newest first."""
    over = sa.true() if person.site_admin else scope_of(person.id, ("coordinator",)).holds(Room.unit_id)
    waits = sa.and_(
        EmergencyAccess.agreed_at.is_(None),
        EmergencyAccess.declined_at.is_(None),
        EmergencyAccess.at > clock.now() - policy.LIFE,
        over,
    )
    query = (
        sa.select(EmergencyAccess)
        .join(Room, Room.id == EmergencyAccess.room_id)
        .options(joinedload(EmergencyAccess.asked_by), joinedload(EmergencyAccess.room).joinedload(Room.unit))
        .where(sa.or_(EmergencyAccess.asked_by_id == person.id, waits))
        .order_by(EmergencyAccess.id.desc())
        .limit(MOST)
    )
    found = list(db.session.scalars(query))
    return _seen(person, found)


def _seen(person: User, found: list[EmergencyAccess]) -> list[EmergencyAccess]:
    """Returns the accesses that the user may see; facts are loaded for all of them at once."""
    holds, held = power_of(person), Held(person)
    part = _of_rooms(person, [one.room_id for one in found])
    return [
        one
        for one in found
        if policy.may_see_emergency_access(
            policy.EmergencyAccessFacts(
                holds=holds,
                held=held.at(one.room.unit.path),
                of_the_room=one.room_id in part,
                is_asker=one.asked_by_id == person.id,
                agreed=one.agreed_at is not None,
                in_time=one.is_open,
            )
        )
    ]


def history(reading: EmergencyAccess, before: int | None) -> Page[Message]:
    """Returns a page of the room's messages, oldest first."""
    return messages_before(reading.room_id, before)


# ---- users notified --------------------------------------------------------------------------------------------


def seconds(reading: EmergencyAccess) -> list[int]:
    """Returns the users who may be the second approver."""
    query = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(community.ancestors(reading.room.unit_id)),
        Membership.role == "coordinator",
        Membership.state == "active",
    )
    admins = sa.select(User.id).where(User.site_admin, User.state == "active")
    found = users({*db.session.scalars(query), *db.session.scalars(admins)}).values()
    return sorted(
        one.id for one in found if policy.may_agree_to_read(emergency_access_facts(one, reading.room, reading))
    )


def seated(room_id: int) -> list[User]:
    """Returns all users who have or had a seat in a room, and so wrote or read there."""
    query = sa.select(User).join(Seat, Seat.user_id == User.id).where(Seat.room_id == room_id).order_by(User.id)
    return list(db.session.scalars(query))


def must_wait(reading: EmergencyAccess) -> bool:
    """Returns whether notifying must wait for the decision of a grave case.

    The case is about this room, one of its users, or one of their guardians; a notice would warn them.
    """
    theirs = sa.select(Seat.user_id).where(Seat.room_id == reading.room_id)
    family = sa.select(Guardian.guardian_id).where(Guardian.child_id.in_(theirs))
    query = sa.select(Case.id).where(Case.state == "open", Case.grade.in_(("S0", "S1")))
    about = sa.or_(Case.about_id.in_(theirs), Case.about_id.in_(family), Case.room_id == reading.room_id)
    return db.session.scalar(query.where(about).limit(1)) is not None


def untold() -> list[EmergencyAccess]:
    """Returns approved accesses of which the room's users are not notified yet."""
    query = sa.select(EmergencyAccess).where(EmergencyAccess.agreed_at.is_not(None), EmergencyAccess.told_at.is_(None))
    return list(db.session.scalars(query.order_by(EmergencyAccess.id)))


def get_emergency_access(reading_id: int) -> EmergencyAccess:
    """Returns an emergency access without a permission check, for reactions."""
    return db.session.get_one(EmergencyAccess, reading_id)
