"""Slow statements: one log line each, with the statement's shape and never its values.

The time is that of the driver's call. On PostgreSQL it includes all waiting, also for locks. SQLite returns rows one by
one afterwards, so there it is the time to the first row. While many are slow, only some are logged, with the number of
the others.
"""

import logging
import re
import time
from threading import Lock
from typing import Any

import sqlalchemy as sa
from prometheus_client import Counter
from sqlalchemy.engine import Engine

from tutoring.kernel.logs import LogSafe
from tutoring.kernel.monitoring import metrics

log = logging.getLogger(__name__)

MOST, WITHIN = 20, 10.0  # log lines in so many seconds
LONGEST = 400  # characters of a shape
_TEXT = re.compile(r"'(?:[^']|'')*'")
_NUMBER = re.compile(r"(?<![\w$%:.\"])\d+(?:\.\d+)?\b")
_CAST = r"(?:::\w+(?: WITH TIME ZONE)?(?:\[\])?)?"
_PARAMETER = re.compile(rf"%\([^)]*\)s{_CAST}|\$\d+{_CAST}|%s|(?<![:\w]):[A-Za-z_]\w*|\?")
_MANY = re.compile(r"\?(?:,\s*\?)+")
_ROWS = re.compile(r"\(\?…?\)(?:,\s*\(\?…?\))+")
_SELECTED = re.compile(r"\bSELECT (?!\bDISTINCT\b.{0,80}\bFROM\b).{120,}?(?= FROM )")

counted = Counter(
    f"{metrics.PREFIX}slow_queries", "Statements that took longer than SLOW_QUERY_MS.", registry=metrics.registry
)


class _Throttle:
    """Which lines are written: counted for the whole process, whose log all its applications share."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun, self._written, self._left_out = 0.0, 0, 0

    def admit(self) -> int | None:
        """Returns how many lines were left out before this one; None if this one is left out too."""
        now = time.monotonic()
        with self._lock:
            left_out = 0
            if now - self._begun >= WITHIN:
                left_out = self._left_out
                self._begun, self._written, self._left_out = now, 0, 0
            self._written += 1
            if self._written > MOST:
                self._left_out += 1
                return None
            return left_out


_throttle = _Throttle()


def shape(statement: str) -> str:
    """Returns a statement without values; long lists of columns and parameters become one sign."""
    said = _TEXT.sub("?", " ".join(statement.split()))
    said = _NUMBER.sub("?", _PARAMETER.sub("?", said))
    said = _ROWS.sub("(?…)…", _MANY.sub("?…", said))
    said = _SELECTED.sub("SELECT …", said)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def watch(engine: Engine, milliseconds: int) -> None:
    """Logs statements that take longer than this on the engine.

    It uses dialect events: the cursor events would add seven microseconds to every statement instead of one.
    """
    longest, dialect, now = milliseconds / 1000, engine.dialect, time.perf_counter

    def execute(cursor: Any, statement: str, values: Any, context: Any) -> bool:
        begun = now()
        try:
            dialect.do_execute(cursor, statement, values, context)
        finally:
            if (took := now() - begun) >= longest:
                _tell(statement, took)
        return True

    def execute_bare(cursor: Any, statement: str, context: Any) -> bool:
        begun = now()
        try:
            dialect.do_execute_no_params(cursor, statement, context)
        finally:
            if (took := now() - begun) >= longest:
                _tell(statement, took)
        return True

    def execute_many(cursor: Any, statement: str, values: Any, context: Any) -> bool:
        begun = now()
        try:
            dialect.do_executemany(cursor, statement, values, context)
        finally:
            if (took := now() - begun) >= longest:
                _tell(statement, took)
        return True

    sa.event.listen(engine, "do_execute", execute)
    sa.event.listen(engine, "do_execute_no_params", execute_bare)
    sa.event.listen(engine, "do_executemany", execute_many)


def _tell(statement: str, took: float) -> None:
    counted.inc()
    left_out = _throttle.admit()
    if left_out is None:
        return
    facts: dict[str, Any] = {"ms": round(took * 1000), "statement": LogSafe(shape(statement))}
    if left_out:
        facts["left_out"] = left_out
    log.warning("slow query", extra={"facts": facts})
