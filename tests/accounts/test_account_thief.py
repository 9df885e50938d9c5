"""The account thief of docs/safety.md: stuffing, fixation, a stolen cookie, a watched code, a reset in somebody's name.

That no code of the second factor works twice, in whatever way it is sent, is held by test_second_factor.py.
"""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.credentials.authenticator import PASSWORD, SET_UP, code_of, is_in, new_staff, set_up, shows_code
from tests.accounts.test_sign_in import cookie, phrase, said, sign_in
from tests.community.test_join import make_code
from tests.factories import World, person
from tutoring.accounts import password_hashes
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user, set_password
from tutoring.community import commands as community
from tutoring.community.duty import commands as duty_commands
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]
TOO_LONG = "à" * 129


def stolen(app: Flask, value: str) -> FlaskClient:
    """Another browser that holds this cookie."""
    thief = app.test_client()
    thief.set_cookie("session", value)
    return thief


def test_the_cookie_before_a_sign_in_is_worth_nothing_after_it(app: Flask, world: World, client: FlaskClient) -> None:
    secret, _codes = set_up(app, client, new_staff(app, world))
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["planted"] = "by an attacker"
    before = cookie(browser)
    sign_in(browser, "giao.moi", PASSWORD)
    between = cookie(browser)
    shows_code(browser, code_of(secret))
    assert len({before, between, cookie(browser)}) == 3
    with browser.session_transaction() as session:
        assert "planted" not in session
    assert is_in(browser)
    for old in (before, between):
        assert not is_in(stolen(app, old))
        assert shows_code(stolen(app, old), code_of(secret, 1)).headers["Location"] == "/sign-in"


def test_a_cookie_that_was_copied_is_401_after_sign_out(app: Flask, world: World, client: FlaskClient) -> None:
    set_up(app, client, new_staff(app, world))
    kept = cookie(client)
    assert is_in(stolen(app, kept))
    client.post("/sign-out")
    answer = stolen(app, kept).get("/account", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (401, "signed_out")


def test_tries_are_counted_for_each_account_and_never_for_everybody(app: Flask, world: World) -> None:
    for _ in range(5):
        assert sign_in(app.test_client(), "lan", "sai rồi nhé").status_code == 422
    assert sign_in(app.test_client(), "lan", phrase(app, "lan")).status_code == 429
    for name in ("bay", "quang", "minh"):
        assert sign_in(app.test_client(), name, phrase(app, name)).status_code == 302


def test_a_password_over_128_characters_is_never_hashed(
    app: Flask, world: World, client: FlaskClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = new_staff(app, world)
    poster = make_code(app, world, "lop4a", "parent", max_uses=5)
    with app.app_context():
        code = duty_commands.issue_reset_code(person(world["quang"]), user)
    quang = as_("quang")
    hashed: list[str] = []

    class Counting:
        def hash(self, value: str) -> str:
            hashed.append(value)
            return ""

        def verify(self, _stored: str, value: str) -> bool:
            hashed.append(value)
            return False

    monkeypatch.setattr(password_hashes, "_hasher", Counting())
    adult = {"full_name": "Lê Thị Thử", "address_form": "chị", "adult": "y", "password": TOO_LONG}
    for path, data, browser in (
        ("/sign-in", {"handle": "lan", "password": TOO_LONG}, client),
        ("/reset", {"handle": "giao.moi", "code": code, "password": TOO_LONG}, client),
        ("/account/password", {"old": TOO_LONG, "password": TOO_LONG}, quang),
        ("/confirm-it-is-you", {"code": TOO_LONG}, quang),
        (f"/join/{poster}", adult, client),
    ):
        assert browser.post(path, data=data).status_code == 422, path
    assert not password_hashes.verify("", TOO_LONG)
    assert [value for value in hashed if len(value) > 128] == []


def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, costs = password_hashes._hasher, []

    class Counting:
        def verify(self, stored: str, value: str) -> bool:
            costs[-1] += 1
            return hasher.verify(stored, value)

    monkeypatch.setattr(password_hashes, "_hasher", Counting())
    for name in ("lan", "khong.co.ai", "0912345678", "ai.do@example.vn"):
        costs.append(0)
        sign_in(app.test_client(), name, "sai rồi nhé")
    assert costs == [1, 1, 1, 1]


def test_a_reset_of_the_password_neither_opens_nor_removes_the_second_factor(
    app: Flask, world: World, client: FlaskClient
) -> None:
    user = new_staff(app, world)
    secret, _codes = set_up(app, client, user)
    with app.app_context():
        code = duty_commands.issue_reset_code(person(world["quang"]), user)
    thief, new = app.test_client(), "gà vịt ngan ngỗng"
    assert thief.post("/reset", data={"handle": "giao.moi", "code": code, "password": new}).status_code == 302
    assert not is_in(client)
    assert sign_in(thief, "giao.moi", new).headers["Location"] == "/sign-in/code"
    assert not is_in(thief)
    assert thief.get(SET_UP).headers["Location"].startswith("/sign-in")  # and no new one is set up in its place
    assert shows_code(thief, code_of(secret)).status_code == 302


def test_the_guardian_of_a_child_is_told_of_a_reset(app: Flask, world: World) -> None:
    with app.app_context():
        duty_commands.issue_reset_code(person(world["quang"]), world["minh"])
        told = db.session.scalars(sa.select(Notice).where(Notice.user_id == world["lan"])).all()
        assert any("cấp mã đặt lại mật khẩu" in notice.say for notice in told)


# ---- the password itself --------------------------------------------------------------------------------------


def test_who_comes_in_by_a_code_of_power_chooses_a_long_password(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        made = community.create_code(person(world["quang"]), world["truong"], "teacher")
        code = community.confirm_code(person(world["admin1"]), made.id).code
    form = {"full_name": "Lê Thị Thử", "address_form": "cô", "adult": "y", "handle": "thu.moi"}
    answer = client.post(f"/join/{code}", data={**form, "password": "Zq8#vLm2"})
    assert answer.status_code == 422 and "mật khẩu dài hơn" in said(answer)
    assert client.post(f"/join/{code}", data={**form, "password": PASSWORD}).status_code == 302


def test_a_password_that_was_long_enough_before_the_role_is_spoken_of_and_not_chosen_again(
    app: Flask, world: World, client: FlaskClient
) -> None:
    user = new_staff(app, world)
    with app.app_context():
        db.session.get_one(User, user).password_hash = password_hashes.hash_password("Zq8#vLm2")
        db.session.commit()
    assert sign_in(client, "giao.moi", "Zq8#vLm2").status_code == 302
    assert "Mật khẩu của bạn ngắn so với vai trò" in said(client.get("/account"))
    form = {"old": "Zq8#vLm2", "password": "Zq8#vLm3"}
    assert client.post("/account/password", data=form).status_code == 422
    assert client.post("/account/password", data={**form, "password": PASSWORD}).status_code == 302


def test_ones_own_name_number_and_year_are_no_password(app: Flask, world: World) -> None:
    with app.app_context():
        user = create_user("Lê Thị Thử", PASSWORD, handle="0912 345 678", birth_year=1987)
        for typed in ("0912345678", "lethithu1987", "Thử 1987 Thử"):
            with pytest.raises(InvalidInput):
                set_password(user, typed)
