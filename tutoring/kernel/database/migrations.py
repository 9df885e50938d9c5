"""Flask-Migrate, loaded where the schema is changed: a server never does that."""

from importlib import import_module
from pathlib import Path
from typing import Any

from tutoring.kernel.db import db

_KEY = "migrate"  # where Flask-Migrate looks for itself


class _Migrations:
    """Stands in the place of Flask-Migrate, and gives it that place when it is asked for anything."""

    def __init__(self, app: Any, folder: Path) -> None:
        self._app, self._folder = app, folder

    def __getattr__(self, name: str) -> Any:
        import_module("flask_migrate").Migrate(self._app, db, directory=str(self._folder), render_as_batch=True)
        return getattr(self._app.extensions[_KEY], name)


def init(app: Any, folder: Path) -> None:
    """Makes the migrations of this folder known to the commands."""
    app.extensions[_KEY] = _Migrations(app, folder)
