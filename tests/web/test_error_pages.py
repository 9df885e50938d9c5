"""What people read when something went wrong: each page says what to do next, and leads there."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.web import error_handlers

As = Callable[[str], FlaskClient]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("/lessons/", "/lessons"), ("/lessons//?a=1&b=%2F", "/lessons?a=1&b=%2F"), ("/help/", "/help")],
)
def test_a_slash_too_many_leads_to_the_page(client: FlaskClient, asked: str, meant: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (308, meant)


@pytest.mark.parametrize("asked", ["/khong-co/", "//evil.test/", "//evil.test//", "/", "/lessons/x/y/z/"])
def test_where_nothing_is_there_is_nothing_with_a_slash_either(client: FlaskClient, asked: str) -> None:
    answer = client.get(asked)
    assert answer.status_code in (200, 400, 404) and "evil" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("status", sorted(error_handlers.TITLES))
def test_every_error_page_leads_on_and_has_the_numbers_to_call(app: Flask, status: int) -> None:
    with app.test_request_context("/lessons"):
        page, code = error_handlers._page(status, "Hãy thử lại.")
    assert code == status and error_handlers.TITLES[status] in page
    assert 'href="/"' in page and 'href="/help"' in page and 'href="tel:111"' in page
    assert ('href="/status"' in page) == (status >= 500)
    assert ("Thử lại" in page) == (status in (429, 500, 503))
    assert ("Cần làm việc này thì hỏi thầy cô" in page) == (status == 403)


def test_a_form_that_was_refused_leads_back_to_its_page_and_nowhere_else(as_: As, world: World) -> None:
    client = as_("minh")
    for referrer, back in (
        ("http://localhost/requests?a=1", 'class="btn" href="/requests?a=1"'),
        ("https://elsewhere.example/requests", None),
        ("http://localhost//elsewhere.example", None),
        ("", None),
    ):
        page = client.post("/requests/999999/cancel", headers={"Referer": referrer} if referrer else {})
        assert page.status_code == 404
        assert (back in page.text) if back else "Về trang trước" not in page.text
        assert "chữ đã gõ thường vẫn còn" in page.text and "elsewhere" not in page.text
