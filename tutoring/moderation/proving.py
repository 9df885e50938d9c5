"""Whether sealed copies are still what was sealed: held against the digests in the audit chain and the files."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import vault
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.moderation.commands.evidence import digest, digest_of_file
from tutoring.moderation.models import Evidence
from tutoring.rooms.models import SentPicture


@dataclass
class Proof:
    """What was found of the copies of one case: what does not fit, and what is no longer there by rule."""

    copies: int = 0
    lines: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def prove(case_id: int) -> Proof:
    """Hold each copy of a case against what the chain says of it. The chain itself is walked by audit.verify."""
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
    for number, copy in enumerate(copies):  # rows of before copies had their number there go by their order
        facts = by_id.get(copy.id) or (in_order[number] if number < len(in_order) else None)
        _prove(copy, facts, found)
    return found


def _prove(copy: Evidence, facts: dict[str, Any] | None, found: Proof) -> None:
    try:
        written = vault.unseal(copy.sealed, f"case:{copy.case_id}")
    except vault.Unreadable:
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
    """Which lines and parts do not have the digest that stands in the chain."""
    lines = {line["seq"]: digest(line) for line in kept["messages"]}
    changed = [f"line {seq}" for seq, sealed in facts["sha256"] if lines.get(seq) != sealed]
    parts = facts.get("parts", {})
    return changed + [name for name, sealed in sorted(parts.items()) if digest(kept.get(name)) != sealed]


def _prove_file(copy: Evidence, file: dict[str, Any], found: Proof) -> None:
    picture = db.session.get(SentPicture, file["id"])
    now = digest_of_file(picture.name) if picture is not None else None
    if now is None:  # pictures are forgotten some time after a case is decided
        found.gone.append(f"picture {file['id']} of line {file['seq']}")
    elif now != file["sha256"]:
        found.faults.append(f"copy {copy.id}: the file of picture {file['id']} is another one")
    else:
        found.files += 1
