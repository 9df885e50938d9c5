"""Parts of SQL statements that SQLAlchemy lacks, or that one of the two databases would run slowly otherwise."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles

from tutoring.kernel.db import db, is_sqlite

P = ParamSpec("P")
R = TypeVar("R")

# ---- statements ------------------------------------------------------------------------------------------------


def built_once(make: Callable[P, R]) -> Callable[P, R]:
    """Makes a function build its statement once for each database and arguments; the values are bind parameters.

    Building a statement of ten conditions takes longer than running it. The arguments are hashable, and few differ.
    """
    for_database: Callable[..., R] = cache(lambda _for_sqlite, *key, **named: make(*key, **named))

    @wraps(make)
    def built(*key: P.args, **named: P.kwargs) -> R:
        return for_database(is_sqlite(), *key, **named)

    return built


# ---- conditions ------------------------------------------------------------------------------------------------


def in_ids(column: Any, ids: Iterable[int] | sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    """Filters a column by ids, passed as one parameter: many cost no more than a few.

    `IN (1, 2, …)` would be another statement for each number of ids, and SQLite limits how many parameters it takes.
    `ids` may also be a bind parameter whose value `ids_parameter` makes when the query runs.
    """
    told = ids if isinstance(ids, sa.BindParameter) else ids_parameter(ids)
    if is_sqlite():
        each = sa.func.json_each(told).table_valued("value")
        found: sa.ColumnElement[bool] = column.in_(sa.select(each.c.value))
        return found
    return sa.type_coerce(column, sa.Integer) == sa.any_(sa.cast(told, postgresql.ARRAY(sa.Integer)))


def ids_parameter(ids: Iterable[int] | Iterable[str]) -> Any:
    """Encodes many ids or texts as the one value that `in_ids` takes: SQLite knows no arrays, so it gets JSON."""
    return json.dumps(list(ids)) if is_sqlite() else list(ids)


def each_value(parameter: sa.BindParameter[Any], kind: Any) -> Any:
    """A table with a row for each number or text of one parameter, which `ids_parameter` makes; its column is `value`.

    Unlike `in_ids`, a condition with it may be negated.
    """
    value = sa.column("value", kind)
    if is_sqlite():
        return sa.func.json_each(parameter).table_valued(value)
    listed = sa.func.unnest(sa.cast(parameter, postgresql.ARRAY(kind)))
    return listed.table_valued(value).render_derived()


def exists_per_row(found: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """An EXISTS that is looked up for each row of the outer query.

    For a plain EXISTS, PostgreSQL reads the whole other table until it has statistics for both tables.
    """
    return found.limit(1).scalar_subquery().is_not(None)


def has_text(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Whether a column contains this text, the same on both databases and without escaping the input.

    LIKE would need both. Its row estimate also makes PostgreSQL read and sort all rows where the newest are enough.
    """
    place = sa.func.instr if is_sqlite() else sa.func.strpos
    return place(column, text) > 0


def has_words(column: Any, words: Iterable[str]) -> list[sa.ColumnElement[bool]]:
    """Conditions: a column of words, each between spaces, contains all these words; the last may be incomplete."""
    *whole, last = words
    return [has_text(column, row) for row in (*(f" {word} " for word in whole), f" {last}")]


class in_byte_order(sa.sql.functions.FunctionElement[str]):
    """A text column to sort by, alike on both databases: PostgreSQL would leave out blanks and marks."""

    inherit_cache = True
    name = "in_byte_order"
    type = sa.Text()


@compiles(in_byte_order)
def _as_it_is(element: in_byte_order, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(in_byte_order, "postgresql")
def _by_bytes(element: in_byte_order, compiler: Any, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)}) COLLATE "C"'


class local_day(sa.sql.functions.FunctionElement[date]):
    """The day of a moment in Vietnam, seven hours ahead of UTC since 1975. The database computes it."""

    inherit_cache = True
    name = "local_day"
    type = sa.Date()


@compiles(local_day)
def _seven_hours_ahead(element: local_day, compiler: Any, **options: Any) -> str:
    return f"date(substr({compiler.process(element.clauses, **options)}, 1, 19), '+7 hours')"


@compiles(local_day, "postgresql")
def _in_its_zone(element: local_day, compiler: Any, **options: Any) -> str:
    return f"CAST(timezone('Asia/Ho_Chi_Minh', {compiler.process(element.clauses, **options)}) AS DATE)"


# ---- many rows -------------------------------------------------------------------------------------------------


def stream_rows(query: Any, values: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Streams the rows of a column query without the ORM, which takes half the time.

    `values` are those of the parameters of a statement that is built once.
    """
    db.session.flush()
    for some in db.session.connection().execute(query, values).partitions(1_000):
        yield from some


def unnest_values(**columns: Any) -> Any:
    """A table of query inputs for a `PrecompiledStatement`, from lists bound under each column name plus an s.

    The database joins it by an index, whereas it would scan all rows for a list of pairs. For SQLite the lists are one
    parameter, `told`; see `unnest_parameters`.
    """
    if is_sqlite():
        each = sa.func.json_each(sa.bindparam("told")).table_valued("value", name="each")
        cells = [
            sa.func.json_extract(each.c.value, sa.literal_column(f"'$[{at}]'"), type_=kind).label(name)
            for at, (name, kind) in enumerate(columns.items())
        ]
        return sa.select(*cells).subquery("told")
    # Inside its own SELECT the planner does not see how long a list is. Otherwise it would find a list of one cheaper
    # than a list of ten, and would plan each query anew, which takes longer than running it.
    binds = [sa.bindparam(f"{name}s", type_=postgresql.ARRAY(kind)) for name, kind in columns.items()]
    arrays = [sa.select(bind).scalar_subquery() for bind in binds]
    named = [sa.column(*one) for one in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*named, name="told").render_derived()


def unnest_parameters(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, Any]:
    """Returns the bind values of such a table."""
    if is_sqlite():
        return {"told": [list(row) for row in rows]}
    return {f"{name}s": [row[at] for row in rows] for at, name in enumerate(names)}


# ---- inserts ---------------------------------------------------------------------------------------------------


def insert_if_absent(model: type, **values: Any) -> bool:
    """Inserts a row unless it exists; returns False when it did.

    Looking first would race with others, and a violated constraint would end the transaction on PostgreSQL.
    """
    db.session.flush()
    return db.session.execute(_insertion(model), values).first() is not None


def upsert(model: Any) -> Any:
    """Returns an insert with `on_conflict_…` for the current database: the insert of `sqlalchemy` has none.

    Rows name columns, not attributes (`code_sealed`, not `code`). Other names are ignored without an error.
    """
    insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
    return insert(model.__table__)


@built_once
def _insertion(model: Any) -> sa.Insert:
    # RETURNING instead of a row count: PostgreSQL's driver does not count rows where an id is generated.
    statement: sa.Insert = upsert(model).on_conflict_do_nothing().returning(sa.literal(1))
    return statement
