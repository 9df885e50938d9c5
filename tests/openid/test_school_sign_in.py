"""Signing in with a school account at a provider that really runs, and each planted fault: no account is taken over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.credentials.authenticator import code_of, is_in, new_staff, set_up
from tests.accounts.test_sign_in import said
from tests.api.token_clients import Api, token_of
from tests.factories import World, person
from tests.openid.conftest import Comes, Known, allow_inside, link, set_for, typed
from tests.openid.local_provider import KEYS, Person, Provider, by_hmac, new_key
from tutoring.accounts.credentials.password_resets import create_reset_code
from tutoring.accounts.models import LiveSocket, SignIn
from tutoring.kernel import clock, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput
from tutoring.openid import commands, proofs, provider_client
from tutoring.openid.errors import ProviderFault
from tutoring.openid.models import IdentityLink, ProviderSession
from tutoring.web.socket_io import realtime

Plant = Callable[[Provider], None]
As = Callable[[str], FlaskClient]


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditRow.action)))


def test_a_linked_person_comes_in_and_no_one_else(
    app: Flask, world: World, client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    button = linked.button
    assert button in said(client.get("/sign-in?next=/lessons"))
    answer = comes(client, linked, f"{button}?next=/lessons")
    assert answer.headers["Location"] == "/lessons" and is_in(client)
    assert "Tài khoản trường" in said(client.get("/account"))
    with app.app_context():
        noted = db.session.scalars(sa.select(ProviderSession)).one()
        started = db.session.get_one(SignIn, noted.sign_in_id)
        assert (started.user_id, started.stepped_up_at, started.half) == (world["lan"], None, False)
    provider.person = Person(sub="subject-2")  # the same address, given to another person
    other = app.test_client()
    assert comes(other, linked).headers["Location"] == "/sign-in/openid/not-linked"
    assert not is_in(other)
    assert "chưa nối" in said(other.get("/sign-in/openid/not-linked"))


def test_without_a_provider_the_page_has_no_button(client: FlaskClient, world: World) -> None:
    assert "openid" not in said(client.get("/sign-in"))


def swap_state(address: str) -> str:
    return address.replace("state=", "state=x")


def drop_code(address: str) -> str:
    return urlsplit(address).path + "?state=" + parse_qs(urlsplit(address).query)["state"][0] + "&error=access_denied"


def foreign_issuer(address: str) -> str:
    return address + "&iss=https%3A%2F%2Fkhac.edu.vn"


@pytest.mark.parametrize("back", [swap_state, drop_code, foreign_issuer])
def test_a_wrong_return_opens_nothing(
    client: FlaskClient, linked: Known, comes: Comes, back: Callable[[str], str]
) -> None:
    assert comes(client, linked, back=back).headers["Location"] == "/sign-in"
    assert not is_in(client)


def hs256(provider: Provider) -> None:
    provider.sign = lambda claims: by_hmac(claims, KEYS["one"].as_pem(private=False), "one")


def unsigned(provider: Provider) -> None:
    provider.sign = lambda claims: provider.signed(claims).rpartition(".")[0] + "."


def other_key(provider: Provider) -> None:
    provider.sign = lambda claims: provider.signed(claims, {"alg": "RS256", "kid": "one"}, KEYS["two"])


def claims(**more: Any) -> Plant:
    def plant(provider: Provider) -> None:
        provider.claims = lambda made: made.update(more)

    return plant


def old(provider: Provider) -> None:
    provider.claims = lambda made: made.update(exp=made["iat"] - 100, iat=made["iat"] - 400)


def no_nonce(provider: Provider) -> None:
    provider.claims = lambda made: made.pop("nonce")


@pytest.mark.parametrize(
    "plant",
    [
        hs256, unsigned, other_key, old, no_nonce, claims(nonce="of another browser"), claims(aud="another client"),
        claims(iss="https://accounts.google.com"), claims(sub=""), claims(azp="other"),
    ],
)  # fmt: skip
def test_a_planted_fault_opens_no_account(
    client: FlaskClient, linked: Known, provider: Provider, comes: Comes, plant: Plant
) -> None:
    plant(provider)
    assert comes(client, linked).headers["Location"] == "/sign-in"
    assert not is_in(client)
    assert "không hợp lệ" in said(client.get("/sign-in"))


def test_the_answer_of_one_provider_does_not_count_at_another(
    app: Flask, world: World, client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    """Mix-up: the browser starts at one provider and is sent to the return address of another."""
    with app.app_context():
        other = set_for(provider, person(world["admin1"]), None, client_id="x")
    back = lambda address: address.replace(linked.code, other.code)  # noqa: E731
    assert comes(client, linked, back=back).headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_a_provider_that_names_itself_must_do_so_each_time(
    client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    provider.metadata = lambda told: told.update(authorization_response_iss_parameter_supported=True)
    assert comes(client, linked).headers["Location"] == "/sign-in"
    assert not is_in(client)
    named = lambda address: f"{address}&iss={provider.issuer}"  # noqa: E731
    assert comes(client, linked, back=named).headers["Location"] == "/"


def test_a_copied_session_with_a_copied_answer_opens_nothing(app: Flask, linked: Known, provider: Provider) -> None:
    provider.forgets_codes = False  # a careless provider takes a code twice
    first, copy = app.test_client(), app.test_client()
    address = provider.visit(first.get(linked.button).headers["Location"])
    cookie = first.get_cookie("session")
    assert cookie is not None
    copy.set_cookie("session", cookie.value)
    assert first.get(address).headers["Location"] == "/"
    assert copy.get(address).headers["Location"] == "/sign-in" and not is_in(copy)
    assert first.get(address).headers["Location"] == "/sign-in"  # the attempt ended with its first return


def test_a_return_in_another_browser_or_too_late_opens_nothing(
    app: Flask, linked: Known, provider: Provider, client: FlaskClient
) -> None:
    address = provider.visit(client.get(linked.button).headers["Location"])
    stranger = app.test_client()
    assert stranger.get(address).headers["Location"] == "/sign-in" and not is_in(stranger)
    with clock.travel(clock.now() + timedelta(minutes=11)):
        assert client.get(address).headers["Location"] == "/sign-in" and not is_in(client)


def test_the_code_is_bound_to_its_browser_by_pkce(client: FlaskClient, linked: Known, provider: Provider) -> None:
    asked = parse_qs(urlsplit(client.get(linked.button).headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
    assert asked["scope"] == ["openid email"]


def test_after_a_roll_over_people_still_come_in(
    app: Flask, client: FlaskClient, linked: Known, provider: Provider, comes: Comes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert comes(client, linked).headers["Location"] == "/"
    provider.key = new_key("next")
    provider.published = [KEYS["one"], provider.key]
    monkeypatch.setattr(provider_client, "AGAIN", -1.0)
    assert comes(client, linked).headers["Location"] == "/"
    provider.key, provider.published = KEYS["one"], [provider.key]  # the old key is taken back
    monkeypatch.setattr(provider_client, "KEEP", -1.0)
    fresh = app.test_client()
    assert comes(fresh, linked).headers["Location"] == "/sign-in" and not is_in(fresh)


def test_made_up_keys_cause_no_flood_of_requests(
    client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    assert comes(client, linked).headers["Location"] == "/"
    provider.key = KEYS["two"]
    for _ in range(3):
        comes(client, linked)
    assert provider.asked.count("/keys") == 1


def test_only_domains_that_are_allowed_come_in(
    app: Flask, world: World, client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    with app.app_context():
        commands.save_provider(person(world["admin1"]), None, linked.id, typed(provider, domains="truong.edu.vn"))
    assert comes(client, linked).headers["Location"] == "/"
    for email, verified in (("lan@khac.edu.vn", True), ("lan@truong.edu.vn", False), ("lan@x.truong.edu.vn", True)):
        provider.person = Person(email=email, verified=verified)
        fresh = app.test_client()
        assert comes(fresh, linked).headers["Location"] == "/sign-in" and not is_in(fresh), email


# ---- power and step-up -----------------------------------------------------------------------------------------------


def test_power_still_needs_our_own_second_factor(
    app: Flask, world: World, client: FlaskClient, known: Known, provider: Provider, comes: Comes
) -> None:
    teacher = new_staff(app, world)
    secret, _codes = set_up(app, client, teacher)
    link(app, teacher, known.id, provider.person)
    fresh = app.test_client()
    assert comes(fresh, known).headers["Location"] == "/sign-in/code"
    assert not is_in(fresh)
    assert fresh.post("/sign-in/code", data={"code": code_of(secret)}).status_code == 302 and is_in(fresh)
    with app.app_context():
        assert db.session.scalars(sa.select(SignIn).join(ProviderSession)).one().half is False


def test_a_session_left_open_at_the_provider_confirms_nothing_here(
    app: Flask, world: World, client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    comes(client, linked)
    asked = client.get(linked.link)
    assert asked.headers["Location"].startswith("/confirm-it-is-you")


# ---- links -----------------------------------------------------------------------------------------------------------


def test_linking_takes_a_confirmation_in_a_fresh_sign_in(
    app: Flask, world: World, as_: As, known: Known, provider: Provider, comes: Comes
) -> None:
    lan = as_("lan")
    there = comes(lan, known, known.link)
    assert there.headers["Location"] == "/account/school-accounts/confirm"
    assert "l…n@truong.edu.vn" in said(lan.get("/account/school-accounts/confirm"))
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdentityLink)) == 0
    assert lan.post("/account/school-accounts/confirm").status_code == 302
    assert "đã nối" in said(lan.get("/account"))
    assert "link_identity" in acts(app)
    other = as_("khoa")
    comes(other, known, known.link)
    refused = said(other.post("/account/school-accounts/confirm", follow_redirects=True))
    assert "đã nối với một tài khoản Cùng Học khác" in refused
    with app.app_context():
        assert db.session.scalars(sa.select(IdentityLink.user_id)).all() == [world["lan"]]


def test_what_one_person_began_links_no_other(app: Flask, as_: As, known: Known, provider: Provider) -> None:
    """An attacker's return address, opened by a victim: the attempt is in the attacker's browser."""
    lan, khoa = as_("lan"), as_("khoa")
    address = provider.visit(lan.get(known.link).headers["Location"])
    khoa.get(address)
    khoa.post("/account/school-accounts/confirm")
    assert khoa.get("/account/school-accounts/confirm").status_code == 302
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdentityLink)) == 0


@command
def _code(world: World, name: str, by: str | None) -> str:
    return create_reset_code(person(world[name]), person(world[by]) if by else None)


def test_a_code_of_staff_links_once_and_a_mailed_one_never(
    app: Flask, world: World, client: FlaskClient, known: Known, comes: Comes
) -> None:
    page = "/sign-in/openid/not-linked"
    assert client.post(page, data={"handle": "lan", "code": "x"}).headers["Location"] == "/sign-in"  # nothing proven
    comes(client, known)
    with app.app_context():
        mailed = _code(world, "lan", None)
    assert client.post(page, data={"handle": "lan", "code": mailed}).status_code == 422
    with app.app_context():
        code = _code(world, "lan", "quang")
    assert client.post(page, data={"handle": "khoa", "code": code}).status_code == 422
    assert client.post(page, data={"handle": "lan", "code": code}).headers["Location"] == "/" and is_in(client)
    assert client.get(page).headers["Location"] == "/sign-in"
    with app.app_context():
        assert db.session.scalars(sa.select(IdentityLink.user_id)).all() == [world["lan"]]


def test_a_new_password_by_a_code_ends_what_a_thief_has_linked(
    app: Flask, world: World, client: FlaskClient, linked: Known, comes: Comes
) -> None:
    comes(client, linked)
    with app.app_context():
        code = _code(world, "lan", "quang")
    reset = app.test_client().post("/reset", data={"handle": "lan", "code": code, "password": "sóng biển hiền hoà"})
    assert reset.status_code == 302 and not is_in(client)
    assert comes(client, linked).headers["Location"] == "/sign-in/openid/not-linked"


def test_unlinking_ends_other_sign_ins_through_it(
    app: Flask, world: World, as_: As, linked: Known, client: FlaskClient, comes: Comes
) -> None:
    comes(client, linked)
    with app.app_context():
        link_id = db.session.scalars(sa.select(IdentityLink.id)).one()
    remove = f"/account/school-accounts/{link_id}/remove"
    assert as_("khoa").post(remove).status_code == 404
    lan = as_("lan")
    assert lan.post(remove).status_code == 302 and is_in(lan) and not is_in(client)
    assert comes(client, linked).headers["Location"] == "/sign-in/openid/not-linked"
    assert "unlink_identity" in acts(app)


# ---- children --------------------------------------------------------------------------------------------------------


def test_a_child_needs_the_guardians_word(
    app: Flask, world: World, as_: As, known: Known, provider: Provider, comes: Comes
) -> None:
    child = as_("an")
    assert "nhờ ba mẹ" in said(child.get("/account"))
    assert child.get(known.link).headers["Location"] == "/account"
    allow = f"/account/children/{world['an']}/school-account"
    assert as_("khoa").post(allow, data={"allowed": "yes"}).status_code == 404
    assert as_("an").post(allow, data={"allowed": "yes"}).status_code == 404
    lan = as_("lan")
    assert "Tài khoản trường của con" in said(lan.get(f"/children/{world['an']}"))
    assert lan.post(allow, data={"allowed": "yes"}).status_code == 302
    child = as_("an")
    comes(child, known, known.link)
    child.post("/account/school-accounts/confirm")
    browser = app.test_client()
    assert comes(browser, known).headers["Location"] == "/" and is_in(browser)
    assert lan.post(allow, data={"allowed": "no"}).status_code == 302
    assert not is_in(browser)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdentityLink)) == 0
    assert {"allow_child_identity", "refuse_child_identity"} <= set(acts(app))


# ---- scope -----------------------------------------------------------------------------------------------------------


def test_a_units_provider_signs_in_its_own_members_alone(
    app: Flask, world: World, client: FlaskClient, as_: As, provider: Provider, known: Known, comes: Comes
) -> None:
    with app.app_context():
        school = set_for(provider, person(world["quang"]), world["truong"])
        with pytest.raises(Forbidden, match="dành cho người của"):
            commands.check_user(person(world["bay"]), commands.provider(school.id))
    provider.redirects = {school.callback}
    assert as_("bay").get(school.link).headers["Location"] == "/account"
    link(app, world["khoa"], school.id, provider.person)
    assert comes(client, school).headers["Location"] == "/"


# ---- logout at the provider ------------------------------------------------------------------------------------------


def test_a_logout_at_the_provider_ends_its_sign_ins_once(
    app: Flask, world: World, client: FlaskClient, linked: Known, provider: Provider, comes: Comes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    closed: list[str] = []
    monkeypatch.setattr(realtime, "close_sockets", closed.extend)
    logout, server = linked.button + "/logout", app.test_client()
    comes(client, linked)
    assert server.post(logout, data={"logout_token": provider.logout_token(sub=None, sid="another")}).status_code == 200
    assert is_in(client)
    for bad in ({"aud": "x"}, {"iss": "https://khac.edu.vn"}, {"events": {}}, {"nonce": "n"}, {"jti": None}):
        answer = server.post(logout, data={"logout_token": provider.logout_token(**bad)})
        assert answer.status_code == 400 and is_in(client)
    with app.app_context():
        open_page(world["lan"])
    token = provider.logout_token(jti="j-2")
    assert server.post(logout, data={"logout_token": token}).headers["Cache-Control"] == "no-store"
    assert not is_in(client) and closed == ["page"]
    comes(client, linked)
    assert server.post(logout, data={"logout_token": token}).status_code == 400 and is_in(client)  # replayed
    assert server.post(logout, data={"logout_token": provider.logout_token(jti="j-3", sid=None)}).status_code == 200
    assert not is_in(client)


@command
def open_page(user_id: int) -> None:
    """A page of the user's newest sign-in holds a socket."""
    newest = db.session.scalars(sa.select(sa.func.max(SignIn.id)).where(SignIn.user_id == user_id)).one()
    db.session.add(LiveSocket(sid="page", sign_in_id=newest, user_id=user_id))


def test_a_locked_account_and_a_disabled_provider_let_no_one_in(
    app: Flask, world: World, client: FlaskClient, linked: Known, provider: Provider, comes: Comes
) -> None:
    comes(client, linked)
    with app.app_context():
        commands.save_provider(person(world["admin1"]), None, linked.id, typed(provider, enabled=False))
    assert not is_in(client)
    assert client.get(linked.button).status_code == 404
    with app.app_context():
        commands.save_provider(person(world["admin1"]), None, linked.id, typed(provider))
        lock(world["lan"])
    assert comes(client, linked).headers["Location"] == "/sign-in" and not is_in(client)


@pytest.mark.parametrize("how", ["disabled", "removed", "unlinked"])
def test_the_end_of_a_school_account_ends_programs(
    app: Flask, world: World, linked: Known, provider: Provider, how: str
) -> None:
    with app.app_context():
        token, other, admin = token_of(world["lan"]), token_of(world["bay"]), person(world["admin1"])
        row = db.session.scalars(sa.select(IdentityLink)).one()
        if how == "disabled":
            commands.save_provider(admin, None, linked.id, typed(provider, enabled=False))
        elif how == "removed":
            commands.remove_provider(admin, linked.id)
        else:
            commands.unlink(person(world["lan"]), row.id)
        db.session.remove()
        assert (Api(app, token).get("/token").status_code, Api(app, other).get("/token").status_code) == (401, 200)


@command
def lock(user_id: int) -> None:
    person(user_id).state = "suspended"


# ---- outgoing requests -----------------------------------------------------------------------------------------------


def test_private_addresses_are_called_only_when_an_admin_listed_them(
    app: Flask, world: World, provider: Provider
) -> None:
    with app.app_context():
        provider_client.forget()
        with pytest.raises(ProviderFault) as caught:
            provider_client.configuration(provider.issuer)
        assert caught.value.code == "inward" and provider.asked == []
        allow_inside()
        assert provider_client.configuration(provider.issuer).issuer == provider.issuer
        kernel_site_settings.put(None, "openid_inside_hosts", None, "for tests")
        overrides.forget()


def test_words_that_are_too_long_are_refused_beside_their_field(app: Flask, world: World, provider: Provider) -> None:
    with app.app_context(), pytest.raises(InvalidInput) as caught:
        commands.save_provider(person(world["admin1"]), None, None, typed(provider, label="x" * 41))
    assert caught.value.field == "label"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": "https://khac.edu.vn"}, "issuer"),
        ({"token_endpoint": "http://localhost/token"}, "https"),
        ({"jwks_uri": None}, "metadata"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "metadata"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "algorithms"),
        ({"response_types_supported": ["token"]}, "response_type"),
    ],
)
def test_a_configuration_that_does_not_hold_is_refused(
    app: Flask, world: World, provider: Provider, change: dict[str, Any], code: str
) -> None:
    provider.metadata = lambda told: told.update(change)
    with app.app_context():
        allow_inside()
        with pytest.raises(ProviderFault) as caught:
            provider_client.configuration(provider.issuer)
    assert caught.value.code == code


def test_the_button_says_plainly_what_is_wrong(
    app: Flask, world: World, as_: As, known: Known, provider: Provider
) -> None:
    admin = as_("admin1")
    test = f"/identity-providers/{known.id}/test"
    shown = said(admin.post(test))
    assert "Máy chủ nhận mã ứng dụng và khoá bí mật." in shown, shown
    with app.app_context():
        commands.save_provider(person(world["admin1"]), None, known.id, typed(provider, client_secret="wrong"))
    assert "không nhận mã ứng dụng hoặc khoá bí mật" in said(admin.post(test))
    provider.metadata = lambda told: told.update(token_endpoint_auth_methods_supported=["client_secret_post"])
    with app.app_context():
        commands.save_provider(person(world["admin1"]), None, known.id, typed(provider))
    assert "Máy chủ nhận mã ứng dụng" in said(admin.post(test))
    provider.metadata = lambda told: told.update(issuer="https://khac.edu.vn")
    assert "Máy chủ xưng là https://khac.edu.vn" in said(admin.post(test))


def test_an_attempt_belongs_to_its_provider_its_state_and_its_ten_minutes() -> None:
    until = round((clock.now() + timedelta(minutes=10)).timestamp())
    stored = proofs.Attempt(1, "state", "nonce", "verifier", until).stored()

    def refused(stored: object, provider_id: int, state: str) -> str:
        with pytest.raises(ProviderFault) as caught:
            proofs.attempt_of(stored, provider_id, state)
        return caught.value.code

    assert proofs.attempt_of(stored, 1, "state").nonce == "nonce"
    assert refused(stored, 2, "state") == refused(stored, 1, "") == refused(stored, 1, "stat") == "state"
    assert refused(None, 1, "state") == refused({"provider_id": 1}, 1, "state") == "state"
    assert refused(stored | {"until": until - 700}, 1, "state") == "old"
