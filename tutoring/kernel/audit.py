"""The audit chain: an append-only log of privileged actions, linked row to row.

Each row's seal is an HMAC-SHA256 over the row and the seal before it. The key is not in the database. An edit, a
deletion or a swap breaks the chain. Cutting off its end does not, so its head is also stored in a second place
(audit_anchors.py).
"""

import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock, services
from tutoring.kernel.commands import before_commit, in_command
from tutoring.kernel.db import Model, db, is_sqlite

_LOCK = 0x61756469


class AuditRow(Model):
    __tablename__ = "audit_row"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True, info={"personal": "who acted"})
    action: Mapped[str] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal: Mapped[str]


@dataclass(frozen=True)
class Verdict:
    """The result of walking the chain.

    `broken_at` is the first row whose seal does not match. `seals` holds the seals of the requested rows.
    """

    rows: int
    head: str
    broken_at: int | None
    seals: dict[int, str] = field(default_factory=dict)


class AuditKey:
    """The keys of an application's audit chain: the one that seals, then older ones that verify what they sealed."""

    def __init__(self, key: str, *older: str) -> None:
        self._keys = [hashlib.sha256(b"audit:" + one.encode()).digest() for one in (key, *older)]

    @property
    def oldest(self) -> int:
        """The number of the oldest key; 0 is the one that seals."""
        return len(self._keys) - 1

    def mac(self, text: str, number: int = 0) -> str:
        """Returns the HMAC of a text, which only a holder of the key can compute."""
        return hmac.new(self._keys[number], text.encode(), hashlib.sha256).hexdigest()

    def made(self, mark: str, text: str) -> bool:
        """Whether one of the keys made this HMAC of a text."""
        return any(same(mark, self.mac(text, number)) for number in range(len(self._keys)))

    def sealed_with(self, before: str, row: Any, oldest: int) -> int | None:
        """Returns the number of the key that sealed a row, or None when none did.

        `oldest` is the key of the row before: once a newer key has sealed, an older one no longer counts. So a stolen
        old key adds nothing to the chain.
        """
        for number in range(oldest, -1, -1):
            if same(row.seal, self.seal(before, row, number)):
                return number
        return None

    def seal(self, before: str, row: "AuditRow", number: int = 0) -> str:
        """Returns the seal of a row, which depends on the seal of the row before it."""
        body = json.dumps(
            [row.id, row.at.isoformat(), row.actor_id, row.action, row.target, row.reason, row.facts],
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        return self.mac(f"{before}\n{body}", number)


def current_key() -> AuditKey:
    """Returns the key of the running application."""
    return services.current(AuditKey)


def same(one: str, other: str) -> bool:
    """Compares two seals in constant time, so that timing reveals nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def record(actor_id: int | None, action: str, target: str, reason: str = "", **facts: Any) -> None:
    """Appends one action inside the running command.

    Facts are plain values, never message text. All rows of a command are written just before its commit. The chain has
    one writer at a time, so a writer must not read for long while it holds the lock.
    """
    row = AuditRow(at=clock.now(), actor_id=actor_id, action=action, target=target, reason=reason, facts=facts)
    if in_command():
        before_commit(_append, row)
    else:
        _append([row])


def _append(rows: list[AuditRow]) -> None:
    db.session.flush()  # write everything else before taking the lock
    if not is_sqlite():  # one writer at a time keeps the chain single; SQLite has only one writer anyway
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    key, (count, seal) = current_key(), head()
    for number, row in enumerate(rows, count + 1):
        row.id = number
        seal = row.seal = key.seal(seal, row)
        db.session.add(row)
    db.session.flush()


def head() -> tuple[int, str]:
    """Returns the number of rows in the chain and the seal of the last one."""
    last = db.session.execute(sa.select(AuditRow.id, AuditRow.seal).order_by(AuditRow.id.desc()).limit(1)).first()
    return (last.id, last.seal) if last else (0, "")


def verify(at: Collection[int] = ()) -> Verdict:
    """Walks the whole chain and finds the first row that was changed or whose neighbour is gone.

    The verdict also holds the seals of the rows in `at`.
    """
    key, before, count, seals = current_key(), "", 0, dict[int, str]()
    oldest = key.oldest
    for row in db.session.scalars(sa.select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)):
        count += 1
        number = key.sealed_with(before, row, oldest)
        if row.id != count or number is None:
            return Verdict(count, before, row.id, seals)
        oldest = number
        before = row.seal
        if count in at:
            seals[count] = before
    return Verdict(count, before, None, seals)


def broken_lately(connection: Connection, most: int, key: AuditKey) -> int | None:
    """Returns the first of the newest rows that does not fit its predecessor, or None.

    It checks at most `most` rows: a quick look, not a proof.
    """
    table = AuditRow.__table__
    newest = sa.select(table).order_by(table.c.id.desc()).limit(most + 1)
    rows: list[Any] = list(connection.execute(newest))[::-1]
    before = rows[0].seal if len(rows) > most else ""
    count = rows[0].id if len(rows) > most else 0
    oldest = key.oldest
    for row in rows[1:] if len(rows) > most else rows:
        count += 1
        number = key.sealed_with(before, row, oldest)
        if row.id != count or number is None:
            return int(row.id)
        oldest = number
        before = row.seal
    return None


GUARDS = {
    "sqlite": [
        "CREATE TRIGGER audit_row_no_update BEFORE UPDATE ON audit_row"
        " BEGIN SELECT RAISE(ABORT, 'audit_row is append-only'); END",
        "CREATE TRIGGER audit_row_no_delete BEFORE DELETE ON audit_row"
        " BEGIN SELECT RAISE(ABORT, 'audit_row is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_row_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'audit_row is append-only'; END $$",
        "CREATE TRIGGER audit_row_no_change BEFORE UPDATE OR DELETE ON audit_row"
        " FOR EACH ROW EXECUTE FUNCTION audit_row_refuse()",
    ],
}
