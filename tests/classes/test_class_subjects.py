"""A school subject is granted to several pupils of a class at once."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.community.models import Unit
from tutoring.community.units.settings import set_school_subjects
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import skills_of
from tutoring.policy.pairing.school_subjects import SubjectSwitches

As = Callable[[str], FlaskClient]


def grades(app: Flask, world: World, name: str) -> set[str]:
    with app.app_context():
        return {topic for topic in skills_of(world[name]) if topic.startswith("mon.")}


@pytest.fixture
def page(app: Flask, world: World) -> str:
    """The page of Minh's class, grade 6; the school has its subjects on."""
    with app.app_context():
        unit = db.session.get_one(Unit, world["lop6a"])
        assert unit.school_id is not None
        set_school_subjects(person(world["quang"]), unit.school_id, SubjectSwitches(secondary=True), read=True)
    return f"/units/{world['lop6a']}/subject-helpers"


def test_a_teacher_grants_a_subject_to_pupils_of_the_class(app: Flask, world: World, as_: As, page: str) -> None:
    hang = as_("hang")
    assert page in hang.get(f"/units/{world['lop6a']}/classes").text
    sent = {"subject": "toan", "first": 4, "last": 6, "pupils": [world["minh"]]}
    assert hang.post(page, data=sent).status_code == 302
    assert grades(app, world, "minh") == {"mon.toan.4", "mon.toan.5", "mon.toan.6"}
    shown = hang.get(page).text
    assert "Đã ghi nhận môn cho 1 em." in shown and "Toán 4–6" in shown
    assert hang.post(page, data={**sent, "subject": "ngu-van", "first": 6}).status_code == 302  # the other one stays
    assert grades(app, world, "minh") == {"mon.toan.4", "mon.toan.5", "mon.toan.6", "mon.ngu-van.6"}


def test_what_is_wrong_grants_nothing(app: Flask, world: World, as_: As, page: str) -> None:
    good = {"subject": "toan", "first": 6, "last": 6, "pupils": [world["minh"]]}
    for wrong in ({"pupils": []}, {"pupils": [world["minh"], world["khoa"]]}, {"pupils": ["x"]}, {"subject": "x"},
                  {"last": 7}, {"last": "x"}, {"first": 6, "last": 5}):  # fmt: skip
        assert as_("hang").post(page, data={**good, **wrong}).status_code == 422, wrong
    for name in ("lan", "minh", "khoa", "mai", "bay"):
        assert as_(name).post(page, data=good).status_code in (403, 404), name
    assert grades(app, world, "minh") == set()


def test_all_get_it_or_none(app: Flask, world: World) -> None:
    with app.app_context():
        quang, both = person(world["quang"]), [world["khoa"], world["minh"]]
        with pytest.raises(InvalidInput):  # minh is in grade 6
            skills_commands.grant_subject_to(quang, both, "toan", 6, 9)
    assert grades(app, world, "khoa") == set()
    with app.app_context(), pytest.raises((Forbidden, NotFound)):  # the second one is no pupil of anybody here
        skills_commands.grant_subject_to(person(world["hang"]), [world["minh"], world["bay"]], "toan", 6, 6)
    assert grades(app, world, "minh") == set()


def test_where_subjects_are_off_the_page_says_so_and_grants_nothing(app: Flask, world: World, as_: As) -> None:
    page, hang = f"/units/{world['lop6a']}/subject-helpers", as_("hang")
    assert page not in hang.get(f"/units/{world['lop6a']}/classes").text
    shown = hang.get(page)
    assert shown.status_code == 200 and "Nhà trường phải bật môn học" in shown.text and "<select" not in shown.text
    sent = {"subject": "toan", "first": 6, "last": 6, "pupils": [world["minh"]]}
    assert hang.post(page, data=sent).status_code == 200
    assert grades(app, world, "minh") == set()
