"""The paper for a path gone through; its public page says what the holder chose, for as long as they do."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.lessons.completion_records.models import Acknowledgement
from tutoring.lessons.progress import commands as progress_commands

As = Callable[[str], FlaskClient]
HERE = "/lessons/paths/thu/acknowledgement"


@pytest.fixture
def lan(app: Flask, world: World, small: Loads, as_: As) -> FlaskClient:
    """Lan, a mother, has finished both lessons of the path."""
    with app.app_context():
        for slug in ("vao-lop", "otp"):
            progress_commands.finish_lesson(world["lan"], slug)
    return as_("lan")


def act(someone: FlaskClient, name: str, **more: str) -> int:
    return someone.post(HERE, data={"act": name, **more}).status_code


def code(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Acknowledgement.code)).one()


def full_name(app: Flask, user_id: int) -> str:
    with app.app_context():
        return db.session.get_one(User, user_id).full_name


def test_no_paper_before_the_last_lesson(app: Flask, world: World, small: Loads, as_: As) -> None:
    with app.app_context():
        progress_commands.finish_lesson(world["lan"], "vao-lop")
    lan = as_("lan")
    assert act(lan, "issue") == 409
    for name in ("show", "withdraw", "reopen"):
        assert act(lan, name, shown="full_name") == 404
    assert act(lan, "anything") in (400, 422)


def test_the_public_page_says_what_the_holder_chose_until_they_choose_otherwise(
    app: Flask, world: World, lan: FlaskClient, client: FlaskClient
) -> None:
    assert act(lan, "issue") == 302 and act(lan, "issue") == 302
    page, name = f"/acknowledgements/{code(app)}", full_name(app, world["lan"])
    assert f"localhost{page}" in lan.get(HERE).text and "<svg" in lan.get(HERE).text
    answer = client.get(page)
    assert answer.status_code == 200 and "noindex" in answer.headers["X-Robots-Tag"]
    assert "Vào lớp bằng đường dẫn" in answer.text and "Set-Cookie" not in answer.headers
    for shown, there in (("nothing", False), ("full_name", True), ("nothing", False)):
        assert act(lan, "show", shown=shown) == 302
        assert (name in client.get(page).text) is there
    assert act(lan, "show", shown="phone") == 422
    assert act(lan, "withdraw") == 302 and client.get(page).status_code == 404
    assert act(lan, "reopen") == 302 and client.get(page).status_code == 200


def test_a_minor_shows_no_name_and_the_choice_ends_with_the_right_to_it(
    app: Flask, world: World, lan: FlaskClient, client: FlaskClient, as_: As
) -> None:
    with app.app_context():
        for slug in ("vao-lop", "otp"):
            progress_commands.finish_lesson(world["minh"], slug)
    minh = as_("minh")
    assert act(minh, "issue") == 302 and act(minh, "show", shown="full_name") == 403
    page = f"/acknowledgements/{code(app)}"
    with app.app_context():
        db.session.execute(sa.update(Acknowledgement).values(shown="full_name"))
        db.session.commit()
    answer = client.get(page)
    assert answer.status_code == 200 and full_name(app, world["minh"]) not in answer.text


def test_a_guessed_code_opens_nothing(app: Flask, lan: FlaskClient, client: FlaskClient) -> None:
    act(lan, "issue")
    for guess in ("x", "a" * 16, "%00", "..", "A" * 5000, "' OR 1=1 --"):
        assert client.get(f"/acknowledgements/{guess}").status_code == 404, guess


def test_the_holder_keeps_the_say_when_the_path_has_gone(
    app: Flask, world: World, lan: FlaskClient, client: FlaskClient, loads: Loads, as_: As
) -> None:
    act(lan, "issue")
    page = f"/acknowledgements/{code(app)}"
    loads(banks.bank())
    with app.app_context():
        db.session.execute(
            sa.text("UPDATE lesson_path SET retired_at = :now WHERE slug = 'thu'"), {"now": "2026-11-25"}
        )
        db.session.commit()
    assert client.get(page).status_code == 200
    assert lan.get(HERE).status_code == 200 and as_("minh").get(HERE).status_code == 404
    assert act(lan, "withdraw") == 302
    assert client.get(page).status_code == 404
