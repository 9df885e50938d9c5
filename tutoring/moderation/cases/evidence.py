"""Evidence: an encrypted copy of a room, with digests of its lines in the audit chain.

The copy holds the lines with the author names of that time, earlier versions, drawings and masked places. It also holds
seats, attendance and the digest of each picture. The chain has a digest of each of these parts too. Content that is
never stored is not in the copy either.

A proof checks copies and files against the digests in the audit chain.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.names.queries import names_at
from tutoring.kernel import audit, encryption, file_storage
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Evidence
from tutoring.rooms.messages.queries import earlier_texts
from tutoring.rooms.models import Attendance, Message, MessageVersion, Seat, SentPicture, VoiceNote
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.queries import annotations_of
from tutoring.rooms.queries import room

MOST = 500  # lines; a session has a few dozen. Persistent rooms: those around the reported one, or the newest


def freeze(case: Case) -> None:
    """Copies the room of a case as it is, inside the running command.

    The copy excludes the originals of masked text.
    """
    if case.room_id is None:
        return
    query = (
        sa.select(Message)
        .options(joinedload(Message.picture), joinedload(Message.voice).undefer(VoiceNote.opus))
        .where(Message.room_id == case.room_id)
        .order_by(Message.seq.desc())
        .limit(MOST)
    )
    if case.kind == "message":
        query = query.where(Message.seq <= case.seq + MOST // 2)
    found = db.session.scalars(query).all()
    drawn = annotations_of([one.picture.id for one in found if one.picture], hidden_too=True)
    before = earlier_texts([one.id for one in found if one.edited_at])
    called = names_at((one.author_id, one.at) for one in found)
    lines = [
        _line(
            one,
            called.get((one.author_id, one.at), ""),
            drawn.get(one.picture.id, []) if one.picture else [],
            before.get(one.id, []),
        )
        for one in reversed(found)
    ]
    seats = [_seat(one) for one in db.session.scalars(_seats(case.room_id, {one.author_id for one in found}))]
    parts = {
        "seats": seats,
        "attendance": _attendance(case.room_id, [one["user"] for one in seats]),
        "files": [_file(one) for one in reversed(found) if one.picture or one.voice],
    }
    kept = json.dumps({"messages": lines, **parts}, ensure_ascii=False)
    copy = Evidence(
        case_id=case.id, room_id=case.room_id, rows=len(lines), sealed=encryption.encrypt(kept, f"case:{case.id}")
    )
    db.session.add(copy)
    db.session.flush()
    audit.record(
        None, "freeze_evidence", f"case:{case.id}", room=case.room_id, copy=copy.id,
        sha256=[[line["seq"], digest(line)] for line in lines],
        parts={name: digest(part) for name, part in parts.items()}, whole=hashlib.sha256(kept.encode()).hexdigest(),
    )  # fmt: skip


def _seats(room_id: int, wrote: Collection[int | None]) -> sa.Select[Any]:
    """Selects the seats of the room.

    In a persistent room only the authors of these lines and the observers.
    """
    seats = sa.select(Seat).where(Seat.room_id == room_id).order_by(Seat.id)
    if not room(room_id).lasts:
        return seats
    return seats.where(sa.or_(Seat.role == "observer", Seat.user_id.in_([one for one in wrote if one is not None])))


def digest(part: Any) -> str:
    """Returns the digest of a line or another part of the copy, as the audit chain stores it."""
    written = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def digest_of_file(name: str) -> str | None:
    """Returns the digest of a picture file, which is never copied; None when the file is gone."""
    data = file_storage.read(name)
    return None if data is None else hashlib.sha256(data).hexdigest()


def digest_of_sound(sound: bytes) -> str:
    """Returns the digest of the Opus form of a voice note, which is never copied either."""
    return hashlib.sha256(sound).hexdigest()


def _line(
    one: Message, called: str, drawn: Sequence[PictureAnnotation], before: Sequence[MessageVersion]
) -> dict[str, Any]:
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
        "seq": one.seq, "author": one.author_id, "name": called, "text": one.text, "at": one.at.isoformat(),
        "kind": one.kind, "status": one.status, "held_for": one.held_for, "found": one.found,
        # Only the file name: the file stays in place while the case is open, and is never copied.
        "picture": one.picture.name if one.picture else None,
        **({"voice": one.voice.id} if one.voice else {}),
        **({"marks": marks} if marks else {}),
        **({"reply": one.reply_to} if one.reply_to else {}),
        **({"before": [[version.text, version.until_at.isoformat()] for version in before]} if before else {}),
    }  # fmt: skip


def _seat(one: Seat) -> dict[str, Any]:
    moments = {"joined": one.joined_at, "left": one.left_at, "removed": one.removed_at, "muted": one.muted_until}
    return {"user": one.user_id, "role": one.role, **{name: at and at.isoformat() for name, at in moments.items()}}


def _file(one: Message) -> dict[str, Any]:
    if one.voice is not None:
        sound = one.voice.opus
        return {
            "id": one.voice.id,
            "seq": one.seq,
            "sha256": digest_of_sound(sound),
            "size": len(sound),
            "kind": "voice",
        }
    assert one.picture is not None
    return {"id": one.picture.id, "seq": one.seq, "sha256": digest_of_file(one.picture.name), "size": one.picture.bytes}


def _attendance(room_id: int, seated: Collection[int]) -> list[dict[str, Any]]:
    """Returns when these users were present, limited to the newest entries."""
    query = sa.select(Attendance).where(Attendance.room_id == room_id, Attendance.user_id.in_(seated))
    newest = db.session.scalars(query.order_by(Attendance.id.desc()).limit(MOST)).all()
    return [
        {"user": one.user_id, "from": one.from_at.isoformat(), "until": one.until_at and one.until_at.isoformat()}
        for one in reversed(newest)
    ]


def opened(kept: Evidence) -> dict[str, Any]:
    """Returns the decrypted copy. Raises encryption.DecryptionError."""
    found: dict[str, Any] = json.loads(encryption.decrypt(kept.sealed, f"case:{kept.case_id}"))
    return found


@dataclass
class Proof:
    """The result of checking the copies of one case: mismatches, and files deleted by rule."""

    copies: int = 0
    lines: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def prove(case_id: int) -> Proof:
    """Checks each copy of a case against the audit chain. audit.verify checks the chain itself."""
    said = db.session.scalars(
        sa.select(AuditRow)
        .where(AuditRow.action == "freeze_evidence", AuditRow.target == f"case:{case_id}")
        .order_by(AuditRow.id)
    ).all()
    copies = db.session.scalars(sa.select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.id)).all()
    found = Proof(copies=len(copies))
    if len(copies) != len(said):
        found.faults.append(f"the chain says {len(said)} copies, there are {len(copies)}")
    by_id = {row.facts.get("copy"): row.facts for row in said}
    in_order = [row.facts for row in said]
    for number, copy in enumerate(copies):  # older rows lack the copy's id and are matched by order
        facts = by_id.get(copy.id) or (in_order[number] if number < len(in_order) else None)
        _prove(copy, facts, found)
    return found


def _prove(copy: Evidence, facts: dict[str, Any] | None, found: Proof) -> None:
    try:
        written = encryption.decrypt(copy.sealed, f"case:{copy.case_id}")
    except encryption.DecryptionError:
        found.faults.append(f"copy {copy.id} cannot be opened: it was changed, or FIELD_KEY is another one")
        return
    if facts is None:
        found.faults.append(f"copy {copy.id} does not stand in the chain")
        return
    kept = json.loads(written)
    if hashlib.sha256(written.encode()).hexdigest() != facts["whole"]:
        found.faults.append(f"copy {copy.id} is not what was sealed")
        found.faults += [f"copy {copy.id}: {what} is another one" for what in _changed(kept, facts)]
    found.lines += len(kept["messages"])
    for file in kept.get("files", []):
        _prove_file(copy, file, found)


def _changed(kept: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    """Returns the lines and parts whose digest differs from the one in the chain."""
    lines = {line["seq"]: digest(line) for line in kept["messages"]}
    changed = [f"line {seq}" for seq, sealed in facts["sha256"] if lines.get(seq) != sealed]
    parts = facts.get("parts", {})
    return changed + [name for name, sealed in sorted(parts.items()) if digest(kept.get(name)) != sealed]


def _prove_file(copy: Evidence, file: dict[str, Any], found: Proof) -> None:
    kind, now = file.get("kind", "picture"), _digest_now(file)
    if now is None:  # pictures and voice notes are deleted some time after a case is decided
        found.gone.append(f"{kind} {file['id']} of line {file['seq']}")
    elif now != file["sha256"]:
        found.faults.append(f"copy {copy.id}: the file of {kind} {file['id']} is another one")
    else:
        found.files += 1


def _digest_now(file: dict[str, Any]) -> str | None:
    if file.get("kind") == "voice":
        note = db.session.get(VoiceNote, file["id"])
        return digest_of_sound(note.opus) if note is not None else None
    picture = db.session.get(SentPicture, file["id"])
    return digest_of_file(picture.name) if picture is not None else None
