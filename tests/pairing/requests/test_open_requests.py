"""A person has one open request for a helper, one for an hour and one for a device; what would be a second waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.pairing.awaiting_device.fixtures import lacks, met
from tests.pairing.fallbacks.test_fallbacks import STEPS, soon
from tests.pairing.offers.test_dispatch import ask, at, offers, opens_a_page, request, told
from tests.pairing.test_no_shows import opened, writes
from tests.parametrize import some
from tutoring.accounts.consents.commands import withdraw
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing import erasure as pairing_erasure
from tutoring.pairing.awaiting_device import commands as awaiting_device_commands
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.lifecycle.slots import deferred_requests
from tutoring.pairing.models import OPEN, HelpRequest, PassedRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers import queries as offers_queries
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.requests.queries import open_requests, pair_for_follow_up
from tutoring.pairing.scheduling import appointments
from tutoring.policy.pairing.fallbacks import TRIES, TRY_AGAIN
from tutoring.policy.pairing.requests import may_ask_beside
from tutoring.rooms import queries as rooms
from tutoring.rooms.sessions import commands as sessions_commands

SOON = timedelta(seconds=1)


def beside(world: World, name: str = "minh", **wish: str) -> int:
    """Somebody asks for one thing more and keeps what they asked for before."""
    rate_limits.clear()
    learner = person(world[name])
    return requests_commands.ask_for_help(
        learner, learner, topics("vi")[1][0], "Em cần thêm việc này", keep_others=True, **wish
    ).id


def wished(world: World, name: str = "minh") -> int:
    asked = ask(world, name)
    fallbacks_commands.wish_times(person(world[name]), asked, [soon()])
    return asked


def booked(world: World, name: str = "minh") -> tuple[int, datetime]:
    """Khoa has taken a time of somebody's, and they agreed."""
    asked, when = wished(world, name), soon()
    appointments.claim_time(person(world["khoa"]), asked, request(asked).times[0])
    requests_commands.answer(person(world[name]), asked, "accept")
    assert request(asked).stage == "booked"
    return asked, when


def stages(world: World, name: str = "minh") -> dict[int, str]:
    db.session.expire_all()
    return {one.id: one.stage for one in open_requests(world[name])}


KEPT: dict[str, Callable[[World], int]] = {
    "parked": lambda world: lacks(world, "minh"),
    "weekly": lambda world: beside(world, wish="weekly"),
    "times": wished,
    "booked": lambda world: booked(world)[0],
}


def test_the_rule_of_what_stands_beside_what() -> None:
    assert may_ask_beside([], "helper")
    assert may_ask_beside(["hour", "device"], "helper") and may_ask_beside(["device"], "hour")
    assert not may_ask_beside(["hour"], "hour") and not may_ask_beside(["device"], "device")
    for resting in ("helper", ""):  # a helper is asked, or it rests and may go on at any moment
        assert not may_ask_beside([resting], "hour") and not may_ask_beside([resting, "device"], "helper")
    assert may_ask_beside(["device", ""], "helper", "helper") and not may_ask_beside([""], "hour", "helper")


# ---- asking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KEPT)
def test_beside_what_waits_for_a_device_or_an_hour_something_new_is_asked_and_both_stay(
    inside: World, kind: str
) -> None:
    opens_a_page(inside["khoa"])
    first = KEPT[kind](inside)
    before = (request(first).stage, request(first).queued_at, request(first).times)
    second = beside(inside)
    assert stages(inside) == {first: before[0], second: "waiting"}
    assert (request(first).stage, request(first).queued_at, request(first).times) == before
    at(clock.now() + SOON)
    assert [one.helper_id for one in offers(second)] == [inside["khoa"]] and offers(first) == []


@pytest.mark.parametrize("kind", KEPT)
def test_who_says_nothing_of_the_open_one_asks_nothing_new(inside: World, kind: str) -> None:
    first = KEPT[kind](inside)
    with pytest.raises(Conflict):
        ask(inside)
    assert list(stages(inside)) == [first]


def test_of_each_there_is_one(inside: World) -> None:
    device, hour, helper = lacks(inside, "minh"), beside(inside, wish="weekly"), beside(inside)
    assert stages(inside) == {helper: "waiting", hour: "waiting", device: "parked"}
    for wish in ({}, {"wish": "weekly"}, {"lack": "internet"}):
        with pytest.raises(Conflict):
            beside(inside, **wish)
    assert len(stages(inside)) == 3


@pytest.mark.parametrize(
    "stage",
    some("waiting", "helping", rest=["offered", "paused", "answered"]),
)
def test_beside_what_a_helper_may_come_for_nothing_is_asked(inside: World, stage: str) -> None:
    minh, asked = person(inside["minh"]), ask(inside)
    if stage in {"offered", "helping"}:
        offers_commands.claim(person(inside["khoa"]), asked)
    if stage == "helping":
        requests_commands.answer(minh, asked, "accept")
    if stage == "paused":
        requests_commands.pause(minh, asked)
    if stage == "answered":
        at(clock.now() + timedelta(minutes=21))
        fallbacks_commands.write_answer(person(inside["hang"]), asked, STEPS)
    for wish in ({}, {"wish": "weekly"}, {"lack": "device"}):
        with pytest.raises(Conflict):
            beside(inside, **wish)
    assert stages(inside) == {asked: stage}


def test_one_is_replaced_and_the_other_stays(inside: World) -> None:
    device, helper = lacks(inside, "minh"), beside(inside)
    minh = person(inside["minh"])
    new = requests_commands.ask_for_help(minh, minh, topics("vi")[2][0], "Việc khác", instead_of=helper).id
    assert stages(inside) == {new: "waiting", device: "parked"} and request(helper).state == "cancelled"
    with pytest.raises(Conflict):  # the place of the parked one is not what the new one needs
        requests_commands.ask_for_help(minh, minh, topics("vi")[2][0], "Việc khác", instead_of=device)
    assert stages(inside) == {new: "waiting", device: "parked"}


def test_after_a_session_the_same_helper_is_asked_beside_what_waits_for_a_device(inside: World) -> None:
    minh = person(inside["minh"])
    _asked, room_id = opened(inside)
    sessions_commands.end_session(minh, room_id, "yes")
    device = lacks(inside, "minh")
    assert pair_for_follow_up(minh, rooms.room(room_id)) is not None
    again, _first = requests_commands.ask_on(minh, room_id)
    assert stages(inside) == {again.id: "waiting", device: "parked"}
    assert pair_for_follow_up(minh, rooms.room(room_id)) is None


# ---- the device comes -----------------------------------------------------------------------------------------


def test_a_device_that_comes_while_something_else_is_asked_lets_the_request_wait_its_turn(inside: World) -> None:
    start = clock.now()
    device = lacks(inside, "minh", by="lan")
    with clock.travel(start + timedelta(hours=1)):
        helper, other = beside(inside), ask(inside, "bay")
        met(inside["minh"])
    found = request(device)
    assert (found.stage, found.parked_at, found.waited_seconds) == ("deferred", None, 0)
    for name in ("minh", "lan"):
        notice = told(inside[name], f"unparked:{device}")
        assert notice is not None and "Việc đang nhờ xong" in notice.say
    at(start + timedelta(hours=2))
    assert stages(inside) == {helper: "waiting", device: "deferred"} and offers(device) == []
    with pytest.raises(Conflict):
        offers_commands.claim(person(inside["khoa"]), device)
    assert device not in [one.id for one in offers_queries.may_take(person(inside["khoa"]))]
    assert device not in [one.id for one in offers_queries.waiting_in(inside["phuong"])]
    assert queries.place(request(helper)) == 1 and queries.place(request(other)) == 2
    with clock.travel(start + timedelta(hours=2)):
        rate_limits.clear()
        requests_commands.cancel(person(inside["minh"]), helper)
    at(start + timedelta(hours=2, seconds=1))
    assert stages(inside) == {device: "waiting"} and queries.place(request(device)) == 1  # of the day it was asked
    turn = told(inside["minh"], f"turn:{device}")
    assert turn is not None and "đã vào hàng chờ" in turn.say


def end_by_feedback(world: World, asked: int) -> None:
    offers_commands.claim(person(world["khoa"]), asked)
    room_id = requests_commands.answer(person(world["minh"]), asked, "accept").room_id or 0
    assert stages(world) == {asked: "helping", 1: "deferred"}
    sessions_commands.end_session(person(world["minh"]), room_id, "yes")


LEAVES: dict[str, Callable[[World, int], object]] = {
    "cancelled": lambda world, asked: requests_commands.cancel(person(world["minh"]), asked),
    "helped": end_by_feedback,
    "paused": lambda world, asked: requests_commands.pause(person(world["minh"]), asked),
    "weekly": lambda world, asked: fallbacks_commands.wait_weekly(person(world["minh"]), asked),
    "times": lambda world, asked: fallbacks_commands.wish_times(person(world["minh"]), asked, [soon()]),
}


@pytest.mark.parametrize(
    "way",
    [one if one in ("cancelled", "helped", "times") else pytest.param(one, marks=pytest.mark.full) for one in LEAVES],
)
def test_the_deferred_request_goes_on_whenever_the_other_waits_for_no_helper_any_more(inside: World, way: str) -> None:
    device = lacks(inside, "minh")
    helper = beside(inside)
    minh = person(inside["minh"])
    assert awaiting_device_commands.unpark(minh, device).stage == "deferred"
    at(clock.now() + SOON)
    assert stages(inside)[device] == "deferred"
    rate_limits.clear()
    LEAVES[way](inside, helper)
    at(clock.now() + SOON)
    assert stages(inside)[device] == "waiting"
    assert db.session.scalar(sa.select(jobs.Job.id).where(jobs.Job.key.startswith(f"wave:{device}:"))) is not None


def test_what_was_paused_waits_its_turn_when_it_is_resumed(inside: World) -> None:
    device, helper, minh = lacks(inside, "minh"), 0, person(inside["minh"])
    helper = beside(inside)
    requests_commands.pause(minh, helper)
    awaiting_device_commands.unpark(minh, device)
    assert stages(inside) == {device: "waiting", helper: "paused"}
    requests_commands.resume(minh, helper)
    assert stages(inside) == {device: "waiting", helper: "deferred"}
    requests_commands.cancel(minh, device)
    at(clock.now() + SOON)
    assert stages(inside) == {helper: "waiting"}


def test_a_weekly_wish_waits_its_turn_behind_another_hour(inside: World) -> None:
    device = lacks(inside, "minh", wish="weekly")
    hour = beside(inside, wish="weekly")
    awaiting_device_commands.unpark(person(inside["minh"]), device)
    assert stages(inside) == {hour: "waiting", device: "deferred"}
    assert queries.request_ahead_of(request(device)).id == hour  # type: ignore[union-attr]
    requests_commands.cancel(person(inside["minh"]), hour)
    at(clock.now() + SOON)
    assert stages(inside) == {device: "waiting"} and request(device).slot == "hour" and offers(device) == []


def test_a_deferred_request_takes_more_words_is_cancelled_and_nothing_else(inside: World) -> None:
    device, minh = lacks(inside, "minh"), person(inside["minh"])
    beside(inside)
    awaiting_device_commands.unpark(minh, device)
    requests_commands.add_words(minh, device, "Giờ em có máy của chú")
    assert [one.words for one in queries.added_words(device)] == ["Giờ em có máy của chú"]
    for act in (requests_commands.pause, requests_commands.resume, fallbacks_commands.look_now,
                fallbacks_commands.wait_weekly, awaiting_device_commands.unpark):  # fmt: skip
        rate_limits.clear()
        with pytest.raises(Conflict):
            act(minh, device)
    with pytest.raises(Conflict):
        awaiting_device_commands.helped_there(person(inside["quang"]), device)
    requests_commands.cancel(minh, device)
    assert request(device).state == "cancelled" and deferred_requests(inside["minh"]) == []


def test_nobody_else_moves_the_requests_of_another(inside: World) -> None:
    device = lacks(inside, "minh")
    for name in ("bay", "khoa", "mai"):
        other = person(inside[name])
        with pytest.raises(NotFound):
            awaiting_device_commands.unpark(other, device)
        with pytest.raises(NotFound):
            requests_commands.ask_for_help(other, person(inside["minh"]), topics("vi")[1][0], keep_others=True)
        with pytest.raises(NotFound):
            requests_commands.ask_for_help(other, other, topics("vi")[1][0], instead_of=device)
    assert stages(inside) == {device: "parked"}


# ---- an hour --------------------------------------------------------------------------------------------------


def test_at_the_agreed_hour_the_room_opens_and_the_other_request_waits_for_its_end(inside: World) -> None:
    opens_a_page(inside["hang"])
    hour, when = booked(inside)
    helper = beside(inside)
    at(when)
    assert stages(inside) == {hour: "helping", helper: "deferred"}
    assert [one.state for one in offers(helper)].count("open") == 0 and request(helper).alarmed_at is None
    with clock.travel(when + timedelta(minutes=1)):
        rate_limits.clear()
        sessions_commands.end_session(person(inside["minh"]), request(hour).room_id or 0, "yes")
    at(when + timedelta(minutes=1, seconds=1))
    assert stages(inside) == {helper: "waiting"}


def test_a_helper_who_took_the_other_request_is_free_and_may_be_asked_for_it_again(inside: World) -> None:
    hour, when = booked(inside)
    helper = beside(inside)
    with clock.travel(when - timedelta(seconds=30)):
        offers_commands.claim(person(inside["hang"]), helper)
    at(when)
    found = request(helper)
    assert (found.stage, found.helper_id, found.claimed_at) == ("deferred", None, None)
    assert request(hour).stage == "helping" and not queries.busy(inside["hang"])
    assert db.session.get(PassedRequest, (helper, inside["hang"])) is None
    notice = told(inside["hang"], f"returned:{helper}:{inside['hang']}")
    assert notice is not None and "để sau" in notice.say


def test_while_the_learner_is_in_another_room_the_hour_is_tried_again_and_then_waits_its_turn(inside: World) -> None:
    hour, when = booked(inside)
    helper = beside(inside)
    with clock.travel(when - timedelta(minutes=2)):
        offers_commands.claim(person(inside["hang"]), helper)
        room_id = requests_commands.answer(person(inside["minh"]), helper, "accept").room_id or 0
        for name in ("minh", "hang"):
            writes(inside, name, room_id)
    at(when)
    assert stages(inside) == {helper: "helping", hour: "booked"}
    at(when + (TRIES - 1) * TRY_AGAIN)
    assert stages(inside) == {helper: "helping", hour: "deferred"} and request(hour).in_front
    assert told(inside["khoa"], f"no-room:{hour}:{when.isoformat()}") is not None
    with clock.travel(when + timedelta(minutes=20)):
        rate_limits.clear()
        sessions_commands.end_session(person(inside["minh"]), room_id, "yes")
    at(when + timedelta(minutes=20, seconds=1))
    assert stages(inside) == {hour: "waiting"} and queries.place(request(hour)) == 1


def test_wished_times_that_are_over_wait_their_turn(inside: World) -> None:
    hour = wished(inside)
    helper = beside(inside)
    at(soon() + timedelta(minutes=1))
    assert stages(inside) == {helper: "waiting", hour: "deferred"} and request(hour).times == []
    assert told(inside["minh"], f"times:{hour}") is not None


def test_a_no_to_the_last_time_waits_its_turn_too(inside: World) -> None:
    hour = wished(inside)
    helper = beside(inside)
    with clock.travel(soon() - timedelta(minutes=20)):
        rate_limits.clear()
        appointments.claim_time(person(inside["khoa"]), hour, request(hour).times[0])
    with clock.travel(soon() + timedelta(minutes=1)):
        requests_commands.answer(person(inside["minh"]), hour, "decline")
    assert stages(inside) == {helper: "waiting", hour: "deferred"} and request(hour).helper_id is None


def test_of_two_only_one_asks_for_an_hour_and_only_one_for_help_now(inside: World) -> None:
    hour = beside(inside, wish="weekly")
    helper, minh = beside(inside), person(inside["minh"])
    before = (request(hour).wish, request(helper).wish)
    # The reason is said; the database alone would refuse with "has just changed".
    with pytest.raises(Conflict, match="chờ giờ hẹn"):
        fallbacks_commands.wait_weekly(minh, helper)
    with pytest.raises(Conflict, match="chờ giờ hẹn"):
        fallbacks_commands.wish_times(minh, helper, [soon()])
    with pytest.raises(Conflict, match="nhờ một việc khác"):
        fallbacks_commands.look_now(minh, hour)
    assert (request(hour).wish, request(helper).wish) == before == ("weekly", "now")
    fallbacks_commands.wish_times(minh, hour, [soon()])  # another hour is still an hour
    assert request(hour).slot == "hour"


def test_a_weekly_request_is_not_taken_for_now(inside: World) -> None:
    hour = beside(inside, wish="weekly")
    helper = beside(inside)
    with pytest.raises(Conflict):
        offers_commands.claim(person(inside["khoa"]), hour)
    offers_commands.claim(person(inside["khoa"]), helper)
    assert stages(inside) == {helper: "offered", hour: "waiting"}


# ---- rights and erasure ---------------------------------------------------------------------------------------


def test_a_right_that_is_lost_ends_them_all(inside: World) -> None:
    device, hour, helper = lacks(inside, "minh"), beside(inside, wish="weekly"), beside(inside)
    awaiting_device_commands.unpark(person(inside["minh"]), device)
    withdraw(person(inside["lan"]), inside["minh"], "pairing")
    at(clock.now() + SOON)
    assert stages(inside) == {}
    assert {request(one).outcome for one in (device, hour, helper)} == {"interrupted"}


def test_with_the_account_all_of_them_and_their_words_are_erased(inside: World) -> None:
    device, helper = lacks(inside), beside(inside, "bay")
    awaiting_device_commands.unpark(person(inside["bay"]), device)
    pairing_erasure.forget_person(inside["bay"])
    for asked in (device, helper):
        assert (request(asked).state, request(asked).words, request(asked).lack) == ("cancelled", "", "")


# ---- at once --------------------------------------------------------------------------------------------------


def _at_once(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """What came of acts in the same moment, each by a thread of its own."""

    def act(one: Callable[[], object]) -> str:
        with app.app_context():
            try:
                one()
            except DomainError as refusal:
                return refusal.code
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def _settled(world: World) -> dict[int, str]:
    at(clock.now() + SOON)
    found = open_requests(world["bay"])
    slots = [one.slot for one in found if one.slot]
    assert len(slots) == len(set(slots))
    assert any(one.slot == "helper" for one in found) or "deferred" not in {one.stage for one in found}
    return {one.id: one.stage for one in found}


def test_of_many_who_ask_beside_at_once_one_does(app: Flask, world: World) -> None:
    with app.app_context():
        lacks(world)
        bay = person(world["bay"])
        db.session.expunge(bay)
    topic = "hoc.vao-lop"
    codes = _at_once(
        app, [lambda: requests_commands.ask_for_help(bay, bay, topic, keep_others=True)] * 8
    )  # fmt: skip
    with app.app_context():
        assert codes.count("done") == 1 and len(_settled(world)) == 2


def test_whoever_is_first_when_the_device_comes_and_something_is_asked_nothing_is_lost(
    app: Flask, world: World
) -> None:
    for _turn in range(3):
        with app.app_context():
            rate_limits.clear()
            device = lacks(world)
            bay = person(world["bay"])
            db.session.expunge(bay)
        codes = _at_once(
            app,
            [
                lambda: met(world["bay"]),
                partial(requests_commands.ask_for_help, bay, bay, "hoc.vao-lop", keep_others=True),
                lambda: met(world["bay"]),
            ],
        )
        with app.app_context():
            found = _settled(world)
            assert codes[0] == codes[2] == "done"  # no error for the staff who handed it over
            assert found[device] in {"waiting", "deferred"} and len(found) == 1 + (codes[1] == "done")
            for one in found:
                rate_limits.clear()
                requests_commands.cancel(person(world["bay"]), one)
            at(clock.now() + SOON)


def test_a_device_that_comes_as_the_other_request_ends_never_waits_for_ever(app: Flask, world: World) -> None:
    for _turn in range(3):
        with app.app_context():
            rate_limits.clear()
            device, helper = lacks(world), beside(world, "bay")
            bay = person(world["bay"])
            db.session.expunge(bay)
        codes = _at_once(
            app,
            [
                partial(awaiting_device_commands.unpark, bay, device),
                partial(requests_commands.cancel, bay, helper),
            ],
        )
        with app.app_context():
            assert codes == ["done", "done"] and _settled(world) == {device: "waiting"}
            requests_commands.cancel(person(world["bay"]), device)


def test_the_hour_and_a_claim_of_the_other_request_at_once_open_one_room(app: Flask, world: World) -> None:
    with app.app_context():
        hour, when = booked(world)
        helper = beside(world)
        hang = person(world["hang"])
        db.session.expunge(hang)

    def meets() -> None:
        at(when)

    def claims() -> None:
        with clock.travel(when):
            offers_commands.claim(hang, helper)

    _at_once(app, [meets, claims])
    with app.app_context():
        at(when + SOON)
        states = sa.select(HelpRequest.state).where(
            HelpRequest.learner_id == world["minh"], HelpRequest.state.in_(OPEN)
        )
        assert sorted(db.session.scalars(states)).count("helping") == 1
        assert (request(hour).stage, request(helper).stage) == ("helping", "deferred")
