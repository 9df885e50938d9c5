"""Many writers on SQLite at once: in turn, as the product has them, and as SQLite has them by itself, where whoever
finds the file locked sleeps and asks again. Transactions a second and how long one waits; rounds alternate.

    python3 dev.py bench sqlite_writers [ROUNDS]
"""

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tutoring.kernel import db

SECONDS, REST = 3.0, 0.002  # of a round; between two transactions of a writer


def round_of(writers: int, in_turn: bool) -> tuple[float, float, float]:
    """Transactions a second, and the median and 99th percentile of their milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/writers.db"
        options = db.engine_options(url)
        if not in_turn:
            del options["connect_args"]["factory"]
        engine = sa.create_engine(url, **options)
        db.prepare_engine(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE written (value INTEGER)")
        took: list[float] = []
        over = time.monotonic() + SECONDS

        def write() -> None:
            while time.monotonic() < over:
                begun = time.monotonic()
                with engine.connect() as connection, connection.execution_options(write=True).begin():
                    connection.exec_driver_sql("INSERT INTO written VALUES (1)")
                took.append(time.monotonic() - begun)
                time.sleep(REST)

        threads = [threading.Thread(target=write) for _ in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        engine.dispose()
    took.sort()
    return len(took) / SECONDS, took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3


def main() -> None:
    rounds = next((int(one) for one in sys.argv[1:] if one.isdigit()), 3)
    print("| writers | | transactions/s | p50 ms | p99 ms |\n|---|---|---|---|---|")
    for writers in (1, 4, 16):
        found: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
        for _ in range(rounds):
            for in_turn, some in found.items():
                some.append(round_of(writers, in_turn))
        for in_turn, name in ((True, "in turn"), (False, "by itself")):
            rate, middle, late = (statistics.median(column) for column in zip(*found[in_turn], strict=True))
            print(f"| {writers} | {name} | {rate:.0f} | {middle:.1f} | {late:.1f} |")


if __name__ == "__main__":
    main()
