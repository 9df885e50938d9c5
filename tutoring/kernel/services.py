"""Finds the services of the running application: keys, stores and counters that its settings decide.

A service is an object of a small class, built once for each application (tutoring/services.py). A module asks for the
service by its class, so the kernel names no class of the features above it. Two applications in one process have
different services. Which application runs is what Flask's application context says, as for the database session:
threads that push a context have the services of its application.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Finder = Callable[[], Mapping[type[Any], Any]]


class _Running:
    """Holds the function that finds the running application's services.

    It is one for the whole process, because it is the same function for every application. The layer that knows Flask
    sets it.
    """

    find: Finder


def current(kind: type[T]) -> T:
    """Returns the running application's service of this class; needs an application context."""
    found: T = _Running.find()[kind]
    return found


def finder() -> Finder:
    """Returns how the running application's services are found."""
    return _Running.find


def find_with(find: Finder) -> None:
    """Sets how the running application's services are found."""
    _Running.find = staticmethod(find)
