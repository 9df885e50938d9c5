"""The second factor: setting it up, its code at sign-in, recovery codes, and that no code works twice."""

import re
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.credentials.authenticator import (
    PASSWORD,
    SET_UP,
    code_of,
    is_in,
    new_staff,
    secret_of,
    set_up,
    shows_code,
)
from tests.accounts.test_sign_in import cookie, phrase, said, sign_in
from tests.factories import World, client_of, person
from tests.swapped import swapped
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.models import RecoveryCode, SecondFactor, SignIn
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community import queries
from tutoring.community.duty import commands as duty_commands
from tutoring.community.memberships import suspensions
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.encryption import FieldKey
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound
from tutoring.rooms.sessions import commands as sessions_commands

JSON = {"Accept": "application/json"}


@pytest.fixture
def teacher(app: Flask, world: World) -> int:
    return new_staff(app, world)


# ---- who has to -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["teacher", "lead", "officer", "coordinator"])
def test_power_waits_until_the_factor_is_set_up(app: Flask, world: World, client: FlaskClient, role: str) -> None:
    new_staff(app, world, role)
    assert sign_in(client, "giao.moi", PASSWORD, next="/units").headers["Location"] == f"{SET_UP}?next=/units"
    for path in ("/units", f"/units/{world['truong']}", "/board"):
        assert client.get(path).headers["Location"].startswith(f"{SET_UP}?next=/"), path
        assert client.get(path, headers=JSON).get_json()["error"] == "second_factor", path
    for path in ("/", "/account", "/lessons", "/requests", "/notices"):
        assert client.get(path).status_code == 200, path  # what everybody may do stays open
    page = said(client.get("/"))
    assert "Bật mã trên điện thoại" in page and "Trường Minh Hoạ" not in page


def test_power_waits_in_commands_and_rooms_too(app: Flask, world: World) -> None:
    user = new_staff(app, world, "coordinator")
    with app.app_context():
        one = person(user)
        assert queries.roles_for(one, world["lop6a"]) == {"coordinator"}  # outside of a sign-in it is only the role
        lifecycle.begin_sign_in(one)
        assert queries.roles_for(one, world["lop6a"]) == frozenset()
        with pytest.raises(NotFound):
            suspensions.suspend(one, world["an"], "thử")
        lifecycle.begin_sign_in(one, second_factor=True)
        suspensions.suspend(one, world["an"], "thử")
    with app.app_context():
        pair = [(world["minh"], "learner"), (world["khoa"], "helper")]
        room_id = sessions_commands.open_room(world["lop6a"], pair, topic="thu", minors=True, observed=True).id
    with app.app_context():
        token = lifecycle.begin_sign_in(person(user)).token
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    assert client.get(f"/rooms/{room_id}").status_code == 404
    assert client_of(app, user).get(f"/rooms/{room_id}").status_code == 200


def test_a_site_admin_sets_it_up_too_and_demonstration_accounts_skip_it(
    app: Flask, world: World, client: FlaskClient
) -> None:
    assert sign_in(client, "admin1", phrase(app, "admin1")).headers["Location"] == "/"
    assert client.get("/units").status_code == 200
    with app.app_context():
        person(world["admin1"]).demo = False
        db.session.commit()
    assert client.get("/units").headers["Location"].startswith(SET_UP)


def test_nobody_else_is_offered_one(app: Flask, world: World) -> None:
    for name in ("lan", "minh", "khoa", "bay"):
        client = client_of(app, world[name])
        assert client.get("/account/second-factor").status_code == client.get(SET_UP).status_code == 404
        assert "Mã trên điện thoại" not in said(client.get("/account"))


# ---- setting it up --------------------------------------------------------------------------------------------


def test_the_page_shows_the_same_secret_as_drawing_as_link_and_to_type(
    app: Flask, teacher: int, client: FlaskClient
) -> None:
    sign_in(client, "giao.moi", PASSWORD)
    page = said(client.get(SET_UP))
    secret = secret_of(app, teacher)
    assert f"secret={secret}&issuer=C%C3%B9ng%20H%E1%BB%8Dc" in page
    assert " ".join(re.findall("....", secret)) in page
    assert "<svg" in page and 'inputmode="numeric"' in page and 'autocomplete="one-time-code"' in page
    assert said(client.get(SET_UP)).count(secret) == 1  # looking again gives no other secret


def test_a_wrong_first_code_says_so_and_sets_nothing_up(app: Flask, teacher: int, client: FlaskClient) -> None:
    sign_in(client, "giao.moi", PASSWORD)
    client.get(SET_UP)
    response = client.post(SET_UP, data={"code": "000000"})
    assert response.status_code == 422 and "Mã chưa đúng hoặc đã dùng rồi" in said(response)
    with app.app_context():
        assert second_factor.find_factor(teacher) is None
    assert sign_in(app.test_client(), "giao.moi", PASSWORD).headers["Location"].startswith(SET_UP)


def test_setting_it_up_opens_the_role_renews_the_token_and_ends_other_sign_ins(
    app: Flask, teacher: int, client: FlaskClient
) -> None:
    other = app.test_client()
    sign_in(other, "giao.moi", PASSWORD)
    sign_in(client, "giao.moi", PASSWORD)
    before = cookie(client)
    client.post(SET_UP, data={"code": code_of(secret_of(app, teacher)), "next": "/units"})
    assert client.get("/units").status_code == 200
    assert not is_in(other)
    thief = app.test_client()
    thief.set_cookie("session", before)
    assert not is_in(thief)
    assert "Đã gõ mã trên điện thoại" in said(client.get("/account"))


def test_neither_secret_nor_recovery_code_can_be_read_in_the_database(
    app: Flask, teacher: int, client: FlaskClient
) -> None:
    secret, codes = set_up(app, client, teacher)
    with app.app_context():
        row = db.session.get_one(SecondFactor, teacher)
        assert row.sealed is not None and secret.encode() not in row.sealed and row.pending is None
        hashes = list(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert len(hashes) == 10 and all(one.startswith("phrase:$argon2id$") for one in hashes)
    assert not any(code.replace("-", "") in one for code in codes for one in hashes)


def test_a_new_phone_takes_the_place_of_the_old_one(app: Flask, teacher: int, client: FlaskClient) -> None:
    old, old_codes = set_up(app, client, teacher)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        new = secret_of(app, teacher)
        assert new != old
        assert client.post(SET_UP, data={"code": code_of(old)}).status_code == 422
        assert "Mười mã dự phòng" in said(client.post(SET_UP, data={"code": code_of(new)}))
    with clock.travel(clock.now() + timedelta(minutes=4)), app.app_context():
        with pytest.raises(InvalidInput):
            second_factor.take_code(teacher, code_of(old))
        with pytest.raises(InvalidInput):
            second_factor.take_recovery_code(teacher, old_codes[0])
        second_factor.take_code(teacher, code_of(new))


# ---- at sign-in -----------------------------------------------------------------------------------------------


def test_after_the_passphrase_one_is_nobody_until_the_code_is_right(
    app: Flask, world: World, teacher: int, client: FlaskClient
) -> None:
    secret, _codes = set_up(app, client, teacher)
    browser = app.test_client()
    assert sign_in(browser, "giao.moi", PASSWORD, next="/units").headers["Location"] == "/sign-in/code"
    assert not is_in(browser)
    assert browser.get("/units").headers["Location"].startswith("/sign-in?")
    with browser.session_transaction() as session:
        half = session["half"]
        assert "_user_id" not in session
        session["_user_id"] = half  # the token of half a sign-in is worth nothing where whole ones are asked for
    assert not is_in(browser)
    with app.app_context():
        assert lifecycle.user_of_token(half) is None
        assert teacher not in lifecycle.present([teacher]) or len(lifecycle.sign_ins(person(teacher))) == 1
    sign_in(browser, "giao.moi", PASSWORD, next="/units")
    wrong = shows_code(browser, "000000")
    assert wrong.status_code == 422
    assert "Quay lại đăng nhập" in said(wrong) and "Dùng mã dự phòng" in said(wrong)
    with browser.session_transaction() as session:
        half = session["half"]
    assert shows_code(browser, code_of(secret)).headers["Location"] == "/units"
    with browser.session_transaction() as session:
        assert session["_user_id"] != half and "half" not in session
    assert is_in(browser)


def test_half_a_sign_in_lasts_ten_minutes_and_ends_with_a_new_passphrase(
    app: Flask, world: World, teacher: int, client: FlaskClient
) -> None:
    secret, _codes = set_up(app, client, teacher)
    late, reset = app.test_client(), app.test_client()
    for browser in (late, reset):
        sign_in(browser, "giao.moi", PASSWORD)
    with clock.travel(clock.now() + timedelta(minutes=11)):
        assert shows_code(late, code_of(secret)).headers["Location"] == "/sign-in"
    with app.app_context():
        code = duty_commands.issue_reset_code(person(world["quang"]), teacher)
    app.test_client().post("/reset", data={"handle": "giao.moi", "code": code, "password": "gà vịt ngan ngỗng"})
    assert shows_code(reset, code_of(secret)).headers["Location"] == "/sign-in"


def test_a_shared_device_stays_a_shared_one_through_the_code(app: Flask, teacher: int, client: FlaskClient) -> None:
    secret, _codes = set_up(app, client, teacher)
    browser = app.test_client()
    sign_in(browser, "giao.moi", PASSWORD, shared="y")
    shows_code(browser, code_of(secret))
    found = browser.get_cookie("session")
    assert found is not None and found.expires is None
    with clock.travel(clock.now() + timedelta(minutes=31)):
        assert not is_in(browser)


def test_no_code_path_begins_a_sign_in_without_the_factor_of_who_has_one(
    app: Flask, teacher: int, client: FlaskClient
) -> None:
    set_up(app, client, teacher)
    with app.app_context(), pytest.raises(Forbidden):
        lifecycle.begin_sign_in(person(teacher), "test")


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_clock_may_go_wrong_by_half_a_minute(app: Flask, teacher: int, client: FlaskClient, shift: int) -> None:
    secret, _codes = set_up(app, client, teacher)
    later = clock.now() + timedelta(minutes=5)
    later -= timedelta(seconds=later.timestamp() % 30 - 5)  # early in a step, so that none ends in between
    with clock.travel(later), app.app_context():
        with pytest.raises(InvalidInput):
            second_factor.take_code(teacher, code_of(secret, shift * 2 or 3))
        second_factor.take_code(teacher, code_of(secret, shift))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "१२३४५६", "-1e5+2", "1" * 20])
def test_what_is_no_code_is_refused(app: Flask, teacher: int, client: FlaskClient, typed: str) -> None:
    set_up(app, client, teacher)
    with app.app_context(), pytest.raises(InvalidInput):
        second_factor.take_code(teacher, typed)


def test_five_tries_in_a_quarter_of_an_hour_for_each_account(app: Flask, world: World, client: FlaskClient) -> None:
    first, second = new_staff(app, world), new_staff(app, world, name="giao.hai")
    secret, codes = set_up(app, client, first)
    other, _codes = set_up(app, app.test_client(), second, "giao.hai")
    browser = app.test_client()
    sign_in(browser, "giao.moi", PASSWORD)
    for _ in range(5):
        assert shows_code(browser, "000000").status_code == 422
    stopped = shows_code(browser, code_of(secret))
    assert stopped.status_code == 429 and int(stopped.headers["Retry-After"]) <= 900
    assert browser.post("/sign-in/recovery-code", data={"code": codes[0]}).status_code == 429
    sign_in(browser, "giao.moi", PASSWORD)  # the right passphrase gives no further tries
    assert shows_code(browser, code_of(secret)).status_code == 429
    neighbour = app.test_client()
    sign_in(neighbour, "giao.hai", PASSWORD)
    assert shows_code(neighbour, code_of(other)).status_code == 302


# ---- no code twice --------------------------------------------------------------------------------------------


def test_a_code_is_taken_once(app: Flask, teacher: int, client: FlaskClient) -> None:
    secret, _codes = set_up(app, client, teacher)
    one, two = app.test_client(), app.test_client()
    for browser in (one, two):
        sign_in(browser, "giao.moi", PASSWORD)
    code = code_of(secret)
    assert shows_code(one, code).status_code == 302
    assert shows_code(two, code).status_code == 422
    assert shows_code(two, code_of(secret, -1)).status_code == 422  # and none from before it
    assert not is_in(two)


def test_the_code_that_set_the_factor_up_signs_nobody_in(app: Flask, teacher: int, client: FlaskClient) -> None:
    sign_in(client, "giao.moi", PASSWORD)
    code = code_of(secret_of(app, teacher))
    client.post(SET_UP, data={"code": code})
    browser = app.test_client()
    sign_in(browser, "giao.moi", PASSWORD)
    assert shows_code(browser, code).status_code == 422


def test_a_code_is_spent_even_by_a_sign_in_that_fails(
    app: Flask, world: World, teacher: int, client: FlaskClient
) -> None:
    secret, _codes = set_up(app, client, teacher)
    one, two = app.test_client(), app.test_client()
    for browser in (one, two):
        sign_in(browser, "giao.moi", PASSWORD)
    code = code_of(secret)
    with app.app_context():  # suspended between the passphrase and the code: straight in the database
        person(teacher).state = "suspended"
        db.session.commit()
    assert shows_code(one, code).status_code == 403
    with app.app_context():
        person(teacher).state = "active"
        db.session.commit()
    assert shows_code(two, code).status_code == 422
    assert not is_in(one) and not is_in(two)


@pytest.mark.parametrize("form", ["{0} {1}", " {0}{1} ", "{0}-{1}", "{0}\u00a0{1}"])
def test_a_padded_code_is_the_same_code_and_taken_once(
    app: Flask, teacher: int, client: FlaskClient, form: str
) -> None:
    secret, _codes = set_up(app, client, teacher)
    code = code_of(secret)
    one, two = app.test_client(), app.test_client()
    for browser in (one, two):
        sign_in(browser, "giao.moi", PASSWORD)
    assert shows_code(one, form.format(code[:3], code[3:])).status_code == 302
    assert shows_code(two, code).status_code == 422


def test_of_two_browsers_with_one_code_in_one_moment_one_wins(app: Flask, teacher: int, client: FlaskClient) -> None:
    secret, codes = set_up(app, client, teacher)
    for take, code in ((second_factor.take_code, code_of(secret)), (second_factor.take_recovery_code, codes[0])):
        start, won = threading.Barrier(4), []

        def race(take: object = take, code: str = code, start: threading.Barrier = start, won: list[int] = won) -> None:
            with app.app_context():
                start.wait()
                try:
                    take(teacher, code)  # type: ignore[operator]
                    won.append(1)
                except InvalidInput:
                    pass

        runners = [threading.Thread(target=race) for _ in range(4)]
        for runner in runners:
            runner.start()
        for runner in runners:
            runner.join()
        assert won == [1]


# ---- recovery codes -------------------------------------------------------------------------------------------


def test_a_recovery_code_signs_in_once_says_what_is_left_and_tells_its_owner(
    app: Flask, teacher: int, client: FlaskClient
) -> None:
    _secret, codes = set_up(app, client, teacher)
    one, two = app.test_client(), app.test_client()
    for browser in (one, two):
        sign_in(browser, "giao.moi", PASSWORD)
    response = one.post("/sign-in/recovery-code", data={"code": codes[3].lower().replace("-", " ")})
    assert response.headers["Location"] == "/account/second-factor"
    page = said(one.get("/account/second-factor"))
    assert "còn 9 mã" in page and "Còn 9 trên 10 mã" in page
    assert "Một mã dự phòng của bạn vừa được dùng, còn 9 mã" in said(one.get("/notices"))
    again = two.post("/sign-in/recovery-code", data={"code": codes[3]})
    assert again.status_code == 422 and "Mã dự phòng chưa đúng hoặc đã dùng rồi" in said(again)
    assert not is_in(two)


def test_recovery_codes_of_one_person_are_nothing_for_another(app: Flask, world: World, client: FlaskClient) -> None:
    first, second = new_staff(app, world), new_staff(app, world, name="giao.hai")
    _secret, codes = set_up(app, client, first)
    set_up(app, app.test_client(), second, "giao.hai")
    with app.app_context(), pytest.raises(InvalidInput):
        second_factor.take_recovery_code(second, codes[0])


def test_ten_new_recovery_codes_take_the_place_of_the_old_ones(app: Flask, teacher: int, client: FlaskClient) -> None:
    _secret, codes = set_up(app, client, teacher)
    page = said(client.post("/account/second-factor/recovery-codes"))
    new = re.findall(r"<li><b>(\w{5}-\w{5})</b>", page)
    assert len(new) == 10 and not set(new) & set(codes)
    with app.app_context():
        with pytest.raises(InvalidInput):
            second_factor.take_recovery_code(teacher, codes[0])
        assert second_factor.take_recovery_code(teacher, new[0]) == 9


def test_the_rows_of_half_sign_ins_are_listed_nowhere(app: Flask, teacher: int, client: FlaskClient) -> None:
    set_up(app, client, teacher)
    sign_in(app.test_client(), "giao.moi", PASSWORD)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(SignIn.user_id == teacher, SignIn.half)) == 1
        assert len(lifecycle.sign_ins(person(teacher))) == 1


def test_with_a_lost_field_key_the_paper_still_opens_the_account(app: Flask, teacher: int, client: FlaskClient) -> None:
    secret, codes = set_up(app, client, teacher)
    with swapped(app, field_key=FieldKey("another key altogether, long enough")):
        browser = app.test_client()
        sign_in(browser, "giao.moi", PASSWORD)
        assert shows_code(browser, code_of(secret)).status_code == 422
        assert browser.post("/sign-in/recovery-code", data={"code": codes[0]}).status_code == 302
        new = secret_of(app, teacher)
        assert "Mười mã dự phòng" in said(browser.post(SET_UP, data={"code": code_of(new)}))
