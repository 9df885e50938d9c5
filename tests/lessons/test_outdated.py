"""After the day by which a lesson should have been read again, its pages say that it may be old."""

import datetime as dt
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.kernel import clock
from tutoring.lessons.content import Review

OLD = "Bài này có thể đã cũ."


@pytest.mark.parametrize(("days", "old"), [(-1, True), (1, False), (None, False)])
def test_a_lesson_may_be_old_from_the_day_after_its_review_is_due(
    client: FlaskClient, small: Loads, days: int | None, old: bool
) -> None:
    due = None if days is None else clock.today() + dt.timedelta(days=days)
    bank = banks.small()
    first = replace(bank.lessons[0], review=Review("Cô Hằng", None, 180, due), content_hash=f"due {due}")
    small(replace(bank, lessons=(first, bank.lessons[1])))
    for address in ("/lessons/vao-lop", "/lessons/vao-lop/1", "/lessons/vao-lop/3", "/lessons/vao-lop/print"):
        assert (OLD in client.get(address).text) is old, address
    assert OLD not in client.get("/lessons/otp/1").text
