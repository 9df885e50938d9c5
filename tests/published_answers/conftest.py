"""The lesson bank outlives a test, so the numbers that answers leave beside a lesson are taken back."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.published_answers.solved import LESSON
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.web import visitor_cache


@command
def _no_answers() -> None:
    db.session.execute(sa.update(Lesson).where(Lesson.slug == LESSON).values(answers={}))


@pytest.fixture(autouse=True)
def _lesson_without_answers(app: Flask) -> Iterator[None]:
    visitor_cache.forget()
    yield
    with app.app_context():
        _no_answers()
