"""Scripts find each other by the import map of their page: complete, allowed by its hash, and the same on a device."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tutoring.config import ROOT
from tutoring.lessons.offline import manifest as lesson_manifest
from tutoring.practice.offline import manifest as practice_manifest
from tutoring.web import assets, import_maps

STATIC = ROOT / "static"
SCRIPTS = sorted(path for path in STATIC.rglob("*.js") if "vendor" not in path.parts)
LOADED = re.compile(r'<script type="module"[^>]* src="/static/([^"?]+)\?v=')
MAP = re.compile(r'<script type="importmap">(.*?)</script>')


def needed(names: Iterable[str], later: bool = True) -> set[str]:
    """What these scripts import, and what that imports in turn."""
    found, todo = set[str](), [*names]
    while todo:
        name = todo.pop()
        fresh = import_maps.imports((STATIC / name).read_text("utf-8"), later) - found
        found |= fresh
        todo += fresh
    return found.difference(*assets.PARTS.values())  # those come in their bundle


def with_map(page: str) -> dict[str, str]:
    found = MAP.search(page)
    return dict(json.loads(found[1])["imports"]) if found else {}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_script_imports_by_the_plain_name_of_a_file(script: Path) -> None:
    text = script.read_text("utf-8")
    for name in import_maps.imports(text):
        assert (STATIC / name).is_file(), name
    # An address or a computed name would pass by the map, and a module would be loaded twice. The address that the
    # element itself carries (`data-script`) has no other door.
    written = len(re.findall(r"\bimport\b(?!\.meta|\(\w+\.dataset\.script\))", re.sub(r"//.*", "", text)))
    assert written == len(re.findall(r'^import\b[^";(]*"[^"./][^"]*"|\bimport\("[^"./][^"]*"\)', text, re.MULTILINE))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_module_lends_out_no_variable_that_changes(script: Path) -> None:
    assert not re.search(r"^export (let|var)\b", script.read_text("utf-8"), re.MULTILINE)


def test_the_reading_of_imports_sees_each_kind() -> None:
    text = (
        'import "a.js";\nimport {\n  b,\n} from "b.js";\nimport * as c from "c.js";\nconst d = await import("d.js");\n'
    )
    assert import_maps.imports(text) == {"a.js", "b.js", "c.js", "d.js"}
    assert import_maps.imports(text, later=False) == {"a.js", "b.js", "c.js"}


def test_a_name_leads_to_the_version_of_its_file(app: Flask) -> None:
    found = json.loads(import_maps.text())["imports"]
    with app.test_request_context():
        assert found and found == {name: assets.asset_url(name) for name in found}  # one module, however it is loaded


def test_a_visitor_loads_no_map_where_nothing_is_imported(client: FlaskClient) -> None:
    assert "importmap" not in client.get("/sign-in").text and with_map(client.get("/lessons").text)


@pytest.mark.parametrize("kind", ["lessons", "practice"])
def test_a_device_keeps_everything_that_its_pages_import(app: Flask, client: FlaskClient, kind: str) -> None:
    """One script less, and a saved page stands still without a network."""
    manifest = lesson_manifest if kind == "lessons" else practice_manifest
    with app.test_request_context():
        kept = {address.removeprefix("/static/").split("?")[0] for address in manifest._assets()}
    addresses = {
        "lessons": [f"/lessons/vao-lop-bang-duong-dan{part}" for part in ("", "/1", "/done", "/print")],
        "practice": ["/practice/ban-sao-khai-sinh/offline"],
    }
    for address in addresses[kind]:
        page = client.get(address).text
        loaded = set(LOADED.findall(page)) - {"app/search.js"}  # left out of a copy (saved-items.js)
        assert loaded <= kept and needed(loaded) - {"practice/offline/sync.js"} <= kept, address
        mapped = with_map(page)
        with app.test_request_context():
            assert {mapped[name] for name in needed(loaded)} & {*manifest._assets()} or not needed(loaded)
