"""Reads around messages: quoted messages, reactions, changes since a revision, old versions."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.paging import Page
from tutoring.policy.rooms.participation import may_see_sealed_place
from tutoring.rooms.models import Message, MessageVersion, Reaction
from tutoring.rooms.queries import PAGE

NAMED = 20  # users named for each reaction; above that only the total is given


@dataclass(frozen=True)
class MessageContext:
    """Quoted messages by number, and reactions by message id."""

    answered: dict[int, Message] = field(default_factory=dict)
    reactions: dict[int, list[Reaction]] = field(default_factory=dict)  # the first NAMED of each word
    totals: dict[tuple[int, str], int] = field(default_factory=dict)  # totals above NAMED


def load_message_context(room_id: int, messages: Collection[Message]) -> MessageContext:
    """Returns the context of a page of messages of one room, in at most two queries."""
    if not messages:
        return MessageContext()
    known = {one.seq: one for one in messages}
    numbers = {one.reply_to for one in messages if one.reply_to is not None}
    answered = {seq: known[seq] for seq in numbers & known.keys()}
    if missing := numbers - known.keys():
        query = sa.select(Message).options(joinedload(Message.author))
        found = db.session.scalars(query.where(Message.room_id == room_id, Message.seq.in_(sorted(missing))))
        answered |= {one.seq: one for one in found}
    return MessageContext(answered, *_reactions([one.id for one in messages]))


def _reactions(message_ids: list[int]) -> tuple[dict[int, list[Reaction]], dict[tuple[int, str], int]]:
    """Returns the users of each reaction, and totals where not all are named.

    A whole ward may read one message.
    """
    found: dict[int, list[Reaction]] = {}
    totals: dict[tuple[int, str], int] = {}
    for row, total in db.session.execute(_first_reactions(), {"messages": ids_parameter(message_ids)}):
        found.setdefault(row.message_id, []).append(row)
        if total > NAMED:
            totals[row.message_id, row.word] = total
    return found, totals


@built_once
def _first_reactions() -> sa.Select[Any, int]:
    same = (Reaction.message_id, Reaction.word)
    numbered = (
        sa.select(
            Reaction.message_id, Reaction.user_id, sa.func.count().over(partition_by=same).label("total"),
            sa.func.row_number().over(partition_by=same, order_by=Reaction.user_id).label("number"),
        )
        .where(in_ids(Reaction.message_id, sa.bindparam("messages")))
        .subquery()
    )  # fmt: skip
    return (
        sa.select(Reaction, numbered.c.total)
        .join(
            numbered,
            sa.and_(numbered.c.message_id == Reaction.message_id, numbered.c.user_id == Reaction.user_id),
        )
        .options(joinedload(Reaction.user))
        .where(numbered.c.number <= NAMED)
        .order_by(Reaction.message_id, Reaction.user_id)
    )


def without_sealed_places(
    viewer: User | PersonSummary, role: str | None, room_id: int, some: list[Message]
) -> list[Message]:
    """Returns the messages without those of which this reader may not even know.

    Left out with a text of danger is the line that an adult is coming because of it.
    """
    if not any(one.disclosed and one.author_id != viewer.id for one in some):
        return some
    wrote = sa.select(Message.author_id).where(Message.room_id == room_id, Message.disclosed)
    guarded = sa.select(Guardian.child_id).where(Guardian.guardian_id == viewer.id, Guardian.child_id.in_(wrote))
    guards = db.session.scalar(guarded.limit(1)) is not None
    return [one for one in some if not one.disclosed or may_see_sealed_place(role, one.author_id == viewer.id, guards)]


def said_of(message_id: int, user_id: int) -> str:
    """Returns the user's reaction to a message, or ""."""
    found = db.session.get(Reaction, (message_id, user_id))
    return found.word if found is not None else ""


def changed_since(room_id: int, upto: int, rev: int, limit: int = PAGE) -> Page[Message]:
    """Returns messages up to this number that changed after this `rev`, in order of change."""
    query = (
        sa.select(Message)
        .options(joinedload(Message.author), joinedload(Message.picture), joinedload(Message.voice))
        .where(Message.room_id == room_id, Message.rev > max(0, rev), Message.seq <= upto)
        .order_by(Message.rev)
        .limit(limit + 1)
    )
    return Page.of(list(db.session.scalars(query)), limit)


def earlier_texts(message_ids: Collection[int]) -> dict[int, list[MessageVersion]]:
    """Returns the earlier texts of messages by id, oldest first."""
    if not message_ids:
        return {}
    query = sa.select(MessageVersion).where(MessageVersion.message_id.in_(message_ids)).order_by(MessageVersion.id)
    found: dict[int, list[MessageVersion]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.message_id, []).append(one)
    return found
