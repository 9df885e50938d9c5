"""`flask backup …` and `flask restore`: one encrypted file for the whole site."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app, has_app_context
from flask.cli import with_appcontext

from tutoring.backups import backup_folder, creation, encryption, restoration, restore_marker
from tutoring.backups.errors import BackupError, sentence
from tutoring.cli import restore_drill
from tutoring.config import Settings
from tutoring.kernel.program_name import program_name, with_program_name

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
KEY = click.option("--key", required=True, type=FILE, help="The file of the private key.")
PROGRAMS = click.option(
    "--pg-programs", "programs", type=FOLDER, help="Where pg_dump and pg_restore are, when they are not found."
)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@contextmanager
def _in_a_sentence(undone: str) -> Iterator[None]:
    """Turns every error and interruption into one sentence and exit status 1.

    `undone` says what holds after the failure. A restore that could not be undone gets its own sentence instead.
    """

    def now() -> str:
        left = restore_marker.note_of(_settings()).exists() if has_app_context() else False
        return "It is not cleared up: run `flask restore --undo`." if left else undone

    def stop(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (BackupError, OSError) as error:
        raise click.ClickException(with_program_name(f"{sentence(error)} {now()}".strip())) from None
    except KeyboardInterrupt:
        raise click.ClickException(with_program_name(f"It was stopped. {now()}")) from None
    except click.ClickException:
        raise
    except Exception as error:
        raise click.ClickException(with_program_name(f"{sentence(error)} {now()}")) from error
    finally:
        signal.signal(signal.SIGTERM, before)


class _FolderOrCommand(click.Group):
    """Reads `flask backup FOLDER` as a backup; `keys` and `drill` stay commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["make", *args]
        return super().resolve_command(ctx, args)


@click.group(
    "backup",
    cls=_FolderOrCommand,
    help="Back up the whole site into one encrypted file: backup FOLDER. `flask backup make --help` has its options. "
    "Or one of the commands below.",
)
def group() -> None:
    pass


@group.command("make", hidden=True)
@click.argument("into", metavar="FOLDER", type=FOLDER)
@click.option(
    "--keep",
    default="30d",
    show_default=True,
    help="Backups of this site older than so many hours, days or weeks (12h, 30d, 8w) go, once the new one is whole.",
)
@PROGRAMS
@with_appcontext
def make(into: Path, keep: str, programs: Path | None) -> None:
    """Back up the database, the files of people, tombstones and anchors into FOLDER, for BACKUP_RECIPIENT to open."""
    with _in_a_sentence("No backup was made."):
        made = creation.make(_settings(), into, backup_folder.length(keep), programs)
    told = made.told
    rows, files = sum(told["tables"].values()), told["media"]["files"]
    click.echo(f"{made.file}: {told['size']:,} bytes, {len(told['tables'])} tables, {rows:,} rows, {files:,} files")
    for name in made.gone:
        click.echo(f"{name}: older than {keep}, removed")


@group.command("keys")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keys(file: Path) -> None:
    """Make a pair of keys: the private one into FILE, which must not stay on the server; the public one is shown."""
    with _in_a_sentence("No keys were made."):
        private, public = encryption.new_keys()
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise BackupError(f"{file} is there already: without its key the backups made for it are lost.") from None
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(f"# made {datetime.now(UTC):%Y-%m-%d}; opens the backups for\n# {public}\n{private}\n")
            opened.flush()
            os.fsync(opened.fileno())
    click.echo(f"BACKUP_RECIPIENT={public}")
    click.echo(
        f"Set that on the server. Keep {file} elsewhere, twice: on a stick in a locked drawer and on paper (it is one "
        "line), with SECRET_KEY, AUDIT_KEY, FIELD_KEY and, where it is set, INDEX_KEY, which no backup holds. Then "
        "remove it from here. Whoever has it reads every backup; without it nobody does, and nobody can help.",
        err=True,
    )


@group.command("list")
@click.argument("where", metavar="FOLDER", type=FOLDER)
def show(where: Path) -> None:
    """List the whole backups in FOLDER, the oldest first; exit status 1 when there is none."""
    found = backup_folder.backups(where)
    for one in found:
        told = one.told
        click.echo(
            f"{told['made']}\t{one.file.name}\t{told['size']:,} bytes\tversion {told['version']}\t{told['head']}"
        )
    if not found:
        raise click.ClickException("There is no whole backup here.")


@group.command("drill")
@click.argument("where", metavar="FOLDER", type=FOLDER)
@KEY
@click.option(
    "--database",
    envvar="DRILL_DATABASE_URL",
    help="An empty PostgreSQL database to try in (also DRILL_DATABASE_URL); else one is made, and dropped afterwards.",
)
@PROGRAMS
@with_appcontext
def drill(where: Path, key: Path, database: str | None, programs: Path | None) -> None:
    """Restore the newest backup in FOLDER into a scratch place and try it: counts, digests, the audit chain, signing
    in, a room, a picture. Only its moment stays, in last-drill.json. For a machine that may have the private key."""
    with _in_a_sentence("The drill did not pass."):
        found = backup_folder.backups(where)
        if not found:
            raise BackupError("There is no whole backup here.")
        for line in restore_drill.drill(_settings(), found[-1].file, key, database, programs):
            click.echo(line)
        backup_folder.write_small(
            where / backup_folder.LAST_DRILL, {"at": datetime.now(UTC).isoformat(timespec="seconds")}
        )
    click.echo("the drill passed")


@group.command("look", hidden=True)
@with_appcontext
def look() -> None:
    """What a drill asks of the site it has restored."""
    with _in_a_sentence(""):
        for line in restore_drill.look(current_app._get_current_object()):  # type: ignore[attr-defined]
            click.echo(line)


@click.command("restore")
@click.argument("file", required=False, type=FILE)
@click.option("--key", type=FILE, help="The file of the private key.")
@click.option("--over", metavar="NAME", help="Replace what is there; NAME is the name of the database.")
@click.option("--other-keys", is_flag=True, help="The FIELD_KEY that it was made with is lost.")
@click.option("--undo", is_flag=True, help="Take back a restore that was interrupted.")
@PROGRAMS
@with_appcontext
def restore(
    file: Path | None, key: Path | None, over: str | None, other_keys: bool, undo: bool, programs: Path | None
) -> None:
    """Put the backup FILE back, into an empty place unless --over says otherwise. Stop every server first.

    Exit status 1: nothing was done. 2: it was restored, but the audit chain does not hold.
    """
    if undo:
        with _in_a_sentence("It was not taken back; the note of it stays."):
            step = restoration.undo(_settings())
        click.echo(f"a restore that had come to '{step}' was cleared up" if step else "there was nothing to take back")
        return
    if file is None or key is None:
        raise click.UsageError("a FILE and its --key, or --undo")
    with _in_a_sentence("Nothing was restored; what was there is as it was."):
        done = restoration.restore(_settings(), file, key, over, other_keys, programs)
    _say(done)


def _say(done: restoration.RestoreResult) -> None:
    begin = done.begin
    tables = begin["tables"]
    click.echo(f"restored what there was at {begin['made']} (version {begin['version']}, migration {begin['head']})")
    click.echo(f"{len(tables)} tables with {sum(tables.values()):,} rows as counted, {done.files:,} files whole")
    if done.migrated_to:
        click.echo(f"migrated to {done.migrated_to}")
    click.echo(
        f"{done.erased_again} accounts erased again, {done.sign_ins_ended} sign-ins ended: everybody signs in anew"
    )
    if done.later_anchors:
        click.echo(f"anchors later than this backup now stand in {done.later_anchors}: what they tell of is lost")
    if not done.chain_holds:
        click.echo(with_program_name("the audit chain does not hold: run `flask audit verify`"), err=True)
        sys.exit(2)
    click.echo(f"the audit chain holds: {done.verdict.rows} rows")
    click.echo(f"now: {program_name()} prepare, then start the servers")
