"""The clock of the machine is set: forwards, and back. Processes are told another time of day by libfaketime (Debian:
faketime) while their monotonic clock goes on, as it does when a real clock is set."""

import contextlib
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.faults.kills import held
from tests.faults.load_scenario import PATIENCE, Evening, on_postgres, on_sqlite
from tests.faults.oracle import Figure, Verdict
from tests.waiting import until

HOUR = 3600
HEARD = 1.1  # seconds until those who were started with it go by another time
GOAL = 5.0  # seconds until due work is done
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


class Clock:
    """The time of day of those who were started with `env`, against the real one."""

    def __init__(self, folder: Path) -> None:
        library = next((str(found) for one in LIBRARIES for found in Path("/").glob(one[1:])), None)
        if library is None:
            pytest.skip("there is no libfaketime: install it (Debian: faketime)")
        self._file, self.ahead = folder / "clock", 0
        self.env = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set(0)

    def set(self, ahead: int) -> None:
        """From now on, within a second, it is so many seconds later than it is."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{ahead:+d}s\n")
        fresh.rename(self._file)
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


@contextlib.contextmanager
def with_clock(kind: str, **env: str) -> Iterator[tuple[Evening, Clock]]:
    """An evening whose servers go by a clock that can be set."""
    with tempfile.TemporaryDirectory(prefix="clock-") as folder:
        clock = Clock(Path(folder))
        begin = on_sqlite(anew=clock.env, **env) if kind == "sqlite" else on_postgres(anew=clock.env, **env)
        with begin as evening:
            yield evening, clock


def jumping_clock(rest: float = 0.0, messages: int = 150) -> Verdict:
    """A day forwards, back again, and an hour further back; `rest`: long enough after each for heartbeats."""
    with with_clock("postgres") as (evening, clock):
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        case = evening.pages[0]
        assert (
            case.person.post(f"{evening.site.url()}/report/room/{case.person.room}", what="other", words="thử") == 303
        )
        slowest = 0.0
        for ahead in (26 * HOUR, 0, -HOUR):
            forwards = ahead > clock.ahead
            if not forwards:
                _leave_leased(evening, clock)
            with evening.broken():
                clock.set(ahead)
                evening.lasts(HEARD)
            begun = time.monotonic()
            until(lambda: not _due(evening, clock), "due work is done", PATIENCE)
            slowest = max(slowest, time.monotonic() - begun)
            evening.more(messages)
            evening.lasts(rest)
        alarms = _ask(
            evening, "SELECT kind, attempts, failed_at IS NULL FROM due_work WHERE kind LIKE 'moderation.look%%'"
        )
        told = f"due work done after ≤ {slowest:.1f} s, {len(alarms)} moderation clocks, each once"
        figures = [Figure("due work done", slowest, GOAL)]
        found = held(evening, "the clock a day forwards, back, and an hour further back", told, figures)
        assert alarms and all(attempts <= 2 and well for _kind, attempts, well in alarms), alarms
        return found


def _ask(evening: Evening, question: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(str(evening.database), autocommit=True) as connection:
        cursor = connection.execute(question, values)  # type: ignore[call-overload]
        return list(cursor.fetchall()) if cursor.description else []


def _due(evening: Evening, clock: Clock) -> list[tuple[object, ...]]:
    """What should have been done by now."""
    due = "SELECT kind, key, lease_until FROM due_work WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= %s"
    return _ask(evening, due + " AND kind LIKE 'moderation.look%%'", clock.now())


def _leave_leased(evening: Evening, clock: Clock) -> None:
    """What somebody took before the clock went back, and then died."""
    now = clock.now()
    _ask(
        evening,
        "INSERT INTO due_work (kind, key, run_at, payload, attempts, lease, lease_until, last_error)"
        " VALUES ('moderation.look', %s, %s, %s, 1, 'dead', %s, '')",
        str(uuid.uuid4()),
        now - timedelta(days=3),
        '{"case_id": 0, "alarm": 1}',
        now + timedelta(seconds=60),
    )


def limits_when_the_clock_goes_back(kind: str) -> Figure:
    """Somebody writes as much as they may, and the clock goes back by an hour: they may write again, and not after
    that hour; how soon is a figure."""
    with with_clock(kind, LIMITS_SCALE="1") as (evening, clock):
        evening.come(rooms=1, members=2)
        page = evening.pages[0]
        write = lambda: page.ask_http("post", client_id=str(uuid.uuid4()), text="xin chào")  # noqa: E731
        with ThreadPoolExecutor(20) as hands:
            answers = list(hands.map(lambda _n: write(), range(20)))
        assert {answer.get("error") for answer in answers} == {None, "too_many"}, answers
        clock.set(-HOUR)
        evening.lasts(HEARD)
        begun = time.monotonic()
        until(lambda: write()["ok"], "they may write again", PATIENCE)
        found = Figure(f"{kind}, the clock an hour back: may write again", time.monotonic() - begun, 12.0)
        print(f"\n{kind}: too many, the clock an hour back: may write again after {found.seconds:.1f} s", flush=True)
        return found
