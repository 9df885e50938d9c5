"""Columns with personal data, read from the models, and what becomes of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.privacy.data_inventory import BY_TABLE, DATA_INVENTORY
from tutoring.privacy.impersonal_columns import NOT_PERSONAL
from tutoring.privacy.inventory_entries import NONE, OWN, Entry

SECRET = frozenset({"secret"})
_SMELLS = re.compile(
    r"(^|_)(name|named|phone|e?mail|texts?|words?|why|reasons?|because|notes?|ip|device|birth|address|contact|title"
    r"|body|summary|answers?|sealed|token|hash|picture|shapes|marks|relation|params|payload|hosts|channel|code)"
    r"(_sealed|_mark)?$"
)


@dataclass(frozen=True)
class PersonalColumn:
    """One personal column."""

    table: str
    column: str
    what: str
    held: Entry

    @property
    def exported(self) -> bool:
        return self.held.export != NONE and self.column in exported_columns(self.held)


def tables() -> list[sa.Table]:
    """Returns all tables of the site."""
    return list(db.metadata.sorted_tables)


def table(name: str) -> sa.Table:
    return db.metadata.tables[name]


_NUMBERS = {("audit_row", "actor_id"), ("kept_change", "by_id")}  # user ids without a foreign key: rows outlive users


def of_people(column: sa.Column[Any]) -> bool:
    """Whether the column holds a user id."""
    by_key = any(key.target_fullname == "user.id" for key in column.foreign_keys)
    return by_key or (column.table.name, column.name) in _NUMBERS


def entries() -> list[PersonalColumn]:
    """Returns every column that is marked personal, in the order of the registry."""
    return [
        PersonalColumn(held.table, column.name, str(column.info["personal"]), held)
        for held in DATA_INVENTORY
        for column in table(held.table).columns
        if column.info.get("personal")
    ]


def unlisted() -> list[str]:
    """Returns tables that hold data of people and are missing in the registry."""
    found = []
    for one in tables():
        concerned = one.name == "user" or any(of_people(c) or c.info.get("personal") for c in one.columns)
        if concerned and one.name not in BY_TABLE:
            found.append(one.name)
    return found


def unmarked() -> list[str]:
    """Returns unmarked columns with a personal-looking name that NOT_PERSONAL does not list."""
    return [
        f"{one.name}.{column.name}"
        for one in tables()
        for column in one.columns
        if _SMELLS.search(column.name)
        and not column.foreign_keys
        and not column.info.get("personal")
        and not column.name.endswith(("base_hash", "content_hash"))
        and f"{one.name}.{column.name}" not in NOT_PERSONAL
    ]


def untrue() -> list[str]:
    """Returns tables, columns and paths that the registry names but that do not exist."""
    found = []
    for held in DATA_INVENTORY:
        if held.table not in db.metadata.tables:
            found.append(held.table)
            continue
        named = [*held.hidden, *([held.since] if held.since else [])]
        found += [f"{held.table}.{name}" for name in named if name not in table(held.table).columns]
        found += [f"{held.table}: {path}" for path in held.of if not _leads_to_people(held.table, path)]
    for name in NOT_PERSONAL:
        of, _, column = name.partition(".")
        if of not in db.metadata.tables or column not in table(of).columns:
            found.append(name)
    return found


def _leads_to_people(name: str, path: str) -> bool:
    *steps, last = path.split(">")
    at = table(name)
    for step in steps:
        at = next(iter(at.columns[step].foreign_keys)).column.table
    return (at.name == "user" and last == "id") or (last in at.columns and of_people(at.columns[last]))


def belongs(held: Entry, user_id: int, own: bool = True) -> sa.ColumnElement[bool]:
    """Returns the filter for rows of this user.

    With `own` the content of the row is the user's; otherwise the row concerns the user in any way.
    """
    paths = held.of[:1] if own else held.of
    return sa.or_(*(_along(table(held.table), path.split(">"), user_id) for path in paths))


def shown_to_guardian(held: Entry) -> sa.ColumnElement[bool]:
    """Returns the filter for rows of which a guardian may know.

    A guardian may be the danger: rows of encrypted messages and of talks with staff about them are left out, and voice
    notes that were not sent. Tables that a guardian gets nothing of are `export=OWN`.
    """
    columns, room, message = table(held.table).columns, table("room"), table("message")
    talks = sa.select(room.columns["id"]).where(room.columns["kind"] == "desk", room.columns["title"] != "")
    told = sa.or_(message.columns["disclosed"], message.columns["room_id"].in_(talks))
    parts: list[sa.ColumnElement[bool]] = [sa.true()]
    if held.table == "message":
        parts.append(sa.not_(columns["disclosed"]))
    if "room_id" in columns:
        parts.append(sa.or_(columns["room_id"].is_(None), columns["room_id"].not_in(talks)))
    if "message_id" in columns:
        parts.append(columns["message_id"].not_in(sa.select(message.columns["id"]).where(told)))
    if held.table == "voice_note":
        sent = sa.select(message.columns["id"]).where(message.columns["status"] == "sent")
        parts.append(columns["message_id"].in_(sent))
    return sa.and_(*parts)


def _along(at: sa.Table, path: list[str], user_id: int) -> sa.ColumnElement[bool]:
    column = at.columns[path[0]]
    if len(path) == 1:
        return column == user_id
    to = next(iter(column.foreign_keys)).column
    return column.in_(sa.select(to).where(_along(to.table, path[1:], user_id)))


@cache
def exported_columns(held: Entry) -> tuple[str, ...]:
    """Returns the exported columns: no secrets, no blind indexes, no ids of other users."""
    whose = {path for path in held.of if ">" not in path}
    return tuple(
        column.name
        for column in table(held.table).columns
        if column.name not in held.hidden
        and column.info.get("personal") not in SECRET
        and not column.name.endswith("_mark")
        and not (of_people(column) and column.name not in whose)
    )


def exportable(for_guardian: bool) -> Iterator[Entry]:
    """Yields the tables that go into an export, for the user or for a child's guardian."""
    for held in DATA_INVENTORY:
        if held.export != NONE and not (for_guardian and held.export == OWN):
            yield held
