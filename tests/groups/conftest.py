"""What tests of the pages of neighbourhoods share."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.make import World, person
from tutoring.accounts.models import User
from tutoring.kernel.db import db

Who = Callable[[str], User]


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    """The demonstration community, in an app context."""
    with app.app_context():
        yield world
        db.session.remove()


@pytest.fixture
def who(inside: World) -> Who:
    """A person of the demonstration by name."""
    return lambda name: person(inside[name])
