"""Whether this process is draining: it still answers, and wants no new visitors.

The arbiter loads this module before it forks (tutoring/web/gunicorn_worker.py), so it imports nothing of the
application. Components with something to end register here.
"""

from collections.abc import Callable


class _Process:
    """Whether draining has begun: for the whole process, which ends with all its applications."""

    draining = False


_goodbyes: dict[str, Callable[[], None]] = {}


def begin() -> None:
    """Starts draining: from now on the proxy is told to send visitors elsewhere."""
    _Process.draining = True


def is_draining() -> bool:
    """Whether draining has begun."""
    return _Process.draining


def before_leaving(name: str, goodbye: Callable[[], None]) -> None:
    """Registers a callback that runs once no new visitors can come.

    It may take some seconds and must end by itself.
    """
    _goodbyes[name] = goodbye


def say_goodbye() -> None:
    """Runs all these callbacks, one after the other."""
    for goodbye in list(_goodbyes.values()):
        goodbye()
