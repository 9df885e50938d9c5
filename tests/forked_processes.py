"""Programs of the project, begun as processes of their own.

While tests run they are forked from one process that has loaded what all of them load (`tests/preload.py`): that takes
three seconds of a processor, and is everything that differs. What is measured (benchmarks/) begins from nothing.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_forking: ForkServerContext | None = None


def open_for_tests() -> None:
    """From now on programs are forked, where that can be done."""
    global _forking
    if _forking is None and hasattr(os, "fork"):
        _forking = multiprocessing.get_context("forkserver")
        _forking.set_forkserver_preload(["tests.preload"])


class Forked:
    """As much of a `Popen` as is asked of it."""

    def __init__(self, process: BaseProcess) -> None:
        self._process, self.pid = process, int(process.pid or 0)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode


Program = Forked | subprocess.Popen[bytes]


def begin(
    module: str, arguments: Sequence[str], env: Mapping[str, str], out: Path, err: Path, anew: bool = False
) -> Program:
    """`python -m MODULE ARGUMENTS` in a session of its own; what it says is added to these files. `anew`: never forked,
    for what the environment has to be there for from the very beginning."""
    for path in (out, err):
        path.touch()
    if _forking is not None and not anew:
        process = _forking.Process(target=_run, args=(module, list(arguments), dict(env), out, err), daemon=True)
        process.start()
        return Forked(process)
    with open(out, "ab") as said, open(err, "ab") as complained:
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=dict(env), stdout=said, stderr=complained, start_new_session=True
        )


def done(
    module: str, *arguments: str, env: Mapping[str, str] = os.environ, timeout: float = 3000
) -> tuple[int, str, str]:
    """`python -m MODULE ARGUMENTS` to its end: its exit status, and what it said on stdout and on stderr."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        program = begin(module, arguments, env, out, err)
        try:
            status = program.wait(timeout)
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
        assert status is not None, f"{module} did not end: {err.read_text('utf-8')[-4000:]}"
        return status, out.read_text("utf-8"), err.read_text("utf-8")


def _run(module: str, arguments: list[str], env: dict[str, str], out: Path, err: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        with open(path, "ab") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
