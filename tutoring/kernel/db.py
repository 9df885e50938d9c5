"""The database: declarative base, column types, engine settings for SQLite and PostgreSQL."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, registry

from tutoring.kernel import database_timeouts


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite keeps no zone, so it is put back when read."""

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
    """All tables. The registry is explicit: Flask-SQLAlchemy 3.1 fails on a type map in the class body."""

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
    """A CHECK that a column holds one of a few words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


LONGEST_WAIT = 10.0  # seconds for SQLite's one writer
_turn = threading.Lock()


class QueuedWriterConnection(sqlite3.Connection):
    """A connection whose writes wait for those of this process until they are on the disk. SQLite by itself makes
    whoever finds the file locked sleep and ask again, ever longer, while others come in between."""

    _mine = False

    def take_turn(self) -> None:
        """Wait until no other connection of this process writes."""
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


_QUIET = {"hide_parameters": True}  # errors would quote what people typed


def engine_options(url: str, prepared: bool = True) -> dict[str, Any]:
    """Pool settings for this kind of database."""
    if url.startswith("sqlite"):
        return {
            **_QUIET,
            "pool_size": 20,
            "max_overflow": 40,
            "connect_args": {"check_same_thread": False, "timeout": LONGEST_WAIT, "factory": QueuedWriterConnection},
        }
    # The connection that rested shortest comes first: it has the statements prepared.
    pool = {"pool_size": 10, "max_overflow": 20, "pool_use_lifo": True, "pool_timeout": database_timeouts.REQUEST}
    connect_args: dict[str, Any] = {"connect_timeout": database_timeouts.CONNECTING}
    if not prepared:
        connect_args["prepare_threshold"] = None
    # Of hstore, which we do not have, each new connection would ask.
    return {**_QUIET, **pool, "use_native_hstore": False, "connect_args": connect_args}


_RESTED = 1.0  # seconds after which a connection is asked whether it still lives: a page takes several in a row


def prepare_engine(engine: Engine) -> None:
    """Give SQLite the durability and the locking that the rest of the code relies on; and see to it that what rested
    while PostgreSQL started anew is not given to anybody."""
    if engine.dialect.name != "sqlite":
        _ask_who_rested(engine)
        database_timeouts.watch(engine)
        return

    @sa.event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver's own BEGIN would come too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A write that begins as a read can be refused half-way (SQLITE_BUSY); so commands take the lock first.
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
        since = record.info.get("rests_since")  # None: just made
        if since is not None and time.monotonic() - since >= _RESTED:
            try:
                with database_timeouts.waiting(raw):
                    engine.dialect.do_ping(raw)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error  # the pool makes new ones


def is_sqlite() -> bool:
    """Whether the present session speaks to SQLite."""
    return db.engine.dialect.name == "sqlite"


# lock not to be had, serialization failure, deadlock, statement timeout
_BUSY = frozenset({"55P03", "40001", "40P01", "57014"})


def is_timeout(error: Exception) -> bool:
    """Whether PostgreSQL was not waited for any longer, or is not there; what was being written may stand or not."""
    if isinstance(error, database_timeouts.DatabaseTimeout | sa.exc.TimeoutError):
        return True
    if not isinstance(error, sa.exc.OperationalError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") is None  # the latter: none can be made


def is_retryable(error: Exception) -> bool:
    """Whether the database refused, or was not waited for, because it takes too long: nothing was written, and another
    try helps."""
    if isinstance(
        error, database_timeouts.DatabaseTimeout | sa.exc.TimeoutError
    ):  # the latter: every connection is in use
        return True
    if not isinstance(error, sa.exc.OperationalError):
        return False
    return getattr(error.orig, "sqlstate", None) in _BUSY or "database is locked" in str(error.orig)


def lock(row: Any) -> None:
    """Read a row anew and hold it until the transaction ends. Where a list has loaded it with its neighbours, they are
    read along, and PostgreSQL refuses to hold what an outer join may lack: so it holds this row alone."""
    db.session.refresh(row, with_for_update={"of": type(row)})


def in_ids(column: Any, ids: Iterable[int] | sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    """The column holds one of these ids. They go as one value, so tens of thousands are no more than a few; or of
    those that are told by `as_one` when the question is asked."""
    told = ids if isinstance(ids, sa.BindParameter) else ids_parameter(ids)
    if is_sqlite():
        each = sa.func.json_each(told).table_valued("value")
        found: sa.ColumnElement[bool] = column.in_(sa.select(each.c.value))
        return found
    return sa.type_coerce(column, sa.Integer) == sa.any_(sa.cast(told, postgresql.ARRAY(sa.Integer)))


def exists_per_row(found: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Whether there is such a row, looked up for each row of the question around it. PostgreSQL answers a plain EXISTS
    of few rows by reading the whole other table, until it has counted both."""
    return found.limit(1).scalar_subquery().is_not(None)


def ids_parameter(ids: Iterable[int]) -> Any:
    """Many ids as the one value that `among` takes."""
    return json.dumps(list(ids)) if is_sqlite() else list(ids)


def stream_rows(query: Any) -> Iterator[Any]:
    """The rows of a question for columns of very many rows, without the ORM in between: half the time."""
    db.session.flush()
    for some in db.session.connection().execute(query).partitions(1_000):
        yield from some


def insert_if_absent(model: type, **values: Any) -> bool:
    """Insert unless it is there; False when it was. Two devices may do it in the same moment."""
    db.session.flush()
    return db.session.execute(_insertion(model, is_sqlite()), values).first() is not None


def upsert(model: Any) -> Any:
    """An insertion that can say what happens when the row is there (`on_conflict_…`), of the present database."""
    return _insert_of(is_sqlite())(model.__table__)


def _insert_of(for_sqlite: bool) -> Any:
    return sqlite.insert if for_sqlite else postgresql.insert


@cache  # longer in the making than in the answering
def _insertion(model: Any, for_sqlite: bool) -> sa.Insert:
    # Asked back rather than counted: PostgreSQL's driver does not count rows where an id is generated.
    statement: sa.Insert = _insert_of(for_sqlite)(model.__table__).on_conflict_do_nothing().returning(sa.literal(1))
    return statement
