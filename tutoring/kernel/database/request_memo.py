"""What a page has already read: each of these reads runs once in a web request.

A request begins and ends a memo (`begin`, `end`), which belongs to its database session. The memo is dropped when the
session's transaction ends, and it is not used inside a command. So a read after a write of the same request, and every
decision of a command, asks the database. Nothing is held from one request to the next. Jobs, sockets and the command
line begin no memo.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import sqlalchemy as sa

from tutoring.kernel.commands import in_command
from tutoring.kernel.db import db

P = ParamSpec("P")
R = TypeVar("R")

_KEY = "request_memo"


def begin() -> None:
    """Begins the memo of a web request; call it before anything is read."""
    db.session.info[_KEY] = {}


def end(_error: BaseException | None = None) -> None:
    """Ends the memo with its request."""
    db.session.info.pop(_KEY, None)


def once_in_request(read: Callable[P, R]) -> Callable[P, R]:
    """Makes a read run once in a request for the same arguments, which are hashable.

    Every caller gets the same object, so the result is immutable or is never changed.
    """

    @wraps(read)
    def found(*args: P.args, **kwargs: P.kwargs) -> R:
        memo: dict[Any, Any] | None = db.session.info.get(_KEY)
        if memo is None or in_command():
            return read(*args, **kwargs)
        key = (read, args, tuple(kwargs.items()))
        if key not in memo:
            value = read(*args, **kwargs)  # a write inside it drops what was noted before
            memo[key] = value
        return cast(R, memo[key])

    return found


@sa.event.listens_for(db.session, "after_transaction_end")
def _drop(session: Any, transaction: Any) -> None:
    if transaction.parent is None and session.info.get(_KEY):
        session.info[_KEY].clear()


@sa.event.listens_for(db.session, "after_flush")
def _drop_after_write(session: Any, _context: Any) -> None:
    if session.info.get(_KEY):
        session.info[_KEY].clear()
