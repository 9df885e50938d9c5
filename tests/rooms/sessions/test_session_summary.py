"""What is kept of a session for both sides and for a child's guardian: facts, and never what was said."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import LESSON, new_id, open_pair
from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound
from tutoring.lessons.catalogue.queries import next_slugs
from tutoring.lessons.progress.commands import finish_lesson
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.session_summary import Recap, may_keep, recap
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]
SECRET = "Em thích con mèo tam thể"
WORDS = "Anh giảng dễ hiểu lắm"


def kept(user: User, room_id: int) -> Recap:
    room = queries.room(room_id)
    return recap(user, room, queries.room_facts(room, user), "vi")


def session(world: World) -> int:
    """Minh and Khoa meet, write, follow the lesson, and both end it."""
    minh, khoa = person(world["minh"]), person(world["khoa"])
    room_id = open_pair(world)
    presence_commands.visit(minh, room_id)
    presence_commands.visit(khoa, room_id)
    messages_commands.post_message(minh, room_id, new_id(), SECRET)
    shared_lesson_commands.tick(minh, room_id, LESSON, 2)
    shared_lesson_commands.follow(khoa, room_id, 3)
    sessions_commands.end_session(minh, room_id, "yes", True, WORDS, solved_by="helper")
    sessions_commands.end_session(khoa, room_id, "partly", False, "", solved_by="lesson")
    return room_id


# ---- the facts ---------------------------------------------------------------------------------------------


def test_both_sides_keep_the_same_facts(who: Who, inside: World) -> None:
    room_id = session(inside)
    one, other = kept(who("minh"), room_id), kept(who("khoa"), room_id)
    assert (one.learners, one.helpers) == (["Minh"], ["Anh Khoa"])
    assert (other.learners, other.helpers) == (["Em Minh"], ["Khoa"])  # as each of them says the other's name
    assert [(done.name, done.steps) for done in one.done] == [("Minh", [2])]
    assert [(done.name, done.steps) for done in other.done] == [("Em Minh", [2])]
    said = [(each.name, each.solved, each.solved_by) for each in one.said]
    assert sorted(said) == [("Anh Khoa", "partly", "lesson"), ("Minh", "yes", "helper")]
    assert [(each.solved, each.solved_by) for each in one.said] == [
        (each.solved, each.solved_by) for each in other.said
    ]
    assert (one.room.step_number, one.next_slug) == (3, next_slugs(LESSON)[0])


@pytest.mark.parametrize("solved_by", ["teacher", "Helper", " "])
def test_what_solved_it_is_one_of_a_few_and_nothing_solves_what_is_not_solved(
    who: Who, pair: int, solved_by: str
) -> None:
    with pytest.raises(InvalidInput):
        sessions_commands.end_session(who("minh"), pair, "yes", solved_by=solved_by)
    assert queries.room(pair).closed_at is None
    sessions_commands.end_session(who("minh"), pair, "no", solved_by="helper")
    assert queries.feedback_of(pair)[who("minh").id].solved_by == ""


def test_the_next_lesson_is_the_first_that_is_not_finished_or_what_the_helper_says(who: Who, inside: World) -> None:
    room_id = session(inside)
    first, second, third = next_slugs(LESSON)[:3]
    finish_lesson(who("minh").id, first)
    assert kept(who("minh"), room_id).next_slug == second
    sessions_commands.propose_next(who("khoa"), room_id, third)
    assert kept(who("minh"), room_id).next_slug == third
    sessions_commands.propose_next(who("khoa"), room_id, "")
    assert kept(who("minh"), room_id).next_slug == second
    with pytest.raises(InvalidInput):
        sessions_commands.propose_next(who("khoa"), room_id, "khong-co")
    for name in ("minh", "lan"):
        with pytest.raises(Forbidden):
            sessions_commands.propose_next(who(name), room_id, third)
    with pytest.raises(NotFound):
        sessions_commands.propose_next(who("bay"), room_id, third)


def test_of_several_learners_each_keeps_their_own(who: Who, inside: World) -> None:
    db.session.execute(sa.delete(Guardian).where(Guardian.child_id == inside["an"]))  # Lan answers for Minh alone
    db.session.commit()
    seats = [(inside["minh"], "learner"), (inside["an"], "learner"), (inside["khoa"], "helper")]
    room_id = sessions_commands.open_room(
        inside["lop6a"], seats, "join-class", lesson_slug=LESSON, step_number=2, minors=True, observed=True
    ).id
    for name in ("minh", "an"):
        presence_commands.visit(who(name), room_id)
        shared_lesson_commands.tick(who(name), room_id, LESSON, 2)
        sessions_commands.end_session(who(name), room_id, "yes")
    sessions_commands.end_session(who("khoa"), room_id, "yes")
    helpers = {"minh": "Anh Khoa", "an": "Anh Khoa", "lan": "Em Khoa", "khoa": "Khoa"}
    for name, names in {"minh": {"Minh"}, "an": {"An"}, "lan": {"Em Minh"}, "khoa": {"Em Minh", "Em An"}}.items():
        seen = kept(who(name), room_id)
        assert {one.name for one in seen.done} == names and set(seen.learners) == names
        assert {one.name for one in seen.said} == names | {helpers[name]}


# ---- who keeps it ------------------------------------------------------------------------------------------


def may(user: User, room_id: int) -> bool:
    room = queries.room(room_id)
    return may_keep(user, room, queries.room_facts(room, user))


def test_the_guardian_reads_it_without_a_seat_and_only_once_confirmed(who: Who, inside: World) -> None:
    room_id = session(inside)
    db.session.execute(sa.text("delete from seat where role = 'guardian'"))
    db.session.commit()
    assert may(who("lan"), room_id)
    link = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == inside["minh"])).one()
    link.confirmed_at = None
    db.session.commit()
    assert not may(who("lan"), room_id)


def test_strangers_and_who_was_put_out_keep_nothing(who: Who, inside: World) -> None:
    room_id = open_pair(inside)
    moderation_commands.remove_member(who("hang"), room_id, inside["khoa"], "Nhắc nhở")
    assert not may(who("khoa"), room_id)
    assert not may(who("bay"), room_id) and not may(who("an"), room_id)


def test_the_guardian_of_somebody_of_16_reads_nothing(who: Who, inside: World) -> None:
    room_id = session(inside)
    db.session.execute(sa.text("delete from seat where role = 'guardian'"))
    who("minh").kind = "youth"
    db.session.commit()
    assert not may(who("lan"), room_id)


# ---- pages -------------------------------------------------------------------------------------------------


def test_the_page_has_facts_and_no_word_of_the_talk(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = session(world)
    for name in ("minh", "khoa", "lan"):
        page = as_(name).get(f"/rooms/{room}/summary").text
        assert "Tóm tắt buổi học" in page and "bước 2 của bài" in page and "nhờ người giúp" in page
        assert SECRET not in page and WORDS not in page
    child = as_("lan").get(f"/children/{world['minh']}").text
    assert "Các buổi học của con" in child and f"/rooms/{room}/summary" in child
    for name in ("bay", "an"):
        assert as_(name).get(f"/rooms/{room}/summary").status_code == 404
    assert as_("lan").get("/rooms/999999/summary").status_code == 404


def test_an_unconfirmed_guardian_sees_no_sessions(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = session(world)
        db.session.execute(sa.text("delete from seat where role = 'guardian'"))
        db.session.execute(sa.update(Guardian).where(Guardian.child_id == world["minh"]).values(confirmed_at=None))
        db.session.commit()
    assert "Các buổi học của con" not in as_("lan").get(f"/children/{world['minh']}").text
    assert as_("lan").get(f"/rooms/{room}/summary").status_code == 404


@pytest.mark.full
def test_the_end_asks_what_helped_and_the_helper_proposes_the_next_lesson(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        third = next_slugs(LESSON)[2]
    minh, khoa, lan = as_("minh"), as_("khoa"), as_("lan")
    assert "Nếu xong, nhờ đâu là chính?" in lan.get(f"/rooms/{room}/end").text
    assert lan.post(f"/rooms/{room}/end", data={"solved": "yes", "solved_by": "x"}).status_code == 422
    lan.post(f"/rooms/{room}/end", data={"solved": "yes", "solved_by": "learner"})
    assert "người học tự làm được" in khoa.get(f"/rooms/{room}/end").text
    assert "Em đề nghị học bài nào tiếp?" not in minh.get(f"/rooms/{room}/end").text
    khoa.post(f"/rooms/{room}/next", data={"lesson": third})
    assert f"/lessons/{third}" in minh.get(f"/rooms/{room}/end").text
    wrong = khoa.post(f"/rooms/{room}/next", data={"lesson": "khong-co"}, follow_redirects=True)
    assert "Bài này không còn nữa." in wrong.text


def test_who_never_came_has_no_session_on_the_childs_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        with clock.travel(clock.now() + timedelta(minutes=1)):
            closure.close_room_by_rule(room, "duty")
    assert "Các buổi học của con" not in as_("lan").get(f"/children/{world['minh']}").text
