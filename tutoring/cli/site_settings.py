"""`flask options …`: list and set the site settings that are also edited in the browser."""

from typing import Any

import click
from flask.cli import AppGroup

from tutoring.kernel import overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.errors import DomainError
from tutoring.kernel.program_name import program_name

group = AppGroup("options", help="Settings that change while the site runs; also at /admin/settings.")


def _option(name: str) -> kernel_site_settings.SiteSetting[Any]:
    try:
        return kernel_site_settings.option(name)
    except DomainError:
        raise click.ClickException(f"There is no option {name}: `{program_name()} options list` has all.") from None


@group.command("list")
def show() -> None:
    """NAME, value and whether it is as shipped, one a line."""
    for one in kernel_site_settings.declared():
        value, version = overrides.current_value(kernel_site_settings.AREA, one.name)
        now = one.default if value is None else value
        mark = "as shipped" if value is None else f"set, version {version}"
        click.echo(f"{one.name}\t{kernel_site_settings.format_value(one, now)!r}\t{mark}")


@group.command("set")
@click.argument("name")
@click.argument("value", required=False)
@click.option("--shipped", is_flag=True, help="As shipped again.")
@click.option("--reason", required=True, help="Why; it stands in the history and in the audit chain.")
def change(name: str, value: str | None, shipped: bool, reason: str) -> None:
    """Set the option NAME to VALUE (hours as 21:30, yes or no as 1 or 0)."""
    if (value is None) != shipped:
        raise click.UsageError("either a VALUE or --shipped")
    try:
        which = _option(name)
        typed = None if value is None else kernel_site_settings.parse_value(which, value)
        done = kernel_site_settings.put(None, name, typed, reason)
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo("set" if done else "it was so already")


@group.command("history")
@click.argument("name")
def history(name: str) -> None:
    """Each change of the option NAME, the newest first."""
    for row in overrides.history(kernel_site_settings.AREA, _option(name).name):
        who = "command line" if row.by_id is None else f"user:{row.by_id}"
        click.echo(f"{row.at.isoformat(timespec='seconds')}\t{who}\t{row.before!r} -> {row.after!r}\t{row.reason}")
