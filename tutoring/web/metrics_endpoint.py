"""`/metrics`: Prometheus metrics for monitors that send METRICS_TOKEN.

Without a configured token the page does not exist.
"""

import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, abort, current_app, request
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool
from werkzeug.wrappers import Response

from tutoring import VERSION
from tutoring.config import Settings
from tutoring.kernel import rate_limits
from tutoring.kernel.database import schema_version
from tutoring.kernel.db import db
from tutoring.kernel.monitoring.metrics import PREFIX, registry
from tutoring.kernel.monitoring.metrics_cache import SiteMetrics
from tutoring.web import draining, transport
from tutoring.web.security import as_data
from tutoring.web.socket_io import realtime

blueprint = Blueprint("metrics", __name__)


class Process:
    """The metrics of this process that need no query."""

    def __init__(self, app: Flask, engine: Engine, shares: bool) -> None:
        self._app, self._engine, self._shares = app, engine, shares

    def collect(self) -> Iterator[Metric]:
        yield _one("info", "Which version runs.", 1, version=VERSION, head=schema_version.head())
        yield _one("draining", "Whether this process is on its way out.", draining.is_draining())
        sockets = realtime.sockets_of(self._app)
        yield _one("sockets_open", "Sockets of people that this process holds.", len(sockets.open))
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            yield _one("database_connections_in_use", "Connections that are lent out.", pool.checkedout())
            most = pool.size() + max(0, pool._max_overflow)
            yield _one("database_connections_most", "Connections that this process may have.", most)
        manager = sockets.server.manager
        if isinstance(manager, transport.RoomManager):
            family = GaugeMetricFamily(f"{PREFIX}deliveries", "Events written to lines.")
            family.type = "counter"
            family.add_sample(f"{PREFIX}deliveries_total", {}, manager.delivered)
            yield family
        if isinstance(manager, transport.RedisBus):
            yield _one("redis_heard", "Whether what other processes push is heard.", manager.hears)
            yield _one("redis_unsent", "Pushes that wait for Redis.", manager.unsent())
        if self._shares:
            yield _one("limits_shared", "Whether rates are counted for all processes together.", rate_limits.shared())


def _one(name: str, help: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, help, labels=list(labels))
    family.add_metric(list(labels.values()), float(value))
    return family


class _All:
    """Combines several collectors into one."""

    def __init__(self, *sources: Any) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        for source in self._sources:
            yield from source.collect()


@blueprint.get("/metrics")
def figures() -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.metrics_token:
        abort(404)
    shown = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(shown, b"Bearer " + settings.metrics_token.encode()):
        return _plain("401\n", 401, {"WWW-Authenticate": "Bearer"})
    return _plain(generate_latest(current_app.extensions["figures"]), 200, {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _plain(text: str | bytes, status: int, headers: Mapping[str, str]) -> Response:
    response = Response(text, status, {**headers, "Cache-Control": "no-store"}, mimetype="text/plain")
    as_data(response)
    return response


def init(app: Flask, settings: Settings) -> None:
    """Registers the collectors."""
    with app.app_context():
        engine = db.engine
    of_site = SiteMetrics(engine, settings.redis_url, settings.redis_prefix)
    app.extensions["figures"] = _All(registry, Process(app, engine, bool(settings.redis_url)), of_site)
