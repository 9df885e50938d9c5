"""A small lesson bank in place of the real one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.lessons import bank as banks
from tutoring.kernel.db import db
from tutoring.lessons import visitors
from tutoring.lessons.content import Bank, load
from tutoring.lessons.loading import load_bank

Loads = Callable[[Bank], tuple[int, int]]


@pytest.fixture(scope="session")
def real_bank() -> Bank:
    return load(banks.CONTENT)


@pytest.fixture
def loads(app: Flask, real_bank: Bank) -> Iterator[Loads]:
    """Load a bank as if content/ held exactly that; the real one is put back afterwards."""

    def put(bank: Bank) -> tuple[int, int]:
        with app.app_context():
            counted = load_bank(bank)
        visitors.forget()
        return counted

    yield put
    put(real_bank)
    with app.app_context():
        db.session.remove()


@pytest.fixture
def small(loads: Loads) -> Loads:
    """The bank of `banks.small()` is loaded; call it to load another."""
    loads(banks.small())
    return loads


@pytest.fixture
def serves(app: Flask) -> Iterator[Callable[[Path], None]]:
    """`serves(folder)`: the site has its lessons' files there, until the end of the test."""
    settings = app.config["SETTINGS"]
    kept = settings.content
    yield lambda folder: object.__setattr__(settings, "content", folder)
    object.__setattr__(settings, "content", kept)
