"""Thirty thousand bad requests, new ones every day, in two processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import fuzzing
from tutoring.kernel import clock


@pytest.mark.long
def test_thirty_thousand_bad_requests_get_an_answer_and_write_nothing() -> None:
    seed = clock.today().toordinal()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: fuzzing.run("requests", 7_500, one), range(seed * 4, seed * 4 + 4)))
    assert sum(one["requests"] for one in found) == 30_000
