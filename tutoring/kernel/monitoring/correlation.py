"""What is being done now, by a number that means nothing: one for each request, verb and piece of work. Every line of
the log written meanwhile bears it, so that a person can tell it and whoever runs the site finds those lines.

It is made when somebody first asks for it. Its letters are no digits, so it never looks like anybody's number, and no
vowels, so it spells nothing.
"""

import random
import re
from collections.abc import Callable
from contextvars import ContextVar, Token
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")
# What proxies make: 32 hexadecimal digits (nginx), or a UUID. Nobody's name or address has that form.
_TOLD = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHOWN = 14  # signs of it that a person is asked to tell


class Operation:
    """One request, verb or piece of work; `at` is the endpoint, the verb or the kind."""

    __slots__ = ("_number", "at")

    def __init__(self, at: str = "", number: str = "") -> None:
        self.at, self._number = at, number

    @property
    def number(self) -> str:
        if not self._number:
            made = f"{random.getrandbits(48):012x}".translate(_LETTERS)
            self._number = f"{made[:4]}-{made[4:8]}-{made[8:]}"
        return self._number


_now: ContextVar[Operation | None] = ContextVar("doing", default=None)


def well_formed(number: str) -> bool:
    """Whether this is such a number as a proxy makes."""
    return _TOLD.fullmatch(number) is not None


def current() -> Operation | None:
    """What this thread is doing, if that has a number."""
    return _now.get()


def begin(doing: Operation) -> Token[Operation | None]:
    """From now on this is what is being done; give what comes back to `end`."""
    return _now.set(doing)


def end(token: Token[Operation | None]) -> None:
    """It is done."""
    _now.reset(token)


def call(at: str) -> None:
    """Name what is being done, as soon as that is known."""
    doing = _now.get()
    if doing is not None:
        doing.at = at


def shown() -> str:
    """What a person is asked to tell of the number of what is being done: enough of it to be found; empty without."""
    doing = _now.get()
    return doing.number[:SHOWN] if doing else ""


class piece:
    """Within, this is being done, under a number of its own. (contextlib's way would cost five times as much.)"""

    __slots__ = ("_doing", "_token")

    def __init__(self, at: str) -> None:
        self._doing = Operation(at)

    def __enter__(self) -> Operation:
        self._token = _now.set(self._doing)
        return self._doing

    def __exit__(self, *_: object) -> None:
        _now.reset(self._token)


def named(at: str, function: Callable[P, R]) -> Callable[P, R]:
    """The function, each call of which is a piece of its own."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _now.set(Operation(at))
        try:
            return function(*args, **kwargs)
        finally:
            _now.reset(token)

    return run
