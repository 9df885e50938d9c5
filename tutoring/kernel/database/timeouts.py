"""Time limits for database work: every page or socket event is answered within ten seconds.

The database time of a request is added up, and a statement that exceeds the rest of it is cut off. So is a statement
that will never be answered because the database connection died silently.

For PostgreSQL only; SQLite waits for its own lock and no longer (`db.LONGEST_WAIT`).
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

REQUEST = 5.0  # seconds of database time for one request or event; with the rest that is less than ten
LEAST = 2.5  # for the statement that is begun last, and for the end of a transaction
BATCH = 3.0  # for a batch, because the next batch waits behind it
STATEMENT = 60.0  # for each statement of background work, as long as the lease of a job
TRIES = 5  # attempts to terminate the backend of a connection that was cut off
CONNECTING = 4  # whole seconds for a new connection
_LOOK = 0.25


class DatabaseTimeout(Exception):
    """The database exceeded the time limit: nothing was written."""


_mine = threading.local()
_waits: dict[int, tuple[float, Any, Engine | None]] = {}  # by thread: deadline, connection, and its engine
_left_behind: SimpleQueue[tuple[int, Engine]] = SimpleQueue()  # PostgreSQL backends whose connections were cut off


@contextmanager
def time_budget(seconds: float) -> Iterator[None]:
    """Limits the total database time within the block."""
    with _allowed(seconds, True):
        yield


@contextmanager
def statement_timeout(seconds: float = STATEMENT) -> Iterator[None]:
    """Limits the time of each statement within the block."""
    with _allowed(seconds, False):
        yield


@contextmanager
def _allowed(seconds: float, altogether: bool) -> Iterator[None]:
    before = getattr(_mine, "left", None), getattr(_mine, "altogether", False)
    _mine.left, _mine.altogether = seconds, altogether
    try:
        yield
    finally:
        _mine.left, _mine.altogether = before


@contextmanager
def waiting(raw: Any) -> Iterator[None]:
    """Marks the block in which the driver waits for this connection, or for a new one (None)."""
    _begin(raw)
    try:
        yield
    finally:
        _end()


# ---- waiting ----------------------------------------------------------------------------------------------------


def _begin(raw: Any, engine: Engine | None = None, ending: bool = False) -> None:
    left = getattr(_mine, "left", None)
    if left is None:
        return
    if left <= 0 and not ending:
        raise DatabaseTimeout
    _mine.since = now = time.monotonic()
    if raw is not None:
        _waits[threading.get_ident()] = now + max(left, LEAST), raw, engine
        _watchdog.ensure()


def _end() -> None:
    since = getattr(_mine, "since", None)
    if since is not None:
        _mine.since = None
        _waits.pop(threading.get_ident(), None)
        if _mine.altogether and _mine.left is not None:
            _mine.left -= time.monotonic() - since


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _ends(connection: Connection) -> None:
    # SQLAlchemy has no event for the end of this, but the connection returns to the pool right after it.
    if not connection.invalidated:  # a connection that was cut off has nothing to undo
        _begin(_raw(connection), connection.engine, ending=True)


def watch(engine: Engine) -> None:
    """Installs the time limits on this engine."""
    listen = sa.event.listen
    listen(engine, "before_cursor_execute", lambda connection, *_more: _begin(_raw(connection), engine))
    listen(engine, "after_cursor_execute", lambda *_more: _end())
    listen(engine, "handle_error", lambda _context: _end())
    listen(engine, "commit", _ends)
    listen(engine, "rollback", _ends)
    listen(engine, "checkin", lambda _raw, _record: _end())
    listen(engine, "do_connect", _connect)


def _connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    with waiting(None):
        return dialect.connect(*arguments, **options)


# ---- cutting off ------------------------------------------------------------------------------------------------


class _Watchdog:
    """The thread of this process that cuts connections off; a forked process starts its own."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ensure(self) -> None:
        if self._is_alive():
            return
        with self._starting:
            if not self._is_alive():
                self._thread = threading.Thread(target=_look, name="database-timeouts", daemon=True)
                self._thread.start()

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()


_watchdog = _Watchdog()


def _look() -> None:
    threading.Thread(target=_end_left_behind, name="left-behind", daemon=True).start()
    while True:
        time.sleep(_LOOK)
        now = time.monotonic()
        for thread, wait in list(_waits.items()):
            if now > wait[0] and _waits.get(thread) is wait:
                _waits.pop(thread, None)
                _cut(wait[1], wait[2])


def _cut(raw: Any, engine: Engine | None) -> None:
    """Shuts a connection down from outside: the thread that waits on it gets an error."""
    with suppress(Exception):
        if engine is not None:
            _left_behind.put((raw.info.backend_pid, engine))
    with suppress(Exception), socket.socket(fileno=os.dup(raw.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


# A pid may have been reused meanwhile. No backend of this site is in a transaction for so long without a waiting
# client.
_END = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(:pids) AND usename = current_user"
    " AND pid <> pg_backend_pid() AND xact_start < now() - interval '2 seconds'"
)


def _end_left_behind() -> None:
    """Terminates backends whose connection was cut off.

    PostgreSQL does not notice a connection that died silently, and would keep holding its locks.
    """
    while True:
        found = [_left_behind.get()]
        while not _left_behind.empty():
            found.append(_left_behind.get())
        for engine in {one for _pid, one in found}:
            _end_backends(engine, [pid for pid, one in found if one is engine])


def _end_backends(engine: Engine, pids: list[int]) -> None:
    for _ in range(TRIES):
        try:
            with statement_timeout(LEAST), engine.connect() as connection:
                connection.execute(_END, {"pids": pids})
            return
        except Exception:  # the database is slow or down; if it is down it has ended the backends itself
            time.sleep(LEAST)
