"""Which modules of queries and commands ran a statement on each database, and which of them no test reached.

The quick run takes few tests on PostgreSQL (`tests/databases.py`). At the end of a whole run this module fails the run
when a module that asks or changes the database was not reached on one of the two.
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from tutoring.config import ROOT

DIALECTS = ("sqlite", "postgresql")
KINDS = ("queries", "commands")
# A listener of statements and a table of words: no statement is run below them.
WITHOUT_STATEMENTS = {"kernel/monitoring/slow_queries.py", "pairing/lifecycle/state_machine.py"}
SOURCES = ROOT / "tutoring"


def modules() -> set[str]:
    """The modules that must be reached: those called queries or commands, and those in folders of that name."""
    found = (path.relative_to(SOURCES) for path in SOURCES.rglob("*.py"))
    return {
        path.as_posix()
        for path in found
        if path.name != "__init__.py" and any(part.removesuffix(".py").endswith(KINDS) for part in path.parts)
    } - WITHOUT_STATEMENTS


class Reach:
    """A plugin of pytest: notes modules in the processes that run tests, and judges at the end of the run."""

    def __init__(self) -> None:
        every = {str(SOURCES / name) for name in modules()}  # as a frame names them: hundreds are asked per statement
        self.missing = {dialect: set(every) for dialect in DIALECTS}
        sa.event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Connection, *_rest: Any) -> None:
        missing = self.missing.get(connection.dialect.name)
        if not missing:
            return
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in missing:
                missing.discard(frame.f_code.co_filename)
            frame = frame.f_back

    @pytest.hookimpl(optionalhook=True)  # of pytest-xdist
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", None) or {}  # none of a worker that crashed
        for dialect, names in output.get("unreached", {}).items():
            self.missing[dialect].intersection_update(names)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        config = session.config
        if hasattr(config, "workerinput"):
            config.workeroutput["unreached"] = {dialect: sorted(names) for dialect, names in self.missing.items()}
        elif exitstatus == 0 and _is_whole(config) and any(self.missing.values()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        for dialect, names in self.missing.items() if _is_whole(config) else ():
            if names:
                terminalreporter.section(f"modules that no test reached on {dialect}", red=True)
                terminalreporter.line("List a test file that reaches them in tests/databases.py.")
                for name in sorted(names):
                    terminalreporter.line(f"  {Path(name).relative_to(ROOT)}")


def _is_whole(config: pytest.Config) -> bool:
    """Whether this is a run of all tests: a part of them reaches a part of the modules."""
    everything = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    return everything and not (config.option.keyword or config.option.markexpr or config.option.collectonly)
