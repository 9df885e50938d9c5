"""Words found again in a room: what everybody there sees, newest first.

The folded words of a message stand in a column of its own, and the index of the room bounds what is looked through: a
search costs what the room is long, whatever else there is on the site (`dev.py bench long_room`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.paging import Page
from tutoring.kernel.text import nfc, words
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.showing import Parts, snippet
from tutoring.rooms.models import Message, Room
from tutoring.rooms.queries import SHOWN, shown_name

LONGEST = 200
MOST_WORDS = 8
HITS = 20


@dataclass(frozen=True)
class Hit:
    """A message that was found, with the piece of it that answers."""

    message: Message
    name: str
    parts: Parts


def words_of(typed: str) -> list[str]:
    """What is looked for: folded words; the last may be unfinished."""
    return words(nfc(typed)[:LONGEST])[:MOST_WORDS]


def find(room_id: int, looked_for: list[str], before: int | None = None) -> Page[Hit]:
    """Messages of this room in which all these words stand, below a number, newest first. What waits, was hidden or
    taken back is not found by anybody; of what was masked only what is shown."""
    shown = Message.kind == "text", Message.status.in_(("sent", "masked"))
    query = (
        sa.select(Message)
        .options(joinedload(Message.author))
        .where(Message.room_id == room_id, *shown, *_holding(looked_for))
        .order_by(Message.seq.desc())
        .limit(HITS + 1)
    )
    if before is not None:
        query = query.where(Message.seq < before)
    asked = Query([[[word]] for word in looked_for], looked_for, looked_for)
    found = Page.of(list(db.session.scalars(query)), HITS)
    hits = [Hit(one, shown_name(one.author), snippet(asked, one.text)) for one in found.items if one.author]
    return Page(hits, found.more)


def _holding(looked_for: Iterable[str]) -> Iterable[sa.ColumnElement[bool]]:
    # Not LIKE: what PostgreSQL thinks of that lets it read and sort the whole room where the newest part is enough.
    place = sa.func.instr if is_sqlite() else sa.func.strpos
    *whole, last = looked_for
    return [place(Message.folded, row) > 0 for row in (*(f" {word} " for word in whole), f" {last}")]


def before_for(room: Room, seq: int) -> int | None:
    """Below which number the page of this room's history lies in which a message stands with others around it; None
    where the newest page has it."""
    return None if seq > room.last_seq - SHOWN else seq + SHOWN // 2
