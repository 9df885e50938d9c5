"""What passes as a signal, and that whatever else is sent does not: made-up values in every place."""

import json
import random
import time
from typing import Any

import pytest

from tests.fuzzing import mutations
from tests.swapped import alone
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import InvalidInput, RateLimited
from tutoring.rooms.calls.signaling import LARGEST, checked

RIGHT: list[dict[str, Any]] = [
    {"description": {"type": "answer", "sdp": "v=0\r\n"}},
    {"candidate": None},
    {"candidate": {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"}},
    {"point": {"x": 0, "y": 1, "to": "step-3"}},
    {"point": {"x": 0.5, "y": 0.25}},
    {"quiet": True},
    {"sharing": {"on": False, "own": False}},
    {"saving": True},
    {"screen": "offer"},
]


@pytest.mark.parametrize("data", RIGHT)
def test_what_browsers_say_passes_as_it_is(data: dict[str, Any]) -> None:
    assert checked(data) == data


NO_PLACES = [float("nan"), float("inf"), -float("inf"), 1.0000001, -1, True, "0", None, 10**400]


@pytest.mark.parametrize("part", NO_PLACES, ids=str)
def test_a_point_lies_on_the_picture(part: object) -> None:
    for point in ({"x": part, "y": 0}, {"x": 0, "y": part}):
        with pytest.raises(InvalidInput):
            checked({"point": point})


def test_the_largest_passes_and_one_byte_more_does_not() -> None:
    around = len(json.dumps({"description": {"type": "offer", "sdp": "v=0"}}, separators=(",", ":")))
    fits = "v=0" + "a" * (LARGEST - around)
    assert checked({"description": {"type": "offer", "sdp": fits}})
    with pytest.raises(InvalidInput):
        checked({"description": {"type": "offer", "sdp": fits + "a"}})


def test_of_two_thousand_spoiled_signals_none_passes_that_is_not_one() -> None:
    """One place of a right one is changed for a value that does not belong there, or a member is added."""
    rng = random.Random(13)
    for _ in range(2_000):
        data = json.loads(json.dumps(rng.choice(RIGHT)))
        (kind,) = data
        inner = data[kind] if isinstance(data[kind], dict) and rng.random() < 0.7 else data
        name = rng.choice([*inner, "extra", "__proto__"])
        inner[name] = mutations.value(rng)
        try:
            passed = checked(data)
        except InvalidInput:
            continue
        assert len(passed) == 1 and len(json.dumps(passed).encode()) < 6 * LARGEST
        assert "extra" not in str(passed) or "extra" not in inner, passed
        assert "__proto__" not in inner, passed


def test_in_ten_seconds_sixty_signals_of_one_person_pass_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    with alone(rate_limits.RateLimits(None)):
        for _ in range(2):
            for _ in range(60):
                rate_limits.hit("signal", 7)
            with pytest.raises(RateLimited) as refused:
                rate_limits.hit("signal", 7)
            assert 1 <= refused.value.retry_after <= 10
            rate_limits.hit("signal", 8)
            now[0] += 11
