"""Asking how something is without being held up by it: a database that hangs, a Redis that does not answer.

A question is asked by one thread at a time, however many want to know, and nobody waits longer than they said. The
database is asked over a connection of its own, made for the question: the pool may be what is exhausted.
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

LONGEST = 1500  # milliseconds that a statement of such a question may take
# Whoever asked has long gone on when these come true; they see to it that the thread ends too.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 2, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2,
    "tcp_user_timeout": 5000, "prepare_threshold": None,
}  # fmt: skip


class ProbeTimeout(Exception):
    """It did not answer in time."""


class Run(Generic[T]):
    """One time that something is asked."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: T
        self.error: Exception | None = None

    def answer(self, within: float) -> T:
        """What came of it; raises what asking raised, or NoAnswer when nothing has come by then."""
        if not self.done.wait(within):
            raise ProbeTimeout
        if self.error is not None:
            raise self.error
        return self.value


class Probe(Generic[T]):
    """Something that is asked by at most one thread at a time."""

    def __init__(self, name: str, ask: Callable[[], T]) -> None:
        self._name, self._ask = name, ask
        self._lock = threading.Lock()
        self._run: Run[T] | None = None

    def begin(self) -> Run[T]:
        """Ask, unless that is under way."""
        with self._lock:
            run = self._run
            if run is None or run.done.is_set():
                run = self._run = Run()
                threading.Thread(target=self._do, args=(run,), name=f"asks-{self._name}", daemon=True).start()
            return run

    def answer(self, within: float) -> T:
        """The answer of the question that is under way, or of a new one; see Run.answer."""
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
    """An engine for the same database that keeps no connection and gives up soon."""
    found = _beside.get(engine)
    if found is None:
        quiet: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
        connect_args = {"timeout": 1.0} if engine.dialect.name == "sqlite" else _PATIENCE
        found = _beside[engine] = sa.create_engine(engine.url, connect_args=connect_args, **quiet)
    return found


@contextmanager
def reading(connection: Connection) -> Iterator[Connection]:
    """A transaction that only reads, and whose statements are given up after a moment. Without anything that outlives
    it, so that a pooler between here and the database does not mind."""
    with connection.begin() as transaction:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {LONGEST}")
            connection.exec_driver_sql("SET LOCAL transaction_read_only = on")
        yield connection
        transaction.rollback()
