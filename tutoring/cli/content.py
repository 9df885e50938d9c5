"""`flask content …`: check and load the lessons."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from tutoring.config import ROOT
from tutoring.lessons import loading

group = AppGroup("content", help="The lesson bank in content/.")


@group.command("check", with_appcontext=False)
@click.argument("folder", default=str(ROOT / "content"), type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check a folder laid out like content/: faults on stdout, exit 1 only for faults. Needs no database."""
    faults, warnings = loading.check(folder)
    for fault in faults:
        click.echo(fault)
    for warning in warnings:
        click.echo(f"warning: {warning}")
    sys.exit(1 if faults else 0)


@group.command("load")
@with_appcontext
def load() -> None:
    """Load content/ into the database; what people learned stays."""
    click.echo(loading.load_content(Path(current_app.config["SETTINGS"].content)))
