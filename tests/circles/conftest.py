"""The circle of class 4A: Lan and Hoa are mothers there, Cô Hằng teaches, Thầy Quang coordinates the school."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.circles.parents import called, parent
from tests.factories import World, person
from tutoring.accounts.models import User

Who = Callable[[str], User]


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    """The world with Hoa in it, within an app context; for tests that make no requests."""
    with app.app_context():
        parent(world, "Hoa")
        yield world


@pytest.fixture
def who(inside: World) -> Who:
    """People by name: those of the demonstration, and hoa."""
    return lambda name: called("Hoa") if name == "hoa" else person(inside[name])
