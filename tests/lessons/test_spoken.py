"""What is read aloud, or shown by a browser of text alone, on the page of a step."""

import re

from flask.testing import FlaskClient

from tests.factories import World


def step(client: FlaskClient) -> str:
    return client.get("/lessons/vao-lop-bang-duong-dan/2").text


def test_buttons_of_letters_are_called_what_stands_on_them(client: FlaskClient, world: World) -> None:
    row = re.search(r"<div data-text-size.*?</div>", step(client), re.DOTALL)
    assert row is not None
    for shown in ("A−", "A+"):
        button = re.search(rf"<button([^>]*)>{re.escape(shown)}<span class=\"sr\">", row[0])
        assert button is not None and "aria-label" not in button[1], shown


def test_no_list_of_nothing_stands_before_a_step(client: FlaskClient, world: World) -> None:
    page = step(client)
    assert 'class="steps"' in page and not re.search(r"<li[^>]*>\s*</li>", page)
