"""School subjects: off until the school decides, only between pupils, granted grade by grade."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.community.models import Membership
from tutoring.community.units.settings import set_school_subjects
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import skills, skills_of, topic_names, topics
from tutoring.pairing.eligibility import home_unit, may_answer_in_writing
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.pairing.requests import PersonFacts, may_help
from tutoring.policy.pairing.school_subjects import SubjectSwitches, in_ranges

As = Callable[[str], FlaskClient]
MATHS = "mon.toan.6"


def school_of(world: World) -> int:
    unit = home_unit(world["minh"])
    assert unit is not None and unit.school_id is not None
    return unit.school_id


def switch(world: World, *, primary: bool = False, secondary: bool = True) -> None:
    set_school_subjects(person(world["quang"]), school_of(world), SubjectSwitches(primary, secondary), read=True)


def ask(world: World, topic: str = MATHS) -> HelpRequest:
    minh = person(world["minh"])
    return requests_commands.ask_for_help(minh, minh, topic, "Em chưa hiểu rút gọn phân số")


def test_a_school_switches_its_subjects_on_after_reading_and_pupils_help_pupils(app: Flask, world: World) -> None:
    with app.app_context():
        quang, hang, khoa = (person(world[name]) for name in ("quang", "hang", "khoa"))
        with pytest.raises(InvalidInput):
            ask(world)  # off by default
        with pytest.raises(NotFound):
            set_school_subjects(hang, school_of(world), SubjectSwitches(True, True), read=True)
        with pytest.raises(InvalidInput):
            set_school_subjects(quang, school_of(world), SubjectSwitches(False, True), read=False)
        switch(world)
        row = db.session.scalars(sa.select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None and (row.action, row.facts) == (
            "set_school_subjects", {"primary": False, "secondary": True},
        )  # fmt: skip
        with pytest.raises(InvalidInput):
            ask(world, "mon.toan.7")  # not the learner's own grade
        asked = ask(world)
        assert may_take(khoa) == []  # no skill yet
        skills_commands.grant_subject(hang, khoa.id, "toan", 4, 6)
        assert [one.id for one in may_take(person(world["khoa"]))] == [asked.id]
        assert not may_answer_in_writing(hang, asked)  # no adult helps, in writing neither
        switch(world, secondary=False)
        assert may_take(person(world["khoa"])) == []


def test_subjects_go_to_pupils_alone_and_not_above_their_grade(app: Flask, world: World) -> None:
    with app.app_context():
        quang, hang = person(world["quang"]), person(world["hang"])
        for whose, last in ((hang.id, 6), (world["minh"], 7)):
            with pytest.raises(InvalidInput):
                skills_commands.grant_subject(quang, whose, "toan", 6, last)
        skills_commands.grant_subject(quang, world["minh"], "ngu-van", 1, 6)  # the subject begins in grade 6
        assert skills_of(world["minh"]).get("mon.ngu-van.6") == 3
        skills_commands.revoke_subject(quang, world["minh"], "ngu-van")
        assert not any(one.startswith("mon.") for one in skills_of(world["minh"]))
        assert not any(one.startswith("mon.") for one in [*skills(), *dict(topics("vi"))])
        assert topic_names("en")[MATHS] == "Maths, grade 6"


def test_adults_stay_out_of_school_subjects_and_the_same_grade_comes_in() -> None:
    facts = {"observed": True, "youth_help_adults": True, "holds_skill": True}
    learner, peer = PersonFacts(1, True, 11, 6), PersonFacts(2, True, 11, 6, vouched=True, promised=True)
    adult = PersonFacts(3, False, None, None, vouched=True, promised=True)
    assert may_help(peer, learner, **facts, school_subject=True) and not may_help(peer, learner, **facts)
    assert may_help(adult, learner, **facts) and not may_help(adult, learner, **facts, school_subject=True)
    assert in_ranges([9, 3, 6, 7, 8]) == "3, 6–9"


def test_the_pages_offer_subjects_only_where_they_are_on(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        school = school_of(world)
        khoa = db.session.scalars(sa.select(Membership.id).where(Membership.user_id == world["khoa"])).first()
    assert khoa is not None and MATHS not in as_("minh").get("/ask").text
    grants = f"/skills/{world['khoa']}"
    assert f"{grants}/subjects" not in as_("hang").get(grants).text
    wanted = f"/units/{school}/school-subjects"
    assert as_("hang").get(wanted).status_code == 404
    assert as_("quang").post(wanted, data={"secondary": "y"}).status_code == 422
    assert as_("quang").post(wanted, data={"secondary": "y", "read": "y"}).status_code == 302
    assert f'name="topic" value="{MATHS}"' in as_("minh").get("/ask").text
    assert "mon.toan.4" not in as_("lan").get("/ask").text  # the primary grades are off, also for a parent
    sent = as_("hang").post(f"{grants}/subjects", data={"subject": "toan", "first": 6, "last": 9})
    assert sent.status_code == 302 and "6–9" in as_("hang").get(grants).text
    as_("hang").post(f"{grants}/subjects/revoke", data={"subject": "toan"})
    assert "6–9" not in as_("hang").get(grants).text
