"""A family is told of what somebody did to their child by decision of who handled it; each side reads its own words."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who, said
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import Guardian
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases.affected_families import children_of
from tutoring.notifications.models import Notice
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
ABOUT, REPLY, FAMILY = "Ở đây không xin ảnh của ai.", "Cảm ơn em đã báo.", "Chúng tôi đã dừng người ấy."


def notices(user_id: int) -> list[str]:
    found = db.session.scalars(sa.select(Notice).where(Notice.user_id == user_id).order_by(Notice.id))
    return [one.say % one.params for one in found]


def test_guardians_are_told_what_was_done_about_conduct_towards_their_child(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    assert [one.username for one in children_of(case)] == ["minh"]
    cases_commands.decide(who("quang"), case.id, "paused", ABOUT, REPLY, FAMILY)
    told = [one for one in notices(who("lan").id) if FAMILY in one]
    assert told == [f"Có người cư xử chưa đúng với Minh. Người đó đã bị tạm dừng, không giúp ai nữa. {FAMILY}"]


def test_without_that_decision_the_family_is_not_told(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    cases_commands.decide(who("quang"), case.id, "paused", ABOUT, REPLY)
    assert not any("cư xử" in one for one in notices(who("lan").id))


def test_a_yes_needs_words_for_the_family(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    with pytest.raises(InvalidInput) as refusal:
        cases_commands.decide(who("quang"), case.id, "paused", ABOUT, REPLY, "")
    assert refusal.value.field == "family_words"


def test_nobody_is_told_of_a_small_matter_nor_where_the_one_it_is_about_is_of_the_family(who: Who, pair: int) -> None:
    assert children_of(said(who("minh"), "message", f"{pair}/1", "bullied")) == []
    db.session.add(Guardian(child_id=who("minh").id, guardian_id=who("khoa").id))
    db.session.commit()
    assert children_of(said(who("minh"), "person", str(who("khoa").id), "contact")) == []


def test_of_pupils_of_sixteen_the_family_is_not_told(who: Who, pair: int) -> None:
    who("minh").kind = "youth"
    db.session.commit()
    assert children_of(said(who("minh"), "message", f"{pair}/1", "contact")) == []


def test_each_side_reads_its_own_words(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), room_id, new_id(), "Sao em học chậm vậy")
        case_id = said(person(world["minh"]), "message", f"{room_id}/1", "contact").id
    quang = as_("quang")
    page = quang.get(f"/desk/cases/{case_id}").text
    assert "gia đình của Minh" not in page  # the child may be the one who reported
    for name in ("words", "reply", "tell_family", "family_words"):
        assert f'name="{name}"' in page
    form = {"outcome": "reminded", "words": ABOUT, "reply": REPLY, "family_words": FAMILY}
    assert quang.post(f"/desk/cases/{case_id}/decide", data=form).status_code == 422  # it is a choice, made by hand
    assert quang.post(f"/desk/cases/{case_id}/decide", data={**form, "tell_family": "yes"}).status_code == 302
    minh, lan = as_("minh").get("/my-reports").text, as_("lan").get("/my-reports").text
    assert REPLY in minh and ABOUT not in minh and FAMILY not in minh
    assert FAMILY in lan and ABOUT not in lan and REPLY not in lan
    with app.app_context():
        about = " ".join(notices(world["khoa"]))
        assert ABOUT in about and REPLY not in about and FAMILY not in about


def test_the_childs_page_leads_to_the_rooms_that_a_guardian_may_read(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        seats = [(world["minh"], "learner"), (world["khoa"], "helper")]
        without = sessions_commands.open_room(world["lop6a"], seats, "portal", minors=True, observed=True).id
    lan = as_("lan")
    page = lan.get(f"/children/{world['minh']}").text
    assert f'href="/rooms/{room_id}"' in page and f'href="/rooms/{without}"' not in page
    assert lan.get(f"/rooms/{room_id}").status_code == 200
