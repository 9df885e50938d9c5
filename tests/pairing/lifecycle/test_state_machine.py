"""The table of moves, the seconds of each stage, pausing, and words that are added."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.lifecycle.state_machine import OVER, RESTS, TRANSITIONS, can, lock_request, may_move, transition
from tutoring.pairing.models import AddedText, HelpRequest, RequestStep
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.rooms.sessions import closure

As = Callable[[str], FlaskClient]


def ask(world: World, name: str = "minh", asker: str = "") -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(person(world[asker or name]), learner, topics("vi")[0][0], "Em bị kẹt").id


def request(request_id: int) -> HelpRequest:
    db.session.expire_all()
    return queries.request(request_id)


def test_from_every_stage_that_is_not_over_somebody_can_move_and_what_is_over_stays() -> None:
    stages = {stage for move in TRANSITIONS for stage in move} - {""}
    for stage in stages - OVER:
        assert any(from_ == stage for from_, _ in TRANSITIONS)
    assert not any(from_ in OVER for from_, _ in TRANSITIONS)
    reached = {to for from_, to in TRANSITIONS if not from_}
    while more := {to for from_, to in TRANSITIONS if from_ in reached} - reached:
        reached |= more
    assert reached == stages


def test_what_the_desk_keeps_is_taken_by_nobody_and_ended_by_the_desk_alone() -> None:
    assert can("helper", "parked") == can("watcher", "parked") == frozenset()
    assert [move for move in TRANSITIONS if may_move("desk", *move)] == [("parked", "ended")]
    assert can("system", "parked") == {"waiting", "deferred", "cancelled"}  # a need was met; a right was lost


def test_only_the_own_side_pauses_and_resumes_and_only_a_helper_claims() -> None:
    for role in ("helper", "system"):
        assert "paused" not in can(role, "waiting") and not may_move(role, "paused", "waiting")
    assert can("helper", "waiting") == {"offered", "agreeing", "answered", "grouping"}
    assert not any(may_move(role, "waiting", "offered") for role in ("learner", "guardian", "system"))


def test_a_move_that_is_not_in_the_table_is_refused_whoever_makes_it(inside: World) -> None:
    """Each stage against each stage, through the one door by which states change."""
    asked_id = ask(inside)
    stages = ("waiting", *sorted(RESTS), "offered", "helping", "ended", "cancelled")
    moments = clock.now()

    @command
    def attempt(from_: str, to: str, by_id: int | None) -> bool:
        asked = lock_request(asked_id)
        asked.state = "waiting" if from_ in RESTS else from_
        asked.paused_at = moments if from_ == "paused" else None
        asked.group_id = 1 if from_ == "grouping" else None
        asked.parked_at, asked.lack = (moments, "device") if from_ == "parked" else (None, "")
        asked.deferred_at = moments if from_ == "deferred" else None
        asked.meet_at = moments if from_ in {"agreeing", "booked"} else None
        asked.agreed_at = moments if from_ == "booked" else None
        asked.answered_at = moments if from_ == "answered" else None
        asked.helper_id, asked.outcome = inside["khoa"], "cancelled"
        try:
            transition(asked, to, by_id)
        except Conflict:
            return False
        return True

    who = {"learner": inside["minh"], "guardian": inside["lan"], "helper": inside["khoa"], "system": None}
    for (role, by_id), from_, to in product(who.items(), stages, stages):
        assert attempt(from_, to, by_id) == (role in TRANSITIONS.get((from_, to), ())), (role, from_, to)


def test_seconds_of_waiting_and_helping_add_up_over_every_return(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    with clock.travel(start + timedelta(seconds=100)):
        offers_commands.claim(person(inside["khoa"]), asked)
    with clock.travel(start + timedelta(seconds=160)):
        requests_commands.answer(person(inside["minh"]), asked, "decline")
    with clock.travel(start + timedelta(seconds=200)):
        requests_commands.pause(person(inside["minh"]), asked)
    with clock.travel(start + timedelta(seconds=900)):  # a pause is no waiting
        requests_commands.resume(person(inside["minh"]), asked)
    with clock.travel(start + timedelta(seconds=950)):
        offers_commands.claim(person(inside["hang"]), asked)
        requests_commands.answer(person(inside["minh"]), asked, "accept")
        room_id = request(asked).room_id or 0
    with clock.travel(start + timedelta(seconds=1550)):
        closure.close_room_by_rule(room_id, "stopped")
    found = request(asked)
    assert 248 <= found.waited_seconds <= 254
    assert 598 <= found.helped_seconds <= 602
    assert [row.to_state for row in queries.history(asked)] == [
        "waiting", "offered", "waiting", "paused", "waiting", "offered", "helping", "ended",
    ]  # fmt: skip


def test_a_paused_request_keeps_its_place_and_is_offered_to_nobody(inside: World) -> None:
    first, second = ask(inside), ask(inside, "bay")
    requests_commands.pause(person(inside["minh"]), first)
    requests_commands.pause(person(inside["minh"]), first)  # twice is once
    assert first not in [row.id for row in may_take(person(inside["khoa"]))]
    with pytest.raises(Conflict):
        offers_commands.claim(person(inside["khoa"]), first)
    assert queries.place(request(first)) == 1 and queries.place(request(second)) == 2
    requests_commands.resume(person(inside["minh"]), first)
    assert first in [row.id for row in may_take(person(inside["khoa"]))]
    assert db.session.scalar(sa.select(sa.func.count()).where(RequestStep.to_state == "paused")) == 1


def test_the_guardian_who_asked_pauses_too_and_nobody_else(inside: World) -> None:
    asked = ask(inside, "an", asker="lan")
    for name in ("khoa", "hang", "bay", "quang"):
        for act in (requests_commands.pause, requests_commands.resume):
            with pytest.raises(NotFound):
                act(person(inside[name]), asked)
    requests_commands.pause(person(inside["lan"]), asked)
    assert request(asked).stage == "paused"
    requests_commands.cancel(person(inside["lan"]), asked, "con ngủ rồi")
    assert (request(asked).state, request(asked).outcome) == ("cancelled", "cancelled")


def test_words_are_added_and_none_is_replaced(inside: World) -> None:
    asked = ask(inside)
    requests_commands.add_words(person(inside["minh"]), asked, "Em thử tải lại rồi")
    requests_commands.add_words(person(inside["minh"]), asked, "Màn hình trắng")
    assert [row.words for row in queries.added_words(asked)] == ["Em thử tải lại rồi", "Màn hình trắng"]
    assert request(asked).words == "Em bị kẹt"
    assert queries.added_to([asked]) == {asked: ["Em thử tải lại rồi", "Màn hình trắng"]}


@pytest.mark.parametrize("words", ["", "   ", "a" * 501, "Gọi em số 0912 345 678 nhé"])
def test_words_that_are_none_too_many_or_private_are_not_added(inside: World, words: str) -> None:
    asked = ask(inside)
    with pytest.raises(InvalidInput) as refused:
        requests_commands.add_words(person(inside["minh"]), asked, words)
    assert refused.value.field == "words" and not queries.added_words(asked)


def test_texts_are_added_so_often_and_no_more(inside: World) -> None:
    asked = ask(inside)
    for _text in range(requests_commands.MOST_ADDED):
        requests_commands.add_words(person(inside["minh"]), asked, "Em thử tải lại rồi")
    with pytest.raises(Conflict):
        requests_commands.add_words(person(inside["minh"]), asked, "Màn hình trắng")
    assert len(queries.added_words(asked)) == requests_commands.MOST_ADDED


def test_nothing_is_added_to_what_somebody_took(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    with pytest.raises(Conflict):
        requests_commands.add_words(person(inside["minh"]), asked, "Em thử rồi")


def test_words_are_forgotten_with_the_others(inside: World) -> None:
    asked = ask(inside)
    requests_commands.add_words(person(inside["minh"]), asked, "Em thử rồi")
    requests_commands.cancel(person(inside["minh"]), asked)
    requests_commands.forget_words(inside["minh"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AddedText)) == 0


def test_pause_resume_and_more_words_on_the_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked = ask(world)
    minh, path = as_("minh"), f"/requests/{asked}"
    assert "Tạm dừng, giữ chỗ" in minh.get(path).text
    minh.post(f"{path}/pause")
    assert "Em quay lại rồi" in minh.get(path).text
    assert "Tạm dừng, vẫn giữ chỗ" in minh.get("/requests").text
    private = minh.post(f"{path}/words", data={"words": "số em 0912 345 678"})
    assert private.status_code == 422 and "số em 0912 345 678" in private.text
    minh.post(f"{path}/words", data={"words": "Em đã tải lại"})
    minh.post(f"{path}/resume")
    assert "Em đã tải lại" in minh.get(path).text
    assert "Em đã tải lại" in as_("khoa").get("/helping").text
    lan = as_("lan").get(path).text  # she reads it, and the request is his own
    assert "Em đã tải lại" in lan and "/pause" not in lan
