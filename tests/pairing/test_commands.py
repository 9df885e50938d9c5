"""Help requests, from asking to the outcome."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tutoring.accounts.consents.commands import withdraw
from tutoring.accounts.models import Guardian
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.duty import commands as duty_commands
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships.nominations import set_nomination
from tutoring.community.models import DutyShift, DutySlot
from tutoring.kernel import clock, events, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.pairing import eligibility
from tutoring.pairing.events import HelpClaimed
from tutoring.pairing.lifecycle import state_machine
from tutoring.pairing.models import HelpRequest, RequestStep
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands


def topic() -> str:
    return topics("vi")[0][0]


def ask(world: World, name: str = "minh") -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topic(), "Em bấm mà không thấy lớp").id


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


def request(request_id: int) -> HelpRequest:
    db.session.expire_all()
    return queries.request(request_id)


def test_a_pupil_asks_a_helper_claims_the_pupil_accepts_and_the_room_opens(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    found = request(asked)
    assert found.state == "helping" and found.room_id is not None
    room = db.session.get_one(Room, found.room_id)
    assert room.minors and room.observed
    seats = {seat.user_id: seat.role for seat in db.session.scalars(sa.select(Seat).where(Seat.room_id == room.id))}
    assert seats == {inside["minh"]: "learner", inside["khoa"]: "helper", inside["lan"]: "guardian"}
    assert [(step.from_state, step.to_state) for step in queries.history(asked)] == [
        ("", "waiting"), ("waiting", "offered"), ("offered", "helping"),
    ]  # fmt: skip


@pytest.mark.parametrize("many", [6, pytest.param(40, marks=pytest.mark.full)])
def test_of_parallel_claims_one_wins_with_one_event_and_the_others_are_refused(
    app: Flask, world: World, many: int
) -> None:
    with app.app_context():
        helpers = many_helpers(world, many)
        asked = ask(world)
    heard: list[HelpClaimed] = []
    events.on(HelpClaimed)(heard.append)

    def claim(helper_id: int) -> str:
        with app.app_context():
            try:
                offers_commands.claim(person(helper_id), asked)
                return "won"
            except Conflict as refusal:
                return refusal.code

    try:
        with ThreadPoolExecutor(many) as pool:
            answers = list(pool.map(claim, helpers))
    finally:
        events._reactions[HelpClaimed].remove(heard.append)
    assert answers.count("won") == 1
    assert answers.count("taken") == many - 1
    assert len(heard) == 1
    with app.app_context():
        steps = db.session.scalars(sa.select(RequestStep).where(RequestStep.to_state == "offered")).all()
        assert len(steps) == 1 and steps[0].by_id == request(asked).helper_id


def many_helpers(world: World, count: int) -> list[int]:
    """Teachers of the school who hold the skill."""
    made = []
    quang, admin = person(world["quang"]), person(world["admin1"])
    for n in range(count):
        teacher = create_user(f"Giáo viên {n}", "bốn từ dễ nhớ", handle=f"gv.{n}")
        code = community.create_code(quang, world["truong"], "teacher")
        community.confirm_code(admin, code.id)
        use_code(teacher, code.code)
        skills_commands.grant_skill(quang, teacher.id, topic(), 2)
        vetting_commands.accept_conduct(teacher, conduct_for(minor=False).text_hash)
        made.append(teacher.id)
    return made


def test_one_helper_takes_one_request_at_a_time(inside: World) -> None:
    first, second = ask(inside, "minh"), ask(inside, "lan")
    offers_commands.claim(person(inside["hang"]), first)
    with pytest.raises(Conflict) as refused:
        offers_commands.claim(person(inside["hang"]), second)
    assert refused.value.code == "busy"


def test_one_open_request_a_person(inside: World) -> None:
    ask(inside)
    with pytest.raises(Conflict):
        ask(inside)


def test_without_a_guardians_consent_a_child_cannot_ask(inside: World) -> None:
    withdraw(person(inside["lan"]), inside["minh"], "pairing")
    with pytest.raises(Forbidden):
        ask(inside)


def test_withdrawing_consent_ends_the_open_request_and_the_room(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    withdraw(person(inside["lan"]), inside["minh"], "chat")
    found = request(asked)
    assert (found.state, found.outcome) == ("ended", "interrupted")
    assert db.session.get_one(Room, found.room_id).closed_at is not None


def test_a_child_of_ten_or_under_needs_the_guardians_yes_to_each_new_helper(inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["an"]), asked, "accept")
    assert request(asked).state == "offered"
    with pytest.raises(NotFound):
        requests_commands.answer_as_guardian(person(inside["khoa"]), asked, "accept")
    requests_commands.answer_as_guardian(person(inside["lan"]), asked, "accept")
    found = request(asked)
    assert found.state == "helping"
    seat = db.session.scalars(sa.select(Seat).where(Seat.room_id == found.room_id, Seat.user_id == inside["lan"])).one()
    assert seat.role == "guardian"


def test_a_pair_the_guardian_knows_already_opens_at_once(inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["an"]), asked, "accept")
    requests_commands.answer_as_guardian(person(inside["lan"]), asked, "accept")
    closure.close_room_by_rule(request(asked).room_id or 0, "stopped")
    again = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), again)
    requests_commands.answer(person(inside["an"]), again, "accept")
    assert request(again).state == "helping"


def test_no_room_with_a_minor_while_nobody_is_on_duty(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    nobody_on_duty()
    with pytest.raises(Conflict):
        requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert request(asked).state == "offered"
    assert may_take(person(inside["khoa"])) == []


def test_the_helper_on_duty_does_not_observe_the_own_room(inside: World) -> None:
    asked = ask(inside)
    nobody_on_duty()
    duty_commands.take_duty(person(inside["hang"]), inside["truong"], clock.now() + timedelta(hours=1))
    with pytest.raises(NotFound):
        offers_commands.claim(person(inside["hang"]), asked)
    duty_commands.take_duty(person(inside["quang"]), inside["truong"], clock.now() + timedelta(hours=1))
    offers_commands.claim(person(inside["hang"]), asked)


def test_a_guardian_in_the_room_is_not_the_one_on_duty(inside: World) -> None:
    @command
    def make_hang_the_guardian() -> None:
        db.session.add(Guardian(child_id=inside["minh"], guardian_id=inside["hang"], confirmed_at=clock.now()))

    make_hang_the_guardian()
    nobody_on_duty()
    duty_commands.take_duty(person(inside["hang"]), inside["truong"], clock.now() + timedelta(hours=1))
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    with pytest.raises(Conflict):
        requests_commands.answer(person(inside["minh"]), asked, "accept")


def test_a_declined_helper_gives_the_place_back_and_is_not_asked_again(inside: World) -> None:
    asked = ask(inside)
    queued = request(asked).queued_at
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "decline")
    found = request(asked)
    assert (found.state, found.queued_at, found.helper_id) == ("waiting", queued, None)
    assert may_take(person(inside["khoa"])) == []


def test_not_this_person_again_is_private_and_holds_both_ways(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "never")
    requests_commands.cancel(person(inside["minh"]), asked)
    again = ask(inside)
    assert may_take(person(inside["khoa"])) == []
    with pytest.raises(NotFound):
        offers_commands.claim(person(inside["khoa"]), again)
    assert eligibility.avoided(inside["khoa"], inside["minh"]) and eligibility.avoided(inside["minh"], inside["khoa"])


def test_an_unanswered_claim_goes_back_to_its_place_by_itself(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    with clock.travel(clock.now() + state_machine.ANSWER_WITHIN + timedelta(seconds=1)):
        assert jobs.run_due() >= 1
    assert request(asked).state == "waiting"
    assert queries.history(asked)[-1].why == "expired"


def test_a_request_waiting_for_the_guardian_lives_longer_than_one_unanswered(inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["an"]), asked, "accept")
    with clock.travel(clock.now() + state_machine.ANSWER_WITHIN + timedelta(seconds=1)):
        jobs.run_due()
        assert request(asked).state == "offered"
    with clock.travel(clock.now() + state_machine.GUARDIAN_ANSWERS_WITHIN + timedelta(seconds=1)):
        jobs.run_due()
        assert request(asked).state == "waiting"


def test_a_request_ends_with_what_the_learner_says(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    room_id = request(asked).room_id or 0
    sessions_commands.end_session(person(inside["khoa"]), room_id, "partly")
    assert request(asked).outcome == "closed"
    sessions_commands.give_feedback(person(inside["minh"]), room_id, "yes")
    assert request(asked).outcome == "yes"


def test_a_helper_who_was_removed_is_free_again_and_the_learner_may_ask_anew(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    moderation_commands.remove_member(
        person(inside["hang"]), request(asked).room_id or 0, inside["khoa"], "nói chuyện riêng"
    )
    assert (request(asked).state, request(asked).outcome) == ("ended", "interrupted")
    assert not queries.busy(inside["khoa"])
    ask(inside)


def test_a_pupil_of_grade_11_helps_a_parent_in_an_observed_room_only(inside: World) -> None:
    asked = ask(inside, "lan")
    assert [row.id for row in may_take(person(inside["khoa"]))] == [asked]
    nobody_on_duty()
    assert may_take(person(inside["khoa"])) == []


def test_a_unit_may_switch_off_pupils_helping_adults(inside: World) -> None:
    asked = ask(inside, "lan")

    @command
    def switch_off() -> None:
        request(asked).unit.youth_help_adults = False

    switch_off()
    with pytest.raises(NotFound):
        offers_commands.claim(person(inside["khoa"]), asked)


def test_who_does_not_hold_the_skill_or_is_not_vouched_for_sees_nothing(inside: World) -> None:
    asked = ask(inside)
    for name in ("lan", "mai", "bay"):
        assert may_take(person(inside[name])) == []
        with pytest.raises(NotFound):
            offers_commands.claim(person(inside[name]), asked)


def test_a_paused_helper_sees_nothing(inside: World) -> None:
    ask(inside)
    set_nomination(person(inside["hang"]), inside["khoa"], "paused", "chờ trao đổi")
    assert may_take(person(inside["khoa"])) == []


def test_the_place_in_the_queue_counts_from_one(inside: World) -> None:
    first, second = ask(inside, "lan"), ask(inside, "bay")
    assert queries.place(request(first)) == 1
    assert queries.place(request(second)) == 2


def test_a_guardian_asks_for_a_child_and_answers_for_both(inside: World) -> None:
    lan, an = person(inside["lan"]), person(inside["an"])
    asked = requests_commands.ask_for_help(lan, an, topic()).id
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["lan"]), asked, "accept")
    assert request(asked).state == "helping"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"topic": "khong-co"}, InvalidInput),
        ({"words": "a" * 501}, InvalidInput),
        ({"lack": "electricity", "device": ""}, InvalidInput),
    ],
)
def test_bad_input_is_refused_by_name(inside: World, change: dict[str, str], error: type[DomainError]) -> None:
    learner = person(inside["minh"])
    with pytest.raises(error) as refused:
        requests_commands.ask_for_help(learner, learner, **{"topic": topic(), "words": "", **change})
    assert refused.value.field in change


def test_a_stranger_asks_for_nobody_elses_child(inside: World) -> None:
    with pytest.raises(NotFound):
        requests_commands.ask_for_help(person(inside["bay"]), person(inside["an"]), topic())


def test_nobody_asks_more_than_ten_times_an_hour(inside: World) -> None:
    for _ in range(10):
        requests_commands.cancel(person(inside["bay"]), ask(inside, "bay"))
    with pytest.raises(RateLimited):
        ask(inside, "bay")


def test_whoever_belongs_nowhere_cannot_ask_yet(inside: World) -> None:
    adult = create_user("Người mới", "bốn từ dễ nhớ", handle="nguoi.moi")
    with pytest.raises(Forbidden, match="Hãy nhập mã tham gia"):
        requests_commands.ask_for_help(adult, adult, topic())


def test_only_the_learner_and_those_who_ask_for_it_cancel(inside: World) -> None:
    asked = ask(inside, "an")
    for name in ("minh", "bay", "hang", "khoa"):
        with pytest.raises(NotFound):
            requests_commands.cancel(person(inside[name]), asked)
    assert request(asked).state == "waiting"
    requests_commands.cancel(person(inside["lan"]), asked)


def test_a_helper_who_presses_on_two_requests_at_once_gets_one(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ask(inside, "minh"), ask(inside, "an")
    offers_commands.claim(person(inside["khoa"]), first)
    seen = offers_commands.Between(avoided=False, passed=False, offered=False, busy=False)
    monkeypatch.setattr(
        offers_commands, "refuse_strangers", lambda *_: seen
    )  # as it looks before the other has committed
    with pytest.raises(Conflict) as refused:
        offers_commands.claim(person(inside["khoa"]), second)
    assert refused.value.code == "busy" and request(second).state == "waiting"


def test_only_the_helper_who_took_it_gives_a_request_back(inside: World) -> None:
    asked = ask(inside)
    with pytest.raises(NotFound):
        offers_commands.give_back(person(inside["khoa"]), asked)
    offers_commands.claim(person(inside["khoa"]), asked)
    for name in ("hang", "minh", "lan"):
        with pytest.raises(NotFound):
            offers_commands.give_back(person(inside[name]), asked)
    assert request(asked).state == "offered"


def test_what_is_over_cannot_be_cancelled(inside: World) -> None:
    asked = ask(inside)
    requests_commands.cancel(person(inside["minh"]), asked)
    with pytest.raises(Conflict):
        requests_commands.cancel(person(inside["minh"]), asked)
    assert [step.to_state for step in queries.history(asked)] == ["waiting", "cancelled"]


def test_an_answer_is_yes_or_no(inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    for word in ("", "ACCEPT", "never ever"):
        with pytest.raises(InvalidInput):
            requests_commands.answer(person(inside["an"]), asked, word)
        with pytest.raises(InvalidInput):
            requests_commands.answer_as_guardian(person(inside["lan"]), asked, word)
    assert request(asked).state == "offered"


def test_what_nobody_has_taken_cannot_be_answered(inside: World) -> None:
    asked = ask(inside, "an")
    for word in ("accept", "decline", "never"):
        with pytest.raises(Conflict):
            requests_commands.answer(person(inside["an"]), asked, word)
        with pytest.raises(Conflict):
            requests_commands.answer_as_guardian(person(inside["lan"]), asked, word)
    assert request(asked).state == "waiting"


def test_the_board_costs_the_same_for_many_requests(inside: World, queries_of_sql: list[str]) -> None:
    khoa = person(inside["khoa"])
    ask(inside, "minh")
    may_take(khoa)
    queries_of_sql.clear()
    may_take(khoa)
    one = len(queries_of_sql)
    for n in range(8):
        adult = create_user(f"Người {n}", "bốn từ dễ nhớ", handle=f"nguoi.{n}")
        code = community.create_code(person(inside["hang"]), inside["lop6a"], "parent")
        use_code(adult, code.code)
        rate_limits.clear()
        requests_commands.ask_for_help(adult, adult, topic())
    db.session.expire_all()
    khoa = person(inside["khoa"])
    queries_of_sql.clear()
    assert len(may_take(khoa)) == 9
    assert len(queries_of_sql) <= one + 6


@pytest.fixture
def queries_of_sql(queries: list[str]) -> list[str]:
    return queries
