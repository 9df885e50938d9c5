"""The queue of what a process publishes while Redis does not answer: pushes may be lost, but not without a trace, and
what takes a right away is never lost."""

import json
import threading

import pytest

from tutoring.web.transport import redis_bus
from tutoring.web.transport.redis_bus import RedisBus


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> RedisBus:
    """A bus that holds as much as it may; nothing takes it away."""
    monkeypatch.setattr(redis_bus, "MOST_QUEUED", 3)
    made = RedisBus("redis://127.0.0.1:1", "test", lambda _rooms, _rights: None)
    monkeypatch.setattr(made, "deliver", lambda _texts, _rooms: None)  # no socket is open here
    made._publisher = threading.main_thread()  # a publisher that does nothing
    for number in range(3):
        made.gathered([(f"text {number}", [f"room:{number}"])])
    assert made.unsent() == 3
    return made


def test_what_takes_a_right_away_waits_however_much_waits_before(full: RedisBus) -> None:
    full.can_disconnect("sid-of-another-process", "/")
    full.leave_room("sid-of-another-process", "/", "room:1")
    said = [json.loads(text)["do"] for channel, text in full._queue if channel == "all"]
    assert said == ["disconnect", "leave"]


def test_rooms_of_pushes_that_found_no_place_are_told_that_they_missed_something(full: RedisBus) -> None:
    full.gathered([("one", ["room:8"]), ("for two people", ["user:1", "user:2"])])
    assert full.unsent() == 3
    assert full._lost == {"room:8", "user:1", "user:2"}
