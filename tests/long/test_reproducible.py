"""Two fresh environments from the lock hold the same versions and the same bytes. Fetches everything, so it is long."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked_processes import ROOT

LOCK = ROOT / "requirements.txt"
MADE_HERE = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}  # by whoever installs, with paths of this place


def fresh(folder: Path) -> Path:
    """An environment with what the server needs and nothing else; its Python."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    how = ("--require-hashes", "--no-compile", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet")
    subprocess.run([str(python), "-m", "pip", "install", *how, "-r", str(LOCK)], check=True, cwd=folder)
    return python


def versions(python: Path) -> dict[str, str]:
    command = [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {one["name"].lower().replace("_", "-"): one["version"] for one in told}


def digests(python: Path) -> dict[str, str]:
    """Every installed file."""
    (packages,) = python.parent.parent.rglob("site-packages")
    return {
        str(path.relative_to(packages)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(packages.rglob("*"))
        if path.is_file() and path.name not in MADE_HERE and "__pycache__" not in path.parts
    }


@pytest.mark.long
def test_two_fresh_environments_are_the_same(tmp_path: Path) -> None:
    one, other = fresh(tmp_path / "one"), fresh(tmp_path / "other")
    found = versions(one)
    assert found == versions(other)
    locked = set(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", LOCK.read_text("utf-8"), re.MULTILINE))
    assert {(name, version) for name, version in found.items() if name not in ("pip", "setuptools")} <= locked
    first, second = digests(one), digests(other)
    assert len(first) > 1000 and first == second
