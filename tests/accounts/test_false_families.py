"""nobody speaks for a child who is not theirs, nor makes oneself
older, younger or one's own guardian."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said
from tests.factories import World, person
from tutoring.accounts import registration
from tutoring.accounts.consents.commands import give_consent, take_back, withdraw
from tutoring.accounts.consents.expiry import say_yes_anew
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.queries import guardians, purposes_in_force
from tutoring.accounts.registration import create_child, record_assent
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import sign_up, use_code
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound
from tutoring.policy.accounts import HELP_PURPOSES


@command
def another_family(world: World) -> tuple[int, int]:
    """Another mother of class 6A and her child, which has been confirmed."""
    mother = registration.create_user("Trần Thị Hoa", "bốn từ dễ nhớ", called="Hoa", address_form="chị")
    code = community.create_code(person(world["hang"]), world["lop6a"], "parent")
    use_code(mother, code.code)
    child = community.add_child(mother, world["lop6a"], "Tí", 6, clock.today().year - 12, "mẹ", {"profile"})
    link = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == child.id)).one()
    link.confirmed_at = clock.now()
    child.state = "active"
    return mother.id, child.id


def test_a_consent_given_for_one_child_approves_no_other(app: Flask, world: World) -> None:
    with app.app_context():
        mother, child = another_family(world)
        before = purposes_in_force(world["minh"])
        give_consent(person(mother), person(child), "chat")
        assert purposes_in_force(child) == {"profile", "chat"}
        assert purposes_in_force(world["an"]) == purposes_in_force(world["minh"]) == before
        with pytest.raises(NotFound):
            give_consent(person(mother), person(world["minh"]), "chat")
        for act in (withdraw, take_back):
            with pytest.raises(NotFound):
                act(person(mother), world["minh"], "chat")
        with pytest.raises(NotFound):
            say_yes_anew(person(mother), world["minh"], {"chat"})
        with pytest.raises(NotFound):
            record_assent(person(mother), world["minh"], ["chat"])
        of_minh = sa.select(Consent.given_by_id).where(Consent.subject_id == world["minh"])
        assert mother not in db.session.scalars(of_minh).all()


def test_a_guardian_of_one_child_sees_nothing_of_another(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        _mother, child = another_family(world)
    lan = as_("lan")
    for path in ("", "/consents/chat", "/assent", "/renewal"):
        assert lan.get(f"/children/{child}{path}").status_code == 404
    assert "Tí" not in said(lan.get("/account"))


@pytest.mark.parametrize("name", ["minh", "an", "khoa"])
def test_a_minor_is_nobodys_guardian(app: Flask, world: World, name: str) -> None:
    """Neither of another child, nor of itself: what would make one is refused."""
    with app.app_context():
        with pytest.raises((Forbidden, NotFound)):
            community.add_child(
                person(world[name]), world["lop6a"], "Tí", 4, clock.today().year - 9, "anh", HELP_PURPOSES
            )
        with pytest.raises((Forbidden, NotFound)):
            create_child(person(world[name]), "Tí", 4, clock.today().year - 9, "anh", HELP_PURPOSES)
        assert db.session.scalars(sa.select(Guardian.id).where(Guardian.guardian_id == world[name])).all() == []


def test_a_child_is_not_its_own_guardian_even_where_a_row_says_so(app: Flask, world: World) -> None:
    with app.app_context():
        with pytest.raises(Forbidden):
            give_consent(person(world["minh"]), person(world["minh"]), "chat")
        assert world["minh"] not in {guardian.id for guardian in guardians(world["minh"])}


def sign_up_youth(world: World, **changes: object) -> User:
    code = community.create_code(person(world["hang"]), world["lop11a"], "learner", max_uses=5)
    known = {
        "birth_year": clock.today().year - 17, "guardian_name": "Trần Văn Ba", "guardian_contact": "0987 654 321",
        "purposes": ["profile"],
    }  # fmt: skip
    return sign_up(code.code, "Trần Thị Na", "bốn từ dễ nhớ", **{**known, **changes})  # type: ignore[arg-type]


def test_a_pupil_of_16_or_17_does_not_name_itself_as_its_guardian(app: Flask, world: World) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            sign_up_youth(world, guardian_name="tran thi na")
        with pytest.raises(InvalidInput):
            sign_up_youth(world, handle="0987654321")
        assert sign_up_youth(world).state == "waiting"


def test_a_grown_up_who_poses_as_13_cannot_set_the_age_of_a_child(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    """Under 16 only a guardian makes a profile, and what one changes about oneself holds no age."""
    with app.app_context(), pytest.raises(InvalidInput) as refused:
        sign_up_youth(world, birth_year=clock.today().year - 13)
    assert refused.value.code == "too_young"
    bay = as_("bay")
    form = {"full_name": "Chú Bảy", "called": "Bảy", "address_form": "chú", "birth_year": "2013", "kind": "child",
            "grade": "7"}  # fmt: skip
    assert bay.post("/account/profile", data=form).status_code == 302
    with app.app_context():
        found = person(world["bay"])
        assert (found.kind, found.birth_year, found.grade, found.band) == ("adult", None, None, "adult")


def test_a_child_cannot_make_itself_older(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        before = person(world["minh"]).birth_year
    form = {"called": "Minh", "address_form": "em", "birth_year": "1990", "kind": "adult", "grade": "12"}
    assert as_("minh").post("/account/profile", data=form).status_code == 302
    with app.app_context():
        found = person(world["minh"])
        assert (found.kind, found.birth_year, found.is_minor) == ("child", before, True)


def test_whoever_guards_a_pupil_of_16_or_17_is_told_and_has_no_say(app: Flask, world: World) -> None:
    with app.app_context():
        db.session.add(Guardian(child_id=world["khoa"], guardian_id=world["lan"], confirmed_at=clock.now()))
        db.session.commit()
        withdraw(person(world["khoa"]), world["khoa"], "chat")
        rows = db.session.execute(sa.text("SELECT say, path FROM notice WHERE user_id = :u"), {"u": world["lan"]}).all()
        assert [path for say, path in rows if "đã được rút lại" in say] == [""]
        with pytest.raises(NotFound):
            take_back(person(world["lan"]), world["khoa"], "chat")
