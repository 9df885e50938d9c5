"""The files around the code: locks, licences, what is committed and what is not."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = tuple(f"requirements{name}.txt" for name in ("", "-dev", "-build", "-fonts", "-node", "-uv"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGE = json.loads((ROOT / "package.json").read_text("utf-8"))


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def locked(lock: str) -> set[str]:
    """Every name==version of a lock, with the marker that says where it applies."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    return {line.rstrip("\\ ") for line in lines if line and line[0].isalnum()}


def committed() -> list[Path]:
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        # Ours even when the folder belongs to someone else, as in a container.
        command = [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
        names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode("utf-8")
        return [Path(name) for name in names.split("\0") if name]
    ignored = {".git", ".venv", "node_modules", "instance", "vendor", "__pycache__"}
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in files if not ignored & set(path.parts)]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_and_no_machine(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "#" not in text
    assert not re.search(r"^\s*-(?!-hash)|index-url|find-links|/", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_an_exact_version_and_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    for block in blocks:
        name, *hashes = re.split(r" \\\n    ", block)
        assert re.fullmatch(r"[a-z0-9.-]+==[^ ;]+(?: ; .+)?", name), name
        assert hashes and len(set(hashes)) == len(hashes), name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), name


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-fonts.txt"])
def test_the_lock_for_tests_holds_the_versions_of_the_other_locks(lock: str) -> None:
    assert locked(lock) <= locked("requirements-dev.txt")


def test_what_pyproject_asks_for_is_locked() -> None:
    asked = PROJECT["project"]["dependencies"]
    dev = PROJECT["project"]["optional-dependencies"]["dev"]
    groups = PROJECT["dependency-groups"]
    for lock, wanted in zip(
        LOCKS, (asked, asked + dev, *map(groups.get, ("build", "fonts", "node", "uv"))), strict=True
    ):
        assert {name_of(one) for one in wanted} <= {name_of(one) for one in locked(lock)}


def test_every_direct_dependency_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    cells = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("|"))
    explained = {re.sub(r"\[.*?\]", "", cell) for cell in re.split(r"[,\s]+", cells)}
    asked = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    asked = {name_of(one) for one in sum(PROJECT["dependency-groups"].values(), asked)}
    assert asked | set(PACKAGE["dependencies"]) | set(PACKAGE["devDependencies"]) <= explained


def test_the_front_end_lock_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text
    packages = json.loads(text)["packages"]
    assert all(packages[""][kind] == PACKAGE[kind] for kind in ("dependencies", "devDependencies"))
    for where, one in packages.items():
        assert not where or re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", one["integrity"]), where
        assert not one.get("hasInstallScript"), where


def test_npm_keeps_registries_out_of_the_lock_and_runs_no_scripts() -> None:
    settings = (ROOT / ".npmrc").read_text("utf-8").split()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert "ignore-scripts=true" in settings
    assert not any("registry=" in one or "auth" in one.lower() for one in settings)


def test_front_end_versions_are_exact() -> None:
    versions = {**PACKAGE["dependencies"], **PACKAGE["devDependencies"]}.values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_no_third_party_front_end_file_is_committed() -> None:
    foreign = re.compile(r"(^|/)node_modules/|^static/vendor/|\.min\.(js|css)$|\.(woff2?|ttf|otf|eot)$")
    assert [str(path) for path in committed() if foreign.search(path.as_posix())] == []


def test_nothing_that_is_made_is_committed() -> None:
    made = re.compile(r"(^|/)(\.venv|instance|__pycache__|test-results)/|\.(mo|pyc|db|sqlite3?)$|(^|/)\.env$")
    assert [str(path) for path in committed() if made.search(path.as_posix())] == []


def test_the_vendor_and_fonts_maps_gave_the_files_they_name_and_no_others() -> None:
    served = {path.name: path.stat().st_size for path in (ROOT / "static" / "vendor").iterdir()}
    assert set(served) == {*PACKAGE["vendor"].values(), *PACKAGE["fonts"].values(), "pictures"}
    assert all(served.values())


def test_the_chosen_pictures_were_taken_out_and_no_others_with_their_licence_beside_them() -> None:
    lines = (ROOT / "content" / "pictures.txt").read_text("utf-8").splitlines()
    chosen = [line for line in lines if line and not line.startswith("#")]
    assert len(chosen) == len(set(chosen))
    folder = ROOT / "static" / "vendor" / "pictures"
    assert {path.name for path in folder.iterdir()} == {f"{name}.svg" for name in chosen} | {"LICENSE.txt"}
    assert "Copyright (c) Microsoft Corporation" in (folder / "LICENSE.txt").read_text("utf-8")


def test_the_licence_of_the_fonts_is_served_beside_them_and_reserves_no_name() -> None:
    for name in ("bvp", "tinos"):
        licence = (ROOT / "static" / "vendor" / f"{name}-LICENSE.txt").read_text("utf-8")
        holder, text = licence.split("\n", 1)
        assert "SIL Open Font License, Version 1.1" in text and "with Reserved Font Name" not in holder


def test_ci_runs_what_a_developer_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    lines = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1].split()[-3:] == ["python3", "dev.py", "test"]


def test_the_licences_are_there() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text("utf-8")
    assert "CC BY 4.0" in (ROOT / "content" / "LICENSE").read_text("utf-8")
    assert PROJECT["project"]["license"] == "MIT"


def test_the_app_imports_only_what_it_asks_for() -> None:
    """A package that merely came along with another one may leave with it."""
    imported = {
        name.split(".")[0]
        for path in (ROOT / "tutoring").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in imported_names(node)
    }
    foreign = imported - sys.stdlib_module_names - {"tutoring", "_typeshed"}
    packages = packages_distributions()
    owners = {name_of(packages[name][0]) for name in foreign}
    made_of = {  # what these are made of stays as long as they do
        "flask": {"werkzeug", "jinja2", "markupsafe", "click", "itsdangerous"},
        "flask-babel": {"babel"},
        "flask-migrate": {"alembic"},
        "flask-socketio": {"python-socketio", "python-engineio"},
        "pydantic": {"pydantic-core"},
    }
    asked = {name_of(one) for one in PROJECT["project"]["dependencies"]}
    assert owners <= asked.union(*(parts for one, parts in made_of.items() if one in asked))


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [str(node.module)]
    return []


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: str(path.stem))
def test_a_benchmark_imports_modules_that_exist(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(path.parent))  # as when it runs
    tree = ast.parse(path.read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    assert {name for name in imported if not exists(name)} == set()


def exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the package above it
        return False
