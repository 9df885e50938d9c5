"""Correlation id of the current request, socket event or job; every log line carries it.

A user can quote it, and the operators of the site can find those log lines by it.

The id is made on first use. It has no digits, so it never looks like personal data, and no vowels, so it spells no
word.
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
# The ids that proxies make: 32 hexadecimal digits (nginx) or a UUID. No name or address has that form.
_TOLD = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHOWN = 14  # characters of the id that are shown to users


class Operation:
    """One request, socket event or job; `at` is the endpoint, the event or the kind."""

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
    """Whether this has the form of an id that a proxy makes."""
    return _TOLD.fullmatch(number) is not None


def current() -> Operation | None:
    """Returns the current operation of this thread, or None."""
    return _now.get()


def begin(doing: Operation) -> Token[Operation | None]:
    """Sets the current operation; pass the returned token to `end`."""
    return _now.set(doing)


def end(token: Token[Operation | None]) -> None:
    """Ends the operation."""
    _now.reset(token)


def call(at: str) -> None:
    """Names the current operation as soon as its name is known."""
    doing = _now.get()
    if doing is not None:
        doing.at = at


def shown() -> str:
    """Returns the part of the id that users are shown, enough to find it; empty without one."""
    doing = _now.get()
    return doing.number[:SHOWN] if doing else ""


class piece:
    """Context manager that runs its block as an operation with its own id.

    contextlib's decorator would cost five times as much.
    """

    __slots__ = ("_doing", "_token")

    def __init__(self, at: str) -> None:
        self._doing = Operation(at)

    def __enter__(self) -> Operation:
        self._token = _now.set(self._doing)
        return self._doing

    def __exit__(self, *_: object) -> None:
        _now.reset(self._token)


def named(at: str, function: Callable[P, R]) -> Callable[P, R]:
    """Wraps a function so that each call is its own operation."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _now.set(Operation(at))
        try:
            return function(*args, **kwargs)
        finally:
            _now.reset(token)

    return run
