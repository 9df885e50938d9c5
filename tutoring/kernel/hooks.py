"""Hooks: extension points that a lower feature declares and higher features register functions at.

A lower feature must not import a higher one. So it declares a hook in its `hooks.py` and collects from it. The higher
feature registers in a module that `features.py` imports.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, ParamSpec, TypeVar, overload
from weakref import WeakValueDictionary

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """A named list of functions with the same parameters; each returns a result, or None for none.

    The functions run by ascending `order`, then in the order of their registration, which is the import order of
    `features.py`. Raises ValueError when a name or a function is used twice.
    """

    _by_name: WeakValueDictionary[str, "Hook[Any, Any]"] = WeakValueDictionary()

    def __init__(self, name: str) -> None:
        if name in self._by_name:
            raise ValueError(f"there is a hook {name} already")
        self.name = name
        self._functions: list[tuple[int, Callable[P, R | None]]] = []
        self._by_name[name] = self

    @overload
    def register(self, function: Callable[P, R | None], /) -> Callable[P, R | None]: ...
    @overload
    def register(self, /, *, order: int) -> Callable[[Callable[P, R | None]], Callable[P, R | None]]: ...
    def register(self, function: Callable[P, R | None] | None = None, /, *, order: int = 0) -> object:
        """Registers a function; a plain decorator, or one with an order."""
        if function is None:
            return lambda later: self._add(later, order)
        return self._add(function, order)

    def _add(self, function: Callable[P, R | None], order: int) -> Callable[P, R | None]:
        if any(function == known for _, known in self._functions):
            raise ValueError(f"{function!r} is registered at the hook {self.name} already")
        self._functions.append((order, function))
        self._functions.sort(key=lambda one: one[0])  # stable: equal orders stay as they were registered
        return function

    def collect(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        """Yields the results that are not None. Each function runs when its result is asked for.

        So `any`, `all` and `next` run only as many functions as they need.
        """
        for _, function in self._functions:
            result = function(*args, **kwargs)
            if result is not None:
                yield result
