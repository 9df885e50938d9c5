"""`flask supply check`: compares the installed packages with the lock files."""

import json
import re
import sys
from collections import defaultdict
from importlib import metadata
from pathlib import Path

import click
from flask.cli import AppGroup

from tutoring.config import ROOT

group = AppGroup("supply", help="What the site is made of.")

_LOCKED = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)", re.MULTILINE)


def differences(root: Path) -> list[str]:
    """Returns each package of the locks that is installed in another version; fetches nothing."""
    return [*_of_python(root / "requirements.txt"), *_of_front_end(root)]


def _of_python(lock: Path) -> list[str]:
    wanted = defaultdict[str, set[str]](set)  # a package may have one version for each version of Python
    for name, version in _LOCKED.findall(lock.read_text("utf-8")):
        wanted[name].add(version)
    here = {re.sub(r"[-_.]+", "-", one.name).lower(): one.version for one in metadata.distributions()}
    return [
        f"{name} {here[name]} is installed; the lock says {' or '.join(sorted(versions))}"
        for name, versions in sorted(wanted.items())
        if here.get(name, "") not in {"", *versions}
    ]


def _of_front_end(root: Path) -> list[str]:
    installed = root / "node_modules" / ".package-lock.json"
    if not installed.exists():  # a server that received static/vendor from elsewhere
        return []
    here, wanted = (json.loads(file.read_text("utf-8"))["packages"] for file in (installed, root / "package-lock.json"))
    return [
        f"{where} {here.get(where, {}).get('version')} is installed; the lock says {told['version']}"
        for where, told in wanted.items()
        if where
        and here.get(where, {}).get("version") != told["version"]
        and not (told.get("dev") and where not in here)
    ]


@group.command("check")
def check() -> None:
    """Compare the installed packages with the locks; exit status 1 when one has another version."""
    said = differences(ROOT)
    for line in said:
        click.echo(line)
    if said:
        sys.exit(1)
    click.echo("each installed package that the locks name has the version that they say")
