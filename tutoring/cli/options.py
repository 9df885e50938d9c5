"""`flask options …`: the settings of the site that are edited in the browser, from the command line."""

import click
from flask.cli import AppGroup

from tutoring.kernel import kept, options
from tutoring.kernel.errors import Refusal

group = AppGroup("options", help="Settings that change while the site runs; also at /admin/settings.")


@group.command("list")
def show() -> None:
    """NAME, value and whether it is as shipped, one a line."""
    for one in options.declared():
        value, version = kept.now_of(options.AREA, one.name)
        now = one.default if value is None else value
        mark = "as shipped" if value is None else f"set, version {version}"
        click.echo(f"{one.name}\t{options.typed(one, now)!r}\t{mark}")


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
        which = options.option(name)
        typed = None if value is None else options.read_typed(which, value)
        done = options.put(None, name, typed, reason)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo("set" if done else "it was so already")


@group.command("history")
@click.argument("name")
def history(name: str) -> None:
    """What was changed, the newest first."""
    for row in kept.history(options.AREA, options.option(name).name):
        who = "command line" if row.by_id is None else f"user:{row.by_id}"
        click.echo(f"{row.at.isoformat(timespec='seconds')}\t{who}\t{row.before!r} -> {row.after!r}\t{row.reason}")
