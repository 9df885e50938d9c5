"""How soon all is well again after a fault: the goals of docs/faults.md, on real servers.

Each fault is told in one line. What nobody may lose is held by tests (`tests/faults`, `dev.py long faults`); here it is
how long things take, from the end of a fault. On a crowded machine everything takes longer by the factor that a line
names, and so do the goals.
"""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.faults import clocks, kills, services, slow
from tests.faults.oracle import Figure, Verdict

GOAL = 5.0  # seconds until a page has what it lacked, and until writing works again

FAULTS: dict[str, Callable[[], Verdict]] = {
    "kills": lambda: kills.through_kills_on_postgres(2, kills=4, messages=600),
    "kill": lambda: kills.through_kills_on_sqlite(kills=4, messages=600),
    "postgres": lambda: services.through_crashes_of_postgres(times=3, messages=600),
    "redis": lambda: services.through_crashes_of_redis(times=2, messages=600),
    "unseen": services.unseen_while_redis_is_away,
    "worker": lambda: services.paused_worker(10),
    "database": lambda: slow.slow_database(20),
    "people": slow.silent_people,
    "lines": lambda: slow.silent_database(15),
    "clock": clocks.jumping_clock,
}


def missed(found: Verdict) -> list[str]:
    """What took longer than it may, in words."""
    figures = [Figure("gaps filled", found.gap, GOAL), Figure("recovery", found.recovery, GOAL), *found.figures]
    return [f"{one.what} {one.seconds:.1f} s (goal {one.goal:.0f} s)" for one in figures if one.seconds > one.goal]


def main(chosen: list[str]) -> int:
    """Measure all faults, or those named; 1 when a goal is missed."""
    late = [f"{name}: {one}" for name in chosen or FAULTS for one in missed(FAULTS[name]())]
    print("\n".join(["", "not met:", *late] if late else ["", "all goals are met"]))
    return int(bool(late))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
