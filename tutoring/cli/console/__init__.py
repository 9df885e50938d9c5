"""`cunghoc …`: the console script of the wheel, for a site that runs for real.

`serve` and `upgrade` are its own. All other commands are those of `flask …`, each with the option --data.
"""

import copy
import os
import sys
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import ScriptInfo

from tutoring import VERSION, cli
from tutoring.cli import (
    admin,
    backup,
    content,
    devices,
    doctor,
    evidence,
    keys,
    practice,
    prepare,
    privacy,
    site_settings,
    statistics,
    supply_chain,
    web_push,
    worker,
)
from tutoring.cli.console import data_folder, server, upgrade
from tutoring.kernel.errors import DomainError
from tutoring.kernel.program_name import use_program_name

SHARED: tuple[click.Command, ...] = (
    admin.group,
    admin.audit_group,
    admin.units_group,
    backup.group,
    backup.restore,
    content.group,
    devices.group,
    doctor.doctor,
    evidence.group,
    keys.group,
    practice.group,
    prepare.prepare,
    privacy.group,
    site_settings.group,
    statistics.group,
    supply_chain.group,
    web_push.group,
    worker.work,
)


def _read_folder(_context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        data_folder.read(folder)


def _with_data(command: click.Command) -> click.Command:
    """Returns a copy of a command that takes --data before and after a subcommand; its help says `cunghoc`."""
    made = copy.copy(command)
    made.help = command.help and command.help.replace("`flask ", "`cunghoc ")
    option = click.Option(
        ["--data"], type=data_folder.FOLDER, envvar=data_folder.VARIABLE, is_eager=True, expose_value=False,
        callback=_read_folder, help=f"The folder of the site (also {data_folder.VARIABLE}).",
    )  # fmt: skip
    made.params = [*command.params, option]
    if isinstance(made, click.Group):
        made.commands = {name: _with_data(each) for name, each in made.commands.items()}
    return made


class _Sentences(click.Group):
    """Turns a refused request and a database that cannot be used into one sentence and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            raise click.ClickException(str(refusal)) from None
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
            kind = type(error.orig).__name__
            raise click.ClickException(
                f"The database does not answer as it should ({kind}): run `cunghoc doctor`."
            ) from error


@click.group(
    cls=_Sentences,
    epilog="Exit status: 0 when it is done, 1 with one sentence when it is not, 2 when the command line is wrong. "
    "A command with another one says so.",
    context_settings={"max_content_width": 100},
)
@click.version_option(VERSION, prog_name="cunghoc")
def _group() -> None:
    """Cùng Học: serve a site from one folder, and look after it."""


for _command in (server.serve, upgrade.upgrade, *map(_with_data, SHARED)):
    _group.add_command(_command)


def main(arguments: list[str] | None = None) -> Any:
    """Runs one command; the site is never the demonstration."""
    use_program_name("cunghoc")
    os.environ.setdefault("APP_ENV", "production")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return _group.main(arguments, prog_name="cunghoc", obj=ScriptInfo(create_app=cli.create_app))
