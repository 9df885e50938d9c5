"""Reads the lock files and compares them with what is installed: names, versions, hashes."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-fonts.txt",
    "requirements-node.txt",
    "requirements-uv.txt",
)
SERVER, DEV, FONTS, NODE, UV = LOCKS
_LINE = re.compile(r"([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)(?: ; ([^\\]+?))?(?: \\)?")
_HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?")


@dataclass(frozen=True)
class LockedPackage:
    """One package of a lock file, with the hashes of every file that may be installed for it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


class LockFileError(Exception):
    """A lock file is malformed; the message says where."""


def read_lock(file: Path) -> list[LockedPackage]:
    """Returns every package of a pip lock file; each must have at least one hash."""
    found: list[LockedPackage] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if match := _LINE.fullmatch(line):
            found.append(LockedPackage(match[1], match[2], (match[3] or "").strip(), ()))
        elif (match := _HASH.fullmatch(line)) and found:
            last = found[-1]
            found[-1] = LockedPackage(last.name, last.version, last.marker, (*last.hashes, match[1]))
        elif line.strip():
            raise LockFileError(f"{file.name}:{number} is neither a version nor a hash")
    for one in found:
        if not one.hashes or len(set(one.hashes)) != len(one.hashes):
            raise LockFileError(f"{file.name}: {one.name} {one.version} has no hash, or one twice")
    return found


@dataclass(frozen=True)
class FrontEndPackage:
    """One package that npm fetches for browsers."""

    name: str
    version: str
    sha512: str
    licence: str


def read_front_end(file: Path) -> list[FrontEndPackage]:
    """Returns every package of package-lock.json.

    Each needs a SHA-512 digest and must have no install script.
    """
    found = []
    for where, told in json.loads(file.read_text("utf-8"))["packages"].items():
        if not where:
            continue
        kind, _dash, digest = str(told.get("integrity", "")).partition("-")
        try:
            raw = base64.b64decode(digest, validate=True)
        except binascii.Error as error:
            raise LockFileError(f"{file.name}: {where} has no whole integrity") from error
        if kind != "sha512" or len(raw) != 64:
            raise LockFileError(f"{file.name}: {where} has no SHA-512")
        if told.get("hasInstallScript"):
            raise LockFileError(f"{file.name}: {where} would run a script when it is installed")
        name = where.removeprefix("node_modules/")
        found.append(FrontEndPackage(name, told["version"], raw.hex(), str(told.get("license", ""))))
    return found


def installed(name: str) -> str | None:
    """Returns the installed version, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def needs(name: str) -> Iterator[str]:
    """Yields the dependencies of an installed package, without those of its extras."""
    try:
        asked = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for line in asked:
        if "extra ==" not in line and (match := re.match(r"[A-Za-z0-9._-]+", line)):
            yield re.sub(r"[-_.]+", "-", match[0]).lower()


def add_dependencies(names: set[str], known: set[str]) -> set[str]:
    """Returns these packages and their dependencies, as far as they are in `known`."""
    found, todo = set[str](), [*names]
    while todo:
        name = todo.pop()
        if name in known and name not in found:
            found.add(name)
            todo += needs(name)
    return found


def faults(root: Path) -> list[str]:
    """Returns the faults of the lock files and of the installed packages; fetches nothing."""
    said = []
    try:
        locks = {name: read_lock(root / name) for name in LOCKS}
        front_end = read_front_end(root / "package-lock.json")
    except LockFileError as error:
        return [str(error)]
    for lock in (SERVER, DEV):
        for name in sorted({one.name for one in locks[lock]}):
            here, wanted = installed(name), {one.version for one in locks[lock] if one.name == name}
            if here is not None and here not in wanted:
                said.append(f"{name} {here} is installed; the lock says {' or '.join(sorted(wanted))}")
    return said + _front_end_faults(root, front_end)


def _front_end_faults(root: Path, wanted: list[FrontEndPackage]) -> list[str]:
    said = []
    if "ignore-scripts=true" not in (root / ".npmrc").read_text("utf-8").split():
        said.append(".npmrc lets packages run scripts when they are installed")
    try:
        here: dict[str, Any] = json.loads((root / "node_modules" / ".package-lock.json").read_text("utf-8"))["packages"]
    except FileNotFoundError:
        return said
    there = {where.removeprefix("node_modules/"): told.get("version") for where, told in here.items()}
    for one in wanted:
        if there.get(one.name) != one.version:
            said.append(f"{one.name} {there.get(one.name)} is in node_modules; the lock says {one.version}")
    return said
