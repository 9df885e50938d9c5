"""The site with a token for monitors."""

import dataclasses
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from flask import Flask

from tests.operations.metrics_parser import TOKEN
from tutoring.kernel.monitoring import health_probes, metrics_cache
from tutoring.kernel.monitoring.health_probes import Run
from tutoring.web import metrics_endpoint, readiness


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is asked about here, not how soon: everything may take a minute, and what is known stays known."""
    monkeypatch.setattr(readiness, "PATIENCE", 60.0)
    for name, seconds in (("PATIENCE", 60.0), ("REDIS_PATIENCE", 60.0), ("FRESH", 3600.0)):
        monkeypatch.setattr(metrics_cache, name, seconds)
    monkeypatch.setattr(health_probes, "LONGEST", 60_000)
    monkeypatch.setattr(health_probes, "_PATIENCE", {**health_probes._PATIENCE, "connect_timeout": 60})
    monkeypatch.setattr(health_probes, "_beside", WeakKeyDictionary())


@pytest.fixture
def watched(app: Flask, patient: None) -> Iterator[Flask]:
    """The application whose figures may be read, and which has not been looked at yet."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(before, metrics_token=TOKEN)
    metrics_endpoint.init(app, before)
    readiness.init(app, before)
    if before.redis_url:
        app.extensions["figures"]._sources[-1]._redis.delete(f"{before.redis_prefix}-figures")
    yield app
    app.config["SETTINGS"] = before


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how many seconds at the most each answer of a part or of figures is waited for."""
    seconds: list[float] = []
    answer = Run.answer

    def wait(run: Run[Any], within: float) -> Any:
        seconds.append(within)
        return answer(run, within)

    monkeypatch.setattr(Run, "answer", wait)
    return seconds
