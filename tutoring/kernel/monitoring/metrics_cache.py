"""A cache of the site metrics, so that the database is queried once for all readers.

The result is valid for some seconds in this process and, through Redis, in all others: one monitor that scrapes ten
processes causes one query. Readers wait only a moment. A metric that fails is named, and the others are still served.
"""

import contextlib
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import Engine

from tutoring.kernel import clock
from tutoring.kernel.monitoring.health_probes import Probe, ProbeTimeout, beside, reading
from tutoring.kernel.monitoring.metrics import PREFIX, SiteGauge, of_site

log = logging.getLogger(__name__)

FRESH = 10.0  # seconds for which a result is valid
PATIENCE = 2.0  # seconds that a reader waits for a new result
REDIS_PATIENCE = 0.5
MOST = 10_000  # rows of one metric that are counted: a larger count means "at least"


@dataclass
class Found:
    """The result, by metric name: labels, count, and age of the oldest in seconds or None."""

    at: float  # wall clock seconds, comparable between machines
    figures: dict[str, list[tuple[list[str], float, float | None]]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps([self.at, self.figures, self.failed])


class SiteMetrics:
    """The metrics of one site, as this process serves them."""

    def __init__(self, engine: Engine, redis_url: str | None, prefix: str) -> None:
        self._engine, self._key = engine, f"{prefix}-figures"
        self._redis: Redis | None = None
        if redis_url:
            patience: dict[str, Any] = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
            self._redis = Redis.from_url(redis_url, **patience)
        self._question = Probe("figures", self._look)
        self._seen: tuple[float, Found] | None = None

    def collect(self) -> Iterator[Metric]:
        """Yields all site metrics for a registry; none of them while the database does not answer."""
        found = self.found()
        answers = GaugeMetricFamily(f"{PREFIX}database_answers", "Whether the database told the figures of the site.")
        answers.add_metric((), float(found is not None))
        yield answers
        if found is None:
            return
        failed = GaugeMetricFamily(f"{PREFIX}site_figures_failed", "Figures of the site that could not be asked.")
        failed.add_metric((), len(found.failed))
        yield failed
        for name, figure in sorted(of_site.items()):
            if name in found.figures:
                yield from _told(figure, found.figures[name])

    def found(self) -> Found | None:
        """Returns a result at most some seconds old, or None when the database does not answer."""
        if self._seen is not None and time.monotonic() - self._seen[0] < FRESH:
            return self._seen[1]
        try:
            return self._question.answer(PATIENCE)
        except ProbeTimeout:
            log.warning("figures: the database does not answer in time")
        except Exception as error:
            log.warning("figures: the database does not answer: %s", type(error).__name__)
        return None

    def _look(self) -> Found:
        found = self._of_others()
        if found is None:
            found = asked(self._engine)
            self._tell_others(found)
        self._seen = (time.monotonic(), found)
        return found

    def _of_others(self) -> Found | None:
        if self._redis is None:
            return None
        with contextlib.suppress(RedisError, OSError, ValueError, TypeError):
            told = self._redis.get(self._key)
            if told:
                found = Found(*json.loads(told))
                return found if 0 <= time.time() - found.at < FRESH else None
        return None

    def _tell_others(self, found: Found) -> None:
        if self._redis is not None:
            with contextlib.suppress(RedisError, OSError):
                self._redis.set(self._key, found.text(), px=int(FRESH * 1000))


def asked(engine: Engine) -> Found:
    """Queries the database now. A failing metric is named; a lost connection raises."""
    found, now = Found(time.time()), clock.now()
    with beside(engine).connect() as connection:
        for name, figure in of_site.items():
            try:
                with reading(connection):
                    rows = [(list(labels), float(count), _age(since, now)) for labels, count, since in
                            figure.ask(connection)]  # fmt: skip
                found.figures[name] = rows
            except Exception as error:
                if connection.invalidated:
                    raise
                log.warning("figure %s failed: %s", name, type(error).__name__)
                found.failed.append(name)
    return found


def _age(since: Any, now: datetime) -> float | None:
    if since is None:
        return None
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return max(0.0, float((now - since).total_seconds()))


def _told(figure: SiteGauge, rows: list[tuple[list[str], float, float | None]]) -> Iterator[Metric]:
    if not figure.labels and not rows:
        rows = [([], 0.0, None)]  # an empty queue is a value too
    many = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
    for labels, count, _age in rows:
        many.add_metric(labels, count)
    yield many
    if figure.since:
        longest = GaugeMetricFamily(
            f"{figure.name}_oldest_seconds", f"{figure.help} Seconds of the oldest.", labels=figure.labels
        )
        for labels, _count, age in rows:
            longest.add_metric(labels, age or 0.0)
        yield longest
