"""What tests of data rights share: somebody's day at the site, due work, the clock moved on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import World
from tutoring.kernel import clock, file_storage, jobs
from tutoring.kernel.db import db
from tutoring.privacy import retention, tombstones


@pytest.fixture
def media(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder of files, and a file of tombstones beside it, for this test alone."""
    settings = app.config["SETTINGS"]
    file_storage.configure(tmp_path / "media")
    tombstones.configure(tmp_path / "tombstones.jsonl")
    yield tmp_path / "media"
    file_storage.configure(settings.media)
    tombstones.configure(settings.tombstones)


@pytest.fixture
def inside(app: Flask, world: World, media: Path) -> Iterator[World]:
    with app.app_context():
        yield world


def work() -> None:
    """All that is due now."""
    while jobs.run_due():
        pass


def after(*days: float) -> None:
    """The due work and the nights of so many days from now, one after the other."""
    now = clock.now()
    for later in days:
        with clock.travel(now + timedelta(days=later)):
            work()
            retention._night({})
            db.session.remove()
