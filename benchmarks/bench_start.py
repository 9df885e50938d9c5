"""Cold start and resident memory of the server as `dev.py run` starts it, on SQLite with the demonstration community.

`start` is the time from the command to the first answered page, with warm caches of the operating system; `memory`
is the proportional set size of all server processes together, two and ten seconds after it. Packages that only
development installs (requirements-dev.txt) cannot be imported by the server: python-socketio would load some of them.
Times in seconds of the processor are printed too, since a busy machine lengthens the others.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import packages_distributions
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.servers import Site
from tutoring.config import ROOT

ROUNDS = 5


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and its children, in MB; shared pages are counted once."""
    total = 0
    for one in pids_of(pid):
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += int(re.findall(r"^Pss:\s+(\d+)", text, re.M)[0])
    return total / 1024


def pids_of(pid: int) -> list[str]:
    return [str(pid), *subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]


def processor_seconds(pid: int) -> float:
    """What a process and its children have used so far."""
    total = 0
    for one in pids_of(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def of_development() -> list[str]:
    """Modules that no installed site has."""
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.M)
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in (*locked, "cunghoc", "pip", "setuptools")}
    return sorted(
        module
        for module, some in packages_distributions().items()
        if names.isdisjoint(re.sub(r"[-_.]+", "-", one).lower() for one in some)
    )


def main() -> None:
    with Site() as site, tempfile.TemporaryDirectory() as folder:
        site.prepare()
        hidden = f"import sys\nsys.modules.update(dict.fromkeys({of_development()!r}))\n"
        Path(folder, "sitecustomize.py").write_text(hidden, "utf-8")
        site.env["PYTHONPATH"] = folder
        times, used, sizes, later = [], [], [], []
        for _ in range(ROUNDS):
            began = time.monotonic()
            site.start(1)
            with urllib.request.urlopen(site.url(len(site.ports) - 1) + "/", timeout=5) as page:
                page.read()
            times.append(time.monotonic() - began)
            port = site.ports[-1]
            used.append(processor_seconds(site.processes[port].pid))
            time.sleep(2)
            sizes.append(memory_mb(site.processes[port].pid))
            time.sleep(8)
            later.append(memory_mb(site.processes[port].pid))
            site.kill(port)
    print(f"start to first page: median {statistics.median(times):.2f} s of {ROUNDS} (goal: under 2 s)")
    print(f"processor: median {statistics.median(used):.2f} s, least {min(used):.2f} s; least time {min(times):.2f} s")
    print(f"memory, idle: median {statistics.median(sizes):.0f} MB of {ROUNDS} (goal: under 120 MB)")
    print(f"memory, ten seconds later: median {statistics.median(later):.0f} MB")


if __name__ == "__main__":
    main()
