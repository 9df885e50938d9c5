"""What a WSGI server imports: `gunicorn wsgi:app`."""

import threading

import click

from tutoring.app import create_app
from tutoring.backups import restore_marker
from tutoring.config import Settings
from tutoring.safety.distress import calling
from tutoring.web.socket_io import realtime

TABLES_AFTER = 5.0  # seconds: the first pages are served before the detector's tables are made


def _settings() -> Settings:
    """The settings. To somebody at the command line what is wrong with them is one line, not a traceback."""
    try:
        return Settings.from_environment()
    except ValueError as fault:
        if click.get_current_context(silent=True) is None:
            raise  # the server's own way of stopping
        raise SystemExit(f"Error: {fault}") from None


settings = _settings()
restore_marker.refuse(settings)
app = create_app(settings)
realtime.begin_beating(app)
tables = threading.Timer(TABLES_AFTER, calling.make_tables)
tables.daemon = True
tables.start()
