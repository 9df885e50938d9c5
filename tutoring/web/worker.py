"""The worker that looks after due work: a thread in every server process, or a process of its own; the rows decide who
does what."""

import logging
import signal
import threading
from types import FrameType

from flask import Flask

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between looks when nothing is due


def _work(app: Flask, stop: threading.Event) -> None:
    day = None
    while not stop.wait(EVERY):
        try:
            with app.app_context():
                if day != clock.today():
                    day = jobs.put_down_daily()
                while jobs.run_due(go_on=lambda: not stop.is_set()):
                    pass
        except Exception:
            log.exception("worker failed; it goes on")


def start(app: Flask) -> None:
    """Start the worker thread of this process."""
    threading.Thread(target=_work, args=(app, threading.Event()), name="worker", daemon=True).start()


def work_until_asked(app: Flask) -> None:
    """Do due work in the thread that calls, until the process is asked to end; the piece at hand is finished first, and
    what else was claimed is left for others at once."""
    stop = threading.Event()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    db.session.remove()  # each look has a session of its own
    _work(app, stop)
