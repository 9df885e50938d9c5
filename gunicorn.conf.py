"""What gunicorn reads by itself from the folder it starts in."""

import os
from typing import Any

# Every open room holds a thread, and neither of the two ways to stop would ever see them all end.
graceful_timeout = 5


def worker_int(worker: Any) -> None:
    """Ctrl+C ends at once: what was acknowledged is committed, and open pages connect again."""
    os._exit(0)
