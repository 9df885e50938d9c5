"""The page of a neighbourhood or ward: who reads it, and what each sees there."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.make import World

As = Callable[[str], FlaskClient]


@pytest.mark.parametrize(
    ("name", "unit", "status"),
    [
        ("bay", "kp3", 200), ("bay", "phuong", 200), ("muoi", "kp3", 200), ("mai", "kp3", 200), ("mai", "phuong", 200),
        ("lan", "phuong", 200), ("lan", "kp3", 404), ("minh", "phuong", 200), ("minh", "kp3", 404),
        ("khoa", "phuong", 200), ("hang", "phuong", 200), ("hang", "kp3", 404), ("quang", "kp3", 404),
        ("admin1", "kp3", 200), ("bay", "truong", 404), ("hang", "truong", 404), ("bay", "tp", 404),
    ],
)  # fmt: skip
def test_it_is_read_by_those_who_belong_there(as_: As, world: World, name: str, unit: str, status: int) -> None:
    assert as_(name).get(f"/groups/{world[unit]}").status_code == status
