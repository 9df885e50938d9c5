"""A tenth of the bad requests of tests/long/test_http_fuzz.py, always the same ones."""

from tests import fuzzing


def test_bad_requests_get_an_answer_and_write_nothing() -> None:
    found = fuzzing.run("requests", 3_000, 4)
    said = dict(map(tuple, found["answers"]))
    assert found["requests"] == 3_000 and said[404] > 300 and said[400] > 100 and said[422] > 30
