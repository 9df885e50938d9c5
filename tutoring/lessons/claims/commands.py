"""Stores that an editor has held a claim against its source."""

from collections.abc import Collection
from pathlib import Path

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.claims import queries as claims_queries
from tutoring.lessons.claims.models import CHANGED, ROLES, SAME, ClaimCheck
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.policy import lessons as policy
from tutoring.safety.free_text import reject_private_data

MAX_NOTE_CHARS = 200
_LOCK = 7_466_002  # of the PostgreSQL advisory lock for ticks


@command
def check_claim(
    actor: User, held: Collection[str], folder: Path, key: str, wording: str, verdict: str, note: str, seen: int
) -> ClaimCheck:
    """Adds a check of today; earlier checks stay.

    `held` are the roles of the actor, `wording` the wording and `seen` the newest check that the page showed, 0 for
    none. Raises NotFound for other users and unknown claims, and Conflict when the claim has changed or another editor
    has checked it since.
    """
    if not policy.may_review(held, proposals_queries.is_editor(actor.id)):
        raise NotFound
    if db.engine.dialect.name == "postgresql":  # two ticks must not both find the same newest check
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    claim = next((one for one in claims_queries.claims(folder, "vi") if one.key == key), None)
    if claim is None:
        raise NotFound
    if claim.wording != wording:
        raise Conflict(N_("Câu này hoặc nguồn của nó vừa được sửa. Hãy đọc lại rồi ghi."))
    if seen != (claim.checks[0].id if claim.checks else 0):
        raise Conflict(N_("Vừa có người khác ghi. Hãy đọc dòng của họ rồi ghi."))
    if verdict not in {SAME, CHANGED}:
        raise InvalidInput(N_("Hãy chọn: còn đúng, hay đã khác."), field="verdict")
    role = next(one for one in ROLES if one in held)
    row = ClaimCheck(
        claim=key,
        wording=wording,
        verdict=verdict,
        note=_note(note, verdict, claim.kind),
        role=role,
        checked_on=clock.today(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor.id, "check_claim", f"claim:{row.id}", verdict=verdict, claim=key)
    return row


def _note(typed: str, verdict: str, kind: str) -> str:
    note = " ".join(nfc(typed).split())
    if kind == claims_queries.UNVERIFIED and not note:
        raise InvalidInput(N_("Ghi một dòng: đã xem ở đâu, máy hay trang nào."), field="note")
    if verdict == CHANGED and not note:
        raise InvalidInput(N_("Ghi một dòng: nguồn nay nói gì khác."), field="note")
    if len(note) > MAX_NOTE_CHARS:
        raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field="note", most=MAX_NOTE_CHARS)
    return reject_private_data(note, minor=True, field="note") if note else ""
