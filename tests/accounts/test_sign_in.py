"""Signing in and out: refusals, throttle, fresh sessions, ended cookies, where one goes on to."""

import html
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.conftest import Fewer
from tests.factories import World, person
from tutoring.accounts import password_hashes
from tutoring.accounts.models import SignIn
from tutoring.accounts.registration import create_user
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.cli.demo import community
from tutoring.community.memberships import suspensions
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.web.auth import SignInRequired, require_user
from tutoring.web.socket_io import realtime


def said(response: TestResponse) -> str:
    return html.unescape(response.get_data(as_text=True))


def phrase(app: Flask, name: str) -> str:
    return community.phrase_of(name, app.config["SETTINGS"].secret_key)


def sign_in(client: FlaskClient, handle: str, password: str, **more: str) -> TestResponse:
    return client.post("/sign-in", data={"handle": handle, "password": password, **more})


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    return found.value if found else ""


def test_the_passphrase_of_a_card_is_taken_without_accents_and_case(
    app: Flask, world: World, client: FlaskClient
) -> None:
    plain = password_hashes.plain(phrase(app, "an")).upper()
    assert plain.isascii()
    assert sign_in(client, "AN", f"  {plain} ".replace(" ", "  ")).headers["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_chosen_password_is_taken_only_as_it_is(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        create_user("Lê Thị Thử", "Bốn từ dễ nhớ", handle="thu")
    assert sign_in(client, "thu", "bon tu de nho").status_code == 422
    assert sign_in(client, "thu", "Bốn từ dễ nhớ").status_code == 302


@pytest.mark.parametrize("handle", ["lan", "khong.co.ai", "0912345678", "lan@example.vn", "Ł\x00💡"])
def test_every_failure_sounds_the_same_and_keeps_what_was_typed(world: World, client: FlaskClient, handle: str) -> None:
    response = sign_in(client, handle, "sai mật khẩu rồi")
    assert response.status_code == 422
    assert "Tên hoặc mật khẩu chưa đúng" in said(response)
    if handle.isprintable():
        assert f'value="{handle}"' in said(response)
    assert "sai mật khẩu rồi" not in said(response)


def test_an_empty_form_says_what_is_missing_beside_the_fields(client: FlaskClient) -> None:
    response = sign_in(client, "", "")
    assert response.status_code == 422
    for words in ("Hãy ghi tên đăng nhập", "Hãy ghi mật khẩu."):
        assert said(response).count(words) >= 2  # in the summary and beside the field


def test_a_much_too_long_password_is_refused_before_it_is_hashed(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password_hashes, "verify", lambda *_: pytest.fail("hashed"))
    assert sign_in(client, "lan", "a" * 129).status_code == 422


def test_the_sixth_wrong_try_in_a_row_is_throttled_whatever_name_is_used(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        create_user("Lê Thị Thử", "bốn từ dễ nhớ", handle="0912 345 678")
    for handle in ("thu.lt", "0912345678", "+84 912 345 678", "THU.LT", "0912.345.678"):
        assert sign_in(client, handle, "sai rồi nhé").status_code == 422
    response = sign_in(client, "thu.lt", "bốn từ dễ nhớ")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 900
    assert "từ nơi này" in said(response) and "Quên mật khẩu" in said(response)
    assert sign_in(app.test_client(), "khac", "sai rồi nhé").status_code == 422  # others are not held up


def test_a_right_password_forgets_the_wrong_ones(app: Flask, world: World) -> None:
    for _ in range(3):
        for _ in range(4):
            assert sign_in(app.test_client(), "lan", "sai rồi nhé").status_code == 422
        assert sign_in(app.test_client(), "lan", phrase(app, "lan")).status_code == 302


def test_a_whole_school_signs_in_from_one_address(app: Flask, world: World, fewer: Fewer) -> None:
    fewer("sign_in_address", 5)  # wrong ones
    for _ in range(7):
        assert sign_in(app.test_client(), "lan", phrase(app, "lan")).status_code == 302


def test_two_people_of_one_number_and_one_password_use_their_user_names(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        create_user("Nguyễn Thị Hoà", "bốn từ dễ nhớ", handle="0912345678")
        second = create_user("Trần Thị Sáu", "bốn từ dễ nhớ", handle="0912345678").username
        create_user("Trần Văn Ba", "bốn từ khác hẳn", handle="0912345678")
    response = sign_in(client, "0912 345 678", "bốn từ dễ nhớ")
    assert response.status_code == 422
    assert "Nhiều người dùng chung số này" in said(response)
    assert sign_in(client, second, "bốn từ dễ nhớ").status_code == 302
    assert sign_in(app.test_client(), "0912 345 678", "bốn từ khác hẳn").status_code == 302


def test_a_suspended_account_is_told_so_only_with_the_right_password(
    app: Flask, world: World, client: FlaskClient
) -> None:
    with app.app_context():
        suspensions.suspend(person(world["admin1"]), world["bay"], "thử")
    assert "chưa đúng" in said(sign_in(client, "bay", "sai rồi nhé"))
    response = sign_in(client, "bay", phrase(app, "bay"))
    assert response.status_code == 403
    assert "tạm khoá" in said(response)


# ---- sessions -------------------------------------------------------------------------------------------------


def test_signing_in_begins_a_fresh_session(app: Flask, world: World, client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["planted"], session["_user_id"] = "by an attacker", "forged"
    before = cookie(client)
    sign_in(client, "lan", phrase(app, "lan"))
    assert cookie(client) != before
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] != "forged"


def test_the_cookie_of_a_signed_out_session_cannot_be_replayed(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "lan", phrase(app, "lan"))
    kept = cookie(client)
    response = client.post("/sign-out")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    thief = app.test_client()
    thief.set_cookie("session", kept)
    assert thief.get("/account").headers["Location"].startswith("/sign-in")
    assert thief.get("/account", headers={"Accept": "application/json"}).status_code == 401


def test_the_sign_out_page_asks_first(as_: Callable[[str], FlaskClient]) -> None:
    lan = as_("lan")
    assert "Đăng xuất khỏi máy này?" in said(lan.get("/sign-out"))
    assert lan.get("/account").status_code == 200


def test_somebody_else_on_the_same_phone_ends_the_sign_in_before(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "lan", phrase(app, "lan"))
    kept = cookie(client)
    assert "đang dùng tên Lan" in said(client.get("/sign-in?u=an"))
    sign_in(client, "an", phrase(app, "an"))
    old = app.test_client()
    old.set_cookie("session", kept)
    assert old.get("/account").status_code == 302


def test_a_shared_device_is_signed_out_after_half_an_hour_of_rest(
    app: Flask, world: World, client: FlaskClient
) -> None:
    sign_in(client, "lan", phrase(app, "lan"), shared="y")
    found = client.get_cookie("session")
    assert found is not None and found.expires is None  # gone with the browser window
    with clock.travel(clock.now() + timedelta(minutes=20)):
        assert client.get("/account").status_code == 200
    with clock.travel(clock.now() + timedelta(minutes=45)):
        assert client.get("/account").status_code == 200
    with clock.travel(clock.now() + timedelta(minutes=80)):
        assert client.get("/account").status_code == 302


def test_ones_own_device_stays_signed_in_for_two_weeks(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "lan", phrase(app, "lan"))
    with clock.travel(clock.now() + timedelta(days=13)):
        assert client.get("/account").status_code == 200
    with clock.travel(clock.now() + timedelta(days=15)):
        assert client.get("/account").status_code == 302


def test_the_token_stands_nowhere_in_the_database(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "lan", phrase(app, "lan"))
    with client.session_transaction() as session:
        token = session["_user_id"]
    with app.app_context():
        hashes = set(db.session.scalars(sa.select(SignIn.token_hash)))
    assert token not in hashes and all(len(value) == 64 for value in hashes)


# ---- where to go on -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil.example",
        "javascript:alert(1)",
        "/\n/evil.example",
    ],
)
def test_an_address_elsewhere_is_never_gone_on_to(app: Flask, world: World, client: FlaskClient, target: str) -> None:
    assert f'value="{target}"' not in said(client.get("/sign-in", query_string={"next": target}))
    response = sign_in(client, "lan", phrase(app, "lan"), next=target)
    assert response.headers["Location"] == "/"


def test_one_goes_on_to_the_page_that_was_asked_for(app: Flask, world: World, client: FlaskClient) -> None:
    asked = client.get("/account?x=1")
    assert asked.headers["Location"] == "/sign-in?next=/account?x%3D1"
    page = said(client.get(asked.headers["Location"]))
    assert 'value="/account?x=1"' in page
    assert sign_in(client, "lan", phrase(app, "lan"), next="/account?x=1").headers["Location"] == "/account?x=1"
    assert client.get("/sign-in?next=/account").headers["Location"] == "/account"


def test_the_demonstration_cards_sign_in_with_one_press(app: Flask, world: World, client: FlaskClient) -> None:
    page = said(client.get("/sign-in"))
    with app.app_context():
        assert page.count("Vào thử") == len(community.cards()) > 0
    assert phrase(app, "minh") in page


def test_the_sign_in_page_costs_the_same_for_many_accounts(
    app: Flask, world: World, client: FlaskClient, queries: list[str]
) -> None:
    client.get("/sign-in")
    queries.clear()
    client.get("/sign-in")
    before = len(queries)
    with app.app_context():
        for n in range(20):
            create_user(f"Người {n}", "bốn từ dễ nhớ")
    queries.clear()
    client.get("/sign-in")
    assert len(queries) == before <= 3  # two of the page, and the buttons of school accounts


def test_an_own_account_under_somebodys_number_gives_no_further_tries(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        create_user("Lê Thị Thử", "bốn từ dễ nhớ", handle="0912 345 678")
        create_user("Kẻ Xấu", "gà vịt ngan ngỗng", handle="0912 345 678")
    for n in range(4):
        assert sign_in(client, "0912345678", f"đoán lần {n}").status_code == 422
    assert sign_in(client, "0912345678", "gà vịt ngan ngỗng").status_code == 302
    assert sign_in(client, "0912345678", "đoán lần nữa").status_code == 429


@pytest.fixture
def shared(app: Flask, world: World) -> Iterator[int]:
    """A sign-in on a shared device that a socket hangs on."""
    with app.app_context():
        found = lifecycle.begin_sign_in(person(world["lan"]), "máy trường", shared=True).id
        open_sockets.open_sockets([("sid-1", found, world["lan"])])
        yield found


def later(minutes: int) -> AbstractContextManager[None]:
    return clock.travel(clock.now() + timedelta(minutes=minutes))


def test_who_only_talks_over_a_socket_stays_signed_in_on_a_shared_device(shared: int) -> None:
    for minute in (20, 40, 60):
        with later(minute):
            assert lifecycle.person_of_sign_in(shared) is not None
    with later(91):
        assert lifecycle.person_of_sign_in(shared) is None


def test_a_sign_in_that_has_run_out_takes_its_sockets_with_it(shared: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []
    monkeypatch.setattr(realtime, "close_sockets", lambda sids: cut.extend(sids))
    with later(29):
        open_sockets.see_sockets(["sid-1"], 90)
        assert cut == []
    with later(31):
        open_sockets.see_sockets(["sid-1"], 90)
        assert cut == ["sid-1"]


def test_a_process_hears_which_of_its_sockets_others_have_taken_for_dead(shared: int) -> None:
    assert open_sockets.see_sockets(["sid-1"], 90) == []
    with later(2):
        assert open_sockets.see_sockets([], 90) == []  # of another process, whose clock is two minutes ahead
    assert open_sockets.see_sockets(["sid-1", "sid-2"], 90) == ["sid-1", "sid-2"]


def test_a_view_that_asks_who_somebody_is_refuses_whoever_is_nobody(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(SignInRequired):
        require_user()
