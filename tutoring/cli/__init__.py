"""The command line: what `flask …` offers to whoever runs the server."""

from flask import Flask

from tutoring.cli import admin, content, demo, prepare, texts


def init(app: Flask) -> None:
    """Attach every command group."""
    for group in (admin.group, admin.audit_group, admin.units_group, content.group, demo.group, texts.group):
        app.cli.add_command(group)
    app.cli.add_command(prepare.prepare)
