"""What the message detector finds and leaves alone, per kind and per family, with its blind spots and its speed.

It reads every `tests/safety/corpus/*.jsonl` and the generators of `tests/safety`; the goals stand behind each figure.
With a number behind its name, that is the seed of the generators. `--misses` prints what was missed; `--mixes` draws
2,000 mixes of the hostile shapes, prints the 20 that take longest, and does nothing else.
The last line is the speed of the signs of risk.
"""

import statistics
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.safety import danger, detector_benchmark, dialogues, harmless_messages, obfuscation
from tutoring.safety import risk

COUNT = 300
ROOMS = 20_000
MIXES, DRAWN = 400, 2000


def line(name: str, tally: detector_benchmark.Tally, misses: bool) -> None:
    print(f"  {name:<38} {tally.found:>5}/{tally.wanted:<5} {tally.share:.4f}")
    for miss in tally.misses[: 40 if misses else 0]:
        print(f"      {miss!r}")


def worst(texts: dict[str, str], rounds: int = 5) -> list[tuple[float, str]]:
    """Milliseconds of computing and names, the longest first; what seems to take long is measured once more."""
    once = sorted(
        zip(detector_benchmark.milliseconds(texts.values(), 1, time.process_time), texts, strict=True), reverse=True
    )
    names = [name for _, name in once[:60]]
    again = detector_benchmark.milliseconds([texts[name] for name in names], rounds, time.process_time)
    return sorted(zip(again, names, strict=True), reverse=True)


def main() -> None:
    if "--mixes" in sys.argv:
        for took, name in worst(detector_benchmark.mixes(DRAWN))[:20]:
            print(f"{took:5.1f} ms  {name}")
        return
    misses = "--misses" in sys.argv
    seed = next((int(one) for one in sys.argv[1:] if one.isdecimal()), 0)
    files = detector_benchmark.rows()
    for name, labelled in files.items():
        figures = detector_benchmark.over(labelled)
        print(f"{name}: {len(labelled)} messages")
        line("found (goal 0.95)", figures.recall, misses)
        for kind, tally in sorted(figures.kinds.items()):
            line(f"  {kind}", tally, misses)
        for level, tally in figures.levels.items():
            line(f"  distress, {level}: at this level", tally, misses)
        line("values right", figures.values, misses)
        if figures.riddles.wanted:
            line("riddles (no goal)", figures.riddles, misses)
        line("harmless let pass (goal 0.995)", figures.quiet, misses)
    print(f"families of disguises, right value (goal 0.95 each), {COUNT} telephones and {COUNT} citizen numbers")
    for name in obfuscation.FAMILIES:
        line(name, detector_benchmark.family(name, "phone", COUNT, seed), misses)
        if not name.startswith("+84"):
            line(f"  {name}, 12 digits", detector_benchmark.family(name, "idno", COUNT, seed), misses)
    print("telephones in parts (goal 0.95)")
    for number in (2, 3, 4):
        line(f"{number} messages", detector_benchmark.parts(number, 1000, seed), misses)
    print("generated ordinary talk let pass (goal 0.995)")
    for kind in harmless_messages.KINDS:
        line(kind, detector_benchmark.quiet(kind, 1000, seed), misses)
    line("results told one by one", detector_benchmark.quiet_answers(4000, seed), misses)
    spoken = [row for name in ("distress.jsonl", "distress2.jsonl", "distress3.jsonl") for row in files[name]]
    print("ways of writing danger, threats and insults, found (goal 0.9)")
    for name in danger.WAYS:
        line(name, detector_benchmark.way(name, spoken, seed), misses)
    print(f"{ROOMS} ordinary messages of rooms let pass (goal 0.9999 for explicit, 0.99 for the others)")
    for name, tally in detector_benchmark.alarms(ROOMS, seed).items():
        line(name, tally, misses)
    print("blind spots, left to risk, reports and samples")
    for name in obfuscation.BLIND:
        line(name, detector_benchmark.family(name, "phone", 100, seed), False)
    everyday = [row for labelled in files.values() for row in labelled]
    ordinary_talk, with_digits = detector_benchmark.medians(
        everyday, lambda text: detector_benchmark.milliseconds([text], 5)[0]
    )
    print(f"ordinary talk: median {ordinary_talk:.0f} µs (goal 40); with digits {with_digits:.0f} µs (goal 150)")
    for what, texts in (
        ("hostile shapes", detector_benchmark.hostile()),
        ("mixes of these, the slowest known among them,", detector_benchmark.mixes(MIXES)),
    ):
        took, name = worst(texts)[0]
        print(f"worst of {len(texts)} {what} of 1,000 characters: {took:.1f} ms, {name!r} (goal 10)")
    talk, hostile = (
        [detector_benchmark.best(partial(risk.find_signals, text, hour=15, minor=True), 5) for text in texts]
        for texts in (dialogues.sentences()["plain"], dialogues.hostile())
    )
    print(f"signs of risk in ordinary talk: median {statistics.median(talk) * 1000:.0f} µs (goal 120);"
          f" worst of {len(hostile)} hostile texts: {max(hostile):.1f} ms (goal 30)")  # fmt: skip


if __name__ == "__main__":
    main()
