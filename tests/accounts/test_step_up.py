"""Before acts of power one shows again who one is, unless that was less than ten minutes ago."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.credentials.authenticator import PASSWORD, code_of, is_in, new_staff, set_up
from tests.accounts.test_sign_in import cookie, phrase, said, sign_in
from tests.community.test_staff import membership
from tests.factories import World, person
from tutoring.community import commands as community
from tutoring.kernel import clock
from tutoring.policy import access_tables
from tutoring.policy.accounts import FACTOR_ROLES

ASK = "/confirm-it-is-you"
LATER = timedelta(minutes=11)


@pytest.fixture
def khoa(app: Flask, world: World) -> str:
    """The address of khoa's suspension."""
    with app.app_context():
        return f"/members/{membership(world, 'khoa', 'lop11a')}/suspend"


def test_every_marked_route_exists_and_is_for_staff_or_for_oneself() -> None:
    assert set(access_tables.ROUTES) >= access_tables.STEP_UP
    for endpoint in access_tables.STEP_UP:
        access = access_tables.ROUTES[endpoint]
        own_token = endpoint in ("api.make_token", "api.made_token")
        own = own_token or endpoint.startswith(("accounts.", "privacy.", "openid."))
        assert own or (isinstance(access, frozenset) and access <= FACTOR_ROLES), endpoint
    marked = {"suspend", "restore", "reset_code", "nomination", "confirm_code", "factor_reset"}
    assert {f"community.{act}" for act in marked} <= access_tables.STEP_UP


def test_a_fresh_sign_in_counts_and_an_old_one_is_asked_again(
    app: Flask, world: World, client: FlaskClient, khoa: str
) -> None:
    sign_in(client, "quang", phrase(app, "quang"))
    assert client.get(khoa).status_code == 200
    with clock.travel(clock.now() + LATER):
        asked = client.get(khoa)
        assert asked.headers["Location"] == f"{ASK}?next={khoa}"
        page = said(client.get(asked.headers["Location"]))
        assert "Xác nhận đúng là bạn" in page and "chưa được làm" not in page and 'type="password"' in page
        assert client.post(ASK, data={"code": "sai rồi nhé", "next": khoa}).status_code == 422
        assert client.get(khoa).status_code == 302
        assert client.post(ASK, data={"code": phrase(app, "quang"), "next": khoa}).headers["Location"] == khoa
        assert client.get(khoa).status_code == 200


def test_an_act_that_comes_too_late_is_not_done_and_the_page_says_so(
    app: Flask, world: World, client: FlaskClient, khoa: str
) -> None:
    sign_in(client, "quang", phrase(app, "quang"))
    with clock.travel(clock.now() + LATER):
        asked = client.post(khoa, data={"reason": "thử"})
        assert asked.headers["Location"] == f"{ASK}?next={khoa}&undone=1"
        assert "Việc bạn vừa bấm chưa được làm" in said(client.get(asked.headers["Location"]))
        with app.app_context():
            assert person(world["khoa"]).state == "active"
        answer = client.post(khoa, data={"reason": "thử"}, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.get_json()["error"]) == (403, "step_up")


def test_an_act_without_a_page_of_its_own_leads_back_to_where_it_was_sent_from(
    app: Flask, world: World, client: FlaskClient
) -> None:
    sign_in(client, "quang", phrase(app, "quang"))
    with app.app_context():
        code = community.create_code(person(world["admin1"]), world["truong"], "teacher").id
    with clock.travel(clock.now() + LATER):
        for sent_from, back in (
            (f"http://localhost/codes/{code}", f"/codes/{code}"),
            ("http://evil.example/codes/1", "/"),
            ("http://localhost//evil.example", "/"),
            ("", "/"),
        ):
            asked = client.post(f"/codes/{code}/confirm", headers={"Referer": sent_from} if sent_from else {})
            assert asked.headers["Location"] == f"{ASK}?next={back}&undone=1", sent_from


def test_confirming_leads_nowhere_else_and_gives_a_new_token(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "quang", phrase(app, "quang"))
    kept = cookie(client)
    answer = client.post(ASK, data={"code": phrase(app, "quang"), "next": "//evil.example"})
    assert answer.headers["Location"] == "/"
    assert is_in(client)
    thief = app.test_client()
    thief.set_cookie("session", kept)
    assert not is_in(thief)


def test_who_has_a_factor_shows_its_code_and_the_passphrase_is_not_enough(
    app: Flask, world: World, client: FlaskClient, khoa: str
) -> None:
    user = new_staff(app, world, "coordinator")
    secret, _codes = set_up(app, client, user)
    assert client.get(khoa).status_code == 200  # a fresh sign-in with the factor counts
    with clock.travel(clock.now() + LATER):
        page = said(client.get(client.get(khoa).headers["Location"]))
        assert "6 số trên app" in page and 'inputmode="numeric"' in page
        assert client.post(ASK, data={"code": PASSWORD, "next": khoa}).status_code == 422
        code = code_of(secret)
        assert client.post(ASK, data={"code": code, "next": khoa}).headers["Location"] == khoa
        assert client.post(ASK, data={"code": code, "next": khoa}).status_code == 422  # once, here too
        assert client.get(khoa).status_code == 200
    with clock.travel(clock.now() + 2 * LATER):
        assert client.get(khoa).status_code == 302


def test_tries_are_counted_per_account(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "quang", phrase(app, "quang"))
    for _ in range(5):
        assert client.post(ASK, data={"code": "sai rồi nhé"}).status_code == 422
    assert client.post(ASK, data={"code": phrase(app, "quang")}).status_code == 429


def test_a_change_of_ones_own_factor_asks_too(app: Flask, world: World, client: FlaskClient) -> None:
    set_up(app, client, new_staff(app, world))
    with clock.travel(clock.now() + LATER):
        for answer in (
            client.get("/account/second-factor/set-up"),
            client.post("/account/second-factor/recovery-codes"),
        ):
            assert answer.headers["Location"].startswith(ASK)
        assert client.get("/account/second-factor").status_code == 200


def test_members_ask_again_only_where_the_role_gives_power(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        pupil = membership(world, "khoa", "lop11a")
        teacher = membership(world, "hang", "truong")
    sign_in(client, "quang", phrase(app, "quang"))
    with clock.travel(clock.now() + LATER):
        assert client.get(f"/members/{pupil}/end").status_code == 200
        assert client.get(f"/members/{teacher}/end").headers["Location"].startswith(ASK)
        assert client.post(f"/members/{teacher}/end", data={"reason": "x"}).headers["Location"].startswith(ASK)
    with app.app_context():
        assert membership(world, "hang", "truong") == teacher
