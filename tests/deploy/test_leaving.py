"""A web worker that is asked to end: it says so, answers what was asked, and lets nobody in any more."""

import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.slow import TAKES
from tests.nursery import Program, begin
from tests.rooms.people import until
from tests.servers import free_port
from tutoring.web.server import NOTICE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Program, str]]:
    port, log = free_port(), tmp_path / "log"
    how = ["--no-control-socket", "-b", f"127.0.0.1:{port}", "tests.deploy.slow:app"]
    process, url = begin("gunicorn", how, os.environ, log, log), f"http://127.0.0.1:{port}"
    try:
        until(lambda: answer(url) is not None, seconds=60)
        yield process, url
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def answer(url: str) -> str | None:
    """What is answered, or None where nobody opens."""
    try:
        with urllib.request.urlopen(url, timeout=20) as said:
            return str(said.read().decode())
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return None
        raise


def test_it_says_that_it_leaves_answers_what_was_asked_and_then_opens_to_nobody(server: tuple[Program, str]) -> None:
    process, url = server
    slow: list[str | None] = []
    asking = threading.Thread(target=lambda: slow.append(answer(f"{url}/slow")))
    asking.start()
    time.sleep(0.5)
    assert answer(url) == "False"
    asked = time.monotonic()
    os.kill(process.pid, signal.SIGTERM)
    until(lambda: answer(url) == "True", seconds=NOTICE)
    until(lambda: answer(url) is None, seconds=NOTICE + 10)
    assert time.monotonic() - asked > NOTICE - 0.5  # whoever asks whether it is ready has had time to hear of it
    asking.join(TAKES + 20)
    assert slow == ["True"]
    assert process.wait(20) == 0


def test_ctrl_c_ends_it_at_once(server: tuple[Program, str]) -> None:
    process, _url = server
    asked = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.wait(20)
    assert process.poll() is not None and time.monotonic() - asked < NOTICE
