"""What every program of the project loads before it does anything. `tests/nursery.py` forks from here."""

import gc

import flask.cli
import gunicorn.app.wsgiapp
from sqlalchemy.orm import configure_mappers

import tutoring.cli
import tutoring.web.server
from tests import compiled

__all__ = ["flask", "gunicorn", "tutoring"]

configure_mappers()
compiled.keep_templates()
gc.freeze()
