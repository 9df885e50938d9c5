"""Which lines and branches of `tutoring/` ran in the quick run, and which in all tests: `dev.py test --all --coverage`.

One run of all tests gives both figures: a line counts for the quick run when it ran in a test of it, or in an import.
It needs Python 3.12, whose `sys.monitoring` stops reporting a place once it is known. coverage.py would need a context
for each kind of test to tell them apart, and does not support contexts with `sys.monitoring` (7.15, 2026).

Programs that tests fork are counted too (`tests/preload.py`). Those that begin as new processes are not.
"""

import dis
import mmap
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests import run_folder
from tutoring.config import ROOT

SOURCES = f"{ROOT}/tutoring/"
ASKED = "TEST_COVERAGE"  # environment variable that `tests/preload.py` looks for
QUICK, FULL = b"q", b"f"
SHOWN = 15  # modules named at the end
WATCH: Any = getattr(sys, "monitoring", None)  # None before Python 3.12
Place = tuple[str, ...]


class Recorder:
    """Writes each line and direction of a branch once for full tests and once for quick ones.

    A file that each process appends to survives processes that are killed.
    """

    def __init__(self) -> None:
        folder = logs()
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        with open(folder / f"{worker}.state", "a+b") as file:
            file.truncate(1)
            self.state = mmap.mmap(file.fileno(), 1)  # shared with programs that are forked
        self.log = os.open(folder / f"{worker}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.seen: set[tuple[bytes, Place]] = set()
        self.directions: defaultdict[Place, set[int]] = defaultdict(set)

    def begin(self, tool: int = 1) -> None:
        """Reports come from now on, in this process and in those forked from it; 1 is the number for coverage."""
        events = WATCH.events
        WATCH.use_tool_id(tool, "coverage")
        WATCH.register_callback(tool, events.LINE, self.line)
        WATCH.register_callback(tool, events.BRANCH, self.branch)
        WATCH.set_events(tool, events.LINE | events.BRANCH)

    def end(self, tool: int = 1) -> None:
        WATCH.set_events(tool, 0)
        WATCH.free_tool_id(tool)

    def line(self, code: CodeType, number: int) -> Any:
        if not code.co_filename.startswith(SOURCES):
            return WATCH.DISABLE
        return WATCH.DISABLE if self.note((code.co_filename, str(number))) == QUICK else None

    def branch(self, code: CodeType, at: int, to: int) -> Any:
        if not code.co_filename.startswith(SOURCES):
            return WATCH.DISABLE
        place = branch_place(code, at)
        if self.note((*place, str(to))) == FULL:
            return None
        self.directions[place].add(to)
        return WATCH.DISABLE if len(self.directions[place]) > 1 else None

    def note(self, place: Place) -> bytes:
        """Returns for which kind of test the place is noted now."""
        kind = FULL if self.state[:1] == FULL else QUICK
        if (kind, place) not in self.seen:
            self.seen.add((kind, place))
            os.write(self.log, kind + b"\t" + "\t".join(place).encode() + b"\n")
        return kind


def logs() -> Path:
    """The folder of what the processes of this run write."""
    folder = run_folder.path() / "coverage"
    folder.mkdir(exist_ok=True)
    return folder


def branch_place(code: CodeType, at: int) -> Place:
    return code.co_filename, code.co_qualname, str(code.co_firstlineno), str(at)


class Plugin:
    """Records in the processes that run tests, and prints the figures in the one that hands them out."""

    def __init__(self, config: pytest.Config) -> None:
        self.recorder: Recorder | None = None
        if WATCH is None:
            raise pytest.UsageError("--coverage needs Python 3.12 or newer")
        os.environ[ASKED] = "1"
        if config.getoption("dist", "no") == "no":
            self.recorder = Recorder()
            self.recorder.begin()

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self.recorder:
            self.recorder.state[:1] = FULL if item.get_closest_marker("full") else QUICK

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        found = {"quick": read(QUICK), "all": read(QUICK + FULL)}
        wanted = {"lines": set(lines()), "branches": set(branches())}
        for what, places in wanted.items():
            shares = []
            for name, run in found.items():
                count = len(run & places) if what == "lines" else directions(run, places)
                most = len(places) * (1 if what == "lines" else 2)
                shares.append(f"{name} {count:,} of {most:,} = {100 * count / most:.2f} %")
            terminalreporter.line(f"{what} of tutoring/ that ran: {'; '.join(shares)}")
        lost = defaultdict[str, int](int)
        for place in (found["all"] - found["quick"]) & wanted["lines"]:
            lost[place[0].removeprefix(SOURCES)] += 1
        for name, count in sorted(lost.items(), key=lambda one: -one[1])[:SHOWN]:
            terminalreporter.line(f"  {count:>4} lines of {name} ran in full tests alone")


def read(kinds: bytes) -> set[Place]:
    """The places that ran, in one kind of tests or in all."""
    found: set[Place] = set()
    for log in logs().glob("*.log"):
        for row in log.read_text("utf-8").splitlines():
            kind, *place = row.split("\t")
            if kind.encode() in kinds:
                found.add(tuple(place))
    return found


def directions(run: set[Place], places: set[Place]) -> int:
    """How many directions of these branches ran."""
    return sum(place[:-1] in places for place in run if len(place) > 2)


def code_objects() -> Iterator[CodeType]:
    """Each piece of code of `tutoring/`, as it is compiled when it runs."""
    for path in sorted(Path(SOURCES).rglob("*.py")):
        todo = [compile(path.read_bytes(), str(path), "exec")]
        while todo:
            code = todo.pop()
            yield code
            todo += [one for one in code.co_consts if isinstance(one, CodeType)]


def lines() -> Iterator[Place]:
    """The lines that can run."""
    for code in code_objects():
        for _, _, number in code.co_lines():
            if number:  # zero is the beginning of a module
                yield code.co_filename, str(number)


def branches() -> Iterator[Place]:
    """The places where code goes one of two ways."""
    for code in code_objects():
        for one in dis.get_instructions(code):
            if ("JUMP" in one.opname and "_IF_" in one.opname) or one.opname == "FOR_ITER":
                yield branch_place(code, one.offset)
