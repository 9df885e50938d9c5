"""Metrics for operators: durations and queue lengths, never the users concerned.

What a process counts itself, it counts with the library's own histograms and counters, some microseconds each time. A
metric from the database is registered by its feature (`gauge`, `waiting`) and queried when it is collected
(kernel/monitoring/metrics_cache.py). Each process has one registry, not the library's own, so that several applications
in one process, as in tests, do not collide.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, GCCollector, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:  # content is read without a database
    from sqlalchemy.engine import Connection

PREFIX = "cunghoc_"
Labels = tuple[str, ...]

# Else each count has a second series, of the moment when it began.
disable_created_metrics()  # type: ignore[no-untyped-call]
registry = CollectorRegistry(auto_describe=False)
ProcessCollector(registry=registry)
GCCollector(registry=registry)


class Here(Collector):
    """A gauge of this process, read when it is collected; a gauge without a value is left out."""

    def __init__(self, name: str, help: str, ask: Callable[[], Mapping[Labels, float]], labels: Labels = ()) -> None:
        self._name, self._help, self._ask, self._labels = PREFIX + name, help, ask, labels
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        found = GaugeMetricFamily(self._name, self._help, labels=self._labels)
        for labels, value in sorted(self._ask().items()):
            found.add_metric(labels, value)
        yield found


# ---- metrics of the whole site --------------------------------------------------------------------------------

# Labels in the order in which they were declared, the number of waiting items and when the oldest began to wait.
Rows = Iterable[tuple[Labels, float, datetime | None]]


@dataclass(frozen=True)
class SiteGauge:
    """A metric that is read from the database.

    `ask` gets a read-only connection; its cost must not grow with the site (tests/operations/test_plans.py). `since`: a
    second metric holds the age of the oldest item in seconds.
    """

    name: str
    help: str
    labels: Labels
    ask: Callable[["Connection"], Rows]
    since: bool


of_site: dict[str, SiteGauge] = {}


def gauge(name: str, help: str, ask: Callable[["Connection"], float]) -> None:
    """Registers a gauge of the whole site."""
    of_site[name] = SiteGauge(f"{PREFIX}site_{name}", help, (), lambda connection: [((), ask(connection), None)], False)


def waiting(name: str, help: str, ask: Callable[["Connection"], Rows], labels: Labels = ()) -> None:
    """Registers a queue length, with a second metric `…_oldest_seconds`."""
    of_site[name] = SiteGauge(f"{PREFIX}site_{name}", help, labels, ask, True)


def counts(name: str, help: str, ask: Callable[["Connection"], Mapping[Labels, float]], labels: Labels) -> None:
    """Registers how many there are of each kind."""
    of_site[name] = SiteGauge(
        f"{PREFIX}site_{name}", help, labels,
        lambda connection: [(one, value, None) for one, value in ask(connection).items()], False,
    )  # fmt: skip


log_lines = Counter(f"{PREFIX}log_lines", "Lines of the log.", ("level",), registry=registry)
_begun = time.monotonic()
Here("up_seconds", "Seconds since this process began.", lambda: {(): time.monotonic() - _begun})
Here("threads", "Threads of this process.", lambda: {(): threading.active_count()})
