"""`flask admin …`, `flask audit …`, `flask units …`.

They create administrators, verify the audit chain and import the tree of units.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup

from tutoring.accounts.models import User
from tutoring.community.bulk_import.csv_reader import UnitLine
from tutoring.community.bulk_import.jobs import PIECE, check_units_text, write_units
from tutoring.community.memberships.second_factor_resets import reset_from_command_line
from tutoring.config import Settings
from tutoring.kernel import audit_anchors
from tutoring.kernel.commands import command
from tutoring.kernel.csv_files import decoded
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.site_setup.commands import LINK_LIFE, create_administrator, make_link

group = AppGroup("admin", help="Site administrators.")
audit_group = AppGroup("audit", help="The audit chain.")
LINK_HOURS = int(LINK_LIFE.total_seconds() // 3600)
units_group = AppGroup("units", help="The tree of units.")


@group.command("create")
@click.argument("full_name")
@click.option("--handle", default="", help="User name, phone number or email; without it a user name is made.")
@click.password_option(confirmation_prompt=True, help="Asked for where it is left out.")
def create(full_name: str, handle: str, password: str) -> None:
    """Create a site administrator. Run it again for a second one: two-person acts need two."""
    try:
        user = create_administrator(full_name, handle, password)
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{user.full_name}: {user.username}")
    admins = db.session.scalar(sa.select(sa.func.count()).select_from(User).where(User.site_admin))
    if admins == 1:
        click.echo("One administrator so far; acts that need two people wait until there is a second.", err=True)


def set_up_address() -> str:
    """Makes the one-time link that sets the site up; raises Conflict when there is an administrator."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"{settings.origins[0]}/set-up/{make_link()}"


@group.command("set-up-link")
def set_up_link() -> None:
    """Print a new one-time link to set up a site that has no administrator; an earlier link ends."""
    try:
        click.echo(set_up_address())
    except DomainError:
        raise click.ClickException(
            "There is an administrator already, or this is the demonstration: no link is made."
        ) from None
    click.echo(f"It holds for {LINK_HOURS} hours, and one browser can open it.", err=True)


@group.command("reset-factor")
@click.argument("username")
def reset_factor(username: str) -> None:
    """Take off the second factor of USERNAME, who lost phone and recovery codes; their sign-ins end.

    For the person who runs the server, when two coordinators cannot do it. Meet the person first.
    """
    try:
        user = reset_from_command_line(username)
    except DomainError:
        raise click.ClickException("nobody of that user name has a second factor") from None
    click.echo(f"{user.full_name}: {user.username}")


@audit_group.command("verify")
@click.option(
    "--anchors",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of the anchors kept elsewhere, such as lines that came by mail.",
)
def verify(file: Path | None) -> None:
    """Walk the audit chain and hold it against its daily anchors.

    Exit 1: a row was changed, or the chain was cut off; the first row or the day is named. Exit 2: it holds, but
    there is no anchor of yesterday or today, so rows that were cut off since would not show.
    """
    verdict, held = audit_anchors.hold(file or audit_anchors.default_file())
    if verdict.broken_at is not None:
        click.echo(f"broken at row {verdict.broken_at}")
        sys.exit(1)
    for fault in held.faults:
        click.echo(fault)
    if held.faults:
        sys.exit(1)
    click.echo(f"{verdict.rows} rows hold; head {verdict.head or '-'}")
    if held.missing:
        click.echo(f"no anchor was written on {', '.join(held.missing)}")
    if held.stale:
        click.echo(f"the newest anchor is of {held.newest or 'no day'}: what was cut off since does not show")
        sys.exit(2)


@units_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what is wrong.")
def import_units(file: Path, check: bool) -> None:
    """Import units from CSV with the columns code, kind, name, and form, parent (a code), grade, school_year, from.

    The columns may be called in Vietnamese, too. All or nothing: each fault is said as LINE:COLUMN and why.
    """
    text = decoded(file.read_bytes())
    if text is None:
        raise click.ClickException("the file is not in UTF-8")
    faults, plan = check_units_text(None, text)
    for one in faults:
        click.echo(f"{one.line}:{one.column}: {one.say % one.facts}")
    if faults:
        sys.exit(1)
    rows = [*plan.new, *plan.changed]
    if not check:
        _write_all(rows)
    click.echo(f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.same} as they were")


@command
def _write_all(rows: Sequence[UnitLine]) -> None:
    for at in range(0, len(rows), PIECE):
        write_units(rows[at : at + PIECE])
