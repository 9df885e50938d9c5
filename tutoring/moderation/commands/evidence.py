"""Evidence: what stood in a room, copied and sealed, with the digest of each line in the audit chain."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel import audit, vault
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Evidence
from tutoring.rooms.around import earlier_words
from tutoring.rooms.marks import drawings_of
from tutoring.rooms.marks_models import PictureMarks
from tutoring.rooms.models import Message, MessageVersion, Seat

MOST = 500  # lines; a session has a few dozen


def freeze(case: Case) -> None:
    """Inside the running command: keep the room of a case as it stands. Originals of what was masked stay out."""
    if case.room_id is None:
        return
    query = (
        sa.select(Message)
        .options(joinedload(Message.picture))
        .where(Message.room_id == case.room_id)
        .order_by(Message.seq.desc())
        .limit(MOST)
    )
    found = db.session.scalars(query).all()
    drawn = drawings_of([one.picture.id for one in found if one.picture], hidden_too=True)
    before = earlier_words([one.id for one in found if one.edited_at])
    lines = [
        _line(one, drawn.get(one.picture.id, []) if one.picture else [], before.get(one.id, []))
        for one in reversed(found)
    ]
    seats = [_seat(one) for one in db.session.scalars(sa.select(Seat).where(Seat.room_id == case.room_id))]
    kept = json.dumps({"messages": lines, "seats": seats}, ensure_ascii=False)
    sealed = vault.seal(kept, f"case:{case.id}")
    db.session.add(Evidence(case_id=case.id, room_id=case.room_id, rows=len(lines), sealed=sealed))
    audit.record(
        None, "freeze_evidence", f"case:{case.id}", room=case.room_id,
        sha256=[[line["seq"], digest(line)] for line in lines], whole=hashlib.sha256(kept.encode()).hexdigest(),
    )  # fmt: skip


def digest(line: dict[str, Any]) -> str:
    """The digest under which a kept line stands in the audit chain."""
    written = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _line(one: Message, drawn: Sequence[PictureMarks], before: Sequence[MessageVersion]) -> dict[str, Any]:
    marks = [
        {
            "author": mark.author_id,
            "shapes": mark.shapes,
            "at": mark.at.isoformat(),
            "hidden": mark.hidden_at is not None,
        }
        for mark in drawn
    ]
    return {
        "seq": one.seq, "author": one.author_id, "text": one.text, "at": one.at.isoformat(), "kind": one.kind,
        "status": one.status, "held_for": one.held_for, "found": one.found,
        # Only its name: the file itself stays where it is while the case is open, and is never copied.
        "picture": one.picture.name if one.picture else None,
        **({"marks": marks} if marks else {}),
        **({"reply": one.reply_to} if one.reply_to else {}),
        **({"before": [[version.text, version.until_at.isoformat()] for version in before]} if before else {}),
    }  # fmt: skip


def _seat(one: Seat) -> dict[str, Any]:
    moments = {"joined": one.joined_at, "left": one.left_at, "removed": one.removed_at, "muted": one.muted_until}
    return {"user": one.user_id, "role": one.role, **{name: at and at.isoformat() for name, at in moments.items()}}


def opened(kept: Evidence) -> dict[str, Any]:
    """What was kept, in clear; raises vault.Unreadable."""
    found: dict[str, Any] = json.loads(vault.unseal(kept.sealed, f"case:{kept.case_id}"))
    return found
