"""Tokens of the API: who makes them, what of them is stored, and when they stop working."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.api.token_clients import Api, later, token_of, with_factor
from tests.factories import World, change, person
from tutoring.accounts.events import AccountErased
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.registration import set_password
from tutoring.api.tokens import commands
from tutoring.api.tokens.commands import TokenInput, make_token
from tutoring.api.tokens.models import ApiToken, ApiWrite
from tutoring.api.tokens.queries import hashed, tokens_of, tokens_of_unit
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.policy.api import MOST_TOKENS, TokenFacts, is_valid, reaches
from tutoring.web import shown_once

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]


def status(app: Flask, token: str, path: str = "/token") -> int:
    db.session.remove()
    return Api(app, token).get(path).status_code


# ---- the rules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"ended": True}, False),
        ({"expires_at": clock.now()}, False),
        ({"maker_state": "suspended"}, False),
        ({"maker_state": "waiting"}, False),
        ({"maker_minor": True}, False),
        ({"of_unit": True}, False),
        ({"of_unit": True, "held": frozenset({"teacher"})}, True),
        ({"of_unit": True, "held": frozenset({"parent", "site_admin"})}, False),
        ({"of_unit": True, "held": frozenset({"teacher"}), "archived": True}, False),
    ],
)
def test_a_token_works_while_its_maker_may_have_it(change: dict[str, object], valid: bool) -> None:
    now = clock.now() - timedelta(minutes=1)
    usual = {"ended": False, "expires_at": now + timedelta(days=1), "maker_state": "active", "maker_minor": False}
    if "expires_at" in change:
        change = {"expires_at": now}
    assert is_valid(TokenFacts(**{**usual, **change}), now) is valid  # type: ignore[arg-type]


def test_a_token_of_a_unit_reaches_what_is_below_it_alone() -> None:
    assert reaches(None, {1, 2}) and reaches(2, {1, 2})
    assert not reaches(3, {1, 2})


# ---- making and ending -----------------------------------------------------------------------------------------


def test_only_the_hash_of_a_token_is_stored(app: Flask, inside: World, who: Who) -> None:
    token = token_of(inside["lan"])
    row = db.session.scalars(sa.select(ApiToken)).one()
    assert token.startswith("cunghoc_") and row.token_hash == hashed(token)
    kept = [str(getattr(row, column.key)) for column in sa.inspect(ApiToken).columns]
    assert not any(token.removeprefix("cunghoc_") in value for value in kept)
    done = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "make_api_token")).one()
    assert done.target == f"user:{inside['lan']}" and token not in str(done.facts)


def test_minors_and_strangers_make_no_token(inside: World, who: Who) -> None:
    with pytest.raises(Forbidden):
        token_of(inside["minh"])  # a child
    with pytest.raises(Forbidden):
        token_of(inside["khoa"])  # a youth
    with pytest.raises(NotFound):
        token_of(inside["lan"], inside["truong"])  # a parent of the school
    change(User, inside["quang"], demo=False)
    with pytest.raises(NotFound):
        token_of(inside["quang"], inside["truong"], factor=False)  # staff without a second factor


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (TokenInput(" ", {"calendar"}, 30), "label"),
        (TokenInput("x" * 61, {"calendar"}, 30), "label"),
        (TokenInput("Gọi 0912345678 nhé", {"calendar"}, 30), "label"),
        (TokenInput("Bảng", set(), 30), "scopes"),
        (TokenInput("Bảng", {"calendar", "everything"}, 30), "scopes"),
        (TokenInput("Bảng", {"calendar"}, 31), "days"),
    ],
)
def test_what_does_not_fit_is_named(inside: World, who: Who, wrong: TokenInput, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_token(with_factor(who("lan")), wrong)
    assert refusal.value.field == field and not tokens_of(inside["lan"])


def test_a_unit_gets_no_scope_of_a_person(inside: World, who: Who) -> None:
    with pytest.raises(InvalidInput):
        token_of(inside["quang"], inside["truong"], "progress")


def test_there_is_a_limit_for_a_person_and_for_a_unit(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    for _ in range(MOST_TOKENS):
        token_of(inside["quang"])
        token_of(inside["quang"], inside["truong"])
    for unit_id in (None, inside["truong"]):
        with pytest.raises(Conflict):
            token_of(inside["quang"], unit_id)
    commands.end_token(person(inside["quang"]), tokens_of(inside["quang"])[0].id)
    token_of(inside["quang"])


def test_nobody_ends_what_is_not_theirs(inside: World, who: Who) -> None:
    token_of(inside["quang"])
    token_of(inside["quang"], inside["truong"])
    own, of_unit = tokens_of(inside["quang"])[0].id, tokens_of_unit(inside["truong"])[0].id
    for refused in (
        lambda: commands.end_token(who("lan"), own),
        lambda: commands.end_token(who("quang"), of_unit),
        lambda: commands.end_unit_token(who("lan"), inside["truong"], of_unit),
        lambda: commands.end_unit_token(with_factor(who("quang")), inside["truong"], own),
        lambda: commands.end_unit_token(with_factor(who("hang")), inside["phuong"], of_unit),
        lambda: commands.end_token(who("quang"), 999_999),
    ):
        with pytest.raises(DomainError):
            refused()
    commands.end_unit_token(with_factor(who("hang")), inside["truong"], of_unit)  # a teacher of the school
    assert not tokens_of_unit(inside["truong"]) and tokens_of(inside["quang"])


# ---- the next request -------------------------------------------------------------------------------------------


def test_a_token_ends_with_its_day(app: Flask, inside: World) -> None:
    token = token_of(inside["lan"])
    with later(29):
        assert status(app, token) == 200
    with later(31):
        assert status(app, token) == 401


@pytest.mark.parametrize("name", ["own", "unit"])
def test_a_token_ends_with_the_account(app: Flask, inside: World, name: str) -> None:
    token = token_of(inside["quang"], inside["truong"] if name == "unit" else None)
    assert status(app, token) == 200
    change(User, inside["quang"], state="suspended")
    assert status(app, token) == 401


def test_a_unit_s_token_ends_with_the_role_of_its_maker(app: Flask, inside: World) -> None:
    token, own = token_of(inside["quang"], inside["truong"]), token_of(inside["quang"])
    assert status(app, token) == status(app, own, f"/units/{inside['truong']}") == 200
    change(Membership, {"user_id": inside["quang"]}, state="ended", ended_at=clock.now())
    assert status(app, token) == 401
    assert status(app, own) == 200
    assert status(app, own, f"/units/{inside['truong']}") == 404


def test_a_unit_s_token_ends_with_the_unit(app: Flask, inside: World) -> None:
    token = token_of(inside["quang"], inside["truong"])
    change(Unit, inside["truong"], effective_to=clock.today())
    assert status(app, token) == 401


def test_a_new_passphrase_ends_programs_as_it_ends_devices(app: Flask, inside: World, who: Who) -> None:
    token, other = token_of(inside["lan"]), token_of(inside["bay"])
    set_password(who("lan"), "bốn từ dễ nhớ lắm")
    assert status(app, token) == 401
    assert status(app, other) == 200


def test_what_was_made_without_a_second_factor_has_no_power(app: Flask, inside: World) -> None:
    change(User, inside["hang"], demo=False)
    weak, strong = token_of(inside["hang"], factor=False), token_of(inside["hang"])
    path = f"/units/{inside['lop6a']}/overview"
    assert (status(app, weak, path), status(app, strong, path)) == (404, 200)


def test_erasure_deletes_tokens(app: Flask, inside: World) -> None:
    token_of(inside["lan"])
    command(lambda: publish(AccountErased(inside["lan"], clock.now(), ())))()
    assert not db.session.scalars(sa.select(ApiToken)).all()


def test_keys_of_writes_are_forgotten_after_a_day(inside: World) -> None:
    token_of(inside["hang"])
    row = db.session.scalars(sa.select(ApiToken)).one()
    assert commands.write_once(row.id, "k", b"x", lambda: 7) == (7, False)
    commands.forget_writes()
    assert commands.write_once(row.id, "k", b"x", lambda: 8) == (7, True)
    with later(2):
        commands.forget_writes()
        assert not db.session.scalars(sa.select(ApiWrite)).all()


# ---- the pages ---------------------------------------------------------------------------------------------------


FORM = {"label": "Bảng tính", "scopes": ["calendar"], "days": "90"}


def made_on(client: FlaskClient, place: str, **more: object) -> str:
    """Makes a token with the form; returns what the page after the redirect shows, without its first word."""
    sent = client.post(f"{place}/new", data={**FORM, **more})
    assert sent.status_code == 302 and sent.location == f"{place}/made" and "cunghoc_" not in sent.text
    return client.get(sent.location).text.split("cunghoc_")[1].split('"')[0]


def test_a_new_token_is_shown_once_and_a_reload_makes_none(app: Flask, as_: As, world: World) -> None:
    lan = as_("lan")
    sent = lan.post("/account/tokens/new", data=FORM)
    sealed = sent.headers["Set-Cookie"]
    assert lan.head(sent.location).status_code == 302  # a program that looks at the address takes nothing
    shown = lan.get(sent.location)
    token = "cunghoc_" + shown.text.split("cunghoc_")[1].split('"')[0]
    assert shown.headers["Cache-Control"] == "no-store" and token not in sealed
    cookie = sealed.split("=", 1)[1].split(";")[0].split(".")[0]
    assert token.encode() not in base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
    for _ in range(2):
        again = lan.get(sent.location)
        assert again.location == "/account/tokens" and token not in again.text
    assert "chỉ hiện một lần" in lan.get("/account/tokens").text
    with app.app_context():
        assert len(tokens_of(world["lan"])) == 1


@pytest.mark.parametrize("how", ["late", "elsewhere", "changed"])
def test_a_new_token_is_shown_to_its_maker_in_time_alone(app: Flask, as_: As, world: World, how: str) -> None:
    quang = as_("quang")
    there = quang.post("/account/tokens/new", data=FORM).location
    if how == "elsewhere":
        there = f"/units/{world['truong']}/tokens/made"
    if how == "changed":
        with quang.session_transaction() as kept:
            kept[shown_once.KEY] = kept[shown_once.KEY][:-8] + "AAAAAAA="
    with clock.travel(clock.now() + timedelta(minutes=11 if how == "late" else 0)), app.app_context():
        change(SignIn, {"user_id": world["quang"]}, stepped_up_at=clock.now(), seen_at=clock.now())
        shown = quang.get(there)
    assert shown.status_code == 302 and shown.location == there.removesuffix("/made")


def test_what_is_shown_once_leaves_with_the_sign_in(as_: As, client: FlaskClient) -> None:
    lan = as_("lan")
    lan.post("/account/tokens/new", data=FORM)
    lan.post("/sign-out")
    with lan.session_transaction() as kept:
        assert shown_once.KEY not in kept


def test_one_makes_sees_and_ends_a_token(app: Flask, as_: As, world: World) -> None:
    lan = as_("lan")
    assert "/account/tokens" in lan.get("/account").text
    token = made_on(lan, "/account/tokens")
    assert Api(app, "cunghoc_" + token).get("/token").json["scopes"] == ["calendar"]
    listed = lan.get("/account/tokens").text
    assert "Bảng tính" in listed and token not in listed
    with app.app_context():
        token_id = tokens_of(world["lan"])[0].id
    assert as_("bay").post(f"/account/tokens/{token_id}/end").status_code == 404
    lan.post(f"/account/tokens/{token_id}/end")
    assert Api(app, "cunghoc_" + token).get("/token").status_code == 401
    assert "Bảng tính" not in lan.get("/account/tokens").text


def test_to_make_one_asks_for_the_identity_again(app: Flask, as_: As, world: World) -> None:
    client, page = as_("lan"), "/account/tokens/new"
    with app.app_context():
        change(SignIn, {"user_id": world["lan"]}, stepped_up_at=None)
    assert "/confirm" in client.get(page).location
    sent = client.post(page, data={"label": "Bảng tính", "scopes": ["calendar"], "days": "90"})
    assert "/confirm" in sent.location
    with app.app_context():
        assert not tokens_of(world["lan"])


def test_a_child_s_account_has_no_tokens(as_: As) -> None:
    client = as_("minh")
    assert "/account/tokens" not in client.get("/account").text
    assert client.get("/account/tokens").status_code == client.get("/account/tokens/new").status_code == 404


def test_staff_find_the_tokens_of_their_unit_in_its_settings(as_: As, world: World) -> None:
    quang, place = as_("quang"), f"/units/{world['truong']}"
    assert f"{place}/tokens" in quang.get(f"{place}/settings").text
    assert made_on(quang, f"{place}/tokens", label="Trang của trường", scopes=["units"], days="30")
    assert "Trang của trường" in quang.get(f"{place}/tokens").text
    assert as_("admin1").get(f"{place}/tokens").status_code == 200
    assert as_("admin1").get(f"{place}/tokens/new").status_code == 404
    assert as_("lan").get(f"{place}/tokens").status_code == 404
