"""What PostgreSQL does for the statements of a request: they are noted while it runs, then each is planned and run
again for counting, in a transaction that is taken back.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa

from tutoring.kernel.db import db

SILENT = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|PRAGMA)\b", re.I)
_OFFSET = re.compile(r"\bOFFSET\b", re.I)
_WHOLE = {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}


@dataclass(frozen=True)
class Asked:
    """One statement with what was told with it."""

    statement: str
    told: Any

    @property
    def short(self) -> str:
        """The statement in one line, without its list of columns."""
        flat = " ".join(self.statement.split())
        return re.sub(r"^SELECT .*? FROM ", "SELECT … FROM ", flat)


@contextlib.contextmanager
def noted() -> Iterator[list[Asked]]:
    """The statements that run meanwhile."""
    seen: list[Asked] = []

    def note(_c: Any, _cursor: Any, statement: str, told: Any, _context: Any, many: bool) -> None:
        if not SILENT.match(statement):
            seen.append(Asked(statement, told[0] if many else told))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@dataclass
class Read:
    """What one statement, or all of a request, came to."""

    rows: int = 0  # that were looked at
    buffers: int = 0  # pages of 8 kB, from memory or from the disk
    milliseconds: float = 0  # in the database
    most: tuple[int, str] = (0, "")  # the statement that looked at most rows

    def add(self, other: "Read", what: str) -> None:
        self.rows, self.buffers = self.rows + other.rows, self.buffers + other.buffers
        self.milliseconds += other.milliseconds
        self.most = max(self.most, (other.rows, what))


@dataclass
class Planner:
    """Plans statements on a connection of its own. `indexes_only`: as if reading a whole table cost very much, by
    itself or for a join, so that a small table says what a large one would need; what still reads it whole has no index
    to go by."""

    connection: psycopg.Connection[Any]
    indexes_only: bool = False
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)

    def plan(self, asked: Asked) -> dict[str, Any]:
        """The plan, run where that is possible: an insertion may be of what is there already."""
        for how in ("ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON", "FORMAT JSON"):
            try:
                with self.connection.transaction(force_rollback=True), self.connection.cursor() as cursor:
                    if self.indexes_only:
                        for way in ("seqscan", "hashjoin", "mergejoin", "material"):
                            cursor.execute(f"SET LOCAL enable_{way} = off".encode())
                    cursor.execute(f"EXPLAIN ({how}) {asked.statement}".encode(), asked.told)
                    row = cursor.fetchone()
                    assert row is not None
                    found: dict[str, Any] = row[0][0]
                    return found
            except psycopg.errors.IntegrityError:
                continue
        raise AssertionError(asked.short)

    def read(self, asked: Asked) -> Read:
        """What this statement reads."""
        found = self.plan(asked)
        top = found["Plan"]
        rows = sum(_rows(node) for node, _above in nodes(top))
        pages = sum(top.get(f"Shared {how} Blocks", 0) for how in ("Hit", "Read"))
        return Read(rows, pages, found.get("Execution Time", 0.0) + found.get("Planning Time", 0.0))


def nodes(
    plan: dict[str, Any], above: tuple[dict[str, Any], ...] = ()
) -> Iterator[tuple[dict[str, Any], tuple[dict[str, Any], ...]]]:
    """Every node with those above it, the nearest first."""
    yield plan, above
    for one in plan.get("Plans", ()):
        yield from nodes(one, (plan, *above))


def _loops(node: dict[str, Any]) -> int:
    return int(node.get("Actual Loops", 0))


def _rows(node: dict[str, Any]) -> int:
    if "Scan" not in node["Node Type"] or node["Node Type"] in {"CTE Scan", "Subquery Scan", "WorkTable Scan"}:
        return 0
    if node["Node Type"] == "Bitmap Index Scan":
        return 0  # the heap above counts them
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return int(sum(node.get(name, 0) for name in names) * _loops(node))


def complaints(asked: Asked, plan: dict[str, Any], grows: frozenset[str], few: int, most: int) -> list[str]:
    """Why the cost of this statement grows with the site: whole tables read, many rows sorted, pages skipped. An index
    of fewer rows than `few` may be read whole; `most` rows may be sorted."""
    found = []
    if _OFFSET.search(asked.statement):
        found.append("skips rows by OFFSET")
    for node, above in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name") or _table_of(node, above)
        if kind == "Seq Scan" and table in grows:
            found.append(f"reads all of {table}")
        whole = kind in _WHOLE and "Index Cond" not in node and not _stops_early(above)
        if whole and table in grows and _rows(node) >= few:
            found.append(f"reads all of {table} by {node.get('Index Name')}")
        if kind in {"Sort", "Incremental Sort"}:
            rows = sum(one.get("Actual Rows", 0) for one in node["Plans"])
            if rows > most:
                found.append(f"sorts {rows:.0f} rows by {', '.join(node['Sort Key'])[:80]}")
    return found


def _table_of(node: dict[str, Any], above: tuple[dict[str, Any], ...]) -> str:
    return next((str(one["Relation Name"]) for one in (node, *above) if "Relation Name" in one), "")


def _stops_early(above: tuple[dict[str, Any], ...]) -> bool:
    """Whether a LIMIT ends the reading before the whole is read: nothing between needs all rows."""
    for node in above:
        if node["Node Type"] == "Limit":
            return True
        if node["Node Type"] in {"Sort", "Aggregate", "HashAggregate", "Hash", "Bitmap Heap Scan", "BitmapOr"}:
            return False
    return False
