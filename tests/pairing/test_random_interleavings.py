"""Whatever people and time do in any order: nobody is taken twice, and no request is lost."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import World
from tests.pairing.random_interleavings import check


@pytest.mark.parametrize("cases", [3, pytest.param(8, marks=pytest.mark.full)])
def test_in_any_order_nobody_is_taken_twice_and_no_request_is_lost(
    app: Flask, world: World, again: Callable[[], None], cases: int
) -> None:
    assert check(app, world, again, cases)["cases"] >= cases
