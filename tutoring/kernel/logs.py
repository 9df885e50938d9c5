"""The log: one JSON object per line, without personal data.

An event is a code. A user is a pseudonym that changes every day and cannot be reversed without the site's key. Log
arguments are written only when they are small numbers or identifiers of our own code. Of an exception, only its kind
and place are logged, never its message, because messages quote what users typed. `request` and `on` name the request,
socket event or job that a line belongs to (monitoring/correlation.py).
"""

import hashlib
import hmac
import json
import logging
import re
import sys
import threading
import traceback
from typing import Any

from tutoring.kernel import clock, services
from tutoring.kernel.monitoring import correlation, metrics

_OWN = "tutoring"
_WORD = re.compile(r"[A-Za-z_][A-Za-z_.<>-]{0,79}")  # an endpoint, a function, a socket event: no digits, no blanks
_MOST = 10**8  # a larger number could be personal, such as a phone number
_FRAMES = 12

event_log = logging.getLogger("tutoring.events")


class LogSafe(str):
    """A text from files of the site, not from users, that may be logged."""


class Pseudonyms:
    """The key of the pseudonyms in an application's log lines."""

    def __init__(self, key: str) -> None:
        self.key = hashlib.sha256(b"log:" + key.encode()).digest()


class _Process:
    """What is so for the whole process: its loggers and hooks belong to Python and serve every application."""

    serving = False


def write_json() -> None:
    """Makes every logger write this format to standard error."""
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonFormatter) for handler in root.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)
    logging.getLogger(_OWN).setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its lines hold addresses and request targets
    threading.excepthook = _of_thread


def serving(production: bool) -> None:
    """Marks the end of start-up: from now on exception messages are left out."""
    _Process.serving = True
    if production:
        sys.excepthook = _of_process


def who(user_id: int | None) -> str:
    """Returns a user's pseudonym for today; it differs every day."""
    if user_id is None:
        return "-"
    of_day = hmac.new(services.current(Pseudonyms).key, clock.today().isoformat().encode(), hashlib.sha256).digest()
    return hmac.new(of_day, str(user_id).encode(), hashlib.sha256).hexdigest()[:10]


def event(code: str, person: int | None = None, **facts: str | int | None) -> None:
    """Logs a security event: a code, a pseudonym and plain facts of our own."""
    event_log.info(code, extra={"person": who(person), "facts": {name: _safe(one) for name, one in facts.items()}})


def _safe(value: object) -> object:
    """Returns a log argument if it cannot hold personal data, else "…"."""
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < _MOST else "…"
    if isinstance(value, LogSafe):
        return str(value)
    return value if isinstance(value, str) and _WORD.fullmatch(value) else "…"


def _message(record: logging.LogRecord) -> str:
    """Returns the text of a record; of foreign loggers only its fixed part."""
    if record.name == "gunicorn.error" and record.levelno <= logging.INFO:
        return record.getMessage()  # start, listening address, end of a worker
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if not record.args:
        if record.name.partition(".")[0] == _OWN:
            return record.msg
        # Formatted text may hold anything after its first words: addresses, parts of a request.
        return " ".join([*record.msg.split()[:2], "…"]) if record.name == "gunicorn.error" else "…"
    if isinstance(record.args, dict):
        return record.msg
    try:
        return record.msg % tuple(_safe(one) for one in record.args)
    except (TypeError, ValueError):  # %d with a string, for example
        return record.msg


def _error(error: BaseException | None) -> dict[str, Any]:
    """Returns the kind and place of an exception and of its causes."""
    kinds: list[str] = []
    seen: set[int] = set()
    one = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        kinds.append(type(one).__name__ if _Process.serving else f"{type(one).__name__}: {one}")
        one = one.__cause__ or one.__context__
    frames = traceback.extract_tb(error.__traceback__ if error else None)[-_FRAMES:]
    return {"error": kinds, "at_lines": [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in frames]}


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])


class JsonFormatter(logging.Formatter):
    """Formats a record as one line; escapes control characters, so that input forges no line."""

    def format(self, record: logging.LogRecord) -> str:
        metrics.log_lines.labels(record.levelname.lower()).inc()
        line: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": _message(record),
        }
        if doing := correlation.current():
            line["request"] = doing.number
            if doing.at:
                line["on"] = doing.at
        if person := getattr(record, "person", None):
            line["person"] = person
        line.update(getattr(record, "facts", None) or {})
        if record.exc_info:
            line.update(_error(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=True)


def _of_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        logging.getLogger(_OWN).error("a thread ended", exc_info=told.exc_value)


def _of_process(_kind: type[BaseException], error: BaseException, _trace: Any) -> None:
    logging.getLogger(_OWN).critical("the process ended", exc_info=error)
