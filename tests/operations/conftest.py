"""The site with a token for monitors."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.operations.scraped import TOKEN
from tutoring.web import metrics, ready


@pytest.fixture
def watched(app: Flask) -> Iterator[Flask]:
    """The application whose figures may be read, and which has not been looked at yet."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(before, metrics_token=TOKEN)
    metrics.init(app, before)
    ready.init(app, before)
    if before.redis_url:
        app.extensions["figures"]._sources[-1]._redis.delete(f"{before.redis_prefix}-figures")
    yield app
    app.config["SETTINGS"] = before
