"""Originals of masked and held messages: sealed, for ninety days, read at the desk with a reason and a trace.

Of one-time codes, citizen numbers, bank numbers and secrets nothing but kind and place is written anywhere.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, encryption, jobs
from tutoring.kernel.db import db
from tutoring.rooms.hooks import rooms_on_legal_hold
from tutoring.rooms.models import Message, MessageOriginal
from tutoring.safety.findings import Hit
from tutoring.safety.screening import NEVER_KEPT, disclosing_hits, mask_hits

KEPT = timedelta(days=90)


def _where(message_id: int) -> str:
    return f"message:{message_id}"


def keep_original(message: Message, text: str, hits: Iterable[Hit], *, by_hand: bool = False) -> None:
    """Seal what was written, inside the running command, if others see something else. Of what the detector failed on
    nothing is sealed, unless somebody has read it and masked a part `by_hand`."""
    found = list(hits)
    if message.status not in {"masked", "held"} or (message.held_for == "fault" and not found and not by_hand):
        return
    rest = mask_hits(text, disclosing_hits(found, NEVER_KEPT))
    if rest == message.text:
        return
    until = clock.now() + KEPT
    db.session.add(
        MessageOriginal(message_id=message.id, sealed=encryption.encrypt(rest, _where(message.id)), until=until)
    )
    _forget_after(until)


def _forget_after(until: datetime) -> None:
    jobs.enqueue("rooms.forget", f"rooms.forget:{until.date()}", until + timedelta(days=1))


@jobs.job("rooms.forget")
def _forget(_payload: dict[str, Any]) -> None:
    """Those of rooms that are kept for a case or on hold are asked for again the next day."""
    over = MessageOriginal.until <= clock.now()
    kept = sa.select(Message.id).where(Message.room_id.in_(rooms_on_legal_hold()))
    db.session.execute(sa.delete(MessageOriginal).where(over, MessageOriginal.message_id.not_in(kept)))
    if db.session.scalar(sa.select(MessageOriginal.message_id).where(over).limit(1)) is not None:
        _forget_after(clock.now())


def drop_original(message_id: int) -> None:
    """What was masked is shown again, so nothing is kept beside it."""
    db.session.execute(sa.delete(MessageOriginal).where(MessageOriginal.message_id == message_id))


def unsealed(message_id: int) -> str | None:
    """The original text, if there is one. Whoever calls this has written down who reads it and why."""
    row = db.session.get(MessageOriginal, message_id)
    return encryption.decrypt(row.sealed, _where(message_id)) if row else None
