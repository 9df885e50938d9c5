"""The database: declarative base, column types, engine settings for SQLite and PostgreSQL."""

import sqlite3
import threading
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, registry

from tutoring.kernel.database import timeouts


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite stores no time zone, so reading adds it."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON


class Base(DeclarativeBase):
    """The base of all tables.

    The registry is explicit: Flask-SQLAlchemy 3.1 fails on a type map in the class body.
    """

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            date: sa.Date(),
            str: sa.Text(),
            dict[str, Any]: Json(),
            list[Any]: Json(),
        },
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def value_check(column: str, *values: str) -> sa.CheckConstraint:
    """A CHECK constraint that a column holds one of a few values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


LONGEST_WAIT = 10.0  # seconds to wait for SQLite's single writer
_turn = threading.Lock()


class QueuedWriterConnection(sqlite3.Connection):
    """A SQLite connection whose writes queue behind those of the same process.

    Without it SQLite makes a connection that finds the file locked sleep and retry at growing intervals, while others
    get in between.
    """

    _mine = False

    def take_turn(self) -> None:
        """Waits until no other connection of this process writes."""
        self._mine = self._mine or _turn.acquire(timeout=LONGEST_WAIT)

    def _pass_on(self) -> None:
        if self._mine:
            self._mine = False
            _turn.release()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._pass_on()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._pass_on()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._pass_on()


_QUIET = {"hide_parameters": True}  # errors would quote what users wrote


def engine_options(url: str, prepared: bool = True) -> dict[str, Any]:
    """Returns the engine and pool settings for this kind of database."""
    if url.startswith("sqlite"):
        return {
            **_QUIET,
            "pool_size": 20,
            "max_overflow": 40,
            "connect_args": {"check_same_thread": False, "timeout": LONGEST_WAIT, "factory": QueuedWriterConnection},
        }
    # LIFO: the connection used last comes first, because it has the statements prepared.
    pool = {"pool_size": 10, "max_overflow": 20, "pool_use_lifo": True, "pool_timeout": timeouts.REQUEST}
    connect_args: dict[str, Any] = {"connect_timeout": timeouts.CONNECTING}
    if not prepared:
        connect_args["prepare_threshold"] = None
    # Skip the hstore lookup on every new connection; the schema has no hstore columns.
    return {**_QUIET, **pool, "use_native_hstore": False, "connect_args": connect_args}


_RESTED = 1.0  # idle seconds after which a connection is pinged before use; a page checks out several in a row


def prepare_engine(engine: Engine) -> None:
    """Sets up the engine's durability, locking and connection checks.

    SQLite gets the durability and the locking that the rest of the code relies on. For PostgreSQL, connections that
    idled through a server restart are not handed out.
    """
    if engine.dialect.name != "sqlite":
        _ask_who_rested(engine)
        timeouts.watch(engine)
        return

    @sa.event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver's own BEGIN would come too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read transaction that turns into a write can fail half-way (SQLITE_BUSY), so commands take the lock first.
        write = connection.get_execution_options().get("write")
        raw: Any = connection.connection.dbapi_connection
        if write and isinstance(raw, QueuedWriterConnection):
            raw.take_turn()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _ask_who_rested(engine: Engine) -> None:
    @sa.event.listens_for(engine, "checkin")
    def _checkin(_raw: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _checkout(raw: Any, record: Any, _fairy: Any) -> None:
        since = record.info.get("rests_since")  # None: the connection is new
        if since is not None and time.monotonic() - since >= _RESTED:
            try:
                with timeouts.waiting(raw):
                    engine.dialect.do_ping(raw)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error  # the pool opens new connections


def is_sqlite() -> bool:
    """Whether the current session uses SQLite."""
    return db.engine.dialect.name == "sqlite"


# lock not available, serialization failure, deadlock, statement timeout
_BUSY = frozenset({"55P03", "40001", "40P01", "57014"})


def is_timeout(error: Exception) -> bool:
    """Whether PostgreSQL timed out or is unreachable; a write may have been committed or not."""
    if isinstance(error, timeouts.DatabaseTimeout | sa.exc.TimeoutError):
        return True
    if not isinstance(error, sa.exc.OperationalError):
        return False
    # no SQLSTATE: no connection can be made
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") is None


def is_retryable(error: Exception) -> bool:
    """Whether the database refused or timed out before anything was written, so a retry helps."""
    if isinstance(error, timeouts.DatabaseTimeout | sa.exc.TimeoutError):  # the latter: every connection is in use
        return True
    if not isinstance(error, sa.exc.OperationalError):
        return False
    return getattr(error.orig, "sqlstate", None) in _BUSY or "database is locked" in str(error.orig)


def lock(row: Any) -> None:
    """Reloads a row and locks it until the transaction ends.

    A list may have loaded the row together with joined rows. PostgreSQL refuses to lock the nullable side of an outer
    join, so only this row is locked.
    """
    db.session.refresh(row, with_for_update={"of": type(row)})
