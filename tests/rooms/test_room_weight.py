"""What the page of a room weighs with its own scripts, as a server compresses it: without fonts, pictures, and the
library for the socket, which all rooms share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.lessons.test_page_weight import files, small
from tests.rooms.conftest import open_adults
from tests.rooms.test_mark_views import draw
from tests.rooms.test_picture_views import newest, send
from tests.swapped import swapped
from tests.web.test_weights import SOCKET, imported
from tutoring.kernel.file_storage import FileStorage

# The room’s menu and the samples of its messages count. With fonts it is 65 kB: tests/web/test_weights.py.
MOST = 26_000


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[None]:
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield


def test_a_room_with_a_marked_picture_weighs_at_most_26_kb(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        room = open_adults(world)
    send(as_("bay"), room)
    url = newest(as_("bay"), room)["picture"]["url"] + "/marks"
    for _ in range(5):
        draw(as_("lan"), url)
    page = as_("lan").get(f"/rooms/{room}").text
    parts = files(page, r'<script[^>]* src="([^"]+)"') | files(page, r'<link rel="stylesheet" href="([^"]+)"')
    parts |= {address.split("?")[0] for address in imported(page)} - {f"/static/{SOCKET}"}
    assert parts and not any("annotations" in one for one in parts)  # the tools come when a picture is opened
    sent = sum(len(as_("lan").get(path, headers={"Accept-Encoding": "br"}).data) for path in parts)
    weight = small(page.encode(), 7) + sent  # docs/speed.md: how pages and files leave the server
    assert weight <= MOST, f"{weight} bytes"
