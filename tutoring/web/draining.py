"""Whether this process is on its way out: it answers what is asked, and wants no new visitors.

The server's own process loads this module before it forks (tutoring/web/gunicorn_worker.py), so it names nothing of
the application: who has something to end says so here.
"""

from collections.abc import Callable

_begun = False
_goodbyes: dict[str, Callable[[], None]] = {}


def begin() -> None:
    """From now on the proxy is told to send people elsewhere."""
    global _begun
    _begun = True


def is_draining() -> bool:
    """Whether that was said."""
    return _begun


def before_leaving(name: str, goodbye: Callable[[], None]) -> None:
    """Have something done once no new visitors can come any more; it may take some seconds, and must end by itself."""
    _goodbyes[name] = goodbye


def say_goodbye() -> None:
    """Do all of that, one after the other."""
    for goodbye in list(_goodbyes.values()):
        goodbye()
