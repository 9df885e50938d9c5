"""Who is shown at once, in the room itself, whom to call. Told by the features above."""

from collections.abc import Callable

Asks = Callable[[int, int], bool]  # a room and somebody who takes part in it
_asks: list[Asks] = []


def call_when(asks: Asks) -> Asks:
    """Register who knows that somebody in a room may be in danger now."""
    if asks not in _asks:
        _asks.append(asks)
    return asks


def may_be_in_danger(room_id: int, user_id: int) -> bool:
    """Whether this person is shown the numbers to call without looking for them."""
    return any(asks(room_id, user_id) for asks in _asks)
