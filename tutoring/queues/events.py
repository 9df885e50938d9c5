"""Events of walk-in queues."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QueueMoved:
    """A number was drawn, called or moved, or a desk opened or closed; `left` are the clerks of closed desks."""

    unit_id: int
    left: tuple[int, ...] = ()
