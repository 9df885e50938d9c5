"""The practice portal: replay of a run, the guide's answer, a screen as a page; goal 5 ms for 200 events."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tutoring.config import ROOT
from tutoring.practice.content import load
from tutoring.practice.engine import simulator, solver

ROUNDS = 50


def median(act: Callable[[], object]) -> float:
    """Milliseconds of the middle round."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def main() -> None:
    begun = time.perf_counter()
    scenarios = [one.scenario for one in load(ROOT / "content") if one.scenario]
    print(f"read and check {len(scenarios)} scenarios: {(time.perf_counter() - begun) * 1000:.0f} ms, once a process")
    print(f"{'scenario':24} {'screens':>7} {'replay of 200':>14} {'first word of the guide':>24}")
    for one in scenarios:
        walk = one.events(solver.example(one))
        field = next(f.id for f in one.screens[one.start].fields) if one.screens[one.start].fields else ""
        filler = [{"missed": field}] * (200 - len(walk)) if field else []
        events = [*filler, *walk]
        replayed = median(lambda one=one, events=events: simulator.replay(one, events))
        guided = median(lambda one=one: solver.following(one, simulator.begin(one)))
        print(f"{one.id:24} {len(one.screens):7} {replayed * 200 / len(events):11.2f} ms {guided:21.2f} ms")


if __name__ == "__main__":
    main()
