"""What the pages of everyday use weigh for somebody who comes for the first time: at most 65 kB with fonts.

Bodies are counted as browsers get them; headers are some 500 bytes for each file beside that, a third of them fixed by
safety. The same pages are measured in a browser on a slow line by `python3 dev.py bench pages`.
"""

import json
import re
import uuid
from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.config import ROOT
from tutoring.kernel import rate_limits
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.web import assets, bundles, compression, import_maps

As = Callable[[str], FlaskClient]
MOST = 65_000
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd", "Referer": "http://localhost/"}
SCRIPTS = re.compile(r'<script[^>]* src="(/static/[^"]+)"')
SHEETS = re.compile(r'<link rel="stylesheet"[^>]* href="(/static/[^"]+)"')
LINKED = re.compile(r'<link rel="(?:icon|manifest)"[^>]* href="(/static/[^"]+)"')
NAMED = re.compile(r'<img[^>]* src="(/[^"]+\?v=[^"]+)"')
MAP = re.compile(r'<script type="importmap">(.*?)</script>')
SOCKET = "vendor/socket.io.esm.min.js"  # live-regions.js imports it as soon as it runs
PLACES = [
    (None, "/"),
    (None, "/lessons"),
    (None, "/lessons/vao-lop-bang-duong-dan/2"),
    (None, "/practice"),
    (None, "/practice/ban-sao-khai-sinh/offline"),
    (None, "/help"),
    (None, "/sign-in"),
    ("minh", "/"),
    ("hang", "/"),
    ("minh", "/notices"),
    ("minh", "/ask"),
    ("minh", "/practice/ban-sao-khai-sinh"),
    ("bay", "/groups/{kp3}"),
    ("mai", "/units/{phuong}"),
    ("admin1", "/figures"),
    ("lan", "/rooms/{room}"),
]


def fonts() -> int:
    return sum((ROOT / path.split("?")[0][1:]).stat().st_size for path in assets.font_urls())


def imported(html: str) -> set[str]:
    """Addresses of what the scripts of a page import at once, and what that imports in turn."""
    found, todo = set[str](), SCRIPTS.findall(html)
    mapped = json.loads(maps[0])["imports"] if (maps := MAP.findall(html)) else {}
    while todo:
        path = todo.pop().split("?")[0][1:]
        name = path.removeprefix("static/")
        text = bundles.bundle(name) if name in assets.PARTS else (ROOT / path).read_text("utf-8")
        names = import_maps.imports(text, later=False)
        fresh = {mapped[name] for name in names | ({SOCKET} if path.endswith("/live-regions.js") else set())} - found
        found |= fresh
        todo += fresh
    return found


def weight(client: FlaskClient, path: str) -> dict[str, int]:
    """Bytes on the line by address: the page, all that it fetches by itself, and what its scripts fetch at once."""
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "br"
    found = {path: len(answer.data)}
    html = brotli.decompress(answer.data).decode()
    fetched = {one for pattern in (SCRIPTS, SHEETS, LINKED, NAMED) for one in pattern.findall(html)}
    for address in fetched | imported(html):
        file = client.get(address, headers=BROWSER)
        assert file.status_code == 200, address
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        found[address] = len(file.data)
    return found


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_a_first_visit_weighs_at_most_65_kb(
    app: Flask, world: World, as_: As, client: FlaskClient, name: str | None, path: str
) -> None:
    if "{room}" in path:
        with app.app_context():
            seats = [(world["lan"], "learner"), (world["hang"], "helper")]
            room = sessions_commands.open_room(world["kp3"], seats, topic="thu", minors=False, observed=False)
            for number in range(20):
                rate_limits.clear()
                messages_commands.post_message(
                    person(world["lan"]), room.id, str(uuid.uuid4()), f"Chị hỏi thêm câu {number} nhé"
                )
            path = path.format(room=room.id)
    found = weight(as_(name) if name else client, path.format(**world.units))
    whole = sum(found.values()) + fonts()
    print(path, whole, sorted(found.items(), key=lambda one: -one[1]))
    assert whole <= MOST, found


def test_the_weighing_sees_what_a_page_fetches(as_: As) -> None:
    found = weight(as_("minh"), "/")
    assert any("live-regions.js" in one for one in found) and any("socket.io" in one for one in found)
    assert 15_000 < fonts() < 20_000
    assert not any(one.endswith(".woff2") for one in found)


def test_files_are_as_small_as_they_get(client: FlaskClient) -> None:
    name = "vendor/socket.io.esm.min.js"
    file = compression.without_comments((ROOT / "static" / name).read_bytes())
    sent = client.get(f"/static/{name}", headers=BROWSER).data
    assert len(sent) == len(brotli.compress(file, quality=11)) < len(compression.PAGE["br"](file))
