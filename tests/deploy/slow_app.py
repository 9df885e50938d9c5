"""An application that tells whether its process is on its way out. One answer waits, and so does the end, each until a
file is there; files lie in the folder STEPS."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tutoring.web import draining, gunicorn_worker

STEPS = Path(os.environ["STEPS"])
ASKED, ANSWER, LEAVE = STEPS / "asked", STEPS / "answer", STEPS / "leave"

gunicorn_worker.NOTICE = 24 * 3600.0  # seconds: it leaves when it is told, however slow the machine is
_leave = gunicorn_worker.Worker._leave


def _leave_when_told(worker: gunicorn_worker.Worker) -> None:
    if worker._leaves_at is not None and LEAVE.exists():
        worker._leaves_at = 0.0
    _leave(worker)


gunicorn_worker.Worker._leave = _leave_when_told  # type: ignore[method-assign]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What a WSGI server calls."""
    if environ["PATH_INFO"] == "/slow":
        ASKED.touch()
        while not ANSWER.exists():
            time.sleep(0.05)
    body = str(draining.is_draining()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
