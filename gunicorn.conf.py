"""What gunicorn reads by itself from the folder it starts in."""

import gc
import os
from typing import Any

from tutoring.kernel.logs import JsonFormatter

worker_class = "tutoring.web.gunicorn_worker.Worker"

# No header of a request becomes a part of its environment. gunicorn believes SCRIPT_NAME and PATH_INFO from the
# machine itself, where a proxy stands that hands headers on: addresses in pages would begin with what somebody sent.
forwarder_headers = ""

# A page's next request finds the line still open; until then it holds no thread.
keepalive = 15

# No line for each request: addresses hold what was searched for and whose page it was. Whoever turns the log on gets
# the kind of request, the answer's status and size, and how long it took.
accesslog = None
access_log_format = "%(m)s %(s)s %(B)s %(M)s"

# One process and many threads behind each address: the proxy chooses among addresses, so it has to know each process.
workers = 1
threads = 200

# A worker that is to end needs about ten seconds (tutoring/web/gunicorn_worker.py), more with a thousand open pages.
graceful_timeout = 25


def on_starting(server: Any) -> None:
    """Tell the application where it listens: demonstration accounts are for one's own computer only."""
    for handler in server.log.error_log.handlers:
        handler.setFormatter(JsonFormatter())  # errors without what people typed
    for address in server.cfg.address:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"  # a socket file is as near as this computer
        if host not in {"127.0.0.1", "::1", "localhost"}:
            os.environ["BIND"] = host


def post_fork(server: Any, worker: Any) -> None:
    """Nothing is looked through for what could be thrown away while the application is loaded, which takes a tenth of
    the time."""
    gc.disable()


def post_worker_init(worker: Any) -> None:
    """What was loaded to start with stays for ever: it is not looked through again for what could be thrown away,
    which would hold every request for a twentieth of a second now and then."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def worker_int(worker: Any) -> None:
    """Ctrl+C ends at once: what was acknowledged is committed, and open pages connect again."""
    os._exit(0)
