"""The worker that looks after due work: a thread in every server process; the rows decide who does what."""

import logging
import threading

from flask import Flask

from tutoring.kernel import clock, jobs

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between looks when nothing is due


def _work(app: Flask) -> None:
    stop, day = threading.Event(), None
    while not stop.wait(EVERY):
        try:
            with app.app_context():
                if day != clock.today():
                    day = jobs.put_down_daily()
                while jobs.run_due():
                    pass
        except Exception:
            log.exception("worker failed; it goes on")


def start(app: Flask) -> None:
    """Start the worker thread of this process."""
    threading.Thread(target=_work, args=(app,), name="worker", daemon=True).start()
