"""What several processes of tests compile together before they collect, and what is collected for both databases."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.assertion import rewrite

from tests import collecting, databases

compiles = pytest.mark.skipif(sys.dont_write_bytecode, reason="nothing that was compiled is kept")


@compiles
def test_it_lies_where_pytest_looks_for_it() -> None:
    here = Path(__file__)
    assert rewrite._read_pyc(here, collecting.compiled_test(here)) is not None


@compiles
def test_each_process_compiles_its_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    names = {"tutoring": ("a", "b", "c"), "tests": ("test_a", "test_b", "beside")}
    for folder, files in names.items():
        (tmp_path / folder).mkdir()
        for name in files:
            (tmp_path / folder / f"{name}.py").write_text("assert __name__\n", "utf-8")
    monkeypatch.setattr(collecting, "ROOT", tmp_path)

    def compiled_by(nth: int) -> set[str]:
        given = {"workerid": f"gw{nth}", "workercount": 2}
        config: Any = SimpleNamespace(workerinput=given, getini=pytestconfig.getini, stash=pytestconfig.stash)
        collecting.compile_share(config)
        return {path.name.split(".")[0] for path in tmp_path.rglob("*.pyc")}

    assert compiled_by(0) == {"a", "c", "test_a"}
    assert compiled_by(1) == {"a", "b", "c", "test_a", "test_b"}
    assert rewrite._read_pyc(tmp_path / "tests/test_b.py", collecting.compiled_test(tmp_path / "tests/test_b.py"))


@pytest.mark.parametrize("listed", [*databases.BOTH, *databases.SOME, *databases.ONE, *databases.CASES_ON_BOTH])
def test_what_is_listed_by_its_database_is_there(listed: str) -> None:
    path = databases.HERE / listed
    assert path.exists()
    for test in databases.SOME.get(listed, ()):
        assert f"def {test}(" in path.read_text("utf-8"), test


def test_a_test_is_listed_by_its_name() -> None:
    name, (test, *_others) = next(iter(databases.SOME.items()))
    asked = databases.databases
    assert asked(databases.HERE / name, test, everything=False) == ("sqlite", "postgres")
    assert asked(databases.HERE / name, "test_of_another_name", everything=False) == ("sqlite",)
    assert asked(databases.HERE / name, "test_of_another_name", everything=True) == ("sqlite", "postgres")


def test_cases_of_the_full_run_are_on_both_databases_where_sql_answers_them() -> None:
    assert databases.cases_on_both(databases.HERE / "rooms/test_search.py", "test_of_any_name")
    assert not databases.cases_on_both(databases.HERE / "home/test_pages.py", "test_of_any_name")
    name, (test, *_others) = next(iter(databases.SOME.items()))
    assert databases.cases_on_both(databases.HERE / name, test)
