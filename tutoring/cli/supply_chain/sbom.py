"""The bill of materials, CycloneDX 1.6 in JSON, made from the lock files.

Other tools can search it for known vulnerabilities. The same lock files give the same bytes: it holds no timestamp,
and its serial number is derived from its content.
"""

import json
import uuid
from pathlib import Path
from typing import Any

from tutoring import VERSION
from tutoring.cli.supply_chain.licences import READ, of_package
from tutoring.cli.supply_chain.lock_files import (
    DEV,
    FONTS,
    NODE,
    SERVER,
    UV,
    LockedPackage,
    LockFileError,
    needs,
    read_front_end,
    read_lock,
)

_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "cung-hoc.bill")
_SITE = "cung-hoc"


def bill(root: Path) -> str:
    """Returns the whole bill as text."""
    parts = [_python(one, scope) for one, scope in _locked(root)]
    front_end = [
        _npm(one.name, one.version, one.sha512, one.licence) for one in read_front_end(root / "package-lock.json")
    ]
    parts += front_end
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": _SITE,
                "name": _SITE,
                "version": VERSION,
                "licenses": [{"expression": "MIT"}],
            }
        },
        "components": parts,
        "dependencies": _graph(parts),
    }
    number = uuid.uuid5(_SPACE, json.dumps(told, sort_keys=True))
    return json.dumps({**told, "serialNumber": f"urn:uuid:{number}"}, indent=1, ensure_ascii=False) + "\n"


def _locked(root: Path) -> list[tuple[LockedPackage, str]]:
    """Returns the locked packages with their scope, sorted by name and version.

    Server packages are required. Packages only for tests, checks and set-up are excluded from the delivery.
    """
    server = read_lock(root / SERVER)
    found = {(one.name, one.version): (one, "required") for one in server}
    for lock in (DEV, FONTS, NODE, UV):
        for one in read_lock(root / lock):
            found.setdefault((one.name, one.version), (one, "excluded"))
    return [found[key] for key in sorted(found)]


def _python(one: LockedPackage, scope: str) -> dict[str, Any]:
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"pkg:pypi/{one.name}@{one.version}",
        "name": one.name,
        "version": one.version,
        "purl": f"pkg:pypi/{one.name}@{one.version}",
        "scope": scope,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.hashes],
    }
    try:
        part["licenses"] = [{"expression": of_package(one.name)}]
    except LockFileError:
        if scope == "required":
            raise
    if one.marker:
        part["properties"] = [{"name": "cung-hoc:where", "value": one.marker}]
    return part


def _npm(name: str, version: str, sha512: str, licence: str) -> dict[str, Any]:
    address = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "scope": "required",
        "hashes": [{"alg": "SHA-512", "content": sha512}],
        "licenses": [{"expression": READ.get(name) or licence}],
    }


def _graph(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the dependency graph, as far as the metadata of the installed packages gives it."""
    refs: dict[str, list[str]] = {}
    for part in parts:
        refs.setdefault(part["name"], []).append(part["bom-ref"])
    direct = [part["bom-ref"] for part in parts if part["scope"] == "required"]
    graph = [{"ref": _SITE, "dependsOn": sorted(direct)}]
    for part in parts:
        asked = set(needs(part["name"])) if part["purl"].startswith("pkg:pypi/") else set[str]()
        wanted = sorted({ref for name in asked for ref in refs.get(name, ())} - {part["bom-ref"]})
        graph.append({"ref": part["bom-ref"], "dependsOn": wanted})
    return graph
