"""`flask work`: the process that does due work, for sites whose web workers do none (JOBS=0)."""

import click
from flask import current_app
from flask.cli import with_appcontext

from tutoring.backups import unfinished
from tutoring.web import live, worker


@click.command("work")
@with_appcontext
def work() -> None:
    """Do due work until asked to end (SIGTERM or Ctrl+C); the piece at hand is finished first."""
    unfinished.refuse(current_app.config["SETTINGS"])
    live.begin_beating()
    worker.work_until_asked(current_app._get_current_object())  # type: ignore[attr-defined]
