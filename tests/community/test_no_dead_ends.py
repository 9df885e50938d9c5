"""Codes, units and members: nothing that is offered there leads nowhere."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said
from tests.factories import World, person
from tutoring.community import commands
from tutoring.community.labels import FORMS, KIND_WORDS
from tutoring.community.models import UNIT_KINDS
from tutoring.community.units import staff_queries
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice
from tutoring.policy import community as policy

As = Callable[[str], FlaskClient]


def waiting_notices(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        query = sa.select(Notice.path).where(Notice.user_id == user_id, Notice.read_at.is_(None))
        return [path for path in db.session.scalars(query) if path.startswith("/codes/")]


def test_a_code_that_waits_for_a_second_person_is_told_and_stands_on_their_page(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        code = commands.create_code(person(world["admin1"]), world["tp"], "coordinator").id
    assert waiting_notices(app, world["admin2"]) == [f"/codes/{code}"]
    assert waiting_notices(app, world["admin1"]) == []  # never who made it
    assert f'href="/codes/{code}"' in as_("admin2").get("/").text
    assert f'href="/codes/{code}"' not in as_("admin1").get("/").text
    with app.app_context():
        commands.confirm_code(person(world["admin2"]), code)
    assert waiting_notices(app, world["admin2"]) == []
    assert f'href="/codes/{code}"' not in as_("admin2").get("/").text


def test_a_revoked_code_calls_nobody(app: Flask, world: World) -> None:
    with app.app_context():
        code = commands.create_code(person(world["quang"]), world["truong"], "teacher").id
        assert waiting_notices(app, world["admin1"]) == [f"/codes/{code}"]
        commands.revoke_code(person(world["quang"]), code)
    assert waiting_notices(app, world["admin1"]) == []


def test_uses_and_days_that_a_code_may_not_have_are_said(world: World, as_: As) -> None:
    quang, place = as_("quang"), f"/units/{world['truong']}/codes/new"
    made = quang.post(place, data={"role": "teacher", "max_uses": "40", "days": "30"})
    assert "Mã này chỉ cho 1 người vào, trong 7 ngày." in said(quang.get(made.location))
    made = quang.post(place, data={"role": "parent", "max_uses": "40", "days": "30"})
    assert "Mã này chỉ cho" not in said(quang.get(made.location))


@pytest.mark.parametrize(
    ("name", "unit", "there", "not_there"),
    [
        ("quang", "lop6a", {"learner", "parent", "teacher"}, {"lead", "officer", "coordinator"}),
        ("quang", "truong", {"teacher", "coordinator"}, {"lead", "officer"}),
        ("admin1", "kp3", {"lead", "coordinator"}, {"teacher", "officer"}),
        ("admin1", "phuong", {"officer", "coordinator"}, {"teacher", "lead"}),
    ],
)
def test_a_unit_offers_codes_for_those_who_work_there(
    world: World, as_: As, name: str, unit: str, there: set[str], not_there: set[str]
) -> None:
    place = f"/units/{world[unit]}/codes/new"
    page = as_(name).get(place).text
    assert all(f'value="{role}"' in page for role in there)
    assert not any(f'value="{role}"' in page for role in not_there)
    for role in not_there:
        assert as_(name).post(place, data={"role": role, "max_uses": "1", "days": "7"}).status_code == 422


def test_whoever_may_make_codes_finds_one_to_make_in_every_kind_of_unit() -> None:
    assert set(policy.ROLES_IN) == set(UNIT_KINDS)
    for kind, roles in policy.ROLES_IN.items():
        for held in ("teacher", "lead", "officer", "coordinator", "site_admin"):
            assert any(policy.may_create_code({held}, role) for role in roles), (kind, held)


def test_a_province_can_be_made_at_the_top(app: Flask, as_: As) -> None:
    assert KIND_WORDS["city"] == "Tỉnh, thành phố" and FORMS["city"] == ("tỉnh", "thành phố")
    admin = as_("admin1")
    assert "Tỉnh, thành phố" in admin.get("/units/new").text
    made = admin.post("/units/new", data={"kind": "city", "name": "Tỉnh Minh Hoạ", "form": "tỉnh"})
    assert made.status_code == 302 and "Tỉnh Minh Hoạ" in admin.get(made.location).text


def test_an_administrator_reads_how_many_are_in_a_class_and_no_name(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        many = len(
            [
                one
                for one in staff_queries.db.session.scalars(sa.select(staff_queries.Membership))
                if one.unit_id == world["lop6a"]
            ]
        )
    page = said(as_("admin1").get(f"/units/{world['lop6a']}/members"))
    assert f"Còn {many} người nữa ở đây" in page and "Chưa có ai" not in page
    found = said(as_("admin1").get(f"/units/{world['lop6a']}/members?q=Minh"))
    assert "người nữa ở đây" not in found  # a search by name does not tell who is there
    assert "người nữa ở đây" not in said(as_("quang").get(f"/units/{world['lop6a']}/members"))


def test_the_unit_above_is_a_link_only_for_whom_it_opens(world: World, as_: As) -> None:
    for name, unit, above in (("hang", "truong", "phuong"), ("muoi", "kp3", "phuong"), ("mai", "phuong", "tp")):
        page = as_(name).get(f"/units/{world[unit]}").text
        crumb = page[page.index('class="crumb"') : page.index("<h1")]
        assert f'href="/units/{world[above]}"' not in crumb and "Minh Hoạ" in crumb, name
    for name, unit, above in (("quang", "lop6a", "truong"), ("admin1", "truong", "phuong")):
        assert f'href="/units/{world[above]}"' in as_(name).get(f"/units/{world[unit]}").text, name


def test_nobody_is_asked_to_vouch_for_staff(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        found = {one.user_id: one.id for one in db.session.scalars(sa.select(staff_queries.Membership))}
    assert "/nominate" not in as_("quang").get(f"/members/{found[world['hang']]}").text
    assert "/nominate" in as_("quang").get(f"/members/{found[world['lan']]}").text
