"""Work of several threads that one of them does for all."""

import threading
import time
from collections.abc import Callable

import pytest

from tutoring.kernel.gathering import Gathered


def all_at_once(gathered: Gathered[int, int], pieces: range) -> dict[int, object]:
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
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return got


def slowly(seen: list[list[int]], do: Callable[[int], int | Exception]) -> Callable[[list[int]], list[int | Exception]]:
    def together(pieces: list[int]) -> list[int | Exception]:
        seen.append(pieces)
        time.sleep(0.05)
        return [do(piece) for piece in pieces]

    return together


def test_a_lone_one_waits_for_nobody_and_a_crowd_is_done_together() -> None:
    seen: list[list[int]] = []
    gathered = Gathered(slowly(seen, lambda piece: piece * 2), largest=64)
    assert gathered.do(7) == 14 and seen == [[7]]
    assert all_at_once(gathered, range(100)) == {piece: piece * 2 for piece in range(100)}
    assert sorted(piece for some in seen[1:] for piece in some) == list(range(100)), "each is done once"
    assert len(seen) - 1 <= 6 and max(map(len, seen)) <= 64


def test_an_exception_is_raised_to_whoever_asked_and_to_nobody_else() -> None:
    gathered = Gathered(slowly([], lambda piece: KeyError(piece) if piece == 3 else piece))
    got = all_at_once(gathered, range(8))
    assert got == {piece: KeyError if piece == 3 else piece for piece in range(8)}


def test_what_fails_together_is_tried_alone_and_the_next_are_still_done() -> None:
    seen: list[list[int]] = []

    def together(pieces: list[int]) -> list[int | Exception]:
        seen.append(pieces)
        time.sleep(0.05)
        if 5 in pieces:
            raise ValueError("one of them cannot be done")
        return list(pieces)

    gathered = Gathered(together)
    got = all_at_once(gathered, range(12))
    assert got == {piece: ValueError if piece == 5 else piece for piece in range(12)}
    assert any(len(some) > 1 and 5 in some for some in seen), "it was never tried with others"
    with pytest.raises(ValueError, match="one of them"):
        gathered.do(5)
    assert gathered.do(6) == 6
