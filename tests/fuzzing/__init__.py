"""Bad input by the thousand: each module is a program of its own, so that its log and its tables are nobody else's."""

import json
import subprocess
import sys
from typing import Any

from tests.servers import ROOT


def run(program: str, count: int, seed: int, timeout: float = 3000) -> dict[str, Any]:
    """Run `python -m tests.fuzzing.<program> COUNT SEED`; returns its figures, fails on what stands in its log."""
    command = [sys.executable, "-m", f"tests.fuzzing.{program}", str(count), str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)
    print(f"\n{program}, seed {seed}: {done.stdout.strip()[-2000:]}")
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-4000:]
    faults = [line for line in done.stderr.splitlines() if '"level": "info"' not in line]
    assert faults == [], faults[:5]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
