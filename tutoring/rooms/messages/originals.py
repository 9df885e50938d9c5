"""Originals of masked and held messages: encrypted, kept ninety days, reads are audited.

Observers read an original with a reason. Of one-time codes, citizen numbers, bank numbers and secrets only kind and
position are stored anywhere.
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
    """Encrypts the original text inside the current command, if others see something else.

    After a detector failure nothing is kept, unless an observer has read the text and masked a part `by_hand`.
    """
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
    """Deletes expired originals; those of rooms on legal hold are checked again the next day."""
    over = MessageOriginal.until <= clock.now()
    kept = sa.select(Message.id).where(Message.room_id.in_(rooms_on_legal_hold()))
    db.session.execute(sa.delete(MessageOriginal).where(over, MessageOriginal.message_id.not_in(kept)))
    if db.session.scalar(sa.select(MessageOriginal.message_id).where(over).limit(1)) is not None:
        _forget_after(clock.now())


def drop_original(message_id: int) -> None:
    """Deletes the original of a message whose full text is shown again."""
    db.session.execute(sa.delete(MessageOriginal).where(MessageOriginal.message_id == message_id))


def decrypt_original(message_id: int) -> str | None:
    """Returns the original text, if there is one; the caller records who reads it and why."""
    row = db.session.get(MessageOriginal, message_id)
    return encryption.decrypt(row.sealed, _where(message_id)) if row else None
