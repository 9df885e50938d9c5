"""What comes in from outside: addresses, numbers and characters that fit nowhere, and errors of our own."""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.factories import World
from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.web import error_handlers
from tutoring.web.urls import parse_int, safe_redirect_target

As = Callable[[str], FlaskClient]
HUGE = "99999999999999999999"


@pytest.fixture
def serving(app: Flask) -> Iterator[Flask]:
    """The application as it answers when it serves: errors become pages."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = None


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\r/evil.example", "/\n/evil.example", "https://evil.example",
     "/%0a\t", "javascript:alert(1)", " //evil.example", "", None],
)  # fmt: skip
def test_nobody_is_led_away_from_the_site(target: str | None) -> None:
    assert safe_redirect_target(target) == "/"


def test_own_paths_are_kept() -> None:
    assert safe_redirect_target("/rooms/7?before=3#newest") == "/rooms/7?before=3#newest"


def test_a_language_form_of_another_site_leads_nowhere_else(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/\t/evil.example"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("number", [HUGE, "2147483648", "9" * 5000])
@pytest.mark.parametrize("path", ["/rooms/{}", "/requests/{}", "/units/{}", "/children/{}", "/members/{}", "/codes/{}"])
def test_a_number_that_no_row_can_have_is_simply_missing(serving: Flask, as_: As, path: str, number: str) -> None:
    assert as_("hang").get(path.format(number)).status_code == 404


@pytest.mark.parametrize("query", [f"/notices?before={HUGE}", f"/ask?lesson=vao-lop-bang-duong-dan&step={HUGE}"])
def test_a_number_too_large_in_a_query_is_passed_over(serving: Flask, as_: As, query: str) -> None:
    assert as_("hang").get(query).status_code == 200


def test_whole_reads_what_a_column_holds() -> None:
    assert parse_int("2147483647") == 2147483647 and parse_int("-5") == -5
    for text in ("2147483648", "9" * 5000, "", "abc"):
        with pytest.raises(ValueError):
            parse_int(text)


def test_the_nul_character_is_refused(serving: Flask, as_: As) -> None:
    person = as_("minh")
    assert person.get("/lessons/a%00b").status_code == 404
    assert person.get("/ask?lesson=a%00b").status_code == 400
    assert person.post("/ask", data={"topic": "a\x00b"}).status_code == 422


@pytest.mark.parametrize("path", ["/", "/account", "/requests/999999", "/lessons"])
def test_an_error_page_asks_a_dead_database_nothing(
    serving: Flask, as_: As, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    person = as_("minh")

    def dead(*_args: object, **_more: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server is gone"))

    monkeypatch.setattr(Session, "execute", dead)
    monkeypatch.setattr(Session, "scalar", dead)
    monkeypatch.setattr(Session, "scalars", dead)
    monkeypatch.setattr(Session, "get", dead)
    answer = person.get(path)
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in answer.text and "Content-Security-Policy" in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_page_asks_nothing_of_a_reader_whom_a_rollback_emptied(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = OperationalError("SELECT", {}, Exception("the server is gone"))
    with app.test_request_context("/"):
        g._login_user = db.session.get(User, world["minh"])
        db.session.rollback()  # what follows a failed statement; every attribute would be read anew

        def dead(*_args: object, **_more: object) -> None:
            raise error

        monkeypatch.setattr(Session, "execute", dead)
        page = app.make_response(error_handlers._crash(error))
    assert page.status_code == 500 and "Máy chủ gặp lỗi" in page.get_data(as_text=True)


def test_pages_of_signed_in_people_are_kept_by_nobody(as_: As, world: World, client: FlaskClient) -> None:
    person = as_("minh")
    for path in ("/", "/lessons", "/requests/999999"):
        assert person.get(path).headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("fault", "status"), [("database is locked", 503), ("no such table: x", 500)])
def test_a_database_that_is_held_for_too_long_asks_for_another_try(app: Flask, fault: str, status: int) -> None:
    error = OperationalError("UPDATE", {}, sqlite3.OperationalError(fault))
    with app.test_request_context("/", headers={"Accept": "application/json"}):
        answer = app.make_response(error_handlers._crash(error))
        assert answer.status_code == status and answer.get_json()["error"] == "refused"
    with app.test_request_context("/"):
        page = app.make_response(error_handlers._crash(error))
        assert page.status_code == status and ("Retry-After" in page.headers) is (status == 503)
        assert ("chưa được ghi lại" in page.get_data(as_text=True)) is (status == 503)
