"""Reads of rooms: access facts, seats, messages, people."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.person_names import PersonSummary
from tutoring.accounts.queries import purposes_in_force
from tutoring.community import queries as community
from tutoring.kernel import clock
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.rooms.participation import (
    PARTICIPANT_ROLES,
    RoomFacts,
    may_be_witnessed,
    may_read_room,
    may_witness,
)
from tutoring.rooms.hooks import may_attend_talk
from tutoring.rooms.models import Feedback, Message, Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.read_only import is_read_only

PAGE = 100
SHOWN = 50  # messages on a page: a long room opens as fast as a short one
_LARGEST_ID = 2**31 - 1


# ---- one room --------------------------------------------------------------------------------------------


def is_room_id(value: int) -> bool:
    """Returns whether the value is in the range of database ids."""
    return 0 < value <= _LARGEST_ID


def room(room_id: int) -> Room:
    """Returns a room; raises NotFound."""
    found = db.session.get(Room, room_id) if is_room_id(room_id) else None
    if found is None:
        raise NotFound
    return found


def locked_room(room_id: int) -> Room:
    """Returns a room, its row locked until the command ends, so that numbers stay ordered."""
    query = sa.select(Room).where(Room.id == room_id).with_for_update(key_share=True)
    found = None
    if is_room_id(room_id):
        found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def seat(room_id: int, user_id: int) -> Seat | None:
    """Returns a person's seat; it remains after the person is removed."""
    found: Seat | None = db.session.scalar(_seat(), {"room": room_id, "person": user_id})
    return found


@cache  # used by every action, and building the statement costs more than running it
def _seat() -> Any:
    query = sa.select(Seat).where(Seat.room_id == sa.bindparam("room"), Seat.user_id == sa.bindparam("person"))
    return query.execution_options(populate_existing=True)


def seats(room_id: int) -> list[Seat]:
    """Returns all current seats with their users, in order of joining."""
    return list(db.session.scalars(_seats(), {"room": room_id}))


@cache
def _seats() -> sa.Select[Any]:
    here = Seat.room_id == sa.bindparam("room"), Seat.removed_at.is_(None)
    return sa.select(Seat).options(joinedload(Seat.user)).where(*here).order_by(Seat.id)


def room_facts(found: Room, user: User) -> RoomFacts:
    """Returns the policy facts about this user in this room.

    In a persistent room a participant's seat is valid only as long as the membership behind it. The membership is
    queried each time.
    """
    mine = seat(found.id, user.id)
    role = mine.role if mine else None
    held: frozenset[str] = frozenset()
    place = persistent_rooms_queries.seat_from_membership(user, found) if found.lasts and role != "observer" else None
    if found.lasts and role in PARTICIPANT_ROLES and role != place:
        role = None
    if found.is_talk:
        if role == "observer" and may_attend_talk(found.id, user):  # a seat is given on the page of the case alone
            held = community.acting_roles_at(user, found.unit_id)
    elif role in (None, "observer"):  # participant roles give no access here
        held = community.acting_roles_at(user, found.unit_id)
    return RoomFacts(
        role=role,
        removed=mine is not None and mine.removed_at is not None,
        muted=mine is not None and mine.is_muted,
        minors=found.minors,
        closed=found.closed_at is not None,
        locked=found.locked_at is not None,
        held=held,
        kind=found.kind,
        side=found.side_of_id is not None,
        place=place,
        announcing=found.announcing or (role in PARTICIPANT_ROLES and not persistent_rooms_queries.has_company(found)),
        resting=is_read_only(found),
        talk=found.is_talk,
    )


def may_hear(user: User, room_id: int) -> bool:
    """Returns whether sockets of a reader of this room may receive its pushes.

    A minor receives nothing from a closed room once a consent to help is gone. A helper receives nothing from a room
    that was handed off. Both can still read what is there.
    """
    found = room(room_id)
    if found.handed_over and (mine := seat(room_id, user.id)) and mine.role == "helper":
        return False
    return found.closed_at is None or not user.is_minor or (purposes_in_force(user.id) >= HELP_PURPOSES)


def readable_room(viewer: User, room_id: int) -> tuple[Room, RoomFacts]:
    """Returns a room and its facts for a user who may read it; raises NotFound for all others."""
    found = room(room_id)
    known = room_facts(found, viewer)
    if not may_read_room(known):
        raise NotFound
    return found, known


# ---- messages --------------------------------------------------------------------------------------------


def messages_after(room_id: int, after: int, limit: int = PAGE) -> Page[Message]:
    """Returns messages with a higher number, oldest first."""
    told = {"room": room_id, "after": after, "most": limit + 1}
    return Page.of(list(db.session.scalars(_messages_after(), told)), limit)


@cache
def _messages_after() -> Any:
    after: Any = sa.bindparam("after")
    most = sa.bindparam("most", type_=sa.Integer)
    return _messages(sa.bindparam("room")).where(Message.seq > after).order_by(Message.seq).limit(most)


def messages_before(room_id: int, before: int | None = None, limit: int = SHOWN) -> Page[Message]:
    """Returns the newest messages below a number, oldest first; `more`: older ones exist."""
    told = {"room": room_id, "before": _LARGEST_ID if before is None else min(before, _LARGEST_ID), "most": limit + 1}
    page = Page.of(list(db.session.scalars(_messages_before(), told)), limit)
    return Page(page.items[::-1], page.more)


@cache
def _messages_before() -> Any:
    before: Any = sa.bindparam("before", type_=sa.Integer)
    most = sa.bindparam("most", type_=sa.Integer)
    return _messages(sa.bindparam("room")).where(Message.seq < before).order_by(Message.seq.desc()).limit(most)


def _messages(room_id: int | sa.BindParameter[Any]) -> sa.Select[Any]:
    whole = joinedload(Message.author), joinedload(Message.picture), joinedload(Message.voice)
    return sa.select(Message).options(*whole).where(Message.room_id == room_id)


def message(room_id: int, seq: int) -> Message:
    """Returns one message by its number; raises NotFound."""
    found: Message | None = None
    if seq <= _LARGEST_ID:
        found = db.session.scalar(_messages(room_id).where(Message.seq == seq))
    if found is None:
        raise NotFound
    return found


def sent_before(room_id: int, author_id: int, client_id: str) -> Message | None:
    """Returns the message that this author already stored under this client id."""
    query = _messages(room_id).where(Message.author_id == author_id, Message.client_id == client_id)
    found: Message | None = db.session.scalar(query)
    return found


# ---- people in a room ------------------------------------------------------------------------------------


def shown_name(user: User | PersonSummary, reader: User | PersonSummary | None = None, language: str = "vi") -> str:
    """Returns the name of a user as this reader says it, or in what the whole room reads: "Cô Hằng" or "Minh"."""
    return user.shown_to(reader, language)


def shown_time(moment: datetime) -> str:
    """Returns the time of day in Vietnam, with the date when it is not today."""
    here = clock.local(moment)
    return here.strftime("%H:%M" if here.date() == clock.today() else "%H:%M, %d/%m")


@once_in_request
def on_duty(found: Room) -> list[User]:
    """Returns the adults on duty who could observe now and are not participants themselves."""
    if found.is_talk:
        return []
    people = community.on_duty(found.unit_id, minors=found.by_teachers)
    taking_part = set(db.session.scalars(_participants(), {"room": found.id})) if people else set()
    return [one for one in people if one.id not in taking_part]


@cache
def _participants() -> sa.Select[int]:
    seated = Seat.room_id == sa.bindparam("room"), Seat.removed_at.is_(None)
    return sa.select(Seat.user_id).where(*seated, Seat.role != "observer")


def other_read_position(seated: Collection[Seat], user_id: int) -> int | None:
    """Returns how far the other person has read, in a session of one learner and one helper.

    None where more people take part: read receipts are not shown then.
    """
    two = [one for one in seated if one.role in ("learner", "helper")]
    others = [one for one in two if one.user_id != user_id]
    return others[0].seen_seq if len(two) == 2 and len(others) == 1 else None


def learners(room_id: int) -> list[Seat]:
    """Returns the learners who have entered the room."""
    return [one for one in seats(room_id) if one.role == "learner" and one.joined_at is not None]


def learners_seated(room_id: int) -> int:
    """Returns the number of learners with a seat, entered or not."""
    query = sa.select(sa.func.count()).where(Seat.room_id == room_id, Seat.role == "learner", Seat.removed_at.is_(None))
    return db.session.scalar(query) or 0


def holds_lesson_skills(found: Room, user: User) -> bool:
    """Returns whether this user holds all skills of the room's lesson at the helping level."""
    lesson = catalogue_queries.find_lesson(found.lesson_slug) if found.lesson_slug else None
    return lesson is not None and progress_queries.holds_taught(skills_queries.skills_of(user.id), lesson)


def may_confirm(found: Room, known: RoomFacts, user: User) -> bool:
    """Returns whether this user may confirm that a learner here can do the room's lesson."""
    if found.lesson_slug is None or known.role not in ("helper", "observer"):
        return False
    return may_witness(known, known.role == "helper" and holds_lesson_skills(found, user))


def learners_without_practice(found: Room, seated: Collection[Seat]) -> list[Seat]:
    """Returns the learners who cannot be confirmed yet: they have not passed the practice run."""
    lesson = catalogue_queries.find_lesson(found.lesson_slug) if found.lesson_slug else None
    here = [one for one in seated if one.role == "learner" and one.joined_at is not None]
    if lesson is None or not lesson.rehearsed_first:
        return []
    done = progress_queries.practised_by([one.user_id for one in here], lesson.slug)
    return [one for one in here if not may_be_witnessed(lesson.rehearsed_first, one.user_id in done)]


def feedback_of(room_id: int) -> dict[int, Feedback]:
    """Returns the feedback of participants at the end, by user."""
    query = sa.select(Feedback).options(joinedload(Feedback.user)).where(Feedback.room_id == room_id)
    return {one.user_id: one for one in db.session.scalars(query)}
