"""Whoever tries whatever in any order: every device is in one state, and its moves are by the people required."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.devices.inventory.ledger_state_machine import Model, walk
from tests.factories import World
from tutoring.devices.inventory import ledger
from tutoring.policy.devices import inventory as policy


@pytest.mark.full
def test_in_any_order_the_books_add_up(app: Flask, world: World, again: Callable[[], None]) -> None:
    done = walk(app, world, again, 6, 40)
    assert done["cases"] >= 6 and done["refused"] > 0


def test_in_some_order_that_is_always_the_same_they_add_up(app: Flask, world: World, again: Callable[[], None]) -> None:
    done = walk(app, world, again, 4, 20, quickly=True)
    assert done["cases"] >= 4 and done["refused"] > 0


@pytest.mark.full
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("fault", ["anybody runs the store", "families decide", "one person does"])
def test_the_walk_finds_a_rule_that_is_gone(
    app: Flask, world: World, again: Callable[[], None], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    broken: dict[str, tuple[object, str, object]] = {
        "anybody runs the store": (policy, "may_run_store", lambda _held: True),
        "families decide": (ledger, "concerned", lambda _person_id, _need: False),
        "one person does": (policy, "may_move", lambda before, after, _who: (before, after) in policy.MOVES),
    }
    monkeypatch.setattr(*broken[fault])
    # Whichever tells first: the model, the law, or the database that refuses what the product let through.
    with pytest.raises((AssertionError, BaseExceptionGroup, IntegrityError)):
        walk(app, world, again, 40, 40, quickly=True)


def test_the_model_knows_no_rule_of_the_product() -> None:
    assert "policy" not in Model.allows.__code__.co_names
