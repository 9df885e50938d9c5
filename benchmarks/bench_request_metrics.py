"""What being watched costs: CPU time of one thread, with and without, alternately; medians of the differences.

python3 dev.py bench request_metrics [ROUNDS]
"""

import dataclasses
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from prometheus_client.exposition import generate_latest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tutoring.config import Settings
from tutoring.kernel.monitoring import correlation, metrics, slow_queries
from tutoring.policy import access_tables
from tutoring.web import request_metrics

TIMES = 20_000


def micros(job: Callable[[], object], times: int = TIMES) -> float:
    """Microseconds of CPU of one time."""
    begun = time.thread_time()
    for _ in range(times):
        job()
    return (time.thread_time() - begun) / times * 1e6


def difference(rounds: int, with_it: Callable[[], object], without: Callable[[], object]) -> float:
    return statistics.median(micros(with_it) - micros(without) for _ in range(rounds))


def of_request(rounds: int, folder: Path) -> float:
    settings = dataclasses.replace(Settings.from_environment({"INSTANCE": str(folder)}), proxies=1)
    headers = [("Content-Type", "text/html"), ("Content-Length", "2")]

    def inner(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        correlation.call("rooms.show")
        start("200 OK", headers)
        return [b"ok"]

    watched, environ = request_metrics.Watched(inner, settings), {"PATH_INFO": "/rooms/7"}  # type: ignore[arg-type]
    start: Callable[..., Any] = lambda *_: None  # noqa: E731
    return difference(rounds, lambda: watched(environ, start), lambda: inner(environ, start))


def of_verb(rounds: int) -> float:
    answer = {"ok": True}
    bare: Callable[..., Any] = lambda *_: answer  # noqa: E731
    full = request_metrics.timed("enter", correlation.named("enter", bare))
    return difference(rounds, lambda: full("sid", {}), lambda: bare("sid", {}))


def of_batched(rounds: int) -> float:
    answer = {"ok": True}
    return difference(rounds, lambda: request_metrics.answered("post", time.perf_counter(), answer), lambda: None)


def of_statement(rounds: int, folder: Path) -> float:
    engines = [sa.create_engine(f"sqlite:///{folder}/a.db") for _ in range(2)]
    slow_queries.watch(engines[0], 200)
    question = sa.text("SELECT 1")
    with engines[0].connect() as told, engines[1].connect() as plain:
        return difference(rounds, lambda: told.execute(question), lambda: plain.execute(question))


def of_scrape() -> tuple[int, float, int]:
    """Series, milliseconds and bytes when every endpoint has been asked for, with two kinds of answer each."""
    for endpoint in access_tables.ROUTES:
        for status in ("2xx", "4xx"):
            request_metrics.requests.labels(endpoint, status).observe(0.03)
    text = generate_latest(metrics.registry)
    return text.count(b"\n") - text.count(b"#"), micros(lambda: generate_latest(metrics.registry), 10) / 1000, len(text)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"a request          {of_request(rounds, folder):6.2f} µs")
        print(f"a verb             {of_verb(rounds):6.2f} µs")
        print(f"a verb of a batch  {of_batched(rounds):6.2f} µs")
        print(f"a statement        {of_statement(rounds, folder):6.2f} µs")
    series, took, size = of_scrape()
    kinds = f"all {len(access_tables.ROUTES)} endpoints, two kinds of answer each"
    print(f"{kinds}: {series:,} lines, {took:.0f} ms, {size:,} B")


if __name__ == "__main__":
    main()
