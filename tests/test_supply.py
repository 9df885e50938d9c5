"""What the site is made of: licences that may come in, and installed packages that are those of the locks."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tutoring.cli import supply_chain
from tutoring.config import ROOT


def licences(*options: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "piplicenses", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **env})


def test_no_package_of_python_stands_under_a_licence_that_may_not_come_in() -> None:
    told = licences("--format=json")
    assert told.returncode == 0, told.stderr
    assert len(json.loads(told.stdout)) > 80


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "MIT AND GPL-3.0-only", "Proprietary", "UNKNOWN"])
def test_a_package_under_another_licence_is_named(tmp_path: Path, licence: str) -> None:
    """The settings in pyproject.toml are read, and they refuse."""
    told = tmp_path / "stranger-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: stranger\nVersion: 1.0\nLicense-Expression: {licence}\n"
    )
    found = licences("--packages", "stranger", PYTHONPATH=str(tmp_path))
    assert found.returncode == 1 and "stranger:1.0" in found.stderr


def test_no_package_for_browsers_stands_under_a_licence_that_may_not_come_in() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    unstated = {"node_modules/xmlhttprequest-ssl"}  # its licence file says MIT
    other = {
        where: told.get("license")
        for where, told in packages.items()
        if where not in unstated and told.get("license") not in ("MIT", "MIT AND OFL-1.1", "MIT OR Apache-2.0")
    }
    assert other == {}


def test_what_is_installed_is_what_the_locks_say() -> None:
    assert supply_chain.differences(ROOT) == []


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("requirements.txt", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "node_modules").mkdir()
    shutil.copy(ROOT / "node_modules" / ".package-lock.json", tmp_path / "node_modules")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "pattern", "into", "why"),
    [
        ("requirements.txt", r"flask==3[^ ]+", "flask==3.0.0", "flask 3[0-9.]+ is installed; the lock says 3.0.0"),
        ("node_modules/.package-lock.json", r'"version": "4\.8\.\d+"', '"version": "1.0.0"', "1.0.0 is installed"),
        ("node_modules/.package-lock.json", r'"node_modules/ms"', '"node_modules/other"', "ms None is installed"),
    ],
)
def test_another_version_than_that_of_the_lock_is_found_out(
    copied: Path, file: str, pattern: str, into: str, why: str
) -> None:
    assert supply_chain.differences(copied) == []
    text, count = re.subn(pattern, into, (copied / file).read_text("utf-8"), count=1)
    assert count
    (copied / file).write_text(text, "utf-8")
    found = supply_chain.differences(copied)
    assert len(found) == 1 and re.search(why, found[0]), found
