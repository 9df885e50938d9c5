"""The books of devices in many orders of moves by everybody, each in a community of its own, with real commits."""

import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.devices.inventory.ledger_state_machine import walk
from tests.factories import World
from tutoring.kernel import audit

CASES, STEPS = 400, 60


@pytest.mark.long
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
def test_the_books_add_up_in_four_hundred_orders(app: Flask, world: World, again: Callable[[], None]) -> None:
    begun = time.monotonic()
    total = walk(app, world, again, CASES, STEPS)
    print(
        f"\n{time.monotonic() - begun:.0f} s: "
        + ", ".join(f"{count:,} × {what}" for what, count in sorted(total.items()))
    )
    assert total["cases"] >= CASES and total["steps"] >= 2_000
    with app.app_context():
        assert audit.verify().broken_at is None
