"""The command line: what `flask …` offers to whoever runs the server.

It stands above the application, so that a server process carries neither its commands nor the lesson parser.
"""

import dataclasses
import sys

from flask import Flask

from tutoring import app as application
from tutoring.cli import (
    admin,
    content,
    demo,
    devices,
    evidence,
    figures,
    pairing,
    permissions,
    practice,
    prepare,
    privacy,
    safety,
    texts,
)
from tutoring.config import Settings


def init(app: Flask) -> None:
    """Attach every command group."""
    groups = (admin.group, admin.audit_group, admin.units_group, content.group, demo.group, pairing.group)
    more = (devices.group, evidence.group, figures.group, practice.group, privacy.group, safety.group, texts.group)
    for group in (*groups, *more):
        app.cli.add_command(group)
    app.cli.add_command(prepare.prepare)
    app.cli.add_command(permissions.permissions)


def create_app() -> Flask:
    """The application for the command line: no worker, no heartbeat."""
    try:
        app = application.create_app(dataclasses.replace(Settings.from_environment(), jobs=False))
    except (ValueError, RuntimeError) as error:  # what is wrong with the installation is one sentence, not a traceback
        sys.exit(f"Error: {error}")
    init(app)
    return app
