"""A web worker that is asked to end: it says so, answers what was asked, and lets nobody in any more."""

import os
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.forked_processes import Program, begin
from tests.servers import free_port
from tests.waiting import until
from tutoring.web import draining, gunicorn_worker

PATIENCE = 60.0  # seconds until something is wrong


@dataclass
class Slow:
    """A server of `slow.py`; a step is taken when its file is there."""

    process: Program
    url: str
    steps: Path

    def answer(self, path: str = "/") -> str | None:
        """What is answered, or None where nobody opens."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=2 * PATIENCE) as said:
                return str(said.read().decode())
        except urllib.error.URLError as error:
            if isinstance(error.reason, ConnectionRefusedError):
                return None
            raise

    def is_shut(self) -> bool:
        """Whether nobody comes in; a connection that no process had accepted when the port closed is reset."""
        try:
            return self.answer() is None
        except ConnectionResetError:
            return True

    def asks_slowly(self) -> tuple[threading.Thread, list[str | None]]:
        """Somebody whose answer is being made."""
        said: list[str | None] = []

        def ask() -> None:
            with suppress(ConnectionError):  # where the process ends first
                said.append(self.answer("/slow"))

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        until((self.steps / "asked").exists, "the slow question arrives")
        return asking, said


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    port, log = free_port(), tmp_path / "log"
    # The arbiter's own patience is no part of this.
    how = ["--no-control-socket", "--graceful-timeout", "600", "-b", f"127.0.0.1:{port}", "tests.deploy.slow_app:app"]
    process = begin("gunicorn", how, {**os.environ, "STEPS": str(tmp_path)}, log, log)
    made = Slow(process, f"http://127.0.0.1:{port}", tmp_path)
    try:
        until(lambda: made.answer() is not None, "the server answers")
        yield made
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


def test_it_says_that_it_leaves_answers_what_was_asked_and_then_opens_to_nobody(slow: Slow) -> None:
    asking, said = slow.asks_slowly()
    assert slow.answer() == "False"
    os.kill(slow.process.pid, signal.SIGTERM)
    until(lambda: slow.answer() == "True", "it says that it leaves, and serves on")
    (slow.steps / "leave").touch()
    until(slow.is_shut, "it opens to nobody")
    assert said == [] and slow.process.poll() is None, "it waits for what was asked before"
    (slow.steps / "answer").touch()
    asking.join(PATIENCE)
    assert said == ["True"]
    assert slow.process.wait(PATIENCE) == 0


def test_ctrl_c_ends_it_at_once(slow: Slow) -> None:
    """That is: although somebody's answer is not made yet, and without the notice, which is a day here."""
    _asking, said = slow.asks_slowly()
    os.killpg(slow.process.pid, signal.SIGINT)
    assert slow.process.wait(PATIENCE) is not None and said == []


def test_whoever_asks_has_time_to_hear_that_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between saying that it leaves and shutting its door a worker serves for as long as NOTICE, by a clock of ours."""
    now, done = [100.0], list[str]()
    monkeypatch.setattr(gunicorn_worker, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(draining._Process, "draining", False)
    monkeypatch.setattr(gunicorn_worker, "_say_goodbye", lambda: None)
    worker: Any = gunicorn_worker.Worker.__new__(gunicorn_worker.Worker)
    worker._leaves_at = worker._goodbye = None
    worker.alive, worker.method_queue = True, SimpleNamespace(defer=lambda _wake: done.append("woken"))
    worker._shut_door = lambda: done.append("shut")
    worker._leave()
    worker.handle_exit(signal.SIGTERM, None)
    assert draining.is_draining() and done == ["woken"]
    now[0] += gunicorn_worker.NOTICE - 0.01
    worker.handle_exit(signal.SIGTERM, None)  # said again it changes nothing
    worker._leave()
    assert done == ["woken"] and worker.alive
    now[0] += 0.02
    worker._leave()
    assert done == ["woken", "shut"]
    worker._goodbye.join(PATIENCE)
    worker._leave()
    assert done == ["woken", "shut"] and not worker.alive
