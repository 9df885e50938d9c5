"""The event loop: one thread reads every connection, a few do the work that they ask for."""

import heapq
import itertools
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

log = logging.getLogger(__name__)

TICK = 1.0  # seconds between two timed checks
Job = Callable[[], object]


class WorkerPool:
    """A thread pool whose threads start as needed; a failing job is logged and ends nothing."""

    def __init__(self, most: int) -> None:
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="hand")

    def do(self, job: Job) -> None:
        """Runs a job soon on a free thread."""
        try:
            self._pool.submit(attempt, job)
        except RuntimeError:  # the process ends, and no new thread starts
            log.debug("a job of lines came too late")


def attempt(job: Job) -> None:
    """Runs a job whose error must not end the calling thread."""
    try:
        job()
    except Exception:
        log.exception("a job of lines failed")


class Loop:
    """Waits for sockets. Callbacks run in its thread and must not block."""

    def __init__(self, hands: WorkerPool, ticks: list[Job]) -> None:
        self.hands, self._ticks = hands, ticks
        self._selector = selectors.DefaultSelector()
        self._bell, self._cord = socket.socketpair()
        self._bell.setblocking(False)
        self._cord.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ, self._rung)
        self._calls: deque[Job] = deque()
        self._timers: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def is_here(self) -> bool:
        """Whether the caller runs in the loop's thread."""
        return threading.current_thread() is self._thread

    def call(self, job: Job) -> None:
        """Runs a job in the loop's thread."""
        self._calls.append(job)
        if not self.is_here():
            self._begin()
            try:
                self._cord.send(b"!")
            except BlockingIOError:  # a wake-up is already pending
                pass

    def call_later(self, seconds: float, job: Job) -> None:
        """Runs a job in the loop's thread after a while."""
        self.call(lambda: heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), job)))

    def watch(self, sock: socket.socket, events: int, then: Callable[[int], None]) -> None:
        """Calls back when these events occur; 0 unregisters (only in the loop's thread)."""
        known = sock.fileno() >= 0 and sock in self._selector.get_map()
        if known and events:
            self._selector.modify(sock, events, then)
        elif known:
            self._selector.unregister(sock)
        elif events:
            self._selector.register(sock, events, then)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
                self._thread.start()

    def _rung(self, _events: int) -> None:
        try:
            self._bell.recv(4096)
        except BlockingIOError:
            pass

    def _run(self) -> None:
        looked = time.monotonic()
        while True:
            try:
                wait = min(TICK, max(0.0, self._timers[0][0] - time.monotonic())) if self._timers else TICK
                for key, events in self._selector.select(wait):
                    then: Callable[[int], None] = key.data
                    attempt(partial(then, events))
                while self._calls:
                    attempt(self._calls.popleft())
                while self._timers and self._timers[0][0] <= time.monotonic():
                    attempt(heapq.heappop(self._timers)[2])
                if time.monotonic() - looked >= TICK:
                    looked = time.monotonic()
                    for tick in self._ticks:
                        attempt(tick)
            except Exception:
                log.exception("the loop of lines stumbled")
                time.sleep(0.1)
