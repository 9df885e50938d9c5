"""Families: a child's profile, consent purpose by purpose, the child's own yes, the card, withdrawal."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said, sign_in
from tests.factories import World, person
from tutoring.accounts.consents.commands import give_consent, withdraw
from tutoring.accounts.consents.texts import BY_KEY, SIGN_UP
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.queries import kin, purposes_in_force
from tutoring.accounts.registration import create_child, issue_card, record_assent
from tutoring.community.memberships import suspensions
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound

ALL = [purpose.key for purpose in SIGN_UP]


def child_form(world: World, **changes: Any) -> dict[str, Any]:
    year = clock.today().year
    form = {"called": "Bống", "grade": "4", "birth_year": str(year - 9), "relation": "mẹ", "unit": str(world["lop4a"])}
    return {**form, "purposes": ALL, **changes}


def newest_child(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(User.id).where(User.kind == "child").order_by(User.id.desc())).first() or 0


@pytest.fixture
def bong(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> int:
    """A child that its mother has just added, and that has not been asked yet."""
    response = as_("lan").post("/children/new", data=child_form(world))
    child = newest_child(app)
    assert response.headers["Location"] == f"/children/{child}/assent"
    return child


# ---- a new profile --------------------------------------------------------------------------------------------


def test_nothing_is_ticked_beforehand_and_every_text_is_shown(as_: Callable[[str], FlaskClient]) -> None:
    page = said(as_("lan").get("/children/new"))
    assert page.count('<input type="checkbox"') == len(SIGN_UP)
    assert not re.search(r"<input[^>]*type=\"checkbox\"[^>]*checked", page)
    for purpose in SIGN_UP:
        assert purpose.text in page


def test_consent_is_kept_with_version_and_hash_of_what_was_shown(app: Flask, world: World, bong: int) -> None:
    with app.app_context():
        rows = db.session.scalars(sa.select(Consent).where(Consent.subject_id == bong)).all()
        assert {row.purpose for row in rows} == set(ALL)
        for row in rows:
            text = BY_KEY[row.purpose]
            shown = hashlib.sha256(text.text.encode()).hexdigest()
            assert (row.text_version, row.text_hash) == (text.version, shown)
            assert (row.given_by_id, row.kind, row.channel) == (world["lan"], "consent", "web")


def test_a_new_child_waits_and_has_no_way_in(app: Flask, world: World, bong: int) -> None:
    with app.app_context():
        child = person(bong)
        assert (child.state, child.password_hash, child.full_name) == ("waiting", "", "Bống")
        assert db.session.scalars(sa.select(Membership.state).where(Membership.user_id == bong)).one() == "waiting"
        link = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == bong)).one()
        assert (link.guardian_id, link.confirmed_at) == (world["lan"], None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"called": " "}, "Hãy ghi tên gọi của con."),
        ({"called": "x" * 41}, "Dài quá 40 ký tự"),
        ({"grade": "13"}, "Hãy chọn một mục trong danh sách."),
        ({"grade": "1"}, "Lớp 4A dành cho học sinh lớp 4. Hãy xem lại con học lớp mấy"),
        ({"birth_year": "hai nghìn"}, "bốn chữ số"),
        ({"birth_year": "1990"}, "5 đến dưới 16 tuổi"),
        ({"relation": "hàng xóm"}, "Hãy chọn một mục trong danh sách."),
        ({"unit": "1"}, "Hãy chọn một mục trong danh sách."),
        ({"purposes": ["pairing", "chat"]}, "Giữ hồ sơ học của con"),
        ({"purposes": [*ALL, "sell"]}, "Hãy chọn một mục trong danh sách."),
    ],
)
def test_each_fault_is_said_beside_its_field(
    as_: Callable[[str], FlaskClient], world: World, changes: dict[str, Any], words: str
) -> None:
    form = child_form(world, **changes)
    response = as_("lan").post("/children/new", data=form)
    assert response.status_code == 422
    page = said(response)
    assert words in page
    assert f'value="{form["birth_year"]}"' in page
    assert ('value="chat" checked' in page) == ("chat" in form["purposes"])


def test_the_year_is_read_on_the_side_that_protects_more(app: Flask, world: World) -> None:
    """Who may still be 15 is added by a guardian; who is surely 16 signs up alone: no year falls between."""
    year = clock.today().year
    with app.app_context():
        lan = person(world["lan"])
        create_child(lan, "Tí", 10, year - 16, "mẹ", ALL)
        with pytest.raises(InvalidInput) as refused:
            create_child(person(world["lan"]), "Tí", 10, year - 17, "mẹ", ALL)
        assert refused.value.field == "birth_year"


@pytest.mark.parametrize(
    ("called", "grade", "field"), [("", 4, "called"), (" ", 4, "called"), ("a " * 11, 4, "called"), ("Tí", 0, "grade"),
                                   ("Tí", 13, "grade")]
)  # fmt: skip
def test_a_profile_has_a_name_and_a_grade(app: Flask, world: World, called: str, grade: int, field: str) -> None:
    with app.app_context(), pytest.raises(InvalidInput) as refused:
        create_child(person(world["lan"]), called, grade, clock.today().year - 9, "mẹ", ALL)
    assert refused.value.field == field


def test_there_is_no_card_for_a_child_that_is_suspended(app: Flask, world: World) -> None:
    with app.app_context():
        suspensions.suspend(person(world["quang"]), world["an"], "thử")
        with pytest.raises(Forbidden, match="chờ thầy cô"):
            issue_card(person(world["lan"]), world["an"])


def test_only_grown_up_active_people_add_children(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    for name in ("khoa", "an"):
        assert "từ 18 tuổi" in said(as_(name).get("/children/new"))
    with app.app_context(), pytest.raises(Forbidden):
        create_child(person(world["khoa"]), "Tí", 4, clock.today().year - 9, "anh", ALL)


def test_a_guardian_adds_only_where_it_belongs(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    assert as_("lan").post("/children/new", data=child_form(world, unit=str(world["lop11a"]))).status_code == 422
    assert "chưa thuộc lớp" in said(as_("admin1").get("/children/new"))


# ---- the child's own yes --------------------------------------------------------------------------------------


def test_from_seven_on_the_child_is_asked_in_its_own_words(
    app: Flask, as_: Callable[[str], FlaskClient], bong: int
) -> None:
    lan = as_("lan")
    page = said(lan.get(f"/children/{bong}/assent"))
    assert all(purpose.child_text in page for purpose in SIGN_UP)
    assert "Ba mẹ đưa máy cho Bống" in page and " checked" not in page
    assert said(lan.post(f"/children/{bong}/assent", data={})).count("Em hãy chọn một câu trả lời.") == 6
    lan.post(f"/children/{bong}/assent", data={"answer_profile": "yes", "answer_pairing": "yes", "answer_chat": "no"})
    with app.app_context():
        assert purposes_in_force(bong, "assent") == {"profile", "pairing"}
        row = db.session.scalars(sa.select(Consent).where(Consent.kind == "assent", Consent.subject_id == bong)).first()
        assert row is not None
        assert row.text_hash == hashlib.sha256(BY_KEY[row.purpose].child_text.encode()).hexdigest()
    again = said(lan.get(f"/children/{bong}/assent"))
    assert BY_KEY["chat"].child_text in again and BY_KEY["pairing"].child_text not in again


def test_a_child_under_seven_is_not_asked(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    lan = as_("lan")
    form = child_form(world, birth_year=str(clock.today().year - 6))
    response = lan.post("/children/new", data=form)
    child = newest_child(app)
    assert response.headers["Location"] == f"/children/{child}"
    assert "Đưa máy cho con" not in said(lan.get(f"/children/{child}"))
    assert lan.get(f"/children/{child}/assent").status_code == 302


def test_a_child_cannot_consent_for_itself(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    an = as_("an")
    assert an.post(f"/children/{world['an']}/consents/chat", data={"word": "withdraw"}).status_code == 302
    assert "Lấy lại" in said(an.get(f"/children/{world['an']}/consents/chat"))
    assert an.post(f"/children/{world['an']}/consents/chat", data={"word": "give"}).status_code == 404
    with app.app_context(), pytest.raises(Forbidden):
        give_consent(person(world["an"]), person(world["an"]), "chat")


# ---- confirmed: the card --------------------------------------------------------------------------------------


def test_the_card_carries_address_and_user_name_and_shows_the_words_once(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], client: FlaskClient
) -> None:
    lan = as_("lan")
    page = said(lan.post(f"/children/{world['an']}/card"))
    phrase = re.findall(r"<dd>(.*?)</dd>", page)[2]
    assert len(phrase.split()) == 4
    assert "http://localhost/sign-in" in page and "<svg" in page
    assert phrase not in said(lan.get(f"/children/{world['an']}"))
    assert sign_in(client, "an", phrase.upper()).status_code == 302
    with app.app_context():
        assert phrase not in person(world["an"]).password_hash


def test_a_new_card_ends_the_one_before(world: World, as_: Callable[[str], FlaskClient], client: FlaskClient) -> None:
    lan, an = as_("lan"), as_("an")
    first = re.findall(r"<dd>(.*?)</dd>", said(lan.post(f"/children/{world['an']}/card")))[2]
    assert an.get("/account").status_code == 302
    lan.post(f"/children/{world['an']}/card")
    assert sign_in(client, "an", first).status_code == 422


def test_no_card_before_the_second_person_has_confirmed(as_: Callable[[str], FlaskClient], bong: int) -> None:
    lan = as_("lan")
    assert lan.post(f"/children/{bong}/card").status_code == 404
    assert "Đang chờ thầy cô" in said(lan.get(f"/children/{bong}"))


@pytest.mark.parametrize("name", ["bay", "hang", "quang", "admin1", "khoa", "minh"])
def test_a_child_is_its_guardians_alone(as_: Callable[[str], FlaskClient], world: World, name: str) -> None:
    other, an = as_(name), world["an"]
    assert other.get(f"/children/{an}").status_code == 404
    assert other.get(f"/children/{an}/consents/chat").status_code == 404
    assert other.get(f"/children/{an}/assent").status_code == 404
    assert other.post(f"/children/{an}/card").status_code == 404
    assert other.post(f"/children/{an}/consents/chat", data={"word": "withdraw"}).status_code == 404


def test_a_guardian_has_no_hand_in_the_account_of_a_pupil_of_17(app: Flask, world: World) -> None:
    with app.app_context():
        db.session.add(Guardian(child_id=world["khoa"], guardian_id=world["lan"], confirmed_at=clock.now()))
        db.session.commit()
        for act in (
            lambda: issue_card(person(world["lan"]), world["khoa"]),
            lambda: withdraw(person(world["lan"]), world["khoa"], "chat"),
            lambda: give_consent(person(world["lan"]), person(world["khoa"]), "chat"),
        ):
            with pytest.raises(NotFound):
                act()


# ---- withdrawal -----------------------------------------------------------------------------------------------


def test_withdrawing_is_as_easy_as_giving(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    lan, path = as_("lan"), f"/children/{world['an']}/consents/pairing"
    assert BY_KEY["pairing"].text in said(lan.get(path))
    assert lan.post(path, data={"word": "withdraw"}).headers["Location"] == f"/children/{world['an']}"
    with app.app_context():
        assert "pairing" not in purposes_in_force(world["an"]) | purposes_in_force(world["an"], "assent")
        kept = db.session.scalars(sa.select(Consent).where(Consent.subject_id == world["an"])).all()
        assert sum(row.withdrawn_at is not None for row in kept) == 2  # withdrawn, not erased
    page = said(lan.get(f"/children/{world['an']}"))
    assert "Chưa đồng ý" in page and "rút lại" in page
    lan.post(path, data={"word": "give"})
    with app.app_context():
        assert "pairing" in purposes_in_force(world["an"])
    assert "Đưa máy cho con" in said(lan.get(f"/children/{world['an']}"))  # the child is asked again


def test_without_the_profile_consent_the_card_stops(world: World, as_: Callable[[str], FlaskClient]) -> None:
    lan, an = as_("lan"), as_("an")
    lan.post(f"/children/{world['an']}/consents/profile", data={"word": "withdraw", "sure": "1"})
    assert an.get("/account").status_code == 302
    response = lan.post(f"/children/{world['an']}/card")
    assert response.status_code == 422 and "Giữ hồ sơ học của con" in said(response)


def test_an_unknown_purpose_is_nothing(as_: Callable[[str], FlaskClient], world: World) -> None:
    assert as_("lan").get(f"/children/{world['an']}/consents/sell").status_code == 404


def test_a_childs_own_yes_is_asked_of_children_alone(app: Flask, world: World) -> None:
    """From 16 on the consent is the pupil's own; there is nothing to assent to besides."""
    with app.app_context(), pytest.raises(NotFound):
        record_assent(person(world["khoa"]), world["khoa"], ["pairing"])


@command
def _also_guards(user_id: int, child_id: int) -> None:
    db.session.add(Guardian(guardian_id=user_id, child_id=child_id, relation="bố", confirmed_at=clock.now()))


def test_guardians_and_children_are_of_one_family_with_those_they_share(inside: World) -> None:
    def related(one: str, other: str) -> bool:
        assert kin(inside[one], inside[other]) is kin(inside[other], inside[one])
        return kin(inside[one], inside[other])

    assert related("lan", "minh") and related("lan", "an") and related("minh", "an")
    assert not related("mai", "lan") and not related("mai", "minh") and not related("khoa", "minh")
    _also_guards(inside["mai"], inside["minh"])
    assert related("mai", "minh") and related("mai", "lan")
    assert not related("mai", "an")  # of one who shares a parent with her own: nothing of theirs is hers
