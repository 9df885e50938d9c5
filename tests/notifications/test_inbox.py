"""The inbox: told once, to the right people, gone when acted upon."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.community.duty import commands as duty_commands
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.inbox import commands, queries
from tutoring.notifications.models import Notice
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    with app.app_context():
        db.session.execute(sa.delete(Notice))
        db.session.commit()
        yield world


def told(user_id: int) -> list[str]:
    db.session.expire_all()
    return [notice.say for notice in queries.inbox(user_id) if notice.read_at is None]


def ask(world: World, name: str) -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0]).id


def test_the_same_thing_is_told_once(inside: World) -> None:
    for _ in range(2):
        commands.notify(inside["minh"], "k", "Xin chào")
    assert told(inside["minh"]) == ["Xin chào"]


def test_the_learner_hears_who_helps_and_it_is_gone_once_answered(inside: World) -> None:
    asked = ask(inside, "minh")
    offers_commands.claim(person(inside["khoa"]), asked)
    assert len(told(inside["minh"])) == 1
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert told(inside["minh"]) == []


def test_the_guardian_is_told_of_each_new_pair_of_a_child(inside: World) -> None:
    asked = ask(inside, "minh")
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert ["đang được" in say for say in told(inside["lan"])] == [True]


def test_the_guardian_of_a_young_child_is_asked(inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["an"]), asked, "accept")
    assert ["nhờ ba mẹ đồng ý" in say for say in told(inside["lan"])] == [True]
    requests_commands.answer_as_guardian(person(inside["lan"]), asked, "accept")
    assert not any("nhờ ba mẹ đồng ý" in say for say in told(inside["lan"]))


def test_guardians_hear_of_a_reset_code_for_their_child(inside: World) -> None:
    duty_commands.issue_reset_code(person(inside["quang"]), inside["minh"])
    assert ["đặt lại mật khẩu" in say for say in told(inside["lan"])] == [True]


def test_what_was_rolled_back_is_told_to_nobody(inside: World) -> None:
    asked = ask(inside, "minh")
    with pytest.raises(NotFound):
        offers_commands.claim(person(inside["mai"]), asked)
    assert told(inside["minh"]) == []


def test_ones_inbox_is_ones_own(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        commands.notify(world["minh"], "k", "Xin chào", "/lessons")
        notice = queries.inbox(world["minh"])[0].id
    assert as_("khoa").post(f"/notices/{notice}").status_code == 404
    answer = as_("minh").post(f"/notices/{notice}")
    assert answer.status_code == 302 and answer.location == "/lessons"
    with app.app_context():
        assert [row.read_at is not None for row in queries.inbox(world["minh"]) if row.id == notice] == [True]


def test_names_in_a_notice_are_text(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        commands.notify(world["minh"], "k", "Bạn đã được xác nhận vào %(unit)s.", unit="<b>6A</b>")
    assert "&lt;b&gt;6A&lt;/b&gt;" in as_("minh").get("/notices").text
