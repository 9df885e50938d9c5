"""What tests of data rights share: somebody's day at the site, due work, the clock moved on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import World
from tests.swapped import swapped
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.file_storage import FileStorage
from tutoring.privacy import retention_jobs, tombstones


@pytest.fixture
def media(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder of files, and a file of tombstones beside it, for this test alone."""
    file = tombstones.TombstoneFile(tmp_path / "tombstones.jsonl")
    with swapped(app, file_storage=FileStorage(tmp_path / "media"), tombstone_file=file):
        yield tmp_path / "media"


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
            retention_jobs._night({})
            db.session.remove()
