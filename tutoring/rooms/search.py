"""One person's rooms, and that person's own words in them, found again from anywhere on the site.

Never others' words: for those one searches the room itself. Of one's own only what everybody there may read still, in
rooms that stand open: nothing that waits, was hidden or taken back, nothing of a room that is over. The newest two
thousand messages of half a year are looked through, by the index of authors: the same cost on a large site.

Words found again in a room: what everybody there sees, newest first.

The folded words of a message stand in a column of its own, and the index of the room bounds what is looked through: a
search costs what the room is long, whatever else there is on the site (`dev.py bench long_room`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.units.search import holding
from tutoring.kernel import clock
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.paging import Page
from tutoring.kernel.text import contains_words, nfc, search_text, words
from tutoring.lessons.catalogue.queries import found_lessons
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.snippets import Parts, snippet
from tutoring.rooms import visibility
from tutoring.rooms.labels import room_name
from tutoring.rooms.models import Message, Room
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.queries import SHOWN, shown_name
from tutoring.rooms.room_lists import RoomRow, lasting_rows

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


LOOKED_THROUGH = 2000
BACK = timedelta(days=180)
ROOMS = WORDS = 8  # of a page


@dataclass(frozen=True)
class OwnWords:
    """A message of one's own, in which room, with the piece of it that answers; `before` leads to its page there."""

    message: Message
    room: RoomRow
    parts: Parts
    before: int | None


def find_mine(
    viewer: User, looked_for: Sequence[str], language: str, topics: Mapping[str, str], *, watches: bool
) -> tuple[list[RoomRow], list[OwnWords]]:
    """Rooms whose title or people hold these words, and own words in open rooms; newest first."""
    if not looked_for:
        return [], []
    rows = _rooms(viewer, language, topics, watches)
    titled = [one for one in rows if contains_words(search_text(f"{one.title} {' '.join(one.names)}"), looked_for)]
    here = {one.room.id: one for one in rows if one.room.closed_at is None}
    found = _own_words(viewer.id, list(here), looked_for)
    query = Query([[[word]] for word in looked_for], list(looked_for), list(looked_for))
    words = [
        OwnWords(one, here[one.room_id], snippet(query, one.text), before_for(here[one.room_id].room, one.seq))
        for one in found
    ]
    return titled[:ROOMS], words


def _rooms(viewer: User, language: str, topics: Mapping[str, str], watches: bool) -> list[RoomRow]:
    """The rooms that this person may read, as the list of rooms names them, in a number of questions that is always
    the same."""
    places = persistent_rooms_queries.in_places_of(viewer)
    sessions = visibility.visible_to(viewer, places=places)
    seats = visibility.seats_of_rooms(room.id for room in sessions if not room.lasts)
    of_lessons = found_lessons({room.lesson_slug for room in sessions if room.lesson_slug})

    def title(room: Room) -> str:
        lesson = of_lessons.get(room.lesson_slug or "")
        return room_name(room) or (lesson.title(language) if lesson else topics.get(room.topic, room.unit.name))

    rows = lasting_rows(viewer, language, watches=watches, places=places)
    for room in sessions:
        others = [one.user for one in seats.get(room.id, []) if one.user_id != viewer.id]
        names = [room.unit.name] if room.lasts else [shown_name(one) for one in others]
        rows.append(RoomRow(room, title(room), names, 0))
    return rows


def _own_words(author_id: int, room_ids: Sequence[int], looked_for: Sequence[str]) -> list[Message]:
    if not room_ids:
        return []
    newest = (
        sa.select(Message.id)
        .where(Message.author_id == author_id, Message.at > clock.now() - BACK)
        .order_by(Message.at.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    query = (
        sa.select(Message)
        .join(Room, Room.id == Message.room_id)
        .where(
            Message.id.in_(sa.select(newest.c.id)),
            Message.author_id == author_id,
            Message.room_id.in_(room_ids),
            Message.kind == "text",
            Message.status.in_(("sent", "masked")),
            Room.closed_at.is_(None),
            *holding(Message.folded, looked_for),
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(WORDS)
    )
    return list(db.session.scalars(query))
