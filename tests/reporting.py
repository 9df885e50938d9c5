"""What a run of the tests says while it goes on and at its end.

On a terminal one line is written anew all the time, elsewhere there is a line every half minute: how much is done, what
failed, how long the rest takes, and which test runs longest. At the end stand the dearest tests and folders, and what
the checks found.
"""

import contextlib
import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from tests import durations
from tests.checks import Checks, Outcome

EVERY = 30.0  # seconds between two lines where no line can be written anew
SMALL = 60.0  # seconds of tests, from which on a run says at its end what was dear
CLEAR = "\r\x1b[K"
ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)  # as it should


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--checks", action="store_true", help="ruff, the layers and mypy beside the tests")


def pytest_configure(config: pytest.Config) -> None:
    """One reporter, in the process that the terminal belongs to."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Reporter(config), "cung-hoc-reporter")


class Progress:
    """Which tests are to run, run now, and have run; with the seconds they took before, as far as that is known."""

    def __init__(self, known: dict[str, float]) -> None:
        self.known = known
        self.typical = sum(known.values()) / len(known) if known else 1.0
        self.expected = dict[str, float]()
        self.took = Counter[str]()
        self.running = dict[str, float]()
        self.failed = set[str]()
        self.finished, self.seconds_done, self.seconds_whole, self.begun = 0, 0.0, 0.0, 0.0
        self.first_end: float | None = None  # of a test, in seconds since the command

    def expect(self, tests: Iterable[str]) -> None:
        self.expected = {test: self.known.get(test, self.typical) for test in tests}
        self.seconds_whole = sum(self.expected.values())

    def begin(self, test: str, now: float) -> None:
        self.begun = self.begun or now
        self.running[test] = now

    def end(self, test: str) -> None:
        self.running.pop(test, None)
        self.finished += 1
        self.seconds_done += self.expected.get(test, self.typical)

    def seconds_left(self, now: float) -> float | None:
        """As much longer as what is left took before, at the speed of this run; None until a thirtieth is done."""
        if self.seconds_done * 30 < self.seconds_whole or not self.seconds_done:
            return None
        return (now - self.begun) * (self.seconds_whole - self.seconds_done) / self.seconds_done

    def line(self, now: float) -> str:
        parts = [f"{self.finished:,} of {len(self.expected):,} tests"]
        if self.failed:
            parts.append(f"{len(self.failed)} failed")
        if (left := self.seconds_left(now)) is not None:
            parts.append(f"about {left / 60:.0f} min left" if left > 90 else f"about {left:.0f} s left")
        if self.running:
            test, begun = min(self.running.items(), key=lambda one: one[1])
            parts.append(f"{now - begun:.0f} s in {test.removeprefix('tests/')}")
        return ", ".join(parts)


class Reporter:
    """Keeps the line, and writes the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, option = config, config.option
        self.progress = Progress(durations.stored(config))
        self.spread = bool(getattr(option, "numprocesses", None))
        self.out = None if option.verbose >= 0 or option.capture == "no" or option.usepdb else own_stdout()
        self.checks = Checks(self.tell) if option.checks else None
        self.failed_checks: list[Outcome] = []
        self._lock, self._over, self._last = threading.RLock(), threading.Event(), time.monotonic()

    # What pytest calls

    def pytest_sessionstart(self) -> None:
        if self.checks:
            self.checks.begin()
        if self.out and self.spread:  # alone, this process has the tests themselves, which may fork: no thread then
            threading.Thread(target=self._tick, name="progress", daemon=True).start()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.progress.expect(ids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:
            self.progress.expect(item.nodeid for item in session.items)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.progress.begin(nodeid, time.monotonic())
        self.show()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.progress.took[report.nodeid] += report.duration
        if report.failed and report.nodeid not in self.progress.failed:
            self.progress.failed.add(report.nodeid)
            if self.out:
                self.tell(f"FAILED {report.nodeid}")

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if not self.progress.finished:
            self.progress.first_end = seconds_since_the_command()
        self.progress.end(nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_report_teststatus(self) -> Iterator[None]:
        """No dots beside the line."""
        category, letter, word = yield  # type: ignore[misc]
        return (category, "", "") if self.out else (category, letter, word)  # type: ignore[return-value]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.checks and exitstatus in ENDED:
            self.failed_checks = self.checks.finish()
        self._end_line()
        durations.store(self.config, self.progress.took)
        if found := self.failed_checks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            if reporter := self.config.pluginmanager.get_plugin("terminalreporter"):
                reporter._add_stats("check failed" if len(found) == 1 else "checks failed", found)  # the closing line

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        took = self.progress.took
        if sum(took.values()) > SMALL:
            terminalreporter.section("dearest tests")
            for test, seconds in took.most_common(10):
                terminalreporter.line(f"{seconds:7.1f} s  {test.removeprefix('tests/')}")
            if self.progress.first_end is not None:
                terminalreporter.line(f"the first test ended {self.progress.first_end:.1f} s after the command")
            terminalreporter.section("seconds by folder")
            terminalreporter.line(", ".join(f"{name} {seconds:,.0f}" for name, seconds in by_folder(took)))
        for outcome in self.failed_checks:
            terminalreporter.section(f"{outcome.name} failed", sep="_", red=True)
            terminalreporter.line(outcome.said.rstrip())

    def pytest_unconfigure(self) -> None:
        if self.checks:
            self.checks.stop()
        self._end_line()

    # The line

    def tell(self, text: str) -> None:
        """A line or more that stay."""
        with self._lock:
            if out := self.out or sys.__stdout__:
                out.write(f"{CLEAR if out.isatty() else ''}{text}\n")
                out.flush()

    def show(self) -> None:
        with self._lock:
            now, out = time.monotonic(), self.out
            if out is None or not self.progress.expected:
                return
            anew = out.isatty()
            if now - self._last < (0.2 if anew else EVERY):
                return
            self._last, line = now, self.progress.line(now)
            if self.checks and self.checks.left and self.progress.finished == len(self.progress.expected):
                line += f", waiting for {self.checks.left[0]}"
            if anew:
                line = CLEAR + line[: shutil.get_terminal_size().columns - 1]
            out.write(line if anew else line + "\n")
            out.flush()

    def _tick(self) -> None:
        while not self._over.wait(0.5):
            self.show()

    def _end_line(self) -> None:
        self._over.set()
        with self._lock:
            out, self.out = self.out, None
            if out:
                out.write(CLEAR if out.isatty() else "")
                out.close()


def own_stdout() -> TextIO | None:
    """Where a line can be written while pytest captures what a test says."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return open(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="replace")
    return None


def seconds_since_the_command() -> float | None:
    """How old this process is: `dev.py` becomes it. None where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        begun = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return float(Path("/proc/uptime").read_text().split()[0]) - begun
    return None


def by_folder(took: Counter[str]) -> list[tuple[str, float]]:
    """Folders of tests with their seconds, the dearest first; files beside them stand for themselves."""
    found = Counter[str]()
    for test, seconds in took.items():
        found["/".join(durations.file_of(test).removeprefix("tests/").split("/")[:1])] += seconds
    return found.most_common()
