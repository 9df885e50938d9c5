"""`flask prepare`: runs every step that a checkout needs before the site can start."""

from pathlib import Path

import click
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from tutoring.accounts.consents.expiry import look_after_all
from tutoring.accounts.models import User
from tutoring.cli.demo import community
from tutoring.cli.restored import refuse_restored
from tutoring.config import ROOT, Settings
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content
from tutoring.privacy import retention_jobs, tombstones

MIGRATIONS = ROOT / "migrations"


def head_is_current() -> bool:
    """Returns whether the database is at the newest migration."""
    script = ScriptDirectory(str(MIGRATIONS))
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == script.get_current_head()


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrate and load the content; on a developer's computer also make the demonstration in an empty database."""
    prepare_site()


def prepare_site() -> None:
    """Brings the database of the current application to this version of the code."""
    settings: Settings = current_app.config["SETTINGS"]
    refuse_restored(settings)
    if not head_is_current():
        upgrade(directory=str(MIGRATIONS))
        click.echo("database migrated", err=True)
    click.echo(load_content(Path(settings.content)), err=True)
    db.session.rollback()
    if stopped := look_after_all():
        click.echo(f"consent: {stopped} yeses to older words no longer count; the families are asked anew", err=True)
    if again := tombstones.reapply():
        click.echo(f"privacy: {again} accounts that a backup brought back are erased again", err=True)
    retention_jobs.begin()
    if not settings.production and settings.loopback:
        if db.session.scalar(sa.select(User.id).limit(1)) is None:
            community.make()
        community.print_cards()
