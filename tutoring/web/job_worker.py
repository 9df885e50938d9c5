"""The worker for background jobs: threads in every server process, or its own process.

The claimed rows decide which worker does what. Each lane (kernel/jobs.py) has its own threads, so a slow outside
machine delays only mail and pushes: offer waves, alarms and expiries go on. A machine that a user has named delays only
other webhooks.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from types import FrameType

from flask import Flask

from tutoring.kernel import clock, jobs
from tutoring.kernel.monitoring import heartbeat

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between checks when no job is due
BEATS = 60.0  # seconds between heartbeats
RENEWAL = jobs.LEASE.total_seconds() / 4  # seconds between renewals of leases
AT_ONCE = {jobs.OUTWARD: 6, jobs.POSTS: 2}  # jobs that wait for other machines at the same time


class Worker:
    """The threads of one process that do background jobs until they are stopped."""

    def __init__(self, app: Flask, every: float = EVERY) -> None:
        self._app, self._every = app, every
        self._stop, self._is_over = threading.Event(), threading.Event()
        self._day: date | None = None
        self._beat_at = -BEATS
        self._free = {lane: threading.BoundedSemaphore(number) for lane, number in AT_ONCE.items()}
        self._pools = {
            lane: ThreadPoolExecutor(number, thread_name_prefix=lane) for lane, number in AT_ONCE.items()
        }  # fmt: skip
        looks: dict[str, Callable[[], None]] = {"worker": self._quick, "long-work": self._long}
        looks |= {lane: partial(self._send, lane) for lane in AT_ONCE}
        self._threads = [
            threading.Thread(target=self._look, args=(look,), name=name, daemon=True) for name, look in looks.items()
        ]
        self._leases = threading.Thread(target=self._renew, name="leases", daemon=True)

    def start(self) -> None:
        """Starts the threads."""
        for thread in (*self._threads, self._leases):
            thread.start()

    def stop(self) -> None:
        """Stops claiming jobs, without waiting for those under way."""
        self._stop.set()

    def join(self) -> None:
        """Waits until the jobs begun before `stop` are finished."""
        for thread in self._threads:
            while thread.is_alive():
                thread.join(self._every)  # a thread that waits without a timeout receives no signal
        for pool in self._pools.values():
            pool.shutdown()
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
        if self._beat_at + BEATS < time.monotonic():  # before any job, so that a gap is reported as it was
            heartbeat.beat()
            self._beat_at = time.monotonic()
        if self._day != clock.today():
            self._day = jobs.enqueue_daily_jobs()
        while jobs.run_due(go_on=self._goes_on, lane=jobs.QUICK):
            pass

    def _long(self) -> None:
        while jobs.run_due(1, go_on=self._goes_on, lane=jobs.LONG):
            pass

    def _send(self, lane: str) -> None:
        """Claims a job only when a thread is free, so that its lease does not expire while it waits."""
        while self._goes_on() and self._free[lane].acquire(timeout=self._every):
            taken = []
            try:
                taken = jobs.claim(1, lane)
            finally:
                if not taken:
                    self._free[lane].release()
            if not taken:
                return
            self._pools[lane].submit(self._do, lane, taken[0])

    def _do(self, lane: str, taken: tuple[int, str]) -> None:
        try:
            with self._app.app_context():
                jobs.do(taken)
        except Exception:
            log.exception("worker failed; it goes on")
        finally:
            self._free[lane].release()

    def _renew(self) -> None:
        """Renews leases until all jobs are finished, also those still under way after `stop`."""
        while not self._is_over.wait(RENEWAL):
            try:
                if jobs.is_any_under_way():
                    with self._app.app_context():
                        jobs.renew()
            except Exception:
                log.exception("leases were not renewed; it goes on")


def start(app: Flask) -> None:
    """Starts the worker of this process."""
    Worker(app).start()


def work_until_asked(app: Flask) -> None:
    """Does background jobs until the process is asked to end.

    Jobs under way are finished first; other claimed jobs are released at once.
    """
    worker = Worker(app)

    def asked(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    worker.start()
    worker.join()
