"""The command line: what `flask …` offers to whoever runs the server.

It stands above the application, so that a server process carries neither its commands nor the lesson parser.
"""

import dataclasses
import sys

from flask import Flask

from tutoring import app as application
from tutoring.cli import (
    admin,
    backup,
    content,
    devices,
    doctor,
    evidence,
    help_pages,
    pairing,
    permissions,
    practice,
    prepare,
    privacy,
    safety,
    statistics,
    translations,
    web_push,
    worker,
)
from tutoring.cli import site_settings as cli_site_settings
from tutoring.cli.demo import community
from tutoring.cli.supply_chain import commands as supply_chain_commands
from tutoring.config import Settings


def init(app: Flask) -> None:
    """Attach every command group."""
    groups = (admin.group, admin.audit_group, admin.units_group, content.group, community.group, pairing.group)
    more = (
        devices.group,
        evidence.group,
        statistics.group,
        help_pages.group,
        cli_site_settings.group,
        practice.group,
        privacy.group,
        web_push.group,
        safety.group,
        supply_chain_commands.group,
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


def create_app() -> Flask:
    """The application for the command line: no worker, no heartbeat."""
    if doctor.is_asked(sys.argv[1:]):  # who comes when the application does not start
        bare = Flask("tutoring")
        bare.cli.add_command(doctor.doctor)
        return bare
    try:
        app = application.create_app(dataclasses.replace(Settings.from_environment(), jobs=False))
    except (ValueError, RuntimeError) as error:  # what is wrong with the installation is one sentence, not a traceback
        sys.exit(f"Error: {error}")
    init(app)
    return app
