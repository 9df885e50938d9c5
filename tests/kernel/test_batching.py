"""Work of several threads that one of them does for all."""

import threading
from collections.abc import Callable

import pytest

from tests.waiting import until
from tutoring.kernel.batching import CallCoalescer


def all_at_once(gathered: CallCoalescer[int, int], pieces: range) -> dict[int, object]:
    """What each of as many threads gets, who all ask while the first is still busy."""
    got: dict[int, object] = {}

    def ask(piece: int) -> None:
        try:
            got[piece] = gathered.do(piece)
        except Exception as error:
            got[piece] = type(error)

    threads = [threading.Thread(target=ask, args=(piece,), daemon=True) for piece in pieces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return got


class Slowly:
    """Does pieces together, the first of them not before everybody has asked."""

    def __init__(self, everybody: int, do: Callable[[int], int | Exception]) -> None:
        self.everybody, self.do, self.seen = everybody, do, list[list[int]]()
        self.gathered: CallCoalescer[int, int] = CallCoalescer(self.together, largest=64)

    def together(self, pieces: list[int]) -> list[int | Exception]:
        self.seen.append(pieces)
        begun = {piece for some in self.seen for piece in some}
        until(lambda: len(begun) + len(self.gathered._queue) >= self.everybody, "everybody asks")
        return [self.do(piece) for piece in pieces]


def test_a_lone_one_waits_for_nobody_and_a_crowd_is_done_together() -> None:
    work = Slowly(1, lambda piece: piece * 2)
    assert work.gathered.do(7) == 14 and work.seen == [[7]]
    work.everybody, work.seen = 100, []
    assert all_at_once(work.gathered, range(100)) == {piece: piece * 2 for piece in range(100)}
    assert sorted(piece for some in work.seen for piece in some) == list(range(100)), "each is done once"
    assert len(work.seen) <= 3 and max(map(len, work.seen)) <= 64


def test_an_exception_is_raised_to_whoever_asked_and_to_nobody_else() -> None:
    got = all_at_once(Slowly(8, lambda piece: KeyError(piece) if piece == 3 else piece).gathered, range(8))
    assert got == {piece: KeyError if piece == 3 else piece for piece in range(8)}


def test_what_fails_together_is_tried_alone_and_the_next_are_still_done() -> None:
    work = Slowly(12, lambda piece: piece)
    good = work.together

    def together(pieces: list[int]) -> list[int | Exception]:
        done = good(pieces)
        if 5 in pieces:
            raise ValueError("one of them cannot be done")
        return done

    work.gathered._together = together
    # Whoever leads is alone at first; what fails comes behind, with others.
    leads = threading.Thread(target=work.gathered.do, args=(0,), daemon=True)
    leads.start()
    until(lambda: work.seen == [[0]], "the first has begun")
    got = all_at_once(work.gathered, range(1, 12))
    leads.join(60)
    assert got == {piece: ValueError if piece == 5 else piece for piece in range(1, 12)}
    assert any(len(some) > 1 and 5 in some for some in work.seen), "it was never tried with others"
    with pytest.raises(ValueError, match="one of them"):
        work.gathered.do(5)
    assert work.gathered.do(6) == 6
