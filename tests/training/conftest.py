"""Tracks of the tests' own: what stands in content/ may grow without changing a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import World
from tests.swapped import swapped
from tests.training.fixtures import TRACKS
from tutoring.kernel.content_folder import ContentFolder


@pytest.fixture
def tracks(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder laid out like content/ with three tracks."""
    (tmp_path / "training.yml").write_text(TRACKS, "utf-8")
    with swapped(app, content_folder=ContentFolder(tmp_path)):
        yield tmp_path


@pytest.fixture
def inside(app: Flask, world: World, tracks: Path) -> Iterator[World]:
    with app.app_context():
        yield world
