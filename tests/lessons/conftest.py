"""A small lesson bank in place of the real one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.lessons import bank as banks
from tutoring.kernel.db import db
from tutoring.lessons.content import LessonContent
from tutoring.web import visitor_cache

Loads = Callable[[LessonContent], tuple[int, int]]


@pytest.fixture(scope="session")
def real_bank() -> LessonContent:
    return banks.real()


@pytest.fixture
def loads(app: Flask) -> Iterator[Loads]:
    """Load a bank as if content/ held exactly that; the next test without `small` begins with the real one."""

    def put(bank: LessonContent) -> tuple[int, int]:
        return banks.put(app, bank)

    banks.may_change(app)
    yield put
    visitor_cache.forget()
    with app.app_context():
        db.session.remove()


@pytest.fixture
def small(app: Flask, loads: Loads) -> Loads:
    """The bank of `banks.small()` is loaded; call it to load another."""
    banks.put_kept(app, "small", banks.small)
    return loads


@pytest.fixture
def serves(app: Flask) -> Iterator[Callable[[Path], None]]:
    """`serves(folder)`: the site has its lessons' files there, until the end of the test."""
    settings = app.config["SETTINGS"]
    kept = settings.content
    yield lambda folder: object.__setattr__(settings, "content", folder)
    object.__setattr__(settings, "content", kept)
