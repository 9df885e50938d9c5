"""The worker that looks after due work: threads in every server process, or a process of its own; the rows decide who
does what.

Each lane of work (kernel/jobs.py) has threads of its own. So what other machines do, or do not do, delays mail and
pushes only: waves, alarms and expiries go on.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import FrameType

from flask import Flask

from tutoring.kernel import clock, jobs
from tutoring.kernel.monitoring import heartbeat

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between looks when nothing is due
BEATS = 60.0  # seconds between signs of life
RENEWAL = jobs.LEASE.total_seconds() / 4  # seconds between renewals of leases
OUTWARD_THREADS = 6  # pieces that wait for other machines at the same time


class Worker:
    """The threads of one process that do due work, until they are asked to stop."""

    def __init__(self, app: Flask, every: float = EVERY) -> None:
        self._app, self._every = app, every
        self._stop, self._is_over = threading.Event(), threading.Event()
        self._day: date | None = None
        self._beat_at = -BEATS
        self._free = threading.BoundedSemaphore(OUTWARD_THREADS)
        self._outward = ThreadPoolExecutor(OUTWARD_THREADS, thread_name_prefix="outward")
        looks = {"worker": self._quick, "long-work": self._long, "outward": self._send}
        self._threads = [
            threading.Thread(target=self._look, args=(look,), name=name, daemon=True) for name, look in looks.items()
        ]
        self._leases = threading.Thread(target=self._renew, name="leases", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        for thread in (*self._threads, self._leases):
            thread.start()

    def stop(self) -> None:
        """Claim nothing more, without waiting for what is under way."""
        self._stop.set()

    def join(self) -> None:
        """Wait until what was begun before `stop` is finished."""
        for thread in self._threads:
            while thread.is_alive():
                thread.join(self._every)  # a thread that waits without end hears no signal
        self._outward.shutdown()
        self._is_over.set()
        self._leases.join()

    def _goes_on(self) -> bool:
        return not self._stop.is_set()

    def _look(self, look: Callable[[], None]) -> None:
        while not self._stop.wait(self._every):
            try:
                with self._app.app_context():
                    look()
            except Exception:
                log.exception("worker failed; it goes on")

    def _quick(self) -> None:
        if self._beat_at + BEATS < time.monotonic():  # before any work, so that a gap is told as it was
            heartbeat.beat()
            self._beat_at = time.monotonic()
        if self._day != clock.today():
            self._day = jobs.put_down_daily()
        while jobs.run_due(go_on=self._goes_on, lane=jobs.QUICK):
            pass

    def _long(self) -> None:
        while jobs.run_due(1, go_on=self._goes_on, lane=jobs.LONG):
            pass

    def _send(self) -> None:
        """Give each piece to a thread that is free: one that is claimed never waits, so its lease does not run out."""
        while self._goes_on() and self._free.acquire(timeout=self._every):
            taken = []
            try:
                taken = jobs.claim(1, jobs.OUTWARD)
            finally:
                if not taken:
                    self._free.release()
            if not taken:
                return
            self._outward.submit(self._do, taken[0])

    def _do(self, taken: tuple[int, str]) -> None:
        try:
            with self._app.app_context():
                jobs.do(taken)
        except Exception:
            log.exception("worker failed; it goes on")
        finally:
            self._free.release()

    def _renew(self) -> None:
        """Renew leases until all is finished, also of what is still under way after `stop`."""
        while not self._is_over.wait(RENEWAL):
            try:
                if jobs.is_any_under_way():
                    with self._app.app_context():
                        jobs.renew()
            except Exception:
                log.exception("leases were not renewed; it goes on")


def start(app: Flask) -> None:
    """Start the worker of this process."""
    Worker(app).start()


def work_until_asked(app: Flask) -> None:
    """Do due work until the process is asked to end; pieces at hand are finished first, and what else was claimed is
    left for others at once."""
    worker = Worker(app)

    def asked(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    worker.start()
    worker.join()
