"""What the database of a site is to this version of the program: new, current, older, newer, or out of reach."""

from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tutoring.cli.doctor import database
from tutoring.config import Settings
from tutoring.kernel.database import schema_version
from tutoring.kernel.program_name import with_program_name

NEWER = (
    "The database is of a newer version than this program ({version}): install that version again, or restore a backup "
    "of before."
)
OLDER = "The database is of an older version: run `cunghoc upgrade`, then start again."
LOST_KEYS = (
    "The site has a database, and {names} of it is missing in {folder}: put back your copy of the keys, because no "
    "other key reads what is stored."
)


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def reach(url: str) -> Engine | None:
    """Returns the engine of a database that answers; None for a file of SQLite that does not exist yet."""
    if is_sqlite(url) and not Path(sa.make_url(url).database or "").exists():
        return None
    engine, finding = database.reached(url)
    if engine is None:
        raise click.ClickException(with_program_name(f"The database: {finding.says}. {finding.mend}"))
    return engine


def standing(url: str) -> str:
    """Returns `none`, `current`, `ahead` or `behind`."""
    engine = reach(url)
    if engine is None:
        return "none"
    try:
        with engine.connect() as connection:
            return schema_version.standing(connection)
    finally:
        engine.dispose()


def has_admin(settings: Settings) -> bool:
    engine = reach(settings.database_url)
    if engine is None:
        return False
    try:
        with engine.connect() as connection:
            found = connection.scalar(sa.text('SELECT id FROM "user" WHERE site_admin LIMIT 1'))
            return found is not None
    finally:
        engine.dispose()
