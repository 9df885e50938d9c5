"""The command line: the `flask …` commands for the person who runs the server.

The package depends on the application, not the reverse. A server process therefore loads neither the commands nor
the lesson parser.
"""

import dataclasses
import sys
from importlib import import_module

from flask import Flask

from tutoring import app as application
from tutoring.cli import (
    admin,
    backup,
    classes,
    content,
    devices,
    doctor,
    evidence,
    keys,
    pairing,
    permissions,
    practice,
    prepare,
    privacy,
    readme_pictures,
    safety,
    statistics,
    supply_chain,
    translations,
    web_push,
    worker,
)
from tutoring.cli import site_settings as cli_site_settings
from tutoring.cli.demo import community
from tutoring.config import Settings


def init(app: Flask) -> None:
    """Registers every command group with the application."""
    groups = (admin.group, admin.audit_group, admin.units_group, content.group, community.group, pairing.group)
    more = (
        classes.group,
        devices.group,
        evidence.group,
        keys.group,
        statistics.group,
        readme_pictures.help_group,
        cli_site_settings.group,
        practice.group,
        privacy.group,
        web_push.group,
        safety.group,
        supply_chain.group,
        translations.group,
    )
    for group in (*groups, *more):
        app.cli.add_command(group)
    app.cli.add_command(backup.group)
    app.cli.add_command(backup.restore)
    app.cli.add_command(prepare.prepare)
    app.cli.add_command(doctor.doctor)
    app.cli.add_command(permissions.permissions)
    app.cli.add_command(worker.work)
    # Flask-Migrate adds its commands itself only where it is loaded with the application.
    app.cli.add_command(import_module("flask_migrate.cli").db)


def create_app() -> Flask:
    """Creates the application for the command line, without worker and heartbeat."""
    if doctor.is_doctor_command(sys.argv[1:]):  # the doctor must run when the application does not start
        bare = Flask("tutoring")
        bare.cli.add_command(doctor.doctor)
        return bare
    try:
        app = application.create_app(dataclasses.replace(Settings.from_environment(), jobs=False))
    except (ValueError, RuntimeError) as error:  # a configuration error is one sentence, not a traceback
        sys.exit(f"Error: {error}")
    init(app)
    return app
