"""`flask work`: runs background jobs on sites whose web workers run none (JOBS=0)."""

import click
from flask import current_app
from flask.cli import with_appcontext

from tutoring.cli.restored import refuse_restored
from tutoring.web import job_worker
from tutoring.web.socket_io import realtime


@click.command("work")
@with_appcontext
def work() -> None:
    """Do due work until asked to end (SIGTERM or Ctrl+C); the piece at hand is finished first."""
    refuse_restored(current_app.config["SETTINGS"])
    realtime.begin_beating(current_app)
    job_worker.work_until_asked(current_app._get_current_object())  # type: ignore[attr-defined]
