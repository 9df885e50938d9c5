"""The texts of an author in a session, also on pictures: a number may be spread over them."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.rooms.maths.texts import visible_text
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.shapes import extract_texts

MOST = 60
LASTING = timedelta(hours=24)  # in a persistent room, which has no sessions


@dataclass(frozen=True)
class NeighbouringTexts:
    """Texts of one author before and after a message, oldest first."""

    before: list[str]
    after: list[str]


def load_neighbouring_texts(room: Room, author_id: int, seq: int | None = None) -> NeighbouringTexts:
    """Returns the author's texts of this session as they show; `seq` is an edited message, None a new one."""
    since = clock.now() - LASTING if room.lasts else room.opened_at
    here = sa.func.coalesce(Message.room_id == room.id, sa.false())  # forces ix_message_newest, see newest_texts
    query = sa.select(Message.seq, Message.text).where(here, Message.author_id == author_id, Message.at >= since)
    found = db.session.execute(query.order_by(Message.at.desc(), Message.seq.desc()).limit(MOST)).all()[::-1]
    said = [(row.seq, visible_text(row.text)) for row in found]
    drawn = [text for texts in _drawn(room.id, author_id) for text in texts]
    if seq is None:
        return NeighbouringTexts([*drawn, *(text for _, text in said)], [])
    return NeighbouringTexts(
        [*drawn, *(text for number, text in said if number < seq)], [text for number, text in said if number > seq]
    )


def _drawn(room_id: int, author_id: int) -> list[list[str]]:
    """Returns the author's texts on pictures of a room, by annotation."""
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
    return [extract_texts(shapes) for shapes in list(db.session.scalars(query))[::-1]]
