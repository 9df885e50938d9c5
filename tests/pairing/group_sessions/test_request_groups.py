"""Similar requests are taken together: asked one by one, a small room for whoever says yes, no place is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import pupils, stands
from tests.pairing.test_bookings import told, work
from tests.pairing.test_commands import many_helpers
from tests.two_connections import run_both
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.group_sessions import request_groups
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.presence import presences
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.policy.pairing.request_groups import RequestFacts, together
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]


def ask(user_id: int, topic: int = 0) -> int:
    learner = person(user_id)
    return requests_commands.ask_for_help(learner, learner, topics("vi")[topic][0], "Em bị kẹt").id


def request(request_id: int) -> HelpRequest:
    db.session.expire_all()
    return queries.request(request_id)


def three(world: World) -> list[int]:
    """minh and two more pupils of grade 6 ask for the same."""
    return [ask(one) for one in (world["minh"], *pupils(world, 2))]


def proposed(world: World, name: str = "hang") -> tuple[int, list[int]]:
    asked = three(world)
    return request_groups.propose_group(person(world[name]), asked[0]).id, asked


def says(request_id: int, word: str = "accept") -> None:
    request_groups.answer_group(person(request(request_id).learner_id), request_id, word)


def seats(room_id: int | None) -> dict[int, str]:
    return {one.user_id: one.role for one in db.session.scalars(sa.select(Seat).where(Seat.room_id == room_id))}


def one(number: int, **more: object) -> RequestFacts:
    facts: dict[str, object] = {"topic": "a", "level": 1, "minor": True, "grade": 6, "unit_id": 1, "school_id": 1}
    return RequestFacts(request_id=number, learner_id=number, ward_id=1, **{**facts, **more})  # type: ignore[arg-type]


def test_what_belongs_together() -> None:
    first, never = one(1), lambda _a, _b: False
    assert [x.request_id for x in together(first, [one(n) for n in range(1, 8)], never)] == [1, 2, 3, 4]
    for other in (
        one(2, topic="b"), one(2, level=2), one(2, minor=False, grade=None), one(2, grade=10), one(2, grade=None),
        one(2, unit_id=2, school_id=2), one(2, unit_id=2, school_id=None),
    ):  # fmt: skip
        assert together(first, [other], never) == [first], other
    assert len(together(first, [one(2, unit_id=2, grade=9)], never)) == 2
    assert len(together(first, [one(2, grade=8), one(3, grade=4)], never)) == 2  # all of them within three grades
    assert len(together(first, [one(2), one(3)], lambda a, b: {a, b} == {2, 3})) == 2
    grown = {"minor": False, "grade": None, "school_id": None}
    assert len(together(one(1, **grown), [one(2, unit_id=5, **grown)], never)) == 2
    assert together(one(1, grade=None), [one(2)], never) == [one(1, grade=None)]


def test_two_yeses_open_a_room_and_who_has_not_answered_waits_on(inside: World) -> None:
    group_id, asked = proposed(inside)
    assert [request(number).stage for number in asked] == ["grouping"] * 3
    assert "cùng vài người đang nhờ cùng việc" in told(inside, "minh")[-1]
    queued = request(asked[2]).queued_at
    says(asked[0])
    assert stands(group_id).state == "open"
    says(asked[1])
    row = stands(group_id)
    assert row.state == "begun"
    room = db.session.get_one(Room, row.room_id)
    assert room.minors and room.observed and not room.trusted
    learners = {request(number).learner_id for number in asked[:2]}
    assert {who for who, role in seats(room.id).items() if role == "learner"} == learners
    late = request(asked[2])
    assert (late.stage, late.queued_at, late.helper_id) == ("waiting", queued, None)
    with pytest.raises(Conflict):
        says(asked[2])


def test_who_says_no_waits_on_at_the_old_place_and_not_for_this_helper(inside: World) -> None:
    group_id, asked = proposed(inside)
    queued = request(asked[0]).queued_at
    says(asked[0], "never")
    found = request(asked[0])
    assert (found.stage, found.queued_at) == ("waiting", queued)
    with pytest.raises(NotFound):
        request_groups.propose_group(person(inside["hang"]), asked[0])
    says(asked[1])
    says(asked[2], "decline")  # nobody is left to answer: it begins with the one who said yes
    assert stands(group_id).state == "begun"
    assert {who for who, role in seats(stands(group_id).room_id).items() if role == "learner"} == {
        request(asked[1]).learner_id
    }


def test_when_all_say_no_there_is_no_group(inside: World) -> None:
    group_id, asked = proposed(inside)
    for number in asked:
        says(number, "decline")
    assert stands(group_id).state == "cancelled" and stands(group_id).taken == 0
    assert [request(number).stage for number in asked] == ["waiting"] * 3
    assert "Chưa ai nhận học nhóm" in told(inside, "hang")[-1]


def test_after_three_minutes_it_opens_for_one_and_without_any_for_nobody(inside: World) -> None:
    group_id, asked = proposed(inside)
    says(asked[0])
    with clock.travel(clock.now() + timedelta(minutes=3, seconds=5)):
        work()
        assert stands(group_id).state == "begun"
        assert [request(number).stage for number in asked] == ["grouping", "waiting", "waiting"]
        sessions_commands.end_session(person(inside["hang"]), stands(group_id).room_id or 0, "yes")
    quang = request_groups.propose_group
    requests_commands.cancel(person(inside["minh"]), ask(inside["minh"]))
    fourth = ask(inside["minh"])
    second = quang(person(inside["quang"]), fourth).id
    with clock.travel(clock.now() + timedelta(minutes=4)):
        work()
        assert (stands(second).state, stands(second).because) == ("missed", "few")
        assert request(fourth).stage == "waiting"


def test_requests_end_with_their_own_word_and_with_the_room(inside: World) -> None:
    group_id, asked = proposed(inside)
    says(asked[0])
    says(asked[1])
    room_id = stands(group_id).room_id or 0
    sessions_commands.end_session(person(inside["minh"]), room_id, "partly")
    assert (request(asked[0]).state, request(asked[0]).outcome) == ("ended", "partly")
    assert request(asked[1]).stage == "grouping"
    sessions_commands.end_session(person(inside["hang"]), room_id, "yes")
    assert (request(asked[1]).state, request(asked[1]).outcome) == ("ended", "closed")
    sessions_commands.give_feedback(person(request(asked[1]).learner_id), room_id, "no")
    assert (request(asked[1]).outcome, request(asked[0]).outcome) == ("no", "partly")


def test_when_the_helper_does_not_come_all_go_to_the_front(inside: World) -> None:
    group_id, asked = proposed(inside)
    says(asked[0])
    says(asked[1])
    with clock.travel(clock.now() + timedelta(minutes=11)):
        work()
        assert (stands(group_id).state, stands(group_id).because) == ("missed", "helper")
        for number in asked[:2]:
            assert request(number).stage == "waiting" and request(number).in_front


def test_a_cancelled_request_leaves_the_group(inside: World) -> None:
    group_id, asked = proposed(inside)
    says(asked[0])
    requests_commands.cancel(person(inside["minh"]), asked[0])
    assert request(asked[0]).state == "cancelled" and stands(group_id).taken == 0
    says(asked[1])
    says(asked[2])
    assert stands(group_id).state == "begun"


def test_for_a_child_of_ten_the_guardian_says_it(inside: World) -> None:
    numbers = [ask(one) for one in (inside["an"], inside["minh"], *pupils(inside, 1))]
    group_id = request_groups.propose_group(person(inside["hang"]), numbers[0]).id
    with pytest.raises(Conflict, match="ba mẹ"):
        says(numbers[0])
    for name in ("bay", "hang", "quang"):
        with pytest.raises(NotFound):
            request_groups.answer_group(person(inside[name]), numbers[0], "accept")
    request_groups.answer_group(person(inside["lan"]), numbers[0], "accept")
    says(numbers[1])
    assert seats(stands(group_id).room_id)[inside["lan"]] == "guardian"


def test_nobody_else_takes_what_is_asked_and_a_helper_has_one_group(inside: World) -> None:
    _group, asked = proposed(inside)
    with pytest.raises(Conflict):
        offers_commands.claim(person(inside["quang"]), asked[0])
    others = [ask(one, 1) for one in (inside["an"], *pupils(inside, 2))]
    with pytest.raises(Conflict) as refused:
        request_groups.propose_group(person(inside["hang"]), others[0])
    assert refused.value.code == "busy"
    with pytest.raises(Conflict):
        offers_commands.claim(person(inside["hang"]), others[0])
    assert presences([inside["hang"], inside["quang"]])[inside["hang"]] == "busy"


def test_of_two_alone_no_group_is_made(inside: World) -> None:
    numbers = [ask(one) for one in (inside["minh"], *pupils(inside, 1))]
    with pytest.raises(Conflict):
        request_groups.propose_group(person(inside["hang"]), numbers[0])
    assert db.session.scalar(sa.select(GroupSession.id)) is None


def test_of_five_helpers_at_once_one_gets_the_group(app: Flask, world: World) -> None:
    with app.app_context():
        helpers = many_helpers(world, 5)
        asked = three(world)
        assert len(asked) == 3

    def propose(helper_id: int) -> str:
        with app.app_context():
            try:
                request_groups.propose_group(person(helper_id), asked[0])
                return "won"
            except Conflict:
                return "taken"

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(propose, helpers))
    assert answers.count("won") == 1 and answers.count("taken") == 4
    with app.app_context():
        group = db.session.scalars(sa.select(GroupSession)).one()
        assert {request(number).group_id for number in asked} == {group.id}
        assert {request(number).helper_id for number in asked} == {group.helper_id}


@pytest.mark.full
def test_the_pages(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked = three(world)
    hang = as_("hang")
    page = hang.get("/helping").text
    assert "2 bạn khác đang nhờ cùng bài này." in page and "Giúp cả nhóm" in page
    assert "Đã hỏi từng người" in hang.post(f"/requests/{asked[0]}/group", follow_redirects=True).text
    assert "0 trên 3 người đã đồng ý" in hang.get("/helping").text
    minh = as_("minh")
    page = minh.get(f"/requests/{asked[0]}").text
    assert "Cô Hằng muốn giúp em cùng vài người" in page and "2 bạn khác" in page
    assert "Học nhóm" in minh.get("/requests").text
    answered = minh.post(f"/requests/{asked[0]}/group-answer", data={"word": "accept"}, follow_redirects=True)
    assert "Phòng tự mở trong ít phút" in answered.text
    lan = as_("lan")
    answer = lan.post(f"/requests/{asked[1]}/group-answer", data={"word": "accept"})
    assert "/rooms/" in answer.location
    assert "Phòng học nhóm đang mở" in minh.get(f"/requests/{asked[0]}").text
    assert "Vào phòng học" in hang.get("/helping").text


def test_a_helper_who_proposes_two_groups_at_once_has_one(app: Flask, world: World) -> None:
    with app.app_context():
        first = three(world)
        second = [ask(one, topic=1) for one in pupils(world, 3)]
        hang = world["hang"]

    def propose(request_id: int) -> str:
        with app.app_context():
            try:
                request_groups.propose_group(person(hang), request_id)
                return "won"
            except Conflict as refusal:
                return refusal.code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(propose, (first[0], second[0])))
    assert sorted(answers) == ["busy", "won"]


@pytest.mark.parametrize("backend", ["sqlite", "postgres"], indirect=True, scope="session")
@pytest.mark.parametrize("group_first", [True, False])
def test_a_helper_takes_a_group_or_a_request_and_never_both(app: Flask, world: World, group_first: bool) -> None:
    with app.app_context():
        asked = three(world)
        other = ask(pupils(world, 1)[0], topic=1)
        hang = world["hang"]

    def group() -> None:
        request_groups.propose_group(person(hang), asked[0])

    def alone() -> None:
        offers_commands.claim(person(hang), other)

    with pytest.raises(Conflict) as refusal:
        run_both(app, *((group, alone) if group_first else (alone, group)))
    assert refusal.value.code == "busy"
    with app.app_context():
        taken = db.session.scalars(sa.select(HelpRequest.id).where(HelpRequest.helper_id == hang)).all()
        assert sorted(taken) == (sorted(asked) if group_first else [other])
