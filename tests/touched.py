"""Which test files a change can touch, the nearest first: `python -m tests.touched [REV]` prints them.

docs/testing.md says what near means. What is left out is told on stderr.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp

from tests.databases import databases
from tests.durations import KEY, by_file, file_of

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 180.0  # of tests one after the other, by what they took before: two minutes on two processors with the rest
UNKNOWN = 0.5  # seconds of a test that has not run here yet
# Whoever imports these has no need to be near to what they import: that is everything.
HUBS = re.compile(r"tutoring\.(app|features|cli)\b.*|tests\.(?!test_)[a-z_]+")
# What looks at everything.
ALWAYS = ("tests/test_structure.py", "tests/test_project.py", "tests/test_permissions.py", "tests/web/test_texts.py")
# Whose tests see a file that no module and no template names.
BY_FOLDER = {
    "content": ("tests/lessons", "tests/practice"),
    "deploy": ("tests/deploy",),
    "development": ("tests/test_dev.py",),
    "docs": ("tests/test_project.py",),
    "migrations": ("tests/test_migrations.py",),
    "static": ("tests/web",),
    "templates": ("tests/web",),
    "translations": ("tests/web",),
}


# --- What has changed -----------------------------------------------------------------------------


def changed_since(rev: str | None) -> set[str]:
    """Files that differ from where this branch left REV (its upstream, else the last commit), committed or not."""
    if rev is None:
        upstream = _git("rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}", may_fail=True)
        rev = upstream.strip() or "HEAD"
    base = _git("merge-base", rev, "HEAD").strip()
    listed = _git("diff", "--name-only", "--no-renames", "-z", base)
    listed += _git("ls-files", "--others", "--exclude-standard", "-z")
    return set(filter(None, listed.split("\0")))


def _git(*args: str, may_fail: bool = False) -> str:
    done = subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True)
    if done.returncode and not may_fail:
        raise SystemExit(f"git {args[0]} failed: {done.stderr.strip()}")
    return "" if done.returncode else done.stdout


# --- Who is near ----------------------------------------------------------------------------------


class Near:
    """Who imports whom among the modules of the site and of its tests, and who names which other file."""

    def __init__(self, importers: Mapping[str, Iterable[str]], texts: Mapping[str, str]) -> None:
        """`texts`: what stands in modules and templates, by their path."""
        self.importers = defaultdict(set, {module: set(them) for module, them in importers.items()})
        self.texts = texts
        modules = {module_of(path): path for path in texts if path.endswith(".py")}
        self.tests = {module: path for module, path in modules.items() if Path(path).name.startswith("test_")}
        for module in modules:
            parts = module.split(".")
            if parts[-1] == "conftest" or parts == [
                "tests",
                "fixtures",
            ]:  # pytest gives them to each test of the folder
                self.importers[module] |= {test for test in self.tests if test.startswith(".".join(parts[:-1]) + ".")}
            if parts[0] == "tutoring" and len(parts) > 1:  # pages are asked for by their address
                self.importers[module] |= {test for test in self.tests if test.startswith(f"tests.{parts[1]}.")}

    def steps_from(self, changed: Iterable[str]) -> dict[str, int]:
        """Test files with the number of steps to what has changed."""
        steps = dict[str, int]()
        reached = {self.module(path) for path in changed}
        number = 0
        while reached:
            steps |= dict.fromkeys(reached, number)
            passed = {one for one in reached if number == 0 or not HUBS.fullmatch(one)}
            reached = {other for one in passed for other in self._next(one)} - steps.keys()
            number += 1
        return {self.tests[one]: steps[one] for one in steps if one in self.tests}

    def module(self, path: str) -> str:
        return module_of(path) if path.endswith(".py") and path in self.texts else path

    def _next(self, one: str) -> set[str]:
        if "/" not in one and one not in self.texts:
            return self.importers[one]
        folder, _, name = one.partition("/")
        word = re.compile(rf"(?<![\w.-]){re.escape(name or folder)}(?![\w-])")
        naming = {self.module(path) for path, text in self.texts.items() if path != one and word.search(text)}
        if not naming and (parts := name.split("/"))[1:]:  # a part that is put together by name: whose folder it is
            naming = {test for test in self.tests if test.startswith(f"tests.{parts[0]}.")}
        whose = tuple(f"{place}/" for place in BY_FOLDER.get(folder, ())) if not naming else ()
        return naming | {test for test, path in self.tests.items() if f"{path}/".startswith(whose)}


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def of_this_copy() -> Near:
    graph = grimp.build_graph("tutoring", "tests", cache_dir=str(ROOT / ".import_linter_cache"))
    importers = {module: graph.find_modules_that_directly_import(module) for module in graph.modules}
    files = [path for folder in ("tutoring", "tests") for path in (ROOT / folder).rglob("*.py")]
    files += (ROOT / "templates").rglob("*.html")
    return Near(importers, {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files})


# --- How many of them -----------------------------------------------------------------------------


def choose(
    steps: Mapping[str, int], seconds: Mapping[str, float], most: float = SECONDS
) -> tuple[list[str], list[str]]:
    """What fits into the time, the nearest first, of the equally near the shortest; and what does not fit."""
    chosen, left = list[str](), list[str]()
    for file in sorted(steps, key=lambda file: (steps[file], seconds[file])):
        if seconds[file] <= most:
            most -= seconds[file]
            chosen.append(file)
        else:
            left.append(file)
    return chosen, left


def seconds_of(files: Iterable[str]) -> dict[str, float]:
    """What each file took in the quick run here, or a guess by its number of tests."""
    try:
        known = json.loads((ROOT / ".pytest_cache" / "v" / KEY).read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    quick = {test: it for test, it in known.items() if "postgres" not in test or "postgres" in _databases_of(test)}
    took = by_file(quick)
    return {file: took.get(file) or UNKNOWN * (ROOT / file).read_text("utf-8").count("def test_") for file in files}


def _databases_of(test: str) -> tuple[str, ...]:
    name = test.split("::")[-1].split("[")[0]
    return databases(ROOT / file_of(test), name, everything=False)


def main(rev: str | None = None) -> None:
    changed = {path for path in changed_since(rev) if not path.startswith("tests/long/")}
    if not changed:
        print("dev.py: nothing has changed", file=sys.stderr)
        return
    steps = of_this_copy().steps_from(changed)
    steps = {file: number for file, number in steps.items() if not file.startswith("tests/long/")}
    steps |= dict.fromkeys(ALWAYS, 0)
    chosen, left = choose(steps, seconds_of(steps))
    said = f"{len(changed)} changed files can touch {len(steps)} files of tests"
    if left:
        said += f"; {len(left)} are left to the whole run, to end in two minutes"
    print(f"dev.py: {said}", file=sys.stderr)
    print(*chosen, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
