"""What a run of the tests says and keeps: the line, the end, the checks, the evidence, the order, what is touched."""

import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import checks, durations, evidence, touched
from tests.durations import spread
from tests.reporting import Progress
from tests.servers import Site

ROOT = Path(__file__).resolve().parent.parent


# --- The line -------------------------------------------------------------------------------------


def test_the_line_says_how_much_is_done_how_long_the_rest_takes_and_what_runs_longest() -> None:
    progress = Progress({"tests/a.py::dear": 90.0, "tests/a.py::cheap": 10.0})
    progress.expect(["tests/a.py::dear", "tests/a.py::cheap"])
    assert progress.line(0.0) == "0 of 2 tests"
    progress.begin("tests/a.py::cheap", 100.0)
    progress.begin("tests/a.py::dear", 101.0)
    assert progress.line(104.0) == "0 of 2 tests, 4 s in a.py::cheap"
    progress.end("tests/a.py::cheap")
    progress.failed.add("tests/a.py::cheap")
    # A tenth took 20 s of this run, so the rest takes 180.
    assert progress.line(120.0) == "1 of 2 tests, 1 failed, about 3 min left, 19 s in a.py::dear"


def test_a_test_that_never_ran_here_counts_as_much_as_others_do() -> None:
    progress = Progress({"a": 2.0, "b": 4.0})
    progress.expect(["a", "new"])
    assert progress.seconds_whole == 2.0 + 3.0
    progress = Progress({})
    progress.expect(["a", "b"])
    progress.begin("a", 10.0)
    progress.end("a")
    assert progress.seconds_left(16.0) == 6.0


# --- A whole run, small ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Of three tests, one of which fails; its folder and what it said."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "test_small.py").write_text(
        "def test_right(): pass\ndef test_right_too(): pass\n"
        "def test_wrong():\n    print('seed 7')\n    assert [] == 'what is asked'\n",
        "utf-8",
    )
    plugins = ("-p", "tests.durations", "-p", "tests.reporting")
    how = ("--noconftest", "--rootdir", str(folder), "-c", str(folder / "none.ini"), "-q", "test_small.py")
    (folder / "none.ini").write_text("[pytest]\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *how],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return folder, done.stdout.splitlines()


def test_a_failure_is_told_at_once_and_the_last_line_is_pytests_own(small_run: tuple[Path, list[str]]) -> None:
    said = small_run[1]
    assert said[0] == "FAILED test_small.py::test_wrong"
    assert said[-1].startswith("1 failed, 2 passed in ")
    assert not any(line.startswith(".") for line in said)


def test_what_each_test_took_is_there_for_the_next_run(small_run: tuple[Path, list[str]]) -> None:
    kept = (small_run[0] / ".pytest_cache" / "v" / durations.KEY).read_text("utf-8")
    assert all(f"test_small.py::{name}" in kept for name in ("test_right", "test_right_too", "test_wrong"))


# --- The order ------------------------------------------------------------------------------------


def item(file: str, *fixtures: str) -> Any:
    path = Path("tests") / file
    return types.SimpleNamespace(nodeid=f"{path.as_posix()}::test", path=path, fixturenames=fixtures)


def files_of(items: list[Any]) -> str:
    return " ".join(one.path.stem for one in items)


def test_long_files_come_first_and_browsers_are_dealt_out_among_the_others() -> None:
    items = [item(f"{name}.py") for name in "abcd"] + [item(f"{name}.py", "page") for name in "xy"]
    took = {f"tests/{name}.py": seconds for name, seconds in zip("abcdxy", (1, 2, 3, 4, 5, 6), strict=True)}
    assert files_of(spread(items, took)) == "y d c x b a"


def test_without_figures_files_with_many_tests_come_first() -> None:
    items = [item(f"{name}.py") for name in "abbccc"] + [item("x.py", "site")]
    assert files_of(spread(items, {})) == "x c c c b b a"


def test_the_tests_of_a_file_stay_together() -> None:
    items = [item("a.py"), item("b.py"), item("a.py")]
    assert files_of(spread(items, {"tests/b.py": 9.0})) == "b a a"


def test_files_that_share_an_expensive_fixture_go_to_one_process() -> None:
    places = {durations.scope_of(f"tests/{name}.py::test_a") for name in ("every_page/test_ends", "test_access_ids")}
    assert places == {"tests/every_page/"}
    assert durations.scope_of("tests/home/test_start.py::test_a") == "tests/home/test_start.py"
    assert all((ROOT / name).exists() for name in [*durations.TOGETHER, *durations.LONG_FILES, *durations.LONG_IN_ALL])


# --- The checks -----------------------------------------------------------------------------------


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_check_that_fails_is_told_when_it_is_known_and_kept_for_the_end() -> None:
    told: list[str] = []
    some = checks.Checks(told.append, {"one": python("pass"), "two": python("print('wrong'); exit(3)")})
    some.begin()
    (failed,) = some.finish()
    assert (failed.name, failed.status, failed.said) == ("two", 3, "wrong\n")
    assert told[0].startswith("one: passed, ") and told[1].startswith("two: FAILED, ") and "wrong" in told[1]
    assert some.left == []


def test_a_check_that_cannot_be_started_fails() -> None:
    some = checks.Checks(lambda text: None, {"one": ["/no/such/program"]})
    some.begin()
    assert [failed.status for failed in some.finish()] == [127]


def test_checks_that_are_stopped_end_and_say_nothing_more() -> None:
    told: list[str] = []
    some = checks.Checks(told.append, {"one": python("input()"), "two": python("pass")})
    some.begin()
    some.stop()
    some.finish()
    assert told == []


def test_all_that_is_checked_is_checked() -> None:
    assert list(checks.CHECKS) == ["ruff", "biome", "layers", "mypy"]


def test_a_fresh_copy_begins_with_what_mypy_knows_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first, second = tmp_path / "first", tmp_path / "second"
    for copy in (first, second):
        copy.mkdir()
        monkeypatch.setattr(checks, "ROOT", copy)
        with checks.types_known_before():
            known = copy / checks.MYPY_CACHE / "3.11" / "cache.0.db"
            assert known.exists() == (copy is second)
            known.parent.mkdir(parents=True, exist_ok=True)
            known.write_text("types")
    assert [path.name for path in checks.shared_cache().parent.iterdir()] == [checks.shared_cache().name]


# --- The evidence ---------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(evidence, "RESULTS", tmp_path)
    evidence._closed.clear()
    return tmp_path


def test_a_failed_test_leaves_its_pages_with_picture_and_console(browser: Browser, results: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<h1>Bảng tin</h1><script>console.error('no such room')</script>")
    evidence.save(results, b"words")
    context.close()
    assert (results / "failure.txt").read_text() == "words"
    pages = [path.read_text("utf-8") for path in results.glob("*-page-1.html")]
    assert any(html.startswith("<!-- about:blank -->") and "Bảng tin" in html for html in pages)
    assert any(path.read_bytes().startswith(b"\x89PNG") for path in results.glob("*-page-1.png"))
    assert any("error: no such room" in path.read_text("utf-8") for path in results.glob("*-console.txt"))


def test_what_a_failing_test_closes_on_its_way_out_is_kept_and_what_ends_well_is_not(
    browser: Browser, results: Path
) -> None:
    def walk(fails: bool) -> None:
        context = browser.new_context()
        try:
            context.new_page().set_content("<p>closed")
            assert not fails
        finally:
            context.close()

    walk(fails=False)
    assert not evidence._closed
    with pytest.raises(AssertionError):
        walk(fails=True)
    assert any(b"closed" in content for content in evidence._closed.values())


def test_the_log_of_a_site_is_kept_when_a_failing_test_closes_it(results: Path) -> None:
    with pytest.raises(AssertionError), Site() as site:
        (site.folder / "server-1.log").write_text("Traceback of a server")
        raise AssertionError
    assert evidence._closed == {f"{site.folder.name}.log": b"Traceback of a server"}


def test_a_folder_of_evidence_has_a_name_for_any_system() -> None:
    folder = evidence.folder_of("tests/rooms/test_x.py::test_y[a/b: \\u1ea3-sqlite]")
    assert folder.name == "rooms-test_x.py-test_y-a-b-u1ea3-sqlite"
    assert len(evidence.folder_of("tests/" + "a" * 1000).name) < 200


# --- What a change can touch ----------------------------------------------------------------------

TEXTS = {
    "tutoring/devices/models.py": "",
    "tutoring/devices/views.py": 'render("devices/store.html")',
    "tutoring/home/page.py": "",
    "tutoring/app.py": "",
    "tests/factories.py": "",
    "tests/conftest.py": "",
    "tests/fixtures.py": "",
    "tests/devices/loan_fixtures.py": "",
    "tests/devices/test_store.py": "",
    "tests/devices/loans/test_loans.py": "",
    "tests/home/test_page.py": "",
    "tests/rooms/test_room.py": "",
    "tests/lessons/test_bank.py": "",
    "templates/devices/store.html": '{% include "devices/_row.html" %}',
    "templates/devices/_row.html": "",
}
IMPORTERS = {
    "tutoring.devices.models": {"tutoring.devices.views", "tutoring.home.page", "tests.devices.loan_fixtures"},
    "tutoring.devices.views": {"tutoring.app"},
    "tutoring.home.page": {"tutoring.app"},
    "tutoring.app": {"tests.factories", "tests.rooms.test_room"},
    "tests.factories": {"tests.rooms.test_room"},
    "tests.devices.loan_fixtures": {"tests.devices.loans.test_loans"},
}


@pytest.fixture
def near() -> touched.Near:
    return touched.Near(IMPORTERS, TEXTS)


def test_near_are_the_tests_of_the_package_then_those_of_who_imports_it_and_no_others(near: touched.Near) -> None:
    assert near.steps_from(["tutoring/devices/models.py"]) == {
        "tests/devices/test_store.py": 1,
        "tests/devices/loans/test_loans.py": 1,
        "tests/home/test_page.py": 2,
    }


def test_a_test_is_nearest_to_itself_and_near_to_what_helps_it(near: touched.Near) -> None:
    assert near.steps_from(["tests/devices/loans/test_loans.py"]) == {"tests/devices/loans/test_loans.py": 0}
    assert near.steps_from(["tests/devices/loan_fixtures.py"]) == {"tests/devices/loans/test_loans.py": 1}


def test_what_everybody_uses_touches_everybody_when_it_changes_itself(near: touched.Near) -> None:
    assert near.steps_from(["tests/factories.py"]) == {"tests/rooms/test_room.py": 1}
    assert len(near.steps_from(["tests/conftest.py"])) == 5
    assert len(near.steps_from(["tests/fixtures.py"])) == 5


def test_a_template_touches_the_tests_of_whoever_names_it(near: touched.Near) -> None:
    assert near.steps_from(["templates/devices/_row.html"]) == {
        "tests/devices/test_store.py": 3,
        "tests/devices/loans/test_loans.py": 3,
    }


def test_what_nobody_names_touches_the_tests_of_its_folder(near: touched.Near) -> None:
    assert near.steps_from(["content/lessons/one.yaml"]) == {"tests/lessons/test_bank.py": 1}
    assert near.steps_from(["content/portal.yaml"]) == {"tests/lessons/test_bank.py": 1}
    assert near.steps_from(["docs/none.md"]) == {}


def test_what_does_not_fit_into_two_minutes_is_left_the_farthest_first() -> None:
    steps = {"far": 2, "near": 1, "long": 1, "self": 0}
    seconds = {"far": 50.0, "near": 60.0, "long": 130.0, "self": 5.0}
    assert touched.choose(steps, seconds, 120.0) == (["self", "near", "far"], ["long"])


def test_the_real_project_has_few_near_to_devices_and_the_files_named_here_exist() -> None:
    found = touched.of_this_copy().steps_from(["tutoring/devices/loans/commands.py"])
    nearest = {file for file, steps in found.items() if steps == 1}
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "devices").glob("test_*.py")} <= nearest
    assert "tests/rooms/test_messages.py" not in found and "tests/safety/test_detector.py" not in found
    places = [*touched.ALWAYS, *(place for some in touched.BY_FOLDER.values() for place in some)]
    assert all((ROOT / place).exists() for place in places)
