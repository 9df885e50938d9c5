"""Reads of what is drawn over pictures: for whom, by whom, and who may be told that it changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.policy.rooms import Facts, may_read_held_message
from tutoring.rooms import pictures
from tutoring.rooms.marks_models import PictureMarks
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.queries import facts, room, seats

MOST_DRAWINGS = 20  # on one picture
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Place:
    """A picture with its message and room, as somebody who may see it comes to it."""

    room: Room
    known: Facts
    message: Message
    picture: SentPicture


def place(viewer: User, room_id: int, picture_id: int) -> Place:
    """Where a picture stands, for somebody who may see it now; raises Missing for all others."""
    picture = pictures.visible(viewer, room_id, picture_id)
    found = room(room_id)
    query = sa.select(Message).options(joinedload(Message.author)).where(Message.id == picture.message_id)
    return Place(found, facts(found, viewer), db.session.scalars(query).one(), picture)


def drawings_of(picture_ids: Collection[int], hidden_too: bool = False) -> dict[int, list[PictureMarks]]:
    """What is seen on these pictures, oldest first, with who drew it: one question, or none. `hidden_too` gives what
    was taken back or hidden as well (evidence)."""
    found: dict[int, list[PictureMarks]] = {}
    if not picture_ids:
        return found
    query = (
        sa.select(PictureMarks)
        .options(joinedload(PictureMarks.author))
        .where(PictureMarks.picture_id.in_(picture_ids))
        .order_by(PictureMarks.id)
    )
    if not hidden_too:
        query = query.where(PictureMarks.hidden_at.is_(None))
    for one in db.session.scalars(query):
        found.setdefault(one.picture_id, []).append(one)
    return found


def on_messages(messages: Sequence[Message]) -> dict[int, list[PictureMarks]]:
    """What is drawn on the pictures of a page of messages."""
    return drawings_of([one.picture.id for one in messages if one.picture is not None])


def drawing(picture_id: int, marks_id: int) -> PictureMarks:
    """One drawing on this picture; raises Missing."""
    query = sa.select(PictureMarks).where(
        PictureMarks.id == min(marks_id, _LARGEST_ID), PictureMarks.picture_id == picture_id
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise Missing
    return found


def sent_before(picture_id: int, author_id: int, client_id: str) -> PictureMarks | None:
    """The drawing that this author already sent under this client id."""
    query = sa.select(PictureMarks).where(
        PictureMarks.picture_id == picture_id,
        PictureMarks.author_id == author_id,
        PictureMarks.client_id == client_id,
    )
    return db.session.scalar(query)


def may_hear(room_id: int, author_id: int | None) -> list[int]:
    """Who may be told of a held picture: its author and the watchers who sit here."""
    found = room(room_id)
    return [
        seat.user_id
        for seat in seats(room_id)
        if may_read_held_message(facts(found, seat.user), seat.user_id == author_id)
    ]
