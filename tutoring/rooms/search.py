"""Search in one room, and for a user's own rooms and messages on the whole site.

Search in a room finds what all people there can see, newest first. The normalized words are a column of the message
(`Message.folded`), and the room's index bounds the scan. The cost depends on the length of the room, not on the size of
the site (`dev.py bench long_room`).

The site-wide search finds only the user's own messages, in open rooms, that all people there may still read. Held,
hidden and withdrawn messages and closed rooms are left out. It scans the newest two thousand messages of half a year by
the author's index, so its cost does not grow with the site.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_words
from tutoring.kernel.db import db
from tutoring.kernel.paging import Page
from tutoring.kernel.text import contains_words, nfc, search_text, words
from tutoring.lessons.catalogue.queries import found_lessons
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.snippets import Parts, snippet
from tutoring.rooms import visibility
from tutoring.rooms.labels import room_name
from tutoring.rooms.maths.texts import in_words
from tutoring.rooms.models import Message, Room
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.queries import SHOWN, shown_name
from tutoring.rooms.room_lists import RoomRow, list_persistent_rooms

LONGEST = 200
MOST_WORDS = 8
HITS = 20


@dataclass(frozen=True)
class Hit:
    """One message found in a room, with a snippet around the match."""

    message: Message
    parts: Parts


def words_of(typed: str) -> list[str]:
    """Returns the normalized search words; the last one may be a prefix."""
    return words(nfc(typed)[:LONGEST])[:MOST_WORDS]


def find(room_id: int, looked_for: list[str], before: int | None = None) -> Page[Hit]:
    """Returns the messages of a room that contain all these words, newest first, below a number.

    Held, hidden and withdrawn messages are never found. Masked messages match only by the text that is shown.
    """
    shown = Message.kind == "text", Message.status.in_(("sent", "masked"))
    query = (
        sa.select(Message)
        .options(joinedload(Message.author))
        .where(Message.room_id == room_id, *shown, *has_words(Message.folded, looked_for))
        .order_by(Message.seq.desc())
        .limit(HITS + 1)
    )
    if before is not None:
        query = query.where(Message.seq < before)
    asked = Query.of_words(looked_for)
    found = Page.of(list(db.session.scalars(query)), HITS)
    hits = [Hit(one, snippet(asked, in_words(one.text, "vi"))) for one in found.items if one.author]
    return Page(hits, found.more)


def before_for(room: Room, seq: int) -> int | None:
    """Returns the `before` parameter of the history page that has a message with its context.

    None means that the newest page has it.
    """
    return None if seq > room.last_seq - SHOWN else seq + SHOWN // 2


LOOKED_THROUGH = 2000
BACK = timedelta(days=180)
ROOMS = WORDS = 8  # results on a page


@dataclass(frozen=True)
class OwnWords:
    """One of the user's own messages, with its room and snippet; `before` leads to its page."""

    message: Message
    room: RoomRow
    parts: Parts
    before: int | None


def find_mine(
    viewer: User, looked_for: Sequence[str], language: str, topics: Mapping[str, str], *, watches: bool
) -> tuple[list[RoomRow], list[OwnWords]]:
    """Finds the user's rooms by title or people, and the user's own messages in open rooms.

    Both lists are newest first.
    """
    if not looked_for:
        return [], []
    rows = _rooms(viewer, language, topics, watches)
    titled = [one for one in rows if contains_words(search_text(f"{one.title} {' '.join(one.names)}"), looked_for)]
    here = {one.room.id: one for one in rows if one.room.closed_at is None}
    found = _own_words(viewer.id, list(here), looked_for)
    query = Query.of_words(looked_for)
    words = [
        OwnWords(
            one,
            here[one.room_id],
            snippet(query, in_words(one.text, "vi")),
            before_for(here[one.room_id].room, one.seq),
        )
        for one in found
    ]
    return titled[:ROOMS], words


def _rooms(viewer: User, language: str, topics: Mapping[str, str], watches: bool) -> list[RoomRow]:
    """Returns the rooms this user may read, titled as in the list of rooms.

    The number of queries is constant.
    """
    places = persistent_rooms_queries.in_units_of(viewer)
    sessions = visibility.visible_to(viewer, places=places)
    seats = visibility.seats_of_rooms(room.id for room in sessions if not room.lasts)
    of_lessons = found_lessons({room.lesson_slug for room in sessions if room.lesson_slug})

    def title(room: Room) -> str:
        lesson = of_lessons.get(room.lesson_slug or "")
        return room_name(room) or (lesson.title(language) if lesson else topics.get(room.topic, room.unit.name))

    rows = list_persistent_rooms(viewer, language, watches=watches, places=places)
    for room in sessions:
        others = [one.user for one in seats.get(room.id, []) if one.user_id != viewer.id]
        names = [room.unit.name] if room.lasts else [shown_name(one, viewer, language) for one in others]
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
            *has_words(Message.folded, looked_for),
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(WORDS)
    )
    return list(db.session.scalars(query))
