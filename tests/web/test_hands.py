"""The threads that do what lines ask for: no job waits beside a free one."""

import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from tutoring.web.transport.event_loop import WorkerPool

SECONDS = 30  # for what comes at once where it comes at all


@pytest.fixture
def dawdling() -> Iterator[None]:
    """Threads that begin now rest before each of their statements, so others come in between any two."""

    def rest(frame: FrameType, event: str, _value: object) -> Any:
        if (event == "line" and frame.f_code.co_name.endswith("_work")) or frame.f_code.co_name == "_worker":
            time.sleep(0.002)
        return rest

    threading.settrace(rest)
    yield
    threading.settrace(None)  # type: ignore[arg-type]


def test_a_job_never_waits_beside_a_thread_that_may_still_begin(dawdling: None) -> None:
    """Of two jobs that come while one hand rests, each needs the other to run: both have to be under way."""
    for _ in range(10):
        hands, both, done = WorkerPool(2), threading.Barrier(2), threading.Semaphore(0)
        hands.do(done.release)
        assert done.acquire(timeout=SECONDS)
        time.sleep(0.03)  # the hand rests by now, or the test shows nothing
        met: list[int] = []

        def meet(met: list[int] = met, both: threading.Barrier = both, done: threading.Semaphore = done) -> None:
            try:
                met.append(both.wait(SECONDS))
            finally:
                done.release()

        hands.do(meet)
        time.sleep(0.001)  # the one that rests has taken the first job by now, and not gone on
        hands.do(meet)
        assert done.acquire(timeout=2 * SECONDS) and done.acquire(timeout=2 * SECONDS)
        assert sorted(met) == [0, 1]


def test_a_job_that_fails_ends_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    hands, done = WorkerPool(1), threading.Event()
    hands.do(lambda: 1 / 0)
    hands.do(done.set)
    assert done.wait(SECONDS) and "a job of lines failed" in caplog.text
