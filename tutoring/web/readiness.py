"""`/readyz`: whether this process should get visitors now.

Every part is probed anew, all at the same time, with a short timeout. A part that hangs costs one thread, however often
it is probed.
"""

import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify
from redis import Redis
from werkzeug.wrappers import Response

from tutoring.config import Settings
from tutoring.kernel.database import schema_version
from tutoring.kernel.db import db
from tutoring.kernel.monitoring.health_probes import Probe, ProbeTimeout, Run, beside, reading
from tutoring.web import draining
from tutoring.web.security import as_data

blueprint = Blueprint("ready", __name__)

PATIENCE = 0.8  # seconds for all parts together
FINE = frozenset({"ok", "ahead"})


class Parts:
    """What this process needs, one probe for each part."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        with app.app_context():
            engine = db.engine

        def database() -> str:
            with beside(engine).connect() as connection, reading(connection):
                found = schema_version.standing(connection)
            return {"current": "ok", "none": "behind"}.get(found, found)

        self._questions: dict[str, Probe[str]] = {"database": Probe("database", database)}
        if settings.redis_url:
            self._questions["redis"] = Probe("redis", _redis(settings.redis_url))

    def standing(self) -> dict[str, str]:
        """Returns the state of each part: `ok`, or a word for what is wrong with it."""
        until = time.monotonic() + PATIENCE
        begun = {name: question.begin() for name, question in self._questions.items()}
        found = {name: _answer(run, until) for name, run in begun.items()}
        found["process"] = "draining" if draining.is_draining() else "ok"
        return found


def _redis(url: str) -> Callable[[], str]:
    client = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    return lambda: "ok" if client.ping() else "down"


def _answer(run: Run[str], until: float) -> str:
    try:
        return run.answer(max(0.0, until - time.monotonic()))
    except ProbeTimeout:
        return "slow"
    except Exception:
        return "down"


@blueprint.get("/readyz")
def look() -> Response:
    parts: dict[str, Any] = current_app.extensions["parts"].standing()
    ready = FINE.issuperset(parts.values())
    response = jsonify(ok=ready, parts=parts)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    as_data(response)
    return response


def init(app: Flask, settings: Settings) -> None:
    """Registers the parts to probe."""
    app.extensions["parts"] = Parts(app, settings)
