"""Modules that browsers get as one file: nothing of them is lost, doubled or kept under an old address."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.test_compression import BROWSER, unpacked
from tutoring.config import ROOT
from tutoring.web import assets, bundles, compression, import_maps

STATIC = ROOT / "static"
SCRIPTS = sorted(path for path in STATIC.rglob("*.js") if "vendor" not in path.parts)


@pytest.mark.parametrize("script", sorted(assets.PARTS))
def test_each_part_needs_only_those_before_it(script: str) -> None:
    parts = [*assets.PARTS[script], script]
    for number, part in enumerate(parts):
        assert import_maps.imports((STATIC / part).read_text("utf-8")) & {*parts} <= {*parts[:number]}, part


@pytest.mark.parametrize("script", sorted(assets.PARTS))
def test_nothing_else_imports_a_part(script: str) -> None:
    """It would have the part, and all that the part remembers, a second time."""
    parts = {*assets.PARTS[script], script}
    for other in SCRIPTS:
        if other.relative_to(STATIC).as_posix() not in parts:
            assert not import_maps.imports(other.read_text("utf-8")) & parts, other
    for template in (ROOT / "templates").rglob("*.html"):
        assert not any(f"'{part}'" in template.read_text("utf-8") for part in parts - {script}), template


@pytest.mark.parametrize("script", sorted(assets.PARTS))
def test_a_bundle_holds_every_line_of_its_parts_once(app: Flask, script: str) -> None:
    whole = bundles.bundle(script)
    for part in (*assets.PARTS[script], script):
        text = (STATIC / part).read_text("utf-8")
        body = re.split(r'^import [^;]*";\n', text, flags=re.MULTILINE)[-1]
        assert not re.search(r"^export (?!(async )?function|const)", body, re.MULTILINE), part
        assert whole.count(re.sub(r"^export ", "", body, flags=re.MULTILINE)) == 1, part
        for name in re.findall(r"^export (?:async )?(?:function|const) (\w+)", body, re.MULTILINE):
            assert re.search(rf"^return {{[^}}]*\b{name}\b", whole, re.MULTILINE), name
    outside = import_maps.imports("".join((STATIC / part).read_text("utf-8") for part in assets.PARTS[script]))
    assert import_maps.imports(whole) >= outside - {*assets.PARTS[script]}
    assert not import_maps.imports(whole) & {*assets.PARTS[script]}


@pytest.mark.parametrize("script", sorted(assets.PARTS))
def test_every_browser_gets_the_bundle(app: Flask, client: FlaskClient, script: str) -> None:
    with app.test_request_context():
        address = assets.asset_url(script)
    whole = bundles.bundle(script).encode()
    plain, packed = client.get(address), client.get(address, headers=BROWSER)
    assert plain.data == whole and unpacked(packed) == compression.without_comments(whole)
    for answer in (plain, packed, client.head(address)):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == "text/javascript"


def test_the_address_changes_with_each_part(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.js").write_text("export const a = 1;\n")
    (tmp_path / "whole.js").write_text('import { a } from "part.js";\n\nconsole.log(a);\n')
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    monkeypatch.setitem(assets.PARTS, "whole.js", ("part.js",))
    version = assets._version.__wrapped__
    before = version("whole.js")
    assert bundles.bundle.__wrapped__("whole.js") == (
        "const $0 = await (async () => {\nconst a = 1;\nreturn { a };\n})();\n"
        "const $1 = await (async () => {\nconst { a } = $0;\n\nconsole.log(a);\nreturn {  };\n})();\n"
    )
    (tmp_path / "part.js").write_text("export const a = 2;\n")
    assert version("whole.js") != before
