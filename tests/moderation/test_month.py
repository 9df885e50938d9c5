"""One day at the desk of one school; the whole month: `python3 dev.py long moderation_month`."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.moderation.simulated_month import Habits, Month, figures
from tutoring.kernel import rate_limits


@pytest.fixture
def quiet(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    with app.app_context():
        yield app


@pytest.mark.full  # a simulation; each rule in it is held by the files beside this one
def test_a_day_of_one_school_leaves_nothing_grave_behind(quiet: Flask) -> None:
    small = Habits(schools=1, classes=3, pupils=20, dangers=1, talks=1)
    found = figures(Month(1, small).run())
    assert found.bad and found.posted and found.cases
    assert found.late.get("S0", 0) == found.late.get("S1", 0) == 0 and found.items[2] <= 12
