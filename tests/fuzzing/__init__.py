"""Bad input by the thousand: each module is a program of its own, so that its log and its tables are nobody else's."""

import json
import os
from typing import Any

from tests.forked_processes import done
from tests.servers import prepared_sqlite


def run(program: str, count: int, seed: int) -> dict[str, Any]:
    """Run `python -m tests.fuzzing.<program> COUNT SEED`; returns its figures, fails on what stands in its log."""
    env = {**os.environ, "PREPARED": str(prepared_sqlite())}
    status, out, err = done(f"tests.fuzzing.{program}", str(count), str(seed), env=env)
    print(f"\n{program}, seed {seed}: {out.strip()[-2000:]}")
    assert status == 0, err[-4000:] + out[-2000:]
    assert "Traceback" not in err, err[-4000:]
    # How fast this machine is today is no fault of what was sent.
    fine = ('"level": "info"', '"what": "slow request"', '"what": "slow query"')
    faults = [line for line in err.splitlines() if not any(one in line for one in fine)]
    assert faults == [], faults[:5]
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found
