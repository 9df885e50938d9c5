"""One's own page: profile, password, the list of sign-ins."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import phrase, said, sign_in
from tests.factories import World, person
from tutoring.accounts.models import SignIn
from tutoring.accounts.names.commands import update_profile
from tutoring.accounts.registration import create_user
from tutoring.accounts.sign_ins.flow import device_of
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput

ANDROID = (
    "Mozilla/5.0 (Linux; Android 11; RMX2185) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
ZALO = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/83.0 Mobile Safari/537.36 Zalo android/12080"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (ANDROID, "Android, Chrome"),
        (IPHONE, "iPhone, Safari"),
        (WINDOWS, "Windows, Edge"),
        (ZALO, "Android, Zalo"),
        ("", ""),
    ],
)
def test_devices_have_names_that_people_know(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_sign_ins_are_listed_and_can_be_ended(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "lan", phrase(app, "lan"))
    phone = app.test_client()
    phone.post("/sign-in", data={"handle": "lan", "password": phrase(app, "lan")}, headers={"User-Agent": ANDROID})
    page = said(client.get("/account"))
    assert "Android, Chrome" in page and "Máy này" in page
    with app.app_context():
        other = db.session.scalars(sa.select(SignIn.id).where(SignIn.device == "Android, Chrome")).one()
    assert client.post(f"/account/sign-ins/{other}/end").status_code == 302
    assert phone.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_nobody_ends_the_sign_in_of_another(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    lan, bay = as_("lan"), as_("bay")
    with app.app_context():
        target = db.session.scalars(sa.select(SignIn.id).where(SignIn.user_id == world["lan"])).first()
    assert bay.post(f"/account/sign-ins/{target}/end").status_code == 404
    assert lan.get("/account").status_code == 200


def test_all_other_sign_ins_end_at_once(as_: Callable[[str], FlaskClient]) -> None:
    here, there, elsewhere = as_("lan"), as_("lan"), as_("lan")
    assert here.post("/account/sign-ins/end-others").status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == elsewhere.get("/account").status_code == 302


def test_a_new_password_ends_every_other_sign_in(
    app: Flask, as_: Callable[[str], FlaskClient], client: FlaskClient
) -> None:
    here, there = as_("lan"), as_("lan")
    form = {"old": phrase(app, "lan"), "password": "Ghế mây, suối trăng"}
    assert here.post("/account/password", data=form).headers["Location"] == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert sign_in(client, "lan", phrase(app, "lan")).status_code == 422
    assert sign_in(client, "lan", "Ghế mây, suối trăng").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("sai", "ghế mây suối", "Mật khẩu hiện tại chưa đúng."), ("", "ghế mây suối", "Hãy ghi mật khẩu hiện tại."),
     (None, "ngắn", "ít nhất 8 ký tự"), (None, "matkhau123", "dễ bị đoán")],
)  # fmt: skip
def test_a_wrong_change_of_password_is_said_beside_its_field(
    app: Flask, as_: Callable[[str], FlaskClient], old: str | None, new: str, words: str
) -> None:
    form = {"old": phrase(app, "lan") if old is None else old, "password": new}
    response = as_("lan").post("/account/password", data=form)
    assert response.status_code == 422 and words in said(response)


def test_guessing_the_present_password_is_throttled(as_: Callable[[str], FlaskClient]) -> None:
    lan = as_("lan")
    for _ in range(5):
        assert lan.post("/account/password", data={"old": "sai rồi", "password": "ghế mây suối"}).status_code == 422
    assert lan.post("/account/password", data={"old": "sai rồi", "password": "ghế mây suối"}).status_code == 429


def test_the_profile_changes_and_keeps_what_was_typed(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    lan = as_("lan")
    form = {"full_name": "  Nguyễn   Thị  Lan ", "called": "Lan Anh", "address_form": "bác"}
    assert lan.post("/account/profile", data=form).status_code == 302
    with app.app_context():
        user = person(world["lan"])
        assert (user.full_name, user.called_name, user.address_form) == ("Nguyễn Thị Lan", "Lan Anh", "bác")
    response = lan.post("/account/profile", data={"full_name": "", "called": "Giữ lại", "address_form": "bác"})
    assert response.status_code == 422 and 'value="Giữ lại"' in said(response)
    assert lan.post("/account/profile", data={**form, "address_form": "ngài"}).status_code == 422


def test_of_a_child_only_the_called_by_name_is_kept(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    an = as_("an")
    assert "Họ tên" not in said(an.get("/account/profile"))
    an.post("/account/profile", data={"full_name": "Nguyễn Văn An", "called": "Bé An", "address_form": "em"})
    with app.app_context():
        assert person(world["an"]).full_name == person(world["an"]).called_name == "Bé An"


def test_the_page_shows_children_places_and_consent(as_: Callable[[str], FlaskClient]) -> None:
    page = said(as_("lan").get("/account"))
    for words in ("Con của tôi", "An", "Minh", "Lớp 4A", "phụ huynh", "Tên đăng nhập"):
        assert words in page
    assert "Em đã đồng ý những gì" in said(as_("khoa").get("/account"))


def test_a_pupil_of_17_gives_and_withdraws_its_own_consent(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    khoa, path = as_("khoa"), f"/children/{world['khoa']}/consents/chat"
    assert khoa.post(path, data={"word": "give"}).headers["Location"] == "/account"
    assert "Rút lại đồng ý" in said(khoa.get(path))
    assert khoa.post(path, data={"word": "withdraw"}).status_code == 302
    assert "Lấy lại" in said(khoa.get(path)) and "Em đồng ý" not in said(khoa.get(path))
    assert khoa.post(path, data={"word": "take_back"}).status_code == 302
    assert "Rút lại đồng ý" in said(khoa.get(path))


@pytest.mark.parametrize("called", ["zalo hung8812", "ib fb hungtran88"])
def test_no_grown_up_carries_a_way_to_reach_them_in_the_name_that_children_read(
    app: Flask, world: World, called: str
) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            update_profile(person(world["bay"]), "Nguyễn Văn Bảy", called, "chú")
        with pytest.raises(InvalidInput):
            create_user("Trần Hùng", "bon tu nay rat dai", called=called)
        update_profile(person(world["bay"]), "Nguyễn Văn Bảy", "Bảy", "chú")
