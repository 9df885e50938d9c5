"""What every program of the project loads before it does anything. `tests/nursery.py` forks from here."""

import gc

import flask.cli
import gunicorn.app.wsgiapp
from sqlalchemy.orm import configure_mappers

import tutoring.cli
from tutoring.web import server
from tests import compiled

__all__ = ["flask", "gunicorn", "server", "tutoring"]

configure_mappers()
compiled.keep_templates()
gc.freeze()
