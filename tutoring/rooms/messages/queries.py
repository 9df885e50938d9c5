"""What stands around messages: what they answer and what others made of them; and which became something else."""

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel.db import db
from tutoring.kernel.paging import Page
from tutoring.rooms.models import Message, MessageVersion, Reaction
from tutoring.rooms.queries import PAGE

NAMED = 20  # who said the same word of a message; of more it is told how many


@dataclass(frozen=True)
class MessageContext:
    """By number what is answered, and by the id of a message what was made of it."""

    answered: dict[int, Message] = field(default_factory=dict)
    reactions: dict[int, list[Reaction]] = field(default_factory=dict)  # of each word the first NAMED
    totals: dict[tuple[int, str], int] = field(default_factory=dict)  # how many said it, where more did


def around(room_id: int, messages: Collection[Message]) -> MessageContext:
    """What a page of messages of one room needs besides, in at most two questions."""
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
    """Who said which word of these messages, and how many where not all are named: a whole ward may read one."""
    same = (Reaction.message_id, Reaction.word)
    numbered = (
        sa.select(
            Reaction.message_id, Reaction.user_id, sa.func.count().over(partition_by=same).label("total"),
            sa.func.row_number().over(partition_by=same, order_by=Reaction.user_id).label("number"),
        )
        .where(Reaction.message_id.in_(message_ids))
        .subquery()
    )  # fmt: skip
    query = (
        sa.select(Reaction, numbered.c.total)
        .join(
            numbered,
            sa.and_(numbered.c.message_id == Reaction.message_id, numbered.c.user_id == Reaction.user_id),
        )
        .options(joinedload(Reaction.user))
        .where(numbered.c.number <= NAMED)
        .order_by(Reaction.message_id, Reaction.user_id)
    )
    found: dict[int, list[Reaction]] = {}
    totals: dict[tuple[int, str], int] = {}
    for row, total in db.session.execute(query):
        found.setdefault(row.message_id, []).append(row)
        if total > NAMED:
            totals[row.message_id, row.word] = total
    return found, totals


def said_of(message_id: int, user_id: int) -> str:
    """The word that somebody said of a message, or none."""
    found = db.session.get(Reaction, (message_id, user_id))
    return found.word if found is not None else ""


def changed_since(room_id: int, upto: int, rev: int, limit: int = PAGE) -> Page[Message]:
    """Messages up to this number that became something else after this revision of the room, in that order."""
    query = (
        sa.select(Message)
        .options(joinedload(Message.author), joinedload(Message.picture))
        .where(Message.room_id == room_id, Message.rev > max(0, rev), Message.seq <= upto)
        .order_by(Message.rev)
        .limit(limit + 1)
    )
    return Page.of(list(db.session.scalars(query)), limit)


def earlier_words(message_ids: Collection[int]) -> dict[int, list[MessageVersion]]:
    """What messages said before they were changed, by their ids, oldest first."""
    if not message_ids:
        return {}
    query = sa.select(MessageVersion).where(MessageVersion.message_id.in_(message_ids)).order_by(MessageVersion.id)
    found: dict[int, list[MessageVersion]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.message_id, []).append(one)
    return found
