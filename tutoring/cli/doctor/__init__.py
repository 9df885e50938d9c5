"""`flask doctor`: checks the configuration and services, and says how to fix problems.

The doctor needs no application, because it must run when the application does not start. It changes nothing, with
one exception: on a development machine reading the settings creates missing keys, as every command does. Every
check ends after a short timeout.
"""

import dataclasses
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tutoring.cli.doctor import database, services, settings, site
from tutoring.cli.doctor.findings import Finding, looked
from tutoring.config import Settings
from tutoring.kernel.mail import OutgoingMail
from tutoring.kernel.monitoring.health_probes import reading
from tutoring.kernel.program_name import with_program_name

_WITH_VALUE = frozenset({"-A", "--app", "-e", "--env-file"})
_SIGNS = {"ok": "ok   ", "warning": "WARN ", "fault": "FAULT"}


def is_doctor_command(arguments: list[str]) -> bool:
    """Returns whether this command line runs the doctor; checked before an application exists."""
    rest = iter(arguments)
    for one in rest:
        if one in _WITH_VALUE:
            next(rest, None)
        elif not one.startswith("-"):
            return one == "doctor"
    return False


def examine(env: Mapping[str, str], backups: Path | None = None) -> Iterator[Finding]:
    """Yields the findings of every check for this environment."""
    yield from looked("names", lambda: settings.find_misspelt_variables(env))
    found, finding = settings.settings_of(env)
    yield finding
    yield from looked("keys", lambda: settings.key_files(env))
    if found is None:
        return
    yield from looked("addresses", lambda: settings.addresses(found, env))
    yield from looked("calls", lambda: settings.calls(found))
    for name, folder in (
        ("files", found.media),
        ("tombstones", found.tombstones.parent),
        ("anchors", found.audit_anchors.parent),
    ):
        yield from looked(name, lambda name=name, folder=folder: services.place(name, folder))  # type: ignore[misc]
    if found.redis_url:
        yield from looked("redis", lambda: services.redis(found.redis_url or ""))
    if found.smtp_url:
        yield from looked("mail", lambda: services.smtp(OutgoingMail(found.smtp_url, found.mail_from)))
    if backups is not None:
        yield from looked("backup", lambda: site.backups(backups))
    engine, finding = database.reached(found.database_url)
    yield finding
    if engine is not None:
        yield from _of_database(engine, found)


def _of_database(engine: Engine, found: Settings) -> Iterator[Finding]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            with reading(connection):
                yield from looked("postgresql", lambda: database.postgresql(connection))
                yield from looked("clock", lambda: database.drift(connection))
        else:
            mounts = ""
            with suppress(OSError):
                mounts = Path("/proc/mounts").read_text("utf-8")
            file = Path(engine.url.database or "")
            yield from looked("disk", lambda: database.sqlite(file, mounts))
        standing = list(looked("migrations", lambda: database.migrated(connection)))
        connection.rollback()
        yield from standing
        if any(one.state == "fault" for one in standing):
            return
        for name, look in (
            ("demonstration", lambda: site.demo(connection, found)),
            ("content", lambda: site.content(connection, Path(found.content))),
            ("workers", lambda: site.workers(connection)),
            ("backups", lambda: site.backup_key(connection, found)),
            ("audit chain", lambda: site.chain(connection, found)),
        ):
            yield from looked(name, look)
            with suppress(sa.exc.SQLAlchemyError):
                connection.rollback()


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--backups", type=click.Path(path_type=Path), help="The folder that backups are in.")
def doctor(as_json: bool, backups: Path | None) -> None:
    """Look at the configuration and at what the site stands on. Exit 1: something is a fault."""
    found = [dataclasses.replace(one, mend=with_program_name(one.mend)) for one in examine(os.environ, backups)]
    well = all(one.state != "fault" for one in found)
    if as_json:
        click.echo(json.dumps({"ok": well, "findings": [dataclasses.asdict(one) for one in found]}, indent=1))
    else:
        for one in found:
            click.echo(f"{_SIGNS[one.state]} {one.check}: {one.says}")
            if one.mend:
                click.echo(f"      → {one.mend}")
        count = {state: sum(one.state == state for one in found) for state in ("fault", "warning")}
        click.echo(f"{count['fault']} faults, {count['warning']} warnings")
    sys.exit(0 if well else 1)
