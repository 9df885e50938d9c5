"""Coming in by a code: each refusal by name, who may use which code, the life and the uses of a code."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said
from tests.factories import World, person
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.accounts.registration import create_user
from tutoring.community import commands
from tutoring.community.join_codes import commands as join_codes_commands
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import JoinCode, Membership
from tutoring.kernel import clock, encryption, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput

GROWN_UP = {
    "full_name": "Nguyễn Thị Hoà",
    "called": "",
    "address_form": "chị",
    "handle": "0912 345 678",
    "password": "ghế mây suối trăng",
    "adult": "y",
}


def pupil(**changes: Any) -> dict[str, Any]:
    form = {
        **GROWN_UP,
        "handle": "",
        "address_form": "em",
        "birth_year": str(clock.today().year - 17),
        "guardian_name": "Trần Văn Ba",
        "guardian_contact": "0987 654 321",
        "purposes": ["profile", "pairing"],
    }
    return {**form, **changes}


def make_code(app: Flask, world: World, unit: str, role: str, maker: str = "hang", **more: int) -> str:
    with app.app_context():
        return commands.create_code(person(world[maker]), world[unit], role, **more).code


@pytest.fixture
def poster(app: Flask, world: World) -> str:
    """A code for the parents of class 4A."""
    return make_code(app, world, "lop4a", "parent", max_uses=40, days=30)


@pytest.fixture
def class_code(app: Flask, world: World) -> str:
    """A code for the pupils of class 11A."""
    return make_code(app, world, "lop11a", "learner", max_uses=40, days=30)


def newest(app: Flask) -> User:
    user = db.session.scalars(sa.select(User).order_by(User.id.desc())).first()
    assert user is not None
    return user


def wait(moment: timedelta) -> Any:
    return clock.travel(clock.now() + moment)


# ---- codes that do not work -----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["typed", "link"])
def test_a_code_that_does_not_work_says_why(
    app: Flask, world: World, client: FlaskClient, poster: str, way: str
) -> None:
    def tried(code: str) -> tuple[int, str]:
        if way == "typed":
            response = client.post("/join", data={"code": code})
        else:
            response = client.get(f"/join/{code}")
        page = said(response)
        assert f'value="{code}"' in page  # what was typed stays
        return response.status_code, page

    waiting = make_code(app, world, "truong", "teacher", "quang")
    revoked = make_code(app, world, "lop4a", "parent")
    used = make_code(app, world, "lop4a", "parent")
    with app.app_context():
        commands.revoke_code(
            person(world["hang"]), db.session.scalars(sa.select(JoinCode.id).where(JoinCode.code == revoked)).one()
        )
        use_code(person(world["bay"]), used)
    for code, words in (
        ("ABCD2345", "Không có mã này"),
        ("mã-lạ 💡", "Không có mã này"),
        (revoked, "Không có mã này"),
        (used, "đã dùng hết lượt"),
        (waiting, "đang chờ người thứ hai"),
    ):
        status, page = tried(code)
        assert (status, words in page) == (422, True), code
    with wait(timedelta(days=31)):
        status, page = tried(poster)
        assert (status, "đã hết hạn" in page) == (422, True)


def test_an_empty_code_is_asked_for(client: FlaskClient) -> None:
    response = client.post("/join", data={"code": "  "})
    assert response.status_code == 422 and "Hãy ghi mã tham gia." in said(response)


def test_guessing_codes_is_throttled_and_a_right_code_is_not_a_guess(client: FlaskClient, poster: str) -> None:
    for _ in range(25):
        assert client.get(f"/join/{poster}").status_code == 200
    for n in range(20):
        assert client.post("/join", data={"code": f"SAI{n}"}).status_code == 422
    response = client.post("/join", data={"code": "SAI20"})
    assert response.status_code == 429 and "Retry-After" in response.headers
    assert client.post("/join", data={"code": poster}).status_code == 302, "a right one is taken all the same"


def test_a_flood_of_wrong_codes_shuts_the_door_of_its_address_and_no_other(client: FlaskClient, poster: str) -> None:
    rate_limits.spend(600, "code_flood", "127.0.0.1")
    assert client.post("/join", data={"code": poster}).status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/join", data={"code": poster}, environ_base=elsewhere).status_code == 302


def test_a_right_code_in_between_gives_no_further_guesses(client: FlaskClient, poster: str) -> None:
    for n in range(20):
        client.post("/join", data={"code": f"SAI{n}"})
        if n < 19:
            assert client.get(f"/join/{poster}").status_code == 200
    assert client.post("/join", data={"code": "SAI20"}).status_code == 429


def test_an_old_poster_in_the_hands_of_a_whole_class_shuts_nobody_out(
    app: Flask, client: FlaskClient, poster: str
) -> None:
    with app.app_context():
        db.session.execute(sa.update(JoinCode).values(expires_at=clock.now()))
        db.session.commit()
    assert {client.get(f"/join/{poster}").status_code for _ in range(25)} == {422}


def test_a_code_is_read_however_it_is_typed(client: FlaskClient, poster: str) -> None:
    typed = f" {poster[:4].lower()} - {poster[4:]} "
    assert client.post("/join", data={"code": typed}).headers["Location"] == f"/join/{poster}"
    assert "Lớp 4A với vai trò phụ huynh" in said(client.get(f"/join/{poster}"))


# ---- grown-ups ------------------------------------------------------------------------------------------------


def test_a_grown_up_comes_in_is_signed_in_and_sees_the_name_to_remember(
    app: Flask, world: World, client: FlaskClient, poster: str
) -> None:
    response = client.post(f"/join/{poster}", data=GROWN_UP)
    assert response.headers["Location"] == "/welcome"
    page = said(client.get("/welcome"))
    assert "hoa.nt" in page and "Chào chị Hoà" in page and "0912 345 678" in page and "Lập hồ sơ cho con" in page
    with app.app_context():
        user = newest(app)
        assert (user.kind, user.state, user.phone, user.birth_year) == ("adult", "active", "+84912345678", None)
        member = db.session.scalars(sa.select(Membership).where(Membership.user_id == user.id)).one()
        assert (member.unit_id, member.role, member.state) == (world["lop4a"], "parent", "active")
        assert db.session.scalars(sa.select(JoinCode.uses).where(JoinCode.code == poster)).one() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"full_name": ""}, "Hãy ghi họ tên."),
        ({"full_name": "một hai ba bốn năm sáu bảy tám chín mười mười-một"}, "từ 1 đến 10 từ"),
        ({"full_name": "x" * 81}, "Dài quá 80 ký tự"),
        ({"password": "ngắn"}, "ít nhất 8 ký tự"),
        ({"password": "matkhau123"}, "dễ bị đoán"),
        ({"password": "Nguyễn Thị Hoà"}, "dễ bị đoán"),
        ({"password": "a" * 129}, "128 ký tự"),
        ({"handle": "123"}, "10 chữ số"),
        ({"handle": "091234567"}, "10 chữ số"),
        ({"handle": "hoa@"}, "email này chưa đúng"),
        ({"handle": "hoà <3"}, "3–40 ký tự"),
        ({"handle": "LAN"}, "đã có người dùng"),
        ({"address_form": "ngài"}, "Hãy chọn một mục trong danh sách."),
        ({"adult": None}, "Bạn đủ 18 tuổi thì đánh dấu ô này rồi gửi lại"),
    ],
)
def test_each_fault_of_signing_up_is_said_beside_its_field(
    app: Flask, client: FlaskClient, poster: str, changes: dict[str, Any], words: str
) -> None:
    form = {key: value for key, value in {**GROWN_UP, **changes}.items() if value is not None}
    response = client.post(f"/join/{poster}", data=form)
    page = said(response)
    assert response.status_code == 422 and page.count(words) >= 2
    for kept in ("full_name", "handle"):
        assert f'value="{form[kept]}"' in page
    assert form["password"] == form["full_name"] or form["password"] not in page
    with app.app_context():
        assert db.session.scalars(sa.select(JoinCode.uses).where(JoinCode.code == poster)).one() == 0


def test_a_family_shares_a_number_and_gets_names_apart(app: Flask, client: FlaskClient, poster: str) -> None:
    for _ in range(3):
        assert app.test_client().post(f"/join/{poster}", data=GROWN_UP).status_code == 302
    with app.app_context():
        names = db.session.scalars(
            sa.select(User.username).where(User.phone_mark == encryption.blind_index("+84912345678", "phone"))
        ).all()
    assert sorted(names) == ["hoa.nt", "hoa.nt2", "hoa.nt3"]


def test_signed_in_people_join_with_one_press(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], poster: str
) -> None:
    bay = as_("bay")
    page = said(bay.get(f"/join/{poster}"))
    assert "Vào Lớp 4A?" in page and "đang dùng tên Bảy" in page
    assert bay.post(f"/join/{poster}").headers["Location"] == "/account"
    assert "Lớp 4A" in said(bay.get("/account"))
    bay.post(f"/join/{poster}")  # pressed again: the same membership, no second use
    with app.app_context():
        assert db.session.scalars(sa.select(JoinCode.uses).where(JoinCode.code == poster)).one() == 1


def test_leaving_and_coming_back(app: Flask, world: World, as_: Callable[[str], FlaskClient], poster: str) -> None:
    bay = as_("bay")
    bay.post(f"/join/{poster}")
    with app.app_context():
        id = db.session.scalars(
            sa.select(Membership.id).where(Membership.unit_id == world["lop4a"], Membership.user_id == world["bay"])
        ).one()
    assert as_("lan").get(f"/memberships/{id}/leave").status_code == 404
    assert "Rời Lớp 4A?" in said(bay.get(f"/memberships/{id}/leave"))
    bay.post(f"/memberships/{id}/leave")
    assert "Lớp 4A" not in said(bay.get("/account")).replace("Bạn đã rời Lớp 4A", "")
    bay.post(f"/join/{poster}")
    assert "Lớp 4A" in said(bay.get("/account"))


# ---- pupils ---------------------------------------------------------------------------------------------------


def test_under_sixteen_nobody_signs_up_alone(app: Flask, client: FlaskClient, class_code: str) -> None:
    year = clock.today().year
    for age in (10, 15, 16):  # who turns 16 this year may still be 15
        response = client.post(f"/join/{class_code}", data=pupil(birth_year=str(year - age)))
        assert response.status_code == 422
        assert "Em chưa đủ 16 tuổi: nhờ ba mẹ" in said(response)
    with app.app_context():
        assert (
            db.session.scalar(sa.select(sa.func.count()).where(User.birth_year == year - 16, User.kind == "youth")) == 0
        )


def test_a_pupil_of_17_waits_with_named_guardian_and_own_consent(
    app: Flask, world: World, client: FlaskClient, class_code: str
) -> None:
    page = said(client.get(f"/join/{class_code}"))
    assert " checked" not in page
    assert client.post(f"/join/{class_code}", data=pupil()).headers["Location"] == "/welcome"
    assert "sẽ báo cho ba mẹ em" in said(client.get("/welcome"))
    with app.app_context():
        user = newest(app)
        assert (user.kind, user.state, user.grade) == ("youth", "waiting", 11)
        assert db.session.scalars(sa.select(Membership.state).where(Membership.user_id == user.id)).one() == "waiting"
        link = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == user.id)).one()
        assert (link.named, link.contact, link.guardian_id) == ("Trần Văn Ba", "+84987654321", None)
        assert purposes_in_force(user.id) == {"profile", "pairing"}
        given = set(db.session.scalars(sa.select(Consent.given_by_id).where(Consent.subject_id == user.id)))
        assert given == {user.id}


def test_a_guardian_with_an_account_is_found_by_number_and_name(
    app: Flask, world: World, client: FlaskClient, class_code: str
) -> None:
    with app.app_context():
        user = person(world["bay"])
        user.phone = "+84987654321"
        name = user.full_name
        db.session.commit()
    client.post(f"/join/{class_code}", data=pupil(guardian_name=name.upper(), guardian_contact="+84 987 654 321"))
    with app.app_context():
        assert db.session.scalars(sa.select(Guardian.guardian_id).order_by(Guardian.id.desc())).first() == world["bay"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"guardian_name": " "}, "Hãy ghi tên ba mẹ"),
        ({"guardian_contact": "hàng xóm"}, "Hãy ghi số điện thoại hoặc email của ba mẹ"),
        ({"birth_year": ""}, "Em hãy ghi năm sinh."),
        ({"birth_year": "12"}, "bốn chữ số"),
        ({"birth_year": "²⁰⁰⁹"}, "bốn chữ số"),
        ({"birth_year": "3000"}, "bốn chữ số"),
        ({"purposes": ["pairing"]}, "chưa lập hồ sơ được"),
        ({"purposes": ["profile", "all"]}, "Hãy chọn một mục trong danh sách."),
    ],
)
def test_each_fault_of_a_pupil_is_said(
    client: FlaskClient, class_code: str, changes: dict[str, Any], words: str
) -> None:
    response = client.post(f"/join/{class_code}", data=pupil(**changes))
    assert response.status_code == 422 and words in said(response)


def test_a_class_code_lets_no_stranger_into_the_class(
    app: Flask, world: World, client: FlaskClient, class_code: str
) -> None:
    """Whoever says to be of age waits for a teacher as well."""
    client.post(f"/join/{class_code}", data=pupil(birth_year="1980"))
    with app.app_context():
        user = newest(app)
        assert (user.kind, user.state) == ("adult", "active")
        assert db.session.scalars(sa.select(Membership.state).where(Membership.user_id == user.id)).one() == "waiting"


def test_a_parent_with_the_pupils_code_is_told_which_one_to_ask_for(
    as_: Callable[[str], FlaskClient], class_code: str
) -> None:
    response = as_("lan").post(f"/join/{class_code}")
    assert response.status_code == 422 and "xin mã dành cho phụ huynh" in said(response)


def test_a_minor_uses_only_codes_for_learners(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], poster: str
) -> None:
    for name in ("khoa", "minh"):
        response = as_(name).post(f"/join/{poster}")
        assert response.status_code == 422 and "dành cho người lớn" in said(response)


def test_a_child_that_types_a_class_code_waits_for_the_teacher(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], class_code: str
) -> None:
    as_("minh").post(f"/join/{class_code}")
    with app.app_context():
        query = sa.select(Membership.state).where(
            Membership.user_id == world["minh"], Membership.unit_id == world["lop11a"]
        )
        assert db.session.scalars(query).one() == "waiting"


# ---- the last use ---------------------------------------------------------------------------------------------


def test_of_many_at_once_one_gets_the_last_use(app: Flask, world: World) -> None:
    code = make_code(app, world, "kp3", "learner", "muoi", max_uses=1)
    ready, won, lost = threading.Barrier(12), [], []

    def use(user_id: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                won.append(use_code(person(user_id), code).user_id)
            except InvalidInput as refusal:
                lost.append(refusal.code)
            finally:
                db.session.remove()

    with app.app_context():
        people = [create_user(f"Người {n}", "bốn từ dễ nhớ").id for n in range(12)]
        db.session.remove()
    threads = [threading.Thread(target=use, args=(id,)) for id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and lost == ["used_code"] * 11


def test_of_many_of_one_name_at_once_everybody_gets_a_user_name(app: Flask, world: World, poster: str) -> None:
    ready, made = threading.Barrier(8), []

    def sign_up() -> None:
        with app.app_context():
            ready.wait()
            made.append(join_codes_commands.sign_up(poster, "Nguyễn Thị Hoà", "bốn từ dễ nhớ").username)
            db.session.remove()

    threads = [threading.Thread(target=sign_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8
