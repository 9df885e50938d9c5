"""The writer of batches: nothing waits for a timer, nothing overtakes, nothing is lost, and it never stops."""

import random
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.waiting import until
from tutoring.kernel import batching
from tutoring.kernel.batching import MAX_BATCH, MOST_TRIES, BatchQueue
from tutoring.web.transport import WorkerPool

Piece = tuple[str, int]  # whose, and which of theirs


class Work:
    """Batches as they came, and what was done with each piece; `left` says which have to go alone."""

    def __init__(self, left: Callable[[Piece], bool] = lambda _piece: False) -> None:
        self.left, self.batches, self.done = left, list[list[Piece]](), list[Piece]()
        self.lock = threading.Lock()
        self.gate = threading.Event()
        self.gate.set()
        self.writer: BatchQueue[Piece] = BatchQueue(self.together, self.alone, lambda piece: piece[0], WorkerPool(4).do)

    def together(self, batch: list[Piece]) -> tuple[list[Piece], list[Piece]]:
        self.gate.wait(60)
        with self.lock:
            self.batches.append(batch)
            left = [piece for piece in batch if self.left(piece)]
            behind = {piece[0] for piece in left}
            left = [piece for piece in batch if piece[0] in behind and (piece in left or _after(piece, left))]
            self.done += [piece for piece in batch if piece not in left]
        return left, []

    def alone(self, piece: Piece) -> None:
        with self.lock:
            self.done.append(piece)


def _after(piece: Piece, left: list[Piece]) -> bool:
    return any(one[0] == piece[0] and one[1] < piece[1] for one in left)


def test_what_comes_while_one_batch_is_done_is_the_next() -> None:
    work = Work()
    work.gate.clear()
    for number in range(MAX_BATCH + 40):
        work.writer.put(("an", number))
    work.gate.set()
    until(lambda: len(work.done) == MAX_BATCH + 40)
    assert [number for _who, number in work.done] == list(range(MAX_BATCH + 40))
    assert max(map(len, work.batches)) <= MAX_BATCH
    assert len(work.batches) <= 3


def test_one_piece_is_done_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(batching, "time", SimpleNamespace(sleep=pauses.append))
    work = Work()
    work.writer.put(("an", 0))
    until(lambda: work.done == [("an", 0)])
    assert pauses == []


def test_of_one_sender_nothing_overtakes_and_of_all_nothing_is_lost() -> None:
    rng = random.Random(3)
    odd = {(who, number) for who in "abcdef" for number in range(200) if rng.random() < 0.2}
    work = Work(lambda piece: piece in odd)
    senders = [
        threading.Thread(target=lambda who=who: [work.writer.put((who, number)) for number in range(200)])
        for who in "abcdef"
    ]
    for sender in senders:
        sender.start()
    until(lambda: len(work.done) == 1200)
    for who in "abcdef":
        assert [number for one, number in work.done if one == who] == list(range(200))


def test_a_batch_that_fails_is_done_piece_by_piece_and_the_writer_goes_on() -> None:
    work = Work()
    fails = [ValueError("the database is gone"), SystemExit(1), KeyboardInterrupt()]
    good = work.writer._together

    def failing(batch: list[Piece]) -> tuple[list[Piece], list[Piece]]:
        if fails:
            raise fails.pop()
        return good(batch)

    work.writer._together = failing
    for number in range(6):
        work.writer.put(("an", number))
        until(lambda number=number: len(work.done) == number + 1)  # type: ignore[misc]
    assert [number for _who, number in work.done] == list(range(6)) and not fails


def test_a_piece_that_fails_alone_does_not_hold_up_what_comes_after_it() -> None:
    work = Work(lambda piece: piece[1] == 0)
    good = work.writer._alone

    def failing(piece: Piece) -> None:
        if piece[1] == 0:
            raise ValueError
        good(piece)

    work.writer._alone = failing
    for number in range(3):
        work.writer.put(("an", number))
    until(lambda: [number for _who, number in work.done] == [1, 2])


def test_what_has_to_wait_alone_holds_up_nobody_else() -> None:
    work = Work(lambda piece: piece[0] == "slow")
    held = threading.Event()
    good = work.writer._alone

    def waiting(piece: Piece) -> None:
        held.wait(60)
        good(piece)

    work.writer._alone = waiting
    work.writer.put(("slow", 0))
    for number in range(20):
        work.writer.put(("an", number))
    until(lambda: len(work.done) == 20)
    held.set()
    until(lambda: ("slow", 0) in work.done)


def test_a_writer_whose_thread_has_died_begins_anew() -> None:
    work = Work()
    work.writer.put(("an", 0))
    until(lambda: work.done == [("an", 0)])
    work.writer._thread = threading.Thread(target=lambda: None)  # one that is not alive
    work.writer.put(("an", 1))
    until(lambda: work.done == [("an", 0), ("an", 1)])


def test_what_others_hold_is_in_the_next_batches_and_at_last_goes_alone() -> None:
    work = Work()
    good, held = work.writer._together, [7, MOST_TRIES + 5]  # batches in which the first two senders find it held
    seen: dict[str, int] = {"an": 0, "binh": 0}

    def holding(batch: list[Piece]) -> tuple[list[Piece], list[Piece]]:
        again = []
        for number, who in enumerate(seen):
            if any(piece[0] == who for piece in batch):
                seen[who] += 1
                if seen[who] <= held[number]:
                    again += [piece for piece in batch if piece[0] == who]
        left, _none = good([piece for piece in batch if piece not in again])
        return left, again

    work.writer._together = holding
    for who in ("an", "binh", "lan"):
        for number in range(3):
            work.writer.put((who, number))
    until(lambda: len(work.done) == 9)
    for who in ("an", "binh", "lan"):
        assert [number for one, number in work.done if one == who] == [0, 1, 2]
    assert [piece[0] for piece in work.done[:3]] == ["lan"] * 3  # held up by nobody
    assert seen == {"an": 8, "binh": MOST_TRIES + 1}
