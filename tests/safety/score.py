"""Scores a file of labelled messages as the application reads them: python3 -m tests.safety.score FILE... [--misses]

For a set whose writer saw neither rules nor lines: score it once, report what is printed, and learn from it afterwards.
"""

import sys
from pathlib import Path

from tests.safety import detector_benchmark
from tests.safety.detector_benchmark import Row, Tally
from tutoring.safety.findings import LEVELS, SPOKEN
from tutoring.safety.screening import judge


def score(labelled: list[Row]) -> dict[str, Tally]:
    """Danger, threats and insults found, and harmless lines in which none is found."""
    tallies = {name: Tally() for name in (*SPOKEN, *LEVELS, "explicit as explicit", "harmless", "harmless, no alarm")}
    for row in labelled:
        verdict = judge(row["text"], row.get("earlier", ()), (), minor=True)
        found = {hit.kind for hit in verdict.hits} & set(SPOKEN)
        for kind in set(row["kinds"]) & set(SPOKEN):
            tallies[kind].add(kind in found, row["text"])
        if level := row.get("level"):
            tallies[level].add("distress" in found, row["text"])
            if level == "explicit":
                tallies["explicit as explicit"].add(verdict.level == "explicit", row["text"])
        if not row["kinds"]:
            tallies["harmless"].add(not found, (row["text"], sorted(found), verdict.level))
            tallies["harmless, no alarm"].add(verdict.level != "explicit", row["text"])
    return tallies


def main(arguments: list[str]) -> None:
    for name in arguments:
        if name == "--misses":
            continue
        print(name)
        for what, tally in score(detector_benchmark.read(Path(name))).items():
            print(f"  {what:<22} {tally.found:>5}/{tally.wanted:<5} {tally.share:.4f}")
            for miss in tally.misses if "--misses" in arguments else ():
                print(f"      {miss!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
