"""An application that tells whether its process is on its way out, and one of whose answers takes a while."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from tutoring.web import draining

TAKES = 5.0  # seconds: longer than a worker serves on after it was asked to end


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What a WSGI server calls."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(TAKES)
    body = str(draining.is_draining()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
