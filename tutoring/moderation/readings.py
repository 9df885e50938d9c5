"""Reads of readings in an emergency: who may see, agree and read, who is to be told, and the room itself."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import users
from tutoring.community import queries as community
from tutoring.community.models import Membership
from tutoring.community.reach import Held, reach
from tutoring.kernel import clock
from tutoring.kernel.db import among, db
from tutoring.kernel.errors import Missing
from tutoring.kernel.paging import Page
from tutoring.moderation.models import Case
from tutoring.moderation.reading_models import OpenedReading
from tutoring.policy import readings as policy
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.rooms import TAKING_PART, may_enter_as_observer, may_read_room
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.queries import facts as room_facts
from tutoring.rooms.queries import messages_before

MOST = 100
_LARGEST_ID = 2**31 - 1


def power_of(person: User) -> frozenset[str]:
    """What somebody is anywhere, as far as it counts in this sign-in."""
    return roles_that_count(community.roles_of(person.id), person.lacks_factor)


def _of_rooms(person: User, room_ids: Iterable[int]) -> set[int]:
    """In which rooms somebody takes or took part, or is guardian, ward or fellow guardian of one who does."""
    part = sa.select(Seat.room_id).where(among(Seat.room_id, room_ids), Seat.role.in_(TAKING_PART))
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


def facts(person: User, room: Room, reading: OpenedReading | None = None) -> policy.Facts:
    """This person before a room, and before a reading of it."""
    return policy.Facts(
        holds=power_of(person),
        held=community.held(person, room.unit_id),
        of_the_room=bool(_of_rooms(person, [room.id])),
        is_asker=reading is not None and reading.asked_by_id == person.id,
        agreed=reading is not None and reading.agreed_at is not None,
        in_time=reading is not None and reading.is_open,
    )


def reading_for(person: User, reading_id: int) -> tuple[OpenedReading, policy.Facts]:
    """A reading for somebody who may see it; raises Missing for all others."""
    found = db.session.get(OpenedReading, min(reading_id, _LARGEST_ID))
    if found is None:
        raise Missing
    known = facts(person, found.room, found)
    if not policy.may_see_reading(known):
        raise Missing
    return found, known


def listed(person: User) -> list[OpenedReading]:
    """What somebody asked for, and what waits for their yes, newest first."""
    over = sa.true() if person.site_admin else reach(person.id, ("coordinator",)).holds(Room.unit_id)
    waits = sa.and_(
        OpenedReading.agreed_at.is_(None),
        OpenedReading.declined_at.is_(None),
        OpenedReading.at > clock.now() - policy.LIFE,
        over,
    )
    query = (
        sa.select(OpenedReading)
        .join(Room, Room.id == OpenedReading.room_id)
        .options(joinedload(OpenedReading.asked_by), joinedload(OpenedReading.room).joinedload(Room.unit))
        .where(sa.or_(OpenedReading.asked_by_id == person.id, waits))
        .order_by(OpenedReading.id.desc())
        .limit(MOST)
    )
    found = list(db.session.scalars(query))
    return _seen(person, found)


def _seen(person: User, found: list[OpenedReading]) -> list[OpenedReading]:
    """Those of these that somebody may see; what is asked for it is asked for all at once."""
    holds, held = power_of(person), Held(person)
    part = _of_rooms(person, [one.room_id for one in found])
    return [
        one
        for one in found
        if policy.may_see_reading(
            policy.Facts(
                holds=holds,
                held=held.at(one.room.unit.path),
                of_the_room=one.room_id in part,
                is_asker=one.asked_by_id == person.id,
                agreed=one.agreed_at is not None,
                in_time=one.is_open,
            )
        )
    ]


def history(reading: OpenedReading, before: int | None) -> Page[Message]:
    """A page of the room's messages, oldest first."""
    return messages_before(reading.room_id, before)


# ---- who is told -----------------------------------------------------------------------------------------------


def seconds(reading: OpenedReading) -> list[int]:
    """Who may be the second person."""
    query = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(community.lineage(reading.room.unit_id)),
        Membership.role == "coordinator",
        Membership.state == "active",
    )
    admins = sa.select(User.id).where(User.site_admin, User.state == "active")
    found = users({*db.session.scalars(query), *db.session.scalars(admins)}).values()
    return sorted(one.id for one in found if policy.may_agree_to_read(facts(one, reading.room, reading)))


def seated(room_id: int) -> list[User]:
    """Everybody who has or had a seat in a room, and so wrote or read there."""
    query = sa.select(User).join(Seat, Seat.user_id == User.id).where(Seat.room_id == room_id).order_by(User.id)
    return list(db.session.scalars(query))


def must_wait(reading: OpenedReading) -> bool:
    """Whether a grave case about one of those who would be told is open, or one about this room: nobody is warned
    before it is decided."""
    theirs = sa.select(Seat.user_id).where(Seat.room_id == reading.room_id)
    family = sa.select(Guardian.guardian_id).where(Guardian.child_id.in_(theirs))
    query = sa.select(Case.id).where(Case.state == "open", Case.grade.in_(("S0", "S1")))
    about = sa.or_(Case.about_id.in_(theirs), Case.about_id.in_(family), Case.room_id == reading.room_id)
    return db.session.scalar(query.where(about).limit(1)) is not None


def untold() -> list[OpenedReading]:
    """Readings of which the people of the room do not know yet."""
    query = sa.select(OpenedReading).where(OpenedReading.agreed_at.is_not(None), OpenedReading.told_at.is_(None))
    return list(db.session.scalars(query.order_by(OpenedReading.id)))


def reading(reading_id: int) -> OpenedReading:
    """A reading, for those who have to do with it by themselves: reactions."""
    return db.session.get_one(OpenedReading, reading_id)
