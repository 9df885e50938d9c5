"""Health probes with a timeout: a hanging database or Redis does not block the caller.

At most one thread runs a probe at a time, however many callers ask. No caller waits longer than its own limit. The
database is probed over its own new connection, because the pool may be what is exhausted.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

T = TypeVar("T")

LONGEST = 1500  # milliseconds that a statement of a probe may take
# Backstop for the probe thread: the caller has timed out before these limits apply.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 2, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2,
    "tcp_user_timeout": 5000, "prepare_threshold": None,
}  # fmt: skip


class ProbeTimeout(Exception):
    """The probe did not answer in time."""


class Run(Generic[T]):
    """One run of a probe."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: T
        self.error: Exception | None = None

    def answer(self, within: float) -> T:
        """Returns the result; raises the probe's error, or ProbeTimeout after `within` seconds."""
        if not self.done.wait(within):
            raise ProbeTimeout
        if self.error is not None:
            raise self.error
        return self.value


class Probe(Generic[T]):
    """A probe that at most one thread runs at a time."""

    def __init__(self, name: str, ask: Callable[[], T]) -> None:
        self._name, self._ask = name, ask
        self._lock = threading.Lock()
        self._run: Run[T] | None = None

    def begin(self) -> Run[T]:
        """Starts a run unless one is under way."""
        with self._lock:
            run = self._run
            if run is None or run.done.is_set():
                run = self._run = Run()
                threading.Thread(target=self._do, args=(run,), name=f"asks-{self._name}", daemon=True).start()
            return run

    def answer(self, within: float) -> T:
        """Returns the result of the run under way or of a new one; see Run.answer."""
        return self.begin().answer(within)

    def _do(self, run: Run[T]) -> None:
        try:
            run.value = self._ask()
        except Exception as error:
            run.error = error
        finally:
            run.done.set()


_beside: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


def beside(engine: Engine) -> Engine:
    """Returns an engine for the same database without a pool and with short timeouts."""
    found = _beside.get(engine)
    if found is None:
        quiet: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
        connect_args = {"timeout": 1.0} if engine.dialect.name == "sqlite" else _PATIENCE
        found = _beside[engine] = sa.create_engine(engine.url, connect_args=connect_args, **quiet)
    return found


@contextmanager
def reading(connection: Connection) -> Iterator[Connection]:
    """A read-only transaction with a short statement timeout.

    It sets only transaction-local options, so it works through a connection pooler.
    """
    with connection.begin() as transaction:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {LONGEST}")
            connection.exec_driver_sql("SET LOCAL transaction_read_only = on")
        yield connection
        transaction.rollback()
