"""A month of moderation with 2,000 pupils and 0.5 % of bad messages; the model: tests/moderation/simulated_month.py.

Run by `python3 dev.py long moderation_month`; the figures stand in docs/moderation-month.md.
"""

import time

import pytest
from flask import Flask

from tests.moderation.simulated_month import Habits, Month, figures
from tutoring.kernel import audit, rate_limits

MOST = 12  # items of a person and day


@pytest.mark.long
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
def test_nothing_grave_is_overdue_and_nobody_has_more_than_twelve_items_a_day(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    begun = time.monotonic()
    with app.app_context():
        month = Month(30, Habits()).run()
        found = figures(month)
        assert audit.verify().broken_at is None
    print(f"\n30 days in {time.monotonic() - begun:.0f} s")
    for name, value in vars(found).items():
        print(f"{name:12} {value}")
    assert found.late.get("S0", 0) == found.late.get("S1", 0) == 0
    assert found.items[2] <= MOST
