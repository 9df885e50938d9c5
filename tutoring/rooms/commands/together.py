"""Messages of several people in one transaction: the group commit.

Only such about which there is nothing to decide: somebody who takes part writes words in which nothing is found, into a
room where everybody may write. All others, whatever the reason, are left to `post_message`, which holds all the rules
and gives all the reasons; it is asked for them one by one. Nothing is waited for here: where another transaction holds
the room, the message is for the next batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tutoring.accounts.called import Someone
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import among, as_one, db, is_sqlite
from tutoring.kernel.errors import Refusal
from tutoring.kernel.events import announce
from tutoring.kernel.text import row_of_words
from tutoring.policy.rooms import LASTING, TAKING_PART, Facts, may_post_message
from tutoring.rooms.commands.messages import floods, is_client_id, plain_text
from tutoring.rooms.commands.risking import signs_of
from tutoring.rooms.events import MessagesStored, Stored
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.queries import is_room_id
from tutoring.rooms.waiting import PIECES, WINDOW
from tutoring.safety.judge import judge

Key = tuple[int, int]  # room and author
HELD: Literal["held"] = "held"
Came = Stored | Refusal | Literal["held"] | None


@dataclass(frozen=True, slots=True)
class Plain:
    """What somebody would write into a room, as it came."""

    author: Someone
    room_id: int
    client_id: object
    text: object


@command
def post_together(posts: Sequence[Plain]) -> list[Came]:
    """Store what there is nothing to decide about, in the order in which it came; what each comes to, None for what has
    to be posted alone, HELD where the room may be held by others. Of one author in one room nothing is stored after
    something that has to wait for its turn."""
    here = _Here([post for post in posts if _could_be(post)])
    texts = [_text(here, post) for post in posts]
    authors = [post.author.id for post, text in zip(posts, texts, strict=True) if text is not None]
    refused = iter(floods(authors))  # which is stricter than the verb's own rate for tries
    answers: list[Came] = [
        here.why_not(post) if text is None else next(refused) or _stored(here, post, text)
        for post, text in zip(posts, texts, strict=True)
    ]
    stored = tuple(one for one in answers if isinstance(one, Stored))
    if stored:
        _write(here, stored)
        announce(MessagesStored(stored))
    return answers


def _could_be(post: Plain) -> bool:
    """Whether the database can be asked about this: one odd value must not spoil the others' batch."""
    return is_room_id(post.room_id) and is_client_id(post.client_id)


class _Here:
    """What the rules need to know of all these rooms and people, in four questions."""

    def __init__(self, posts: Sequence[Plain]) -> None:
        self.now = clock.now()
        self.left: set[Key] = set()
        sqlite, ask = is_sqlite(), db.session.connection().execute
        pairs = list({(post.room_id, post.author.id) for post in posts})
        once = [(post.room_id, post.author.id, str(post.client_id)) for post in posts]
        here: dict[str, Any] = {"here": pairs} if sqlite else _apart(pairs)
        rooms = {"rooms": as_one({post.room_id for post in posts})}
        self.rooms = {row.id: row for row in ask(_rooms(sqlite), rooms)}
        self.newest = {room_id: row.last_seq for room_id, row in self.rooms.items()}
        self.seats = {(row.room_id, row.user_id): row for row in ask(_seats(sqlite), here)}
        self.before = {tuple(row) for row in ask(_before(sqlite), {"once": once} if sqlite else _apart(once))}
        self.lately: dict[Key, list[str]] = {}
        for room_id, author_id, text in ask(_lately(sqlite), {**here, "since": self.now - WINDOW}).all():
            self.lately.setdefault((room_id, author_id), []).append(text)
        self.sqlite = sqlite

    def why_not(self, post: Plain) -> Came:
        """Whether a post that is not stored goes alone; SQLite holds no single rooms."""
        return None if self.sqlite or post.room_id in self.rooms or not _could_be(post) else HELD


def _apart(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Rows as a list for each column."""
    return {name: [row[at] for row in rows if at < len(row)] for at, name in enumerate(("rooms", "persons", "onces"))}


def _text(here: _Here, post: Plain) -> str | None:
    """The text as it would be stored; None where there is something to decide."""
    key = post.room_id, post.author.id
    if key not in here.left and _may_write(here, post):
        lately, room = here.lately.setdefault(key, []), here.rooms[post.room_id]
        try:
            text = plain_text(post.text)
            verdict = judge(text, lately[-PIECES:], minor=room.minors)
            clear = not verdict.hits and verdict.action == "send"
            if clear and not signs_of(room.minors, post.author.is_minor, text, ()):
                here.before.add((*key, post.client_id))
                lately.append(text)
                return text
        except Refusal:
            pass
    here.left.add(key)
    return None


def _may_write(here: _Here, post: Plain) -> bool:
    room, seat = here.rooms.get(post.room_id), here.seats.get((post.room_id, post.author.id))
    if not _could_be(post) or room is None or seat is None or room.hold_all or seat.role not in TAKING_PART:
        return False
    if room.kind in LASTING:  # where the seat is not all that counts
        return False
    known = Facts(
        role=seat.role,
        removed=seat.removed_at is not None,
        muted=seat.muted_until is not None and seat.muted_until > here.now,
        minors=room.minors,
        closed=room.closed_at is not None,
        locked=room.locked_at is not None,
        kind=room.kind,
    )
    return may_post_message(known) and (post.room_id, post.author.id, post.client_id) not in here.before


def _stored(here: _Here, post: Plain, text: str) -> Stored:
    here.newest[post.room_id] += 1
    seq, author = here.newest[post.room_id], post.author
    return Stored(post.room_id, seq, str(post.client_id), author.id, author.shown_name, text, here.now)


def _write(here: _Here, stored: Sequence[Stored]) -> None:
    connection = db.session.connection()
    same = {"kind": "text", "status": "sent", "rev": 0, "held_for": "", "found": []}
    rows = [
        {"room_id": one.room_id, "seq": one.seq, "author_id": one.author_id, "client_id": one.client_id,
         "text": one.text, "folded": row_of_words(one.text), "at": one.at, **same}
        for one in stored
    ]  # fmt: skip
    connection.execute(_insertion(), rows)
    grown = [{"room": room_id, "seq": here.newest[room_id]} for room_id in sorted({one.room_id for one in stored})]
    connection.execute(_numbering(), grown)


@cache
def _rooms(for_sqlite: bool) -> Any:
    """The rooms, held until the end; SQLite's transaction holds all."""
    columns = Room.id, Room.kind, Room.minors, Room.closed_at, Room.locked_at, Room.hold_all, Room.last_seq
    query = sa.select(*columns).where(among(Room.id, sa.bindparam("rooms"))).order_by(Room.id)
    return query if for_sqlite else query.with_for_update(key_share=True, skip_locked=True)


@cache
def _seats(for_sqlite: bool) -> Any:
    columns = Seat.room_id, Seat.user_id, Seat.role, Seat.removed_at, Seat.muted_until
    if for_sqlite:
        return sa.select(*columns).where(_here())
    pairs = _told(room=sa.Integer, person=sa.Integer)
    mine = sa.and_(Seat.room_id == pairs.c.room, Seat.user_id == pairs.c.person)
    return sa.select(*columns).select_from(pairs).join(Seat, mine)


@cache
def _before(for_sqlite: bool) -> Any:
    """What these authors have stored under these ids already."""
    key = Message.room_id, Message.author_id, Message.client_id
    if for_sqlite:
        return sa.select(*key).where(sa.tuple_(*key).in_(sa.bindparam("once", expanding=True)))
    told = _told(room=sa.Integer, person=sa.Integer, once=sa.Text)
    same = (column == value for column, value in zip(key, told.c, strict=True))
    return sa.select(*key).select_from(told).join(Message, sa.and_(*same))


@cache
def _lately(for_sqlite: bool) -> Any:
    """The last few texts of each of these authors in each of these rooms, oldest first."""
    since = Message.at > sa.bindparam("since")
    if for_sqlite:
        theirs = Message.author_id == Seat.user_id, Message.room_id == Seat.room_id, since
        ids = sa.select(Message.id).where(*theirs).order_by(Message.at.desc()).limit(PIECES).correlate(Seat)
        query = sa.select(Message.room_id, Message.author_id, Message.text)
        query = query.join(Seat, Message.id.in_(ids.scalar_subquery()))
        return query.where(_here()).order_by(Message.room_id, Message.seq)
    pairs = _told(room=sa.Integer, person=sa.Integer)
    theirs = Message.author_id == pairs.c.person, Message.room_id == pairs.c.room, since
    newest = sa.select(Message.text, Message.seq).where(*theirs).order_by(Message.at.desc()).limit(PIECES).lateral()
    query = sa.select(pairs.c.room, pairs.c.person, newest.c.text).select_from(pairs).join(newest, sa.true())
    return query.order_by(pairs.c.room, newest.c.seq)


def _here() -> sa.ColumnElement[bool]:
    return sa.tuple_(Seat.room_id, Seat.user_id).in_(sa.bindparam("here", expanding=True))


def _told(**columns: Any) -> Any:
    """What is asked about as a table of its own, for PostgreSQL: it joins that by an index, where it would go through
    all rows for a list of pairs."""
    lists = [sa.bindparam(f"{name}s", type_=postgresql.ARRAY(kind)) for name, kind in columns.items()]
    return sa.func.unnest(*lists).table_valued(*columns, name="told").render_derived()


@cache
def _insertion() -> sa.Insert:
    return sa.insert(Message.__table__)  # type: ignore[arg-type]


@cache
def _numbering() -> sa.Update:
    table: Any = Room.__table__
    return sa.update(table).where(table.c.id == sa.bindparam("room")).values(last_seq=sa.bindparam("seq"))
