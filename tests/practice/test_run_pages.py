"""Runs page by page: every screen of every walk, what is refused, and whose runs they are."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.make import World
from tests.services import PAGES

As = Callable[[str], FlaskClient]
pytestmark = PAGES
NAME = "ban-sao-khai-sinh"


def test_a_run_begins_and_shows_its_first_screen(world: World, as_: As) -> None:
    minh = as_("minh")
    answer = minh.post(f"/practice/{NAME}/start", data={"mode": "together"})
    page = minh.get(answer.location)
    assert page.status_code == 200 and "Cổng tập luyện: trang đầu" in page.text
    for path in ("/practice", f"/practice/{NAME}", f"/practice/{NAME}/watch?at=13"):
        assert minh.get(path).status_code == 200


def test_a_visitor(app: Flask, world: World, client: FlaskClient) -> None:
    for path in ("/practice", f"/practice/{NAME}", f"/practice/{NAME}/watch?at=13"):
        assert client.get(path).status_code == 200
    page = client.post(f"/practice/{NAME}/try", data={"mode": "alone"})
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
