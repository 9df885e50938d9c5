"""Reads of pictures and annotations: rights to send and see, expiry, and who is notified."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.access import STAFF
from tutoring.policy.rooms.participation import (
    RoomFacts,
    may_decide_appeal,
    may_read_held_message,
    may_read_room,
    may_see_held_picture,
    may_send_picture,
    picture_waits,
)
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.moderation.queries import appeal_of, is_new
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.queries import room, room_facts, seats
from tutoring.rooms.site_settings import PICTURES

_LARGEST_ID = 2**31 - 1


def may_send(author: User, known: RoomFacts) -> bool:
    """Returns whether this user may send pictures into this room."""
    if not PICTURES():
        return False
    asked = known.role == "learner" and author.is_minor  # the number of past sessions matters for minor learners only
    return may_send_picture(known, author.is_minor, asked and is_new(author.id))


TOO_NEW = N_("Em gửi được ảnh sau ba buổi học. Bây giờ em kể bằng lời em đang thấy gì nhé.")

NO_PICTURES = N_("Trang đang tạm ngừng nhận ảnh. Hãy kể bằng lời bạn đang thấy gì.")


def no_picture_reason() -> str:
    """Returns why somebody who may write cannot send pictures."""
    return TOO_NEW if PICTURES() else NO_PICTURES


def waits_here(author: User, found: Room, known: RoomFacts) -> str:
    """Returns why this user's picture is held here, or ""; raises Forbidden if none may be sent."""
    if not may_send(author, known):
        raise Forbidden(TOO_NEW if PICTURES() else NO_PICTURES)
    active = found.trusted and _is_active_helper(author.id)
    return "picture" if picture_waits(known, found.trusted, active) else ""


def _is_active_helper(user_id: int) -> bool:
    """Returns whether the user is an active helper today.

    Staff count without a nomination: two people approved their role.
    """
    vouch = community.nomination(user_id)
    if vouch is None:
        return not STAFF.isdisjoint(community.roles_of(user_id))
    return vouch.state == "active"


def visible(viewer: User, room_id: int, picture_id: int) -> SentPicture:
    """Returns a picture that this user may see now; raises NotFound otherwise."""
    known = room_facts(room(room_id), viewer)
    query = (
        sa.select(SentPicture, Message)
        .join(Message, Message.id == SentPicture.message_id)
        .where(SentPicture.id == min(picture_id, _LARGEST_ID), Message.room_id == room_id)
    )
    row = db.session.execute(query).first()
    if row is None or row[0].locked_at is not None or not is_open_to(viewer, known, row[1]):
        raise NotFound
    found: SentPicture = row[0]
    return found


def is_open_to(viewer: User, known: RoomFacts, message: Message) -> bool:
    """Returns whether this user may open the picture or voice note of a message now."""
    own = message.author_id == viewer.id
    if message.status == "hidden":  # only the person who decides a pending appeal may see it
        asked = appeal_of(message.id)
        waits = asked is not None and asked.decided_at is None
        return waits and may_decide_appeal(known, own, message.decided_by_id == viewer.id)
    return may_see_held_picture(known, own) if message.status == "held" else may_read_room(known)


def of_message(room_id: int, seq: int) -> tuple[SentPicture, str] | None:
    """Returns the picture of a message with the message's status, if it has one."""
    query = (
        sa.select(SentPicture)
        .join(Message, Message.id == SentPicture.message_id)
        .where(Message.room_id == room_id, Message.seq == seq)
    )
    found = db.session.scalar(query)
    if found is None:
        return None
    return found, db.session.scalar(sa.select(Message.status).where(Message.id == found.message_id)) or ""


def locked_message_ids() -> sa.Select[Any]:
    """Query of the ids of messages whose picture is locked: nothing of them is erased."""
    return sa.select(SentPicture.message_id).where(SentPicture.locked_at.is_not(None))


def is_locked(room_id: int, seq: int) -> bool:
    """Returns whether this message has a locked picture."""
    row = of_message(room_id, seq)
    return row is not None and row[0].locked_at is not None


def removed_before(moment: datetime, but_in: Collection[int] = ()) -> list[SentPicture]:
    """Returns pictures hidden before this moment, except locked ones and those in some rooms."""
    query = (
        sa.select(SentPicture)
        .join(Message, Message.id == SentPicture.message_id)
        .where(SentPicture.removed_at < moment, SentPicture.locked_at.is_(None), Message.room_id.not_in(but_in))
    )
    return list(db.session.scalars(query))


def unknown(names: Collection[str]) -> set[str]:
    """Returns those of these files that belong to no picture."""
    known = db.session.scalars(sa.select(SentPicture.name).where(SentPicture.name.in_(names)))
    return set(names) - set(known)


def has_any_picture() -> bool:
    """Returns whether any picture is stored."""
    return db.session.scalar(sa.select(SentPicture.id).limit(1)) is not None


MOST_DRAWINGS = 20  # on one picture


@dataclass(frozen=True)
class Place:
    """A picture with its message and room, for a user who may see it."""

    room: Room
    known: RoomFacts
    message: Message
    picture: SentPicture


def get_picture_context(viewer: User, room_id: int, picture_id: int) -> Place:
    """Returns a picture with message and room for a user who may see it; raises NotFound."""
    picture = visible(viewer, room_id, picture_id)
    found = room(room_id)
    query = sa.select(Message).options(joinedload(Message.author)).where(Message.id == picture.message_id)
    return Place(found, room_facts(found, viewer), db.session.scalars(query).one(), picture)


def annotations_of(picture_ids: Collection[int], hidden_too: bool = False) -> dict[int, list[PictureAnnotation]]:
    """Returns the annotations on these pictures with authors, oldest first, in one query.

    `hidden_too` includes withdrawn and hidden ones, as evidence.
    """
    found: dict[int, list[PictureAnnotation]] = {}
    if not picture_ids:
        return found
    query = (
        sa.select(PictureAnnotation)
        .options(joinedload(PictureAnnotation.author))
        .where(PictureAnnotation.picture_id.in_(picture_ids))
        .order_by(PictureAnnotation.id)
    )
    if not hidden_too:
        query = query.where(PictureAnnotation.hidden_at.is_(None))
    for one in db.session.scalars(query):
        found.setdefault(one.picture_id, []).append(one)
    return found


def on_messages(messages: Sequence[Message]) -> dict[int, list[PictureAnnotation]]:
    """Returns the annotations on the pictures of a page of messages."""
    return annotations_of([one.picture.id for one in messages if one.picture is not None])


def drawing(picture_id: int, marks_id: int) -> PictureAnnotation:
    """Returns one annotation of this picture; raises NotFound."""
    query = sa.select(PictureAnnotation).where(
        PictureAnnotation.id == min(marks_id, _LARGEST_ID), PictureAnnotation.picture_id == picture_id
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def sent_before(picture_id: int, author_id: int, client_id: str) -> PictureAnnotation | None:
    """Returns the annotation that this author already sent under this client id."""
    query = sa.select(PictureAnnotation).where(
        PictureAnnotation.picture_id == picture_id,
        PictureAnnotation.author_id == author_id,
        PictureAnnotation.client_id == client_id,
    )
    return db.session.scalar(query)


def may_hear(room_id: int, author_id: int | None) -> list[int]:
    """Returns who may be notified about a held picture: its author and the seated observers."""
    found = room(room_id)
    return [
        seat.user_id
        for seat in seats(room_id)
        if may_read_held_message(room_facts(found, seat.user), seat.user_id == author_id)
    ]
