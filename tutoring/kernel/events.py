"""Events: facts that commands publish; other features react in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_reactions: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def on(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Registers a reaction to an event class."""

    def register(reaction: Callable[[E], None]) -> Callable[[E], None]:
        if reaction not in _reactions[event]:
            _reactions[event].append(reaction)
        return reaction

    return register


def publish(event: object) -> None:
    """Calls every reaction now; one that fails rolls back the publishing command."""
    for reaction in _reactions[type(event)]:
        reaction(event)
