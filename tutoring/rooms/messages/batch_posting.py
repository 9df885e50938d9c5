"""Stores messages of several users in one transaction: the group commit.

Only messages without a decision are stored here: by a participant, without finds, in a room where all may write. All
others are left to `post_message`, which holds all rules and reasons. It is called for them one by one.

No lock is waited for here. Where another transaction holds the room, the message goes into the next batch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa

from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.database.sql import unnest_parameters, unnest_values
from tutoring.kernel.db import UtcDateTime, db, is_sqlite
from tutoring.kernel.errors import DomainError
from tutoring.kernel.events import publish
from tutoring.kernel.text import search_text
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, PERSISTENT_KINDS, RoomFacts, may_post_message
from tutoring.rooms.events import MessagesStored, StoredMessage
from tutoring.rooms.maths.texts import has_formula, visible_text
from tutoring.rooms.messages.commands import floods, is_client_id, plain_text
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.moderation.queries import PIECES, WINDOW, newest_texts
from tutoring.rooms.queries import is_room_id
from tutoring.rooms.risk.commands import signs_of
from tutoring.safety.detector import fragments
from tutoring.safety.screening import screen_text

Key = tuple[int, int]  # room and author
HELD: Literal["held"] = "held"
PostResult = StoredMessage | DomainError | Literal["held"] | None


@dataclass(frozen=True, slots=True)
class UnvalidatedPost:
    """A message that a user sent, not validated yet."""

    author: PersonSummary
    room_id: int
    client_id: object
    text: object


@command
def post_together(posts: Sequence[UnvalidatedPost]) -> list[PostResult]:
    """Stores the messages that need no decision, in order of arrival; returns a result for each.

    None means that the message has to be posted alone, HELD that the room may be locked by another transaction. After a
    message that has to wait, no later message of the same author in that room is stored.
    """
    here = _Here([post for post in posts if _has_valid_ids(post)])
    texts = [_text(here, post) for post in posts]
    authors = [post.author.id for post, text in zip(posts, texts, strict=True) if text is not None]
    refused = iter(floods(authors))  # stricter than the rate limit of the socket event
    answers: list[PostResult] = [
        here.why_not(post) if text is None else next(refused) or _stored(here, post, text)
        for post, text in zip(posts, texts, strict=True)
    ]
    stored = tuple(one for one in answers if isinstance(one, StoredMessage))
    if stored:
        _write(here, stored)
        publish(MessagesStored(stored))
    return answers


def _has_valid_ids(post: UnvalidatedPost) -> bool:
    """Returns whether the ids are valid for a query; one bad value must not fail the batch."""
    return is_room_id(post.room_id) and is_client_id(post.client_id)


class _Here:
    """The facts about all rooms and authors of a batch, read in two queries.

    The room rows are locked before anything else is read.
    """

    def __init__(self, posts: Sequence[UnvalidatedPost]) -> None:
        self.now = clock.now()
        self.left: set[Key] = set()
        self.sqlite, self.connection = is_sqlite(), db.session.connection()
        wanted = {(post.room_id,) for post in posts}
        self.rooms = {row.id: row for row in _rooms(self.connection, **unnest_parameters(list(wanted), "room"))}
        self.newest = {room_id: row.last_seq for room_id, row in self.rooms.items()}
        # Rooms that others lock are not queried now: the next batch would query them again.
        once = [(post.room_id, post.author.id, str(post.client_id)) for post in posts if post.room_id in self.rooms]
        self.seats: dict[Key, Any] = {}
        self.before: set[tuple[int, int, object]] = set()
        self.lately: dict[Key, list[str]] = {}
        asked = unnest_parameters(once, "room", "person", "once")
        for row in _places(self.connection, **asked, since=self.now - WINDOW) if once else ():
            key = row.room_id, row.user_id
            self.seats[key] = row
            self.lately[key] = _oldest_first(row.lately)
            if row.stored is not None:
                self.before.add((*key, row.once))

    def why_not(self, post: UnvalidatedPost) -> PostResult:
        """Returns the result of a post that is not stored; SQLite does not lock single rooms."""
        return None if self.sqlite or post.room_id in self.rooms or not _has_valid_ids(post) else HELD


def _oldest_first(lately: list[str] | str) -> list[str]:
    return (json.loads(lately) if isinstance(lately, str) else lately)[::-1]


def _text(here: _Here, post: UnvalidatedPost) -> str | None:
    """Returns the text as it would be stored; None where there is something to decide."""
    key = post.room_id, post.author.id
    if key not in here.left and _may_write(here, post):
        lately, room = here.lately.setdefault(key, []), here.rooms[post.room_id]
        try:
            text = plain_text(post.text)
            if has_formula(text):  # screened twice: see screening.py
                here.left.add(key)
                return None
            earlier = [visible_text(one) for one in lately[-PIECES:]]
            verdict = screen_text(text, earlier, minor=room.minors)
            clear = not verdict.hits and verdict.action == "send" and not (room.minors and fragments.could_be(text))
            if clear and not signs_of(room.minors, post.author.is_minor, text, ()):
                here.before.add((*key, post.client_id))
                lately.append(text)
                return text
        except DomainError:
            pass
    here.left.add(key)
    return None


def _may_write(here: _Here, post: UnvalidatedPost) -> bool:
    room, seat = here.rooms.get(post.room_id), here.seats.get((post.room_id, post.author.id))
    if not _has_valid_ids(post) or room is None or seat is None or room.hold_all or seat.role not in PARTICIPANT_ROLES:
        return False
    if room.kind in PERSISTENT_KINDS:  # a seat alone is not sufficient there
        return False
    muted = seat.muted_until is not None and seat.muted_until > here.now
    removed, closed, locked = (at is not None for at in (seat.removed_at, room.closed_at, room.locked_at))
    may = _may_post(seat.role, removed, muted, bool(room.minors), closed, locked, room.kind)
    return may and (post.room_id, post.author.id, post.client_id) not in here.before


@cache  # nearly all authors are in the same case; there are some hundred combinations
def _may_post(role: str, removed: bool, muted: bool, minors: bool, closed: bool, locked: bool, kind: str) -> bool:
    return may_post_message(RoomFacts(role, removed, muted, minors, closed, locked, kind=kind))


def _stored(here: _Here, post: UnvalidatedPost, text: str) -> StoredMessage:
    here.newest[post.room_id] += 1
    seq, author = here.newest[post.room_id], post.author
    return StoredMessage(post.room_id, seq, str(post.client_id), author.id, author.shown_name, text, here.now)


def _write(here: _Here, stored: Sequence[StoredMessage]) -> None:
    rows = [(one.room_id, one.seq, one.author_id, one.client_id, one.text, search_text(one.text)) for one in stored]
    values = unnest_parameters(rows, *_STORED)
    if here.sqlite:
        _insertion(here.connection, **values, at=here.now)
        _numbering(here.connection, **values)
    else:
        _both(here.connection, **values, at=here.now)


@PrecompiledStatement
def _rooms(for_sqlite: bool) -> Any:
    """Query of the rooms, locked until the commit; an SQLite transaction locks everything."""
    columns = Room.id, Room.kind, Room.minors, Room.closed_at, Room.locked_at, Room.hold_all, Room.last_seq
    asked = unnest_values(room=sa.Integer)
    query = sa.select(*columns).select_from(sa.join(asked, Room, Room.id == asked.c.room)).order_by(Room.id)
    return query if for_sqlite else query.with_for_update(key_share=True, skip_locked=True, of=Room)


@PrecompiledStatement
def _places(for_sqlite: bool) -> Any:
    """Query of each post's seat, whether it is stored already, and the author's recent texts.

    The newest text comes first.
    """
    asked = unnest_values(room=sa.Integer, person=sa.Integer, once=sa.Text)
    theirs = Message.room_id == asked.c.room, Message.author_id == asked.c.person
    stored = sa.select(Message.id).where(*theirs, Message.client_id == asked.c.once).limit(1).scalar_subquery()
    since = sa.bindparam("since", type_=UtcDateTime())
    newest = newest_texts(asked.c.room, asked.c.person, since).correlate(asked)
    lately: sa.ColumnElement[Any] = sa.func.array(newest.scalar_subquery())
    if for_sqlite:
        lately = sa.select(sa.func.json_group_array(newest.subquery().c.text)).correlate(asked).scalar_subquery()
    query = sa.select(
        Seat.room_id, Seat.user_id, Seat.role, Seat.removed_at, Seat.muted_until, asked.c.once,
        stored.label("stored"), lately.label("lately"),
    )  # fmt: skip
    mine = sa.and_(Seat.room_id == asked.c.room, Seat.user_id == asked.c.person)
    return query.select_from(asked).join(Seat, mine)


_STORED = {
    "room_id": sa.Integer, "seq": sa.Integer, "author_id": sa.Integer, "client_id": sa.Text, "text": sa.Text,
    "folded": sa.Text,
}  # fmt: skip


@PrecompiledStatement
def _insertion(_for_sqlite: bool) -> Any:
    rows = unnest_values(**_STORED)
    same = {"kind": "'text'", "status": "'sent'", "rev": "0", "held_for": "''", "found": "'[]'",
            "disclosed": "false"}  # fmt: skip
    cells = [*rows.c, sa.bindparam("at", type_=UtcDateTime()), *map(sa.literal_column, same.values())]
    table: Any = Message.__table__
    return sa.insert(table).from_select([*_STORED, "at", *same], sa.select(*cells), include_defaults=False)


@PrecompiledStatement
def _numbering(_for_sqlite: bool) -> Any:
    rows = unnest_values(**_STORED)
    table: Any = Room.__table__
    newest = sa.select(rows.c.room_id, sa.func.max(rows.c.seq).label("seq")).group_by(rows.c.room_id).subquery("newest")
    return sa.update(table).where(table.c.id == newest.c.room_id).values(last_seq=newest.c.seq)


@PrecompiledStatement
def _both(for_sqlite: bool) -> Any:
    """On PostgreSQL one statement inserts the messages and updates the numbers."""
    return _numbering.made(for_sqlite).add_cte(_insertion.made(for_sqlite).cte("stored"))
