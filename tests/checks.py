"""The checks that `dev.py test` makes beside the tests: ruff, biome, the layers, mypy.

They run one after the other at low priority while the tests run. Whatever they find is shown when it is known and
again at the end, and fails the run.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIOME = ROOT / "node_modules" / ".bin" / ("biome.cmd" if os.name == "nt" else "biome")
CHECKS = {
    "ruff": [sys.executable, "-m", "ruff", "check", "--quiet", "."],
    "biome": [str(BIOME), "check", "--error-on-warnings", "."],
    "layers": [str(Path(sys.executable).with_name("lint-imports"))],
    "mypy": [sys.executable, "-m", "mypy", "--no-error-summary"],
}


@dataclass
class Outcome:
    name: str
    status: int
    said: str
    seconds: float


class Checks:
    """Runs them in the background of the process that shows the outcome."""

    def __init__(self, tell: Callable[[str], None], commands: dict[str, list[str]] = CHECKS) -> None:
        self.tell, self.commands = tell, commands
        self.outcomes: list[Outcome] = []
        self.left = list(commands)
        self._running: subprocess.Popen[bytes] | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checks", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        for name, command in self.commands.items():
            begun = time.monotonic()
            with types_known_before() if name == "mypy" else contextlib.nullcontext():
                status, said = self._call(command)
                if name == "mypy" and status not in (0, 1):  # a damaged cache must not fail what is right
                    shutil.rmtree(ROOT / MYPY_CACHE, ignore_errors=True)
                    status, said = self._call(command)
            if self._over.is_set():
                return
            self.outcomes.append(Outcome(name, status, said, time.monotonic() - begun))
            self.left.remove(name)
            line = f"{name}: {'FAILED' if status else 'passed'}, {self.outcomes[-1].seconds:.1f} s"
            self.tell(f"{line}\n{said.rstrip()}" if status else line)

    def _call(self, command: list[str]) -> tuple[int, str]:
        if self._over.is_set():
            return 0, ""
        try:
            self._running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except OSError as error:
            return 127, f"{command[0]} cannot be started: {error}"
        with contextlib.suppress(AttributeError, OSError):  # Windows; a process that has ended already
            os.setpriority(os.PRIO_PROCESS, self._running.pid, 10)
        said, _ = self._running.communicate()
        return self._running.returncode, said.decode("utf-8", "replace")

    def finish(self) -> list[Outcome]:
        """Wait for those that still run; what failed."""
        self._thread.join()
        return [outcome for outcome in self.outcomes if outcome.status]

    def stop(self) -> None:
        self._over.set()
        if self._running is not None and self._running.poll() is None:
            self._running.kill()


# --- What mypy knows already ----------------------------------------------------------------------

MYPY_CACHE = ".mypy_cache"


def shared_cache() -> Path:
    """Where a fresh working copy finds what mypy found out in another one of this user, for these versions: a minute
    of a processor becomes a second. mypy itself compares the digest of every file with what it knows of it."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "cung-hoc" / f"mypy-{version('mypy')}-python-{sys.version_info[0]}.{sys.version_info[1]}"


@contextlib.contextmanager
def types_known_before() -> Iterator[None]:
    """Begin with the shared cache where there is none here, and leave the newer one there."""
    here, shared = ROOT / MYPY_CACHE, shared_cache()
    if not here.exists():
        copy_whole(shared, here)
    yield
    if newest(here) > newest(shared):
        copy_whole(here, shared)


def newest(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.rglob("*.db")), default=0.0)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a folder so that nobody sees half of it; what cannot be copied is done without."""
    fresh, old = (target.with_name(f"{target.name}.{kind}-{os.getpid()}") for kind in ("new", "old"))
    with contextlib.suppress(OSError, shutil.Error):
        shutil.copytree(source, fresh)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
