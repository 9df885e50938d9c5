"""Compares the migration state of the database with what this code needs."""

import re
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.config import ROOT

VERSIONS = ROOT / "migrations" / "versions"
_REVISION = re.compile(r'^revision = "([^"]+)"', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision = "([^"]+)"', re.MULTILINE)


@cache
def known(folder: Path = VERSIONS) -> frozenset[str]:
    """Returns the migrations that this code ships.

    They are read as text, so that a server process does not import all of them.
    """
    return frozenset(_each(folder, _REVISION))


@cache
def head(folder: Path = VERSIONS) -> str:
    """Returns the newest of them."""
    (newest,) = known(folder) - frozenset(_each(folder, _BEFORE))
    return newest


def _each(folder: Path, what: re.Pattern[str]) -> list[str]:
    found = (what.search(path.read_text("utf-8")) for path in folder.glob("*.py"))
    return [one[1] for one in found if one is not None]


def standing(connection: Connection) -> str:
    """Returns the migration state: `current`, `ahead`, `behind` or `none`.

    `ahead` means migrated by newer code, with which this code can run.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        return "none"
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if found is None:
        return "none"
    if found == head():
        return "current"
    return "behind" if found in known() else "ahead"
