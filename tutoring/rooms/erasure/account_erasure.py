"""Erases an account's texts in rooms, and the person's name where others mention it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.erasure import GONE
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms.erasure.consent_withdrawal import erase_later, stop_rooms_of
from tutoring.rooms.hooks import rooms_on_legal_hold
from tutoring.rooms.models import Message, MessageAppeal, Reaction, Room, Seat
from tutoring.rooms.risk.models import RiskPoint
from tutoring.rooms.volunteer_minutes.models import HelpSession, RoomActivity

STRUCK = "–"  # replaces an erased reason; the table requires a non-empty reason for a strike


@command
def forget_person(user_id: int, at: datetime, names: Sequence[str]) -> None:
    """Stops the person's open rooms, erases the name now, and the texts as after a withdrawal."""
    stop_rooms_of(user_id, "withdrawn")
    mine = sa.select(Seat.room_id).where(Seat.user_id == user_id)
    if names:
        _unname(mine, names)
    for table in (Reaction, RoomActivity):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    db.session.execute(sa.update(Seat).where(Seat.user_id == user_id).values(mute_reason=""))
    shut = (Room.locked_by_id == user_id, Room.id.not_in(rooms_on_legal_hold()))
    db.session.execute(sa.update(Room).where(*shut).values(lock_reason=""))
    between = sa.or_(*(getattr(HelpSession, who) == user_id for who in ("helper_id", "learner_id", "struck_by_id")))
    struck = sa.update(HelpSession).where(between, HelpSession.struck_reason != "")
    db.session.execute(struck.values(struck_reason=STRUCK))
    signs = sa.or_(RiskPoint.from_id == user_id, RiskPoint.towards_id == user_id)
    db.session.execute(sa.delete(RiskPoint).where(signs, RiskPoint.room_id.not_in(rooms_on_legal_hold())))
    erase_later(user_id, at)
    own = sa.select(Message.id).where(Message.author_id == user_id, Message.text == "")
    db.session.execute(sa.update(MessageAppeal).where(MessageAppeal.message_id.in_(own)).values(words="", answer=""))


def _unname(rooms: sa.Select[Any], names: Sequence[str]) -> None:
    """Replaces the names of an erased person in system messages and private reasons."""
    lines = sa.select(Message).where(Message.room_id.in_(rooms), Message.kind == "system").order_by(Message.id)
    for line in db.session.scalars(lines.execution_options(yield_per=500)):
        if (text := without(line.text, names)) != line.text:
            line.text = text
    told = sa.select(Seat).where(Seat.room_id.in_(rooms), Seat.mute_reason != "").order_by(Seat.id)
    for seat in db.session.scalars(told).all():
        seat.mute_reason = without(seat.mute_reason, names)
    db.session.flush()


def without(text: str, names: Sequence[str]) -> str:
    """Replaces each of these names, as whole words, with "Người đã rời" in a sentence."""
    parts = [text]
    for name in names:
        parts = [one for part in parts for one in _apart(part, name)]
    return "".join(parts)


def _apart(text: str, name: str) -> list[str]:
    """Splits a text at a name; each name becomes GONE, and GONE pieces are not searched again."""
    if text == GONE:
        return [text]
    found: list[str] = []
    begin = start = 0
    while (at := text.find(name, start)) >= 0:
        end = at + len(name)
        if (at > 0 and text[at - 1].isalnum()) or (end < len(text) and text[end].isalnum()):
            start = at + 1
            continue
        found += [text[begin:at], GONE]
        begin = start = end
    return [*found, text[begin:]]


def words_left(user_id: int) -> bool:
    """Returns whether a text of this person is still kept, for a possible report or open case."""
    query = sa.select(Message.id).where(Message.author_id == user_id, Message.text != "")
    return db.session.scalar(query.limit(1)) is not None
