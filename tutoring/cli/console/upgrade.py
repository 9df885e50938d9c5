"""`cunghoc upgrade`: brings the database of a site to this version, after a backup."""

import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from tutoring import VERSION, cli
from tutoring.backups import backup_folder, creation, site_key
from tutoring.backups.errors import BackupError, sentence
from tutoring.cli.console import data_folder, database_state, server
from tutoring.config import Settings

ASIDE = "before-upgrade.db"


@click.command()
@click.option(
    "--data", "folder", type=data_folder.FOLDER, envvar=data_folder.VARIABLE, required=True,
    help=f"The folder of the site (also {data_folder.VARIABLE}).",
)  # fmt: skip
@click.option(
    "--backups", type=data_folder.FOLDER, help="Where the backup goes.  [default: the folder backups in DATA]"
)
@click.option("--without-backup", is_flag=True, help="Make no backup first.")
def upgrade(folder: Path, backups: Path | None, without_backup: bool) -> None:
    """Bring the database and the lessons of a site to this version of the program.

    It makes a backup first. On SQLite end the server before; when a step fails, the database is put back as it was. On
    PostgreSQL the servers of the version before may go on serving, and all steps are one transaction.
    """
    data_folder.read(folder)
    settings = server.read_settings()
    found = database_state.standing(settings.database_url)
    if found == "none":
        raise click.ClickException(f"There is no database yet: `cunghoc serve --data {folder}` makes it.")
    if found == "ahead":
        raise click.ClickException(database_state.NEWER.format(version=VERSION))
    on_sqlite = database_state.is_sqlite(settings.database_url)
    if on_sqlite:
        server.hold_alone(folder)
    if not without_backup:
        with cli.create_app().app_context():
            made = _back_up(settings, backups or folder / "backups")
        click.echo(f"backup: {made}")
    with _put_back_on_failure(settings) if on_sqlite else _one_transaction():
        server.prepare_as_command()
    click.echo(f"the site is at version {VERSION}")


def _back_up(settings: Settings, into: Path) -> Path:
    if not site_key.recipient_before_upgrade(settings):
        raise click.ClickException(
            "BACKUP_RECIPIENT is not set and the set-up made no key: make one there, or `cunghoc backup keys FILE`, "
            "or give --without-backup."
        )
    try:
        into.mkdir(mode=0o700, exist_ok=True)
        return creation.make(settings, into, backup_folder.length("30d"), None).file
    except (BackupError, OSError) as error:
        raise click.ClickException(f"{sentence(error)} Nothing was upgraded.") from None


@contextmanager
def _one_transaction() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise click.ClickException(f"The upgrade failed ({_kind(error)}); the database is as it was.") from error


@contextmanager
def _put_back_on_failure(settings: Settings) -> Iterator[None]:
    """Holds a copy of SQLite's file while the steps run; the copy is removed at the end."""
    file = Path(sa.make_url(settings.database_url).database or "")
    aside = file.with_name(ASIDE)
    if shutil.disk_usage(file.parent).free < 2 * file.stat().st_size:
        raise click.ClickException(
            f"There is too little space on the disk of {file.parent} for a copy of the database."
        )
    if aside.exists():
        raise click.ClickException(
            f"An upgrade was interrupted. {aside} is the database of before: move it over {file}, remove "
            f"{file.name}-wal and {file.name}-shm, and upgrade again; or remove {aside} if all is well."
        )
    part = aside.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    os.replace(part, aside)  # the name stands for a whole copy only
    try:
        with _ends_raise():
            yield
    except BaseException as error:
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        os.replace(aside, file)
        raise click.ClickException(f"The upgrade failed ({_kind(error)}); the database is as it was.") from error
    aside.unlink()


@contextmanager
def _ends_raise() -> Iterator[None]:
    """While it lasts a closed terminal or an end from outside raises, so that the database is put back."""

    def stop(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _kind(error: BaseException) -> str:
    return type(getattr(error, "orig", None) or error).__name__
