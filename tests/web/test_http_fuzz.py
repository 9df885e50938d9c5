"""A part of the bad requests of tests/long/test_http_fuzz.py, always the same ones: a tenth, or a hundredth."""

import pytest

from tests import fuzzing


@pytest.mark.parametrize("count", [300, pytest.param(3_000, marks=pytest.mark.full)])
def test_bad_requests_get_an_answer_and_write_nothing(count: int) -> None:
    found = fuzzing.run("requests", count, 4)
    said = dict(map(tuple, found["answers"]))
    assert found["requests"] == count
    assert said[404] > count / 10 and said[400] > count / 30 and said[422] > count / 100
