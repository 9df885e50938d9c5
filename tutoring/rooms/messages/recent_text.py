"""What somebody wrote around a message in this session, on pictures too: a number may be spread over all of it."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.shapes import said_on

MOST = 60
LASTING = timedelta(hours=24)  # of a room that lasts there is no session


@dataclass(frozen=True)
class Around:
    """Texts of one writer before and after a message, oldest first."""

    before: list[str]
    after: list[str]


def around_by(room: Room, author_id: int, seq: int | None = None) -> Around:
    """This author's texts of this session; `seq` is the message that is being changed, None a new one."""
    since = clock.now() - LASTING if room.lasts else room.opened_at
    here = sa.func.coalesce(Message.room_id == room.id, sa.false())  # read off ix_message_newest, as newest_texts says
    query = sa.select(Message.seq, Message.text).where(here, Message.author_id == author_id, Message.at >= since)
    found = db.session.execute(query.order_by(Message.at.desc(), Message.seq.desc()).limit(MOST)).all()[::-1]
    drawn = [text for texts in _drawn(room.id, author_id) for text in texts]
    if seq is None:
        return Around([*drawn, *(one.text for one in found)], [])
    return Around([*drawn, *(one.text for one in found if one.seq < seq)], [one.text for one in found if one.seq > seq])


def _drawn(room_id: int, author_id: int) -> list[list[str]]:
    """What this author has drawn in words over pictures of a room, a drawing at a time."""
    query = (
        sa.select(PictureAnnotation.shapes)
        .join(SentPicture, SentPicture.id == PictureAnnotation.picture_id)
        .join(Message, Message.id == SentPicture.message_id)
        .where(
            Message.room_id == room_id, PictureAnnotation.author_id == author_id, PictureAnnotation.hidden_at.is_(None)
        )
        .order_by(PictureAnnotation.id.desc())
        .limit(MOST)
    )
    return [said_on(shapes) for shapes in list(db.session.scalars(query))[::-1]]
