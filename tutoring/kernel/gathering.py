"""What several threads ask for in the same moment, done by one of them for all: no timer, and no thread of its own.

Whoever comes first begins at once, alone. Whoever comes meanwhile gathers, and the first of those does it for all of
them when the first is done. So a lone one waits for nobody, and a crowd costs as few transactions as it can.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

P = TypeVar("P")
R = TypeVar("R")

LARGEST = 64  # pieces done at once


class _Waiting:
    """One piece, and the thread that waits for what becomes of it."""

    def __init__(self, piece: Any) -> None:
        self.piece, self.done = piece, False
        self.answer: Any = None
        self.gate = threading.Lock()
        self.gate.acquire()


class Gathered(Generic[P, R]):
    """`together` does several pieces and says for each, in order, what came of it; an exception as an answer is raised
    to whoever asked. When it fails itself each piece is tried alone, so that none spoils the others."""

    def __init__(self, together: Callable[[list[P]], list[R | Exception]], largest: int = LARGEST) -> None:
        self._together, self._largest = together, largest
        self._lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._led = False

    def do(self, piece: P) -> R:
        """Have it done, by this thread or another; returns when it is."""
        mine = _Waiting(piece)
        with self._lock:
            self._queue.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.gate.acquire()  # opened when it is done, or when it is this thread's turn to do it
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
