"""Whatever people and time do in any order: nobody is taken twice, and no request is lost."""

from collections.abc import Callable

from flask import Flask

from tests.make import World
from tests.pairing.any_order import check


def test_in_any_order_nobody_is_taken_twice_and_no_request_is_lost(
    app: Flask, world: World, again: Callable[[], None]
) -> None:
    assert check(app, world, again, 8)["cases"] >= 8
