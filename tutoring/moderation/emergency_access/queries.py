"""Reads of readings in an emergency: who may see, agree and read, who is to be told, and the room itself."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import users
from tutoring.community import queries as community
from tutoring.community.models import Membership
from tutoring.community.units.scopes import Held, scope_of
from tutoring.kernel import clock
from tutoring.kernel.db import db, in_ids
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.moderation.emergency_access.models import EmergencyAccess
from tutoring.moderation.models import Case
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.moderation import emergency_access as policy
from tutoring.policy.rooms.participation import TAKING_PART, may_enter_as_observer, may_read_room
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.queries import messages_before, room_facts

MOST = 100
_LARGEST_ID = 2**31 - 1


def power_of(person: User) -> frozenset[str]:
    """What somebody is anywhere, as far as it counts in this sign-in."""
    return roles_that_count(community.roles_of(person.id), person.lacks_factor)


def _of_rooms(person: User, room_ids: Iterable[int]) -> set[int]:
    """In which rooms somebody takes or took part, or is guardian, ward or fellow guardian of one who does."""
    part = sa.select(Seat.room_id).where(in_ids(Seat.room_id, room_ids), Seat.role.in_(TAKING_PART))
    children = sa.select(Guardian.child_id).where(Guardian.guardian_id == person.id)
    ties = sa.or_(
        Seat.user_id == person.id,
        Seat.user_id.in_(children),
        Seat.user_id.in_(sa.select(Guardian.guardian_id).where(Guardian.child_id == person.id)),
        Seat.user_id.in_(sa.select(Guardian.guardian_id).where(Guardian.child_id.in_(children))),
    )
    return set(db.session.scalars(part.where(ties).distinct()))


def reads_already(person: User, room: Room) -> bool:
    """Whether somebody may read or enter the room as on any day."""
    known = room_facts(room, person)
    return may_read_room(known) or may_enter_as_observer(known)


def emergency_access_facts(
    person: User, room: Room, reading: EmergencyAccess | None = None
) -> policy.EmergencyAccessFacts:
    """This person before a room, and before a reading of it."""
    return policy.EmergencyAccessFacts(
        holds=power_of(person),
        held=community.roles_for(person, room.unit_id),
        of_the_room=bool(_of_rooms(person, [room.id])),
        is_asker=reading is not None and reading.asked_by_id == person.id,
        agreed=reading is not None and reading.agreed_at is not None,
        in_time=reading is not None and reading.is_open,
    )


def reading_for(person: User, reading_id: int) -> tuple[EmergencyAccess, policy.EmergencyAccessFacts]:
    """A reading for somebody who may see it; raises Missing for all others."""
    found = db.session.get(EmergencyAccess, min(reading_id, _LARGEST_ID))
    if found is None:
        raise NotFound
    known = emergency_access_facts(person, found.room, found)
    if not policy.may_see_reading(known):
        raise NotFound
    return found, known


def listed(person: User) -> list[EmergencyAccess]:
    """What somebody asked for, and what waits for their yes, newest first."""
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
    """Those of these that somebody may see; what is asked for it is asked for all at once."""
    holds, held = power_of(person), Held(person)
    part = _of_rooms(person, [one.room_id for one in found])
    return [
        one
        for one in found
        if policy.may_see_reading(
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
    """A page of the room's messages, oldest first."""
    return messages_before(reading.room_id, before)


# ---- who is told -----------------------------------------------------------------------------------------------


def seconds(reading: EmergencyAccess) -> list[int]:
    """Who may be the second person."""
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
    """Everybody who has or had a seat in a room, and so wrote or read there."""
    query = sa.select(User).join(Seat, Seat.user_id == User.id).where(Seat.room_id == room_id).order_by(User.id)
    return list(db.session.scalars(query))


def must_wait(reading: EmergencyAccess) -> bool:
    """Whether a grave case about one of those who would be told is open, or one about this room: nobody is warned
    before it is decided."""
    theirs = sa.select(Seat.user_id).where(Seat.room_id == reading.room_id)
    family = sa.select(Guardian.guardian_id).where(Guardian.child_id.in_(theirs))
    query = sa.select(Case.id).where(Case.state == "open", Case.grade.in_(("S0", "S1")))
    about = sa.or_(Case.about_id.in_(theirs), Case.about_id.in_(family), Case.room_id == reading.room_id)
    return db.session.scalar(query.where(about).limit(1)) is not None


def untold() -> list[EmergencyAccess]:
    """Readings of which the people of the room do not know yet."""
    query = sa.select(EmergencyAccess).where(EmergencyAccess.agreed_at.is_not(None), EmergencyAccess.told_at.is_(None))
    return list(db.session.scalars(query.order_by(EmergencyAccess.id)))


def reading(reading_id: int) -> EmergencyAccess:
    """A reading, for those who have to do with it by themselves: reactions."""
    return db.session.get_one(EmergencyAccess, reading_id)
