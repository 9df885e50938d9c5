"""What every program of the project loads before it does anything. `tests/forked_processes.py` forks from here."""

import gc
import os

import flask.cli
import gunicorn.app.wsgiapp
from sqlalchemy.orm import configure_mappers

import tutoring.cli
from tests import kept_lessons, template_cache
from tutoring import features
from tutoring.safety.distress import calling
from tutoring.web import gunicorn_worker

__all__ = ["flask", "gunicorn", "gunicorn_worker", "tutoring"]

features.load()  # what an application imports when it is made: half of its time, and more tables for the mappers
configure_mappers()
calling.make_tables()
template_cache.keep_templates()
kept_lessons.take_kept()
if "TEST_COVERAGE" in os.environ:  # it imports pytest, which no other run needs here
    from tests.code_coverage import Recorder

    Recorder().begin()
gc.freeze()
