"""What Lighthouse says of ten pages on a phone: accessibility 100, best practices at least 95, performance at least 95.

Lighthouse is fetched by npm into benchmarks/lighthouse when this is first run, in the versions of its lock. It measures
a site of its own with its mobile preset: a phone of 412 x 823, and throttling that is simulated (it looks at the page
without a slow line, and reckons what a processor four times as slow and a line of 1.6 Mbit/s with a round trip of
150 ms would make of it). Reckoned times still depend on what else the machine does: a page whose performance is under
the goal is looked at twice more, and the median of three counts. Everything else has to hold each time.

`bench_lighthouse.py NAME ...` looks at those pages alone whose name holds one of the words; `--all` at every place of
benchmarks/budgeted_pages.py instead of ten.
"""

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.budgeted_pages import Place, running
from tests.browser import chromium

FOLDER = Path(__file__).resolve().parent / "lighthouse"
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 95}
TEN = (
    "start, visitor",
    "lessons",
    "step of a lesson",
    "rehearsals",
    "rehearsal begun",
    "help",
    "sign-in",
    "start, signed in",
    "inbox",
    "room",
)
TRACELESS = "NO_NAVSTART"  # a fault of Lighthouse's own tracing, of one page in ten on a busy machine
Report = dict[str, Any]


def program(name: str) -> str:
    """npm or node, from PATH or from the environment that dev.py prepared."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if not found:
        raise SystemExit(f"bench lighthouse needs {name}: install Node.js 20 or newer")
    return found


def install() -> None:
    """The versions of the lock, unless they are there."""
    lock, made = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".of"
    if made.exists() and made.read_bytes() == lock.read_bytes():
        return
    print("fetching Lighthouse ...", file=sys.stderr, flush=True)
    subprocess.run([program("npm"), "ci", "--loglevel=error"], cwd=FOLDER, check=True, stdout=sys.stderr)
    made.write_bytes(lock.read_bytes())


def look(url: str, place: Place) -> Report:
    """One report of a page. Where Lighthouse says that its own trace has no beginning it is asked once more."""
    report = _report(url, place)
    if TRACELESS in str(report.get("error")):
        print(f"{place.name}: Lighthouse says {TRACELESS} (its trace is broken, not the page): looked at once more")
        report = _report(url, place)
    if report.get("error"):
        raise SystemExit(f"{place.name}: {report['error']}")
    return report


def _report(url: str, place: Place) -> Report:
    asked = {"chrome": chromium(), "pages": [{"name": place.name, "url": url + place.path, "cookie": place.value}]}
    command = [program("node"), "measure.mjs"]
    done = subprocess.run(command, cwd=FOLDER, input=json.dumps(asked), capture_output=True, text=True, timeout=300)
    if done.returncode and TRACELESS in done.stderr:
        return {"error": TRACELESS}
    if done.returncode:
        raise SystemExit(f"{place.name}: {done.stderr[-2000:]}")
    report: Report = json.loads(done.stdout)
    return report


def judged(url: str, place: Place) -> bool:
    """Look at a page, print its line and what is wrong with it, and tell whether it meets the goals."""
    reports = [look(url, place)]
    if reports[0]["scores"]["performance"] < GOALS["performance"]:
        reports += [look(url, place), look(url, place)]
    scores = {name: min(one["scores"][name] for one in reports) for name in GOALS}
    fast = sorted(one["scores"]["performance"] for one in reports)
    scores["performance"] = int(statistics.median(fast))
    shown = sorted(reports, key=lambda one: int(one["scores"]["performance"]))[len(reports) // 2]
    good = all(scores[name] >= goal for name, goal in GOALS.items())
    marks = "".join(f"{scores[name]:{width}}" for name, width in (("performance", 12), ("accessibility", 14)))
    times = f"{shown['paint'] / 1000:9.2f} s {shown['largest'] / 1000:6.2f} s {shown['blocked']:5.0f} ms"
    rounds = "" if len(fast) == 1 else f"  median of {', '.join(map(str, fast))}"
    print(f"{place.name:18}{marks}{scores['best-practices']:15}{times} {shown['shift']:6.3f}{rounds}", end="")
    print("" if good else "  UNDER", flush=True)
    for name in ("accessibility", "best-practices"):
        for fault in {fault["id"]: fault for report in reports for fault in report["faults"][name]}.values():
            print(f"    {name}: {fault['id']}: {fault['title']}", *fault["items"], sep="\n        ")
    if scores["performance"] < GOALS["performance"]:
        print("    long tasks:", *shown["tasks"], sep="\n        ")
        print("    what moved:", *shown["moved"], sep="\n        ")
    return good


def main(words: list[str]) -> int:
    install()
    chosen = [word for word in words if not word.startswith("-")]
    good = True
    print(f"{'':18} performance accessibility best practices    paint  largest  blocked  shift")
    with running() as (site, places):
        for place in places:
            wanted = not chosen or any(word in place.name for word in chosen)
            if wanted and (place.name in TEN or "--all" in words):
                good &= judged(site.url(), place)
    print("goals:", "met" if good else "MISSED", GOALS)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
