"""Cold start and resident memory of the server as `dev.py run` starts it, on SQLite with the demonstration community.

`start` is the time from the command to the first answered page, with warm caches of the operating system; `memory`
is the proportional set size of all server processes together.
"""

import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.servers import Site

ROUNDS = 5


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and its children, in MB; shared pages are counted once."""
    pids = [str(pid), *subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]
    total = 0
    for one in pids:
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += int(re.findall(r"^Pss:\s+(\d+)", text, re.M)[0])
    return total / 1024


def main() -> None:
    with Site() as site:
        site.prepare()
        times, sizes = [], []
        for _ in range(ROUNDS):
            began = time.monotonic()
            site.start(1)
            with urllib.request.urlopen(site.url(len(site.ports) - 1) + "/", timeout=5) as page:
                page.read()
            times.append(time.monotonic() - began)
            port = site.ports[-1]
            time.sleep(2)
            sizes.append(memory_mb(site.processes[port].pid))
            site.kill(port)
    print(f"start to first page: median {statistics.median(times):.2f} s of {ROUNDS} (goal: under 2 s)")
    print(f"memory, idle: median {statistics.median(sizes):.0f} MB of {ROUNDS} (goal: under 120 MB)")


if __name__ == "__main__":
    main()
