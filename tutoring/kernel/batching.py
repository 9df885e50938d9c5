"""Natural batching without timers: items that arrive while one batch is handled are the next batch.

A lone item never waits, and a crowd costs as few transactions as possible. A batch that fails is retried item by item,
so that one bad item does not spoil the others. There is one class for each kind of caller:

- `CallCoalescer` for callers that need the result. They wait, and one of them works for all; it has no thread.
- `BatchQueue` for callers that must not wait, such as the thread that reads all connections. It has one thread, keeps
  the items of one sender in order, and leaves slow items to other threads.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)
P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

MAX_COALESCED = 64  # calls done at once by a CallCoalescer
MAX_BATCH = 256  # items in one batch of a BatchQueue
MOST_TRIES = 25  # batches in which an item may find its rows locked by others, before it waits for them alone
PAUSE = 0.002  # seconds before retrying locked items when no new item has arrived


class BatchQueue(Generic[T]):
    """Handles queued items in batches, in one background thread.

    `together` handles a batch. It returns the items to do alone and the items to retry in the next batch because others
    hold locks on what they need, both in order. `alone` handles one item and never raises. `by` returns the item's
    sender. `do` runs a callable on some thread.
    """

    def __init__(
        self,
        together: Callable[[list[T]], tuple[list[T], list[T]]],
        alone: Callable[[T], None],
        by: Callable[[T], Hashable],
        do: Callable[[Callable[[], None]], None],
    ) -> None:
        self._together, self._alone, self._by, self._do = together, alone, by, do
        self._queue: SimpleQueue[T] = SimpleQueue()
        self._later: dict[Hashable, deque[T]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, piece: T) -> None:
        """Queues an item to be handled soon; never blocks."""
        self._queue.put(piece)
        if self._thread is None or not self._thread.is_alive():
            self._begin()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        again: list[T] = []
        tries: dict[int, int] = {}
        while True:
            batch = again or [self._queue.get()]
            if again and self._queue.empty():
                time.sleep(PAUSE)
            try:
                while len(batch) < MAX_BATCH:
                    batch.append(self._queue.get_nowait())
            except Empty:
                pass
            ready = [piece for piece in batch if not self._behind(piece)]
            left, again = ready, []
            try:
                left, again = self._together(ready) if ready else ([], [])
            except BaseException:  # any error: this thread must go on, and each item must get its answer
                log.exception("a batch of %d failed, each is tried alone", len(ready))
            tries = {id(piece): tries.get(id(piece), 0) + 1 for piece in again}
            tired = [piece for piece in again if tries[id(piece)] > MOST_TRIES]
            again = [piece for piece in again if tries[id(piece)] <= MOST_TRIES]
            for piece in left + tired:
                self._put_off(piece)

    def _behind(self, piece: T) -> bool:
        """Queues the item behind earlier items of the same sender that are still to be done alone.

        Returns whether there are such items.
        """
        with self._lock:
            waiting = self._later.get(self._by(piece))
            if waiting is not None:
                waiting.append(piece)
            return waiting is not None

    def _put_off(self, piece: T) -> None:
        whose = self._by(piece)
        with self._lock:
            waiting = self._later.get(whose)
            if waiting is not None:
                waiting.append(piece)
                return
            self._later[whose] = deque([piece])
        self._do(lambda: self._catch_up(whose))

    def _catch_up(self, whose: Hashable) -> None:
        while True:
            with self._lock:
                waiting = self._later[whose]
                if not waiting:
                    del self._later[whose]
                    return
                piece = waiting.popleft()
            try:
                self._alone(piece)
            except Exception:
                log.exception("a piece of work failed")


class _Waiting:
    """One item and the thread that waits for its result."""

    def __init__(self, piece: Any) -> None:
        self.piece, self.done = piece, False
        self.answer: Any = None
        self.gate = threading.Lock()
        self.gate.acquire()


class CallCoalescer(Generic[P, R]):
    """Runs concurrent calls of several threads together.

    `together` handles several items and returns one result for each, in order. An exception as a result is raised to
    that item's caller. When `together` itself fails, each item is retried alone, so that one bad item does not spoil
    the others.
    """

    def __init__(self, together: Callable[[list[P]], list[R | Exception]], largest: int = MAX_COALESCED) -> None:
        self._together, self._largest = together, largest
        self._lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._led = False

    def do(self, piece: P) -> R:
        """Handles the item, in this thread or another; returns when it is done."""
        mine = _Waiting(piece)
        with self._lock:
            self._queue.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.gate.acquire()  # released when the item is done, or when this thread must lead the next batch
        if not mine.done:
            self._lead()
        if isinstance(mine.answer, BaseException):
            raise mine.answer
        answer: R = mine.answer
        return answer

    def _lead(self) -> None:
        with self._lock:
            some = [self._queue.popleft() for _ in range(min(self._largest, len(self._queue)))]
        try:
            for one, answer in zip(some, self._answers([one.piece for one in some]), strict=True):
                one.answer = answer
        except BaseException as error:
            for one in some:
                one.answer = error
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._led = following is not None
            for one in some:
                one.done = True
                one.gate.release()
            if following is not None:
                following.gate.release()

    def _answers(self, pieces: list[P]) -> list[Any]:
        try:
            return list(self._together(pieces))
        except Exception:
            if len(pieces) == 1:
                raise
        return [self._alone(piece) for piece in pieces]

    def _alone(self, piece: P) -> Any:
        try:
            return self._together([piece])[0]
        except Exception as error:
            return error
