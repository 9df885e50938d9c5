"""Commands: each is one transaction; what concerns the outside world waits for its commit."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tutoring.kernel.db import db

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


def _waiting() -> list[tuple[Callable[..., Any], tuple[Any, ...]]] | None:
    return db.session.info.get("after_commit")


def in_command() -> bool:
    """Whether a command is running in this session."""
    return _waiting() is not None


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function one transaction: the outermost command commits, an exception undoes everything.

    A command called by a command joins it. The reading transaction that went before is ended first,
    so rows that were passed in are read again inside the write transaction and are never stale.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_command():
            return function(*args, **kwargs)
        session = db.session()
        session.rollback()
        session.connection(execution_options={"write": True})
        session.info["after_commit"] = []
        try:
            result = function(*args, **kwargs)
            session.commit()
            callbacks = session.info["after_commit"]
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("after_commit", None)
        for callback, values in callbacks:
            try:
                callback(*values)
            except Exception:  # the change stands; a push that fails is healed by the next read
                log.exception("after-commit callback %s failed", getattr(callback, "__qualname__", callback))
        return result

    return run


def after_commit(callback: Callable[..., Any], *values: Any) -> None:
    """Call back once the running command has been committed; pass values, never rows."""
    waiting = _waiting()
    if waiting is None:
        raise RuntimeError("after_commit outside a command")
    waiting.append((callback, values))
