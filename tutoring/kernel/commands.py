"""Commands: each is one transaction; side effects outside the database run after its commit."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from tutoring.kernel.db import db

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


def _waiting() -> list[tuple[Callable[..., Any], tuple[Any, ...]]] | None:
    return db.session.info.get("after_commit")


def in_command() -> bool:
    """Whether a command is running in this session."""
    return _waiting() is not None


TRIES = 4
_DEADLOCK = "40P01"  # PostgreSQL's SQLSTATE for a deadlock: it rolls back one of the two transactions


def _transaction(function: Callable[[], R]) -> tuple[R, list[tuple[Callable[..., Any], tuple[Any, ...]]]]:
    """Runs the function as one transaction; returns its result and the after-commit callbacks."""
    session = db.session()
    if session.in_transaction():
        session.rollback()
    session.connection(execution_options={"write": True})
    session.info["after_commit"] = []
    session.info["before_commit"] = {}
    try:
        result = function()
        _last_of_all(session.info["before_commit"])
        session.commit()
        return result, session.info["after_commit"]
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("after_commit", None)
        session.info.pop("before_commit", None)


def _again(error: DBAPIError, tries: int) -> bool:
    return tries < TRIES and getattr(error.orig, "sqlstate", "") == _DEADLOCK


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Makes a function one transaction: the outermost command commits, an exception rolls back.

    A command that is called by a command joins its transaction. The read transaction before it is ended first, so rows
    passed in are read again inside the write transaction and are never stale. A transaction that the database rolled
    back because of a deadlock is run again from the start, up to four times.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_command():
            return function(*args, **kwargs)
        for tries in range(1, TRIES + 1):
            try:
                result, callbacks = _transaction(lambda: function(*args, **kwargs))
                break
            except DBAPIError as error:
                if not _again(error, tries):
                    raise
                log.warning("deadlock in %s, once more", function.__qualname__)
        for callback, values in callbacks:
            try:
                callback(*values)
            except Exception:  # the change is committed; a lost push is repaired by the next read
                log.exception("after-commit callback %s failed", getattr(callback, "__qualname__", callback))
        return result

    return run


def best_effort(act: Callable[..., object], *values: Any) -> None:
    """Runs a best-effort write during a read request.

    Database errors are logged, not raised, so reading goes on when nothing can be written, as on a full disk.
    """
    try:
        act(*values)
    except DBAPIError as error:
        if in_command() or error.connection_invalidated:
            raise
        log.exception("%s could not be noted", getattr(act, "__qualname__", "it"))


def _last_of_all(waiting: dict[Callable[[list[Any]], object], list[Any]]) -> None:
    for callback, values in waiting.items():
        callback(values)


def before_commit(callback: Callable[[list[Any]], object], value: Any) -> None:
    """Registers a callback that runs once, with all its values, before the command's commit.

    Use it for work that takes a contended lock: the command's earlier reads then do not hold up other writers.
    """
    if not in_command():
        raise RuntimeError("before_commit outside a command")
    db.session.info["before_commit"].setdefault(callback, []).append(value)


def after_commit(callback: Callable[..., Any], *values: Any) -> None:
    """Registers a callback that runs once the command is committed; pass values, never rows."""
    waiting = _waiting()
    if waiting is None:
        raise RuntimeError("after_commit outside a command")
    waiting.append((callback, values))
