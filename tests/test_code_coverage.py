"""The figures of lines and branches: what ran in full tests alone does not count for the quick run."""

from pathlib import Path

import pytest

from tests import code_coverage
from tests.code_coverage import FULL, QUICK, Recorder

OTHER = 4  # the number of a tool that no run uses


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setattr(code_coverage, "logs", lambda: tmp_path)
    return Recorder()


def test_a_place_is_written_once_for_each_kind_of_test(recorder: Recorder) -> None:
    for kind in (FULL, FULL, QUICK, QUICK, FULL):
        recorder.state[:1] = kind
        recorder.note(("a.py", "7"))
    rows = next(code_coverage.logs().glob("*.log")).read_text("utf-8").splitlines()
    assert rows == ["f\ta.py\t7", "q\ta.py\t7"]


def test_the_quick_run_counts_what_its_tests_and_imports_ran(recorder: Recorder) -> None:
    recorder.note(("a.py", "1"))  # an import, before the first test
    recorder.state[:1] = FULL
    recorder.note(("a.py", "2"))
    assert code_coverage.read(QUICK) == {("a.py", "1")}
    assert code_coverage.read(QUICK + FULL) == {("a.py", "1"), ("a.py", "2")}


def test_each_direction_of_a_branch_counts(recorder: Recorder) -> None:
    place = ("a.py", "act", "1", "10")
    ran = {(*place, "12"), (*place, "20"), ("a.py", "act", "1", "30", "40"), ("a.py", "5")}
    assert code_coverage.directions(ran, {place}) == 2


def test_lines_and_branches_of_the_program_are_known() -> None:
    lines, branches = set(code_coverage.lines()), set(code_coverage.branches())
    file = f"{code_coverage.SOURCES}policy/access.py"
    assert len(lines) > 20_000 and len(branches) > 5_000
    assert any(place[0] == file for place in lines)
    assert any(place[0] == file for place in branches)


@pytest.mark.skipif(code_coverage.WATCH is None, reason="older Pythons cannot report lines so")
def test_a_line_and_both_ways_of_a_branch_are_reported(recorder: Recorder) -> None:
    source = "def act(yes):\n    if yes:\n        return 1\n    return 2\n"
    space: dict[str, object] = {}
    exec(compile(source, f"{code_coverage.SOURCES}made_up.py", "exec"), space)
    act = space["act"]
    assert callable(act)
    recorder.begin(OTHER)
    try:
        act(True), act(False), act(False)
    finally:
        recorder.end(OTHER)
    found = code_coverage.read(QUICK)
    assert {place[1] for place in found if len(place) == 2} == {"2", "3", "4"}
    assert len({place for place in found if len(place) > 2}) == 2
