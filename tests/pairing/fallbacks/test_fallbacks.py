"""When nobody came at once: wished times, a weekly meeting, an answer in writing, and who is told that one is owed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, at, offers, opens_a_page, request, told
from tests.pairing.test_commands import many_helpers, nobody_on_duty
from tutoring.community.duty import commands as duty_commands
from tutoring.community.memberships import suspensions
from tutoring.community.units import settings
from tutoring.community.units.settings import fallback_delay_of
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.notifications.models import Notice
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.fallbacks.invitations import MOST_TOLD, invitees
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.models import HelpRequest, NoShow, PassedRequest, RequestStep, WrittenAnswer
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.queries import board_of
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.scheduling import appointments
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.week_grid import of_cells
from tutoring.policy.pairing.fallbacks import (
    ANSWERED_WITHIN,
    LATER_AFTER,
    WORD_WITHIN,
    called_after,
    wrong_time,
    yes_until,
)

As = Callable[[str], FlaskClient]
STEPS = "Mở ứng dụng, bấm nút Vào lớp ở dưới cùng, rồi gõ mã phòng cô gửi."


def soon(hours: int = 2) -> datetime:
    """A full quarter of an hour, so many hours from now."""
    moment = clock.now() + timedelta(hours=hours)
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)


def close_at(world: World, asked: int, when: datetime) -> None:
    """Give the unit of a request opening hours on the other half of the day than `when`."""
    opens = 8 * 60 if clock.local(when).hour >= 12 else 16 * 60
    duty_commands.set_hours(person(world["quang"]), request(asked).unit_id, opens, opens + 60)


def waited_long(world: World) -> int:
    """A request of Minh's that nobody took at once."""
    asked = ask(world)
    at(clock.now() + timedelta(minutes=LATER_AFTER, seconds=1))
    return asked


def notices(user_id: int, like: str) -> list[Notice]:
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.like(like)).order_by(Notice.id)
    return list(db.session.scalars(query))


# ---- the numbers ----------------------------------------------------------------------------------------------


def test_the_coordinator_is_called_before_it_is_late_then_when_it_is_and_twice_a_day() -> None:
    hours = [called_after(calls) / timedelta(hours=1) for calls in range(5)]
    assert hours == [18, 24, 36, 48, 60]


def test_a_yes_is_waited_for_a_day_or_until_ten_minutes_before() -> None:
    now = clock.now()
    assert yes_until(now, now + timedelta(hours=2)) == now + timedelta(hours=1, minutes=50)
    assert yes_until(now, now + timedelta(days=6)) == now + timedelta(days=1)
    assert yes_until(now, now + timedelta(minutes=5)) == now


def test_times_that_cannot_be() -> None:
    now = soon()
    hour = timedelta(hours=1)
    assert wrong_time([], now) == "none"
    assert wrong_time([now + n * hour for n in range(1, 5)], now) == "many"
    assert wrong_time([now + hour, now + timedelta(minutes=15)], now) == "soon"
    assert wrong_time([now + timedelta(days=8)], now) == "far"
    assert wrong_time([now + hour + timedelta(minutes=1)], now) == "quarter"
    assert wrong_time([now + hour, now + 2 * hour], now) == ""


# ---- other ways are offered -----------------------------------------------------------------------------------


def test_other_ways_are_offered_after_the_units_time_once_and_a_pause_does_not_count(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    with clock.travel(start + timedelta(minutes=10)):
        requests_commands.pause(person(inside["minh"]), asked)
    at(start + timedelta(minutes=30))
    assert request(asked).later_at is None
    with clock.travel(start + timedelta(minutes=60)):
        requests_commands.resume(person(inside["minh"]), asked)
    at(start + timedelta(minutes=69))
    assert request(asked).later_at is None
    at(start + timedelta(minutes=71))
    assert request(asked).later_at is not None
    at(start + timedelta(minutes=90))
    assert len(notices(inside["minh"], f"later:{asked}")) == 1


def test_other_ways_are_offered_also_to_whoever_was_taken_at_once_and_left_alone(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    at(start + timedelta(minutes=4))  # nobody has written: it waits again, as if it had never waited
    assert request(asked).stage == "waiting" and request(asked).waited_seconds <= 1
    at(start + timedelta(minutes=LATER_AFTER, seconds=10))
    assert request(asked).later_at is None
    at(start + timedelta(minutes=LATER_AFTER + 5))
    assert request(asked).later_at is not None


def test_a_unit_says_how_long_and_the_nearest_that_says_it_counts(inside: World) -> None:
    asked = ask(inside)
    unit = request(asked).unit
    assert fallback_delay_of(unit.id) == LATER_AFTER
    quang = person(inside["quang"])
    settings.set_fallback_delay(quang, unit.school_id or 0, 5)
    assert fallback_delay_of(unit.id) == 5
    for wrong in (4, 241, -1):
        with pytest.raises(InvalidInput):
            settings.set_fallback_delay(quang, unit.school_id or 0, wrong)
    with pytest.raises(NotFound):
        settings.set_fallback_delay(person(inside["khoa"]), unit.id, 30)
    settings.set_fallback_delay(quang, unit.school_id or 0, None)
    assert fallback_delay_of(unit.id) == LATER_AFTER


def test_nothing_is_owed_to_whoever_asked_for_a_weekly_meeting_from_the_start(inside: World) -> None:
    minh, start = person(inside["minh"]), clock.now()
    asked = requests_commands.ask_for_help(minh, minh, request(ask_topic(inside)).topic, wish="weekly").id
    at(start + timedelta(hours=30))
    assert request(asked).later_at is None and not notices(inside["quang"], f"owed:{asked}%")


def ask_topic(world: World) -> int:
    """A request that is cancelled again, for its topic."""
    asked = ask(world)
    requests_commands.cancel(person(world["minh"]), asked)
    rate_limits.clear()
    return asked


def test_whoever_has_a_helper_wishes_for_nothing_else_until_that_is_over(inside: World) -> None:
    asked, minh = ask(inside), person(inside["minh"])
    offers_commands.claim(person(inside["khoa"]), asked)
    for wish in (
        fallbacks_commands.wait_weekly,
        fallbacks_commands.look_now,
        lambda user, id: fallbacks_commands.wish_times(user, id, [soon()]),
    ):
        with pytest.raises(Conflict):
            wish(minh, asked)
    found = request(asked)
    assert (found.stage, found.wish, found.times, found.helper_id) == ("offered", "now", [], inside["khoa"])


# ---- times ----------------------------------------------------------------------------------------------------


def test_a_time_is_wished_taken_agreed_and_the_room_opens_then(inside: World) -> None:
    asked, first, second = ask(inside), soon(2), soon(5)
    minh, khoa = person(inside["minh"]), person(inside["khoa"])
    fallbacks_commands.wish_times(minh, asked, [second, first, first])
    assert request(asked).wished == [first, second] and request(asked).stage == "waiting"
    (row,) = board_of(khoa).timed
    assert row.id == asked and not board_of(khoa).waiting
    with pytest.raises(Conflict):  # nobody comes at once to somebody who is not there now
        offers_commands.claim(khoa, asked)
    with pytest.raises(Conflict):
        appointments.claim_time(khoa, asked, soon(9).isoformat())
    appointments.claim_time(khoa, asked, second.isoformat())
    assert (request(asked).stage, request(asked).meet_at) == ("agreeing", second)
    assert [row.id for row in queries.meetings_of(khoa.id)] == [asked]
    assert told(minh.id, f"claimed:{asked}:{khoa.id}") is not None
    requests_commands.answer(minh, asked, "accept")
    assert request(asked).stage == "booked" and request(asked).room_id is None
    waited = request(asked).waited_seconds
    at(second - timedelta(minutes=59))
    assert [len(notices(who, f"near:{asked}%")) for who in (minh.id, khoa.id)] == [1, 1]
    at(second + timedelta(seconds=1))
    found = request(asked)
    assert found.stage == "helping" and found.room_id is not None and found.waited_seconds == waited
    assert len(notices(khoa.id, f"opened:{found.room_id}")) == 1
    at(second + timedelta(seconds=30))
    assert request(asked).room_id == found.room_id


@pytest.mark.parametrize("who", ["khoa", "minh"])
def test_either_side_gives_an_agreed_time_back_and_the_other_is_told(inside: World, who: str) -> None:
    asked, when = ask(inside), soon()
    minh, khoa = person(inside["minh"]), person(inside["khoa"])
    fallbacks_commands.wish_times(minh, asked, [when])
    appointments.claim_time(khoa, asked, when.isoformat())
    requests_commands.answer(minh, asked, "accept")
    if who == "khoa":
        offers_commands.give_back(khoa, asked)
        assert notices(minh.id, f"returned:{asked}%")
    else:
        requests_commands.answer(minh, asked, "decline")
        assert notices(khoa.id, f"returned:{asked}%")
    found = request(asked)
    assert (found.stage, found.meet_at, found.helper_id, found.wished) == ("waiting", None, None, [when])
    assert db.session.get(PassedRequest, (asked, khoa.id)) is not None
    at(when + timedelta(seconds=1))  # the old work finds nothing to open
    assert request(asked).room_id is None and request(asked).wished == []


def test_nobody_is_called_while_times_are_wished_for_and_somebody_is_again_when_they_are_over(inside: World) -> None:
    opens_a_page(inside["khoa"])
    asked, when = ask(inside), soon()
    at(clock.now() + timedelta(seconds=1))
    assert [one.state for one in offers(asked)] == ["open"]
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [when])
    assert [one.state for one in offers(asked)] == ["withdrawn"]
    opens_a_page(inside["hang"])
    at(when - timedelta(minutes=1))
    assert len(offers(asked)) == 1
    at(when + timedelta(seconds=1))
    assert request(asked).wished == [] and len(notices(inside["minh"], f"times:{asked}")) == 1
    assert {one.helper_id for one in offers(asked)} > {inside["khoa"]}


def test_looking_for_somebody_now_again_takes_the_times_back(inside: World) -> None:
    asked = ask(inside)
    minh = person(inside["minh"])
    fallbacks_commands.wish_times(minh, asked, [soon()])
    fallbacks_commands.look_now(minh, asked)
    assert request(asked).wished == []
    offers_commands.claim(person(inside["khoa"]), asked)
    assert request(asked).stage == "offered"


def test_a_helper_agrees_to_one_thing_at_a_time(inside: World) -> None:
    when = soon()
    first, second = ask(inside), ask(inside, "an")
    khoa = person(inside["khoa"])
    fallbacks_commands.wish_times(person(inside["minh"]), first, [when])
    fallbacks_commands.wish_times(person(inside["an"]), second, [when, when + timedelta(hours=1)])
    appointments.claim_time(khoa, first, when.isoformat())
    with pytest.raises(Conflict):
        appointments.claim_time(khoa, second, when.isoformat())
    appointments.claim_time(khoa, second, (when + timedelta(hours=1)).isoformat())
    assert len(queries.meetings_of(khoa.id)) == 2


def test_of_many_who_take_a_time_at_once_one_gets_it(app: Flask, inside: World) -> None:
    asked, when = ask(inside), soon()
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [when])
    helpers = many_helpers(inside, 6)

    def take(user_id: int) -> bool:
        with app.app_context():
            try:
                appointments.claim_time(person(user_id), asked, when.isoformat())
            except Conflict as refusal:
                assert refusal.code == "taken"
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(take, helpers))
    assert sum(won) == 1 and request(asked).helper_id == helpers[won.index(True)]
    assert len([one for one in queries.history(asked) if one.to_state == "agreeing"]) == 1


def test_a_time_is_taken_by_whoever_may_help_then(inside: World) -> None:
    asked, when = ask(inside), soon()
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [when])
    for name in ("lan", "an", "minh", "mai"):
        with pytest.raises(NotFound):
            appointments.claim_time(person(inside[name]), asked, when.isoformat())
    khoa = person(inside["khoa"])
    close_at(inside, asked, when)  # changed since the wish
    with pytest.raises(Conflict):
        appointments.claim_time(khoa, asked, when.isoformat())
    for _ in range(60):
        rate_limits.hit("claim", inside["hang"])
    with pytest.raises(RateLimited):
        appointments.claim_time(person(inside["hang"]), asked, when.isoformat())
    assert request(asked).stage == "waiting"


def test_a_yes_that_comes_after_the_time_is_refused(inside: World) -> None:
    asked, when = ask(inside), soon()
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [when])
    appointments.claim_time(person(inside["khoa"]), asked, when.isoformat())
    with clock.travel(when + timedelta(seconds=1)), pytest.raises(Conflict):
        requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert request(asked).stage == "agreeing"


def test_a_helper_who_is_still_in_another_room_comes_a_little_later(inside: World) -> None:
    asked, when = ask(inside), soon()
    minh, khoa = person(inside["minh"]), person(inside["khoa"])
    fallbacks_commands.wish_times(minh, asked, [when])
    appointments.claim_time(khoa, asked, when.isoformat())
    requests_commands.answer(minh, asked, "accept")
    with clock.travel(when - timedelta(minutes=1)):
        other = ask(inside, "lan")
        offers_commands.claim(person(inside["khoa"]), other)
    at(when + timedelta(seconds=1))
    assert request(asked).stage == "booked"
    assert db.session.scalars(sa.select(jobs.Job.last_error).where(jobs.Job.last_error != "")).all() == []
    with clock.travel(when + timedelta(minutes=2)):
        offers_commands.give_back(khoa, other)
    at(when + timedelta(minutes=5, seconds=1))
    assert request(asked).stage == "helping"


def test_without_an_answer_the_time_goes_back_before_it_comes(inside: World) -> None:
    asked, when = ask(inside), soon()
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [when])
    appointments.claim_time(person(inside["khoa"]), asked, when.isoformat())
    at(when - timedelta(minutes=9))
    assert (request(asked).stage, request(asked).helper_id) == ("waiting", None)
    assert queries.history(asked)[-1].why == "expired"


def test_while_no_room_can_open_it_is_tried_three_times_then_the_learner_is_first(inside: World) -> None:
    asked, when = ask(inside), soon()
    minh, khoa = person(inside["minh"]), person(inside["khoa"])
    fallbacks_commands.wish_times(minh, asked, [when])
    appointments.claim_time(khoa, asked, when.isoformat())
    requests_commands.answer(minh, asked, "accept")
    nobody_on_duty()
    for minutes in (0, 5):
        at(when + timedelta(minutes=minutes, seconds=1))
        assert request(asked).stage == "booked"
    at(when + timedelta(minutes=10, seconds=2))
    found = request(asked)
    assert (found.stage, found.in_front, found.helper_id) == ("waiting", True, None)
    assert db.session.get(PassedRequest, (asked, khoa.id)) is None  # it was not the helper's doing
    assert notices(minh.id, f"no-room:{asked}%") and notices(khoa.id, f"no-room:{asked}%")
    assert not db.session.scalars(sa.select(NoShow)).all()


def test_who_does_not_come_to_a_meeting_is_let_go_after_ten_minutes(inside: World) -> None:
    asked, when = ask(inside), soon()
    minh, khoa = person(inside["minh"]), person(inside["khoa"])
    fallbacks_commands.wish_times(minh, asked, [when])
    appointments.claim_time(khoa, asked, when.isoformat())
    requests_commands.answer(minh, asked, "accept")
    at(when + timedelta(seconds=1))
    at(when + timedelta(minutes=9))
    assert request(asked).stage == "helping"
    at(when + timedelta(minutes=11))
    found = request(asked)
    assert (found.stage, found.in_front) == ("waiting", True)
    assert [row.user_id for row in db.session.scalars(sa.select(NoShow))] == [khoa.id]


def test_a_helper_who_is_stopped_gives_the_time_up_and_the_learner_is_told(inside: World) -> None:
    asked, when = ask(inside), soon()
    minh, khoa = person(inside["minh"]), person(inside["khoa"])
    fallbacks_commands.wish_times(minh, asked, [when])
    appointments.claim_time(khoa, asked, when.isoformat())
    requests_commands.answer(minh, asked, "accept")
    requests_commands.end_requests_of(khoa.id, "stopped", helping_alone=True)
    assert request(asked).stage == "waiting" and notices(minh.id, f"returned:{asked}%")


def test_wrong_times_are_refused_with_the_reason_and_strangers_find_nothing(inside: World) -> None:
    asked = ask(inside)
    minh = person(inside["minh"])
    for wrong in ([], [clock.now()], [soon() + timedelta(days=9)], [soon() + timedelta(minutes=7)]):
        with pytest.raises(InvalidInput):
            fallbacks_commands.wish_times(minh, asked, wrong)
    when = soon()
    close_at(inside, asked, when)
    with pytest.raises(InvalidInput):
        fallbacks_commands.wish_times(minh, asked, [when])
    for act in (fallbacks_commands.look_now, fallbacks_commands.wait_weekly):
        with pytest.raises(NotFound):
            act(person(inside["khoa"]), asked)
    with pytest.raises(NotFound):
        fallbacks_commands.wish_times(person(inside["khoa"]), asked, [soon()])


def test_times_are_changed_so_often_and_no_more(inside: World) -> None:
    asked = ask(inside)
    for _ in range(120):
        rate_limits.hit("act", inside["minh"])
    with pytest.raises(RateLimited):
        fallbacks_commands.wish_times(person(inside["minh"]), asked, [soon()])


def test_who_switches_to_weekly_waits_for_a_round_and_is_still_owed_an_answer(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    fallbacks_commands.wait_weekly(person(inside["minh"]), asked)
    assert request(asked).wish == "weekly" and not board_of(person(inside["khoa"])).waiting
    at(start + timedelta(hours=18, minutes=1))
    assert notices(inside["quang"], f"owed:{asked}:soon")
    fallbacks_commands.look_now(person(inside["minh"]), asked)
    assert request(asked).wish == "now"


# ---- answers in writing ---------------------------------------------------------------------------------------


def test_an_answer_is_owed_within_a_day_and_the_coordinator_is_told_until_there_is_one(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    at(start + timedelta(hours=17, minutes=59))
    assert not notices(inside["quang"], f"owed:{asked}%")
    at(start + timedelta(hours=18, minutes=1))
    assert len(notices(inside["quang"], f"owed:{asked}:soon")) == 1
    at(start + ANSWERED_WITHIN + timedelta(minutes=1))
    (late,) = notices(inside["quang"], f"owed:{asked}:late")
    assert request(asked).answer_calls == 2
    with clock.travel(start + timedelta(hours=25)):
        fallbacks_commands.write_answer(person(inside["quang"]), asked, STEPS)
    assert all(row.read_at for row in notices(inside["quang"], f"owed:{asked}%"))
    at(start + timedelta(hours=50))
    assert request(asked).answer_calls == 2 and late.read_at is not None


def test_an_answer_helps_and_the_request_ends_with_it(inside: World) -> None:
    asked = waited_long(inside)
    minh, hang = person(inside["minh"]), person(inside["hang"])
    assert [row.id for row in board_of(hang).unanswered] == [asked]
    fallbacks_commands.write_answer(hang, asked, STEPS)
    assert request(asked).stage == "answered" and not board_of(hang).unanswered
    assert notices(minh.id, f"answer:{asked}%") and notices(inside["lan"], f"answer:{asked}%")
    with pytest.raises(InvalidInput):
        fallbacks_commands.judge_answer(minh, asked, "perhaps")
    for other in ("khoa", "hang", "lan", "an"):
        with pytest.raises(NotFound):
            fallbacks_commands.judge_answer(person(inside[other]), asked, "yes")
    fallbacks_commands.judge_answer(minh, asked, "yes")
    found = request(asked)
    assert (found.state, found.outcome, found.helped_seconds) == ("ended", "yes", 0)
    (row,) = queries.answers_to(asked)
    assert (row.helped, row.author_id) == (True, hang.id)
    assert [one.say for one in notices(hang.id, f"judged:{asked}%")] == [
        "Câu trả lời của bạn đã giúp được. Cảm ơn bạn!"
    ]


def test_an_answer_asks_a_child_for_nothing_that_would_make_a_message_wait(inside: World) -> None:
    asked = waited_long(inside)
    with pytest.raises(InvalidInput) as refused:
        fallbacks_commands.write_answer(
            person(inside["hang"]), asked, f"{STEPS} Đừng kể mẹ nhé, gửi ảnh em cho cô xem."
        )
    assert (refused.value.field, refused.value.code) == ("words", "risk")
    assert request(asked).stage == "waiting"


def test_an_answer_that_is_not_enough_puts_the_request_back_at_its_place(inside: World) -> None:
    asked = waited_long(inside)
    place = request(asked).queued_at
    minh, hang = person(inside["minh"]), person(inside["hang"])
    fallbacks_commands.write_answer(hang, asked, STEPS)
    fallbacks_commands.judge_answer(minh, asked, "no")
    found = request(asked)
    assert (found.stage, found.queued_at, found.helper_id) == ("waiting", place, None)
    offers_commands.claim(hang, asked)  # whoever wrote may come as well
    assert request(asked).stage == "offered"


def test_without_a_word_for_three_days_the_request_ends_with_its_answer_and_a_notice(inside: World) -> None:
    asked = waited_long(inside)
    fallbacks_commands.write_answer(person(inside["hang"]), asked, STEPS)
    at(clock.now() + WORD_WITHIN + timedelta(minutes=1))
    found = request(asked)
    assert (found.state, found.outcome) == ("ended", "answered")
    assert len(notices(inside["minh"], f"answered:{asked}")) == 1


def test_who_may_write_and_what_is_refused(inside: World) -> None:
    asked = ask(inside)
    hang, minh = person(inside["hang"]), person(inside["minh"])
    with pytest.raises(Conflict):  # somebody may still come at once
        fallbacks_commands.write_answer(hang, asked, STEPS)
    at(clock.now() + timedelta(minutes=LATER_AFTER, seconds=1))
    for user in ("minh", "lan", "an", "khoa"):  # khoa's first sessions are still observed ones
        with pytest.raises(NotFound):
            fallbacks_commands.write_answer(person(inside[user]), asked, STEPS)
    for words in ("ngắn", "x" * 2001, "Gọi cho cô số 0912345678 nhé, cô chỉ cho từng bước."):
        with pytest.raises(InvalidInput):
            fallbacks_commands.write_answer(hang, asked, words)
    avoid(minh, hang.id)
    with pytest.raises(NotFound):
        fallbacks_commands.write_answer(hang, asked, STEPS)
    assert request(asked).stage == "waiting" and not queries.answers_to(asked)
    with pytest.raises(Conflict):
        fallbacks_commands.judge_answer(minh, asked, "yes")


def test_of_two_who_write_at_once_one_answer_is_kept(app: Flask, inside: World) -> None:
    asked = waited_long(inside)
    people = [inside["hang"], inside["quang"]]

    def write(user_id: int) -> bool:
        with app.app_context():
            try:
                fallbacks_commands.write_answer(person(user_id), asked, STEPS)
            except Conflict:
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(write, people)) == 1
    assert len(queries.answers_to(asked)) == 1


def test_what_a_stopped_writer_wrote_no_longer_stands(inside: World) -> None:
    asked = waited_long(inside)
    hang = person(inside["hang"])
    fallbacks_commands.write_answer(hang, asked, STEPS)
    requests_commands.end_requests_of(hang.id, "suspended", helping_alone=True)
    assert request(asked).stage == "waiting"


def test_a_suspended_person_answers_nothing(inside: World) -> None:
    asked = waited_long(inside)
    suspensions.suspend(person(inside["quang"]), inside["hang"], "Đang xem lại một việc")
    with pytest.raises(NotFound):
        fallbacks_commands.write_answer(person(inside["hang"]), asked, STEPS)
    assert request(asked).stage == "waiting"


def test_words_of_answers_are_erased_with_the_rest(inside: World) -> None:
    asked = waited_long(inside)
    fallbacks_commands.write_answer(person(inside["hang"]), asked, STEPS)
    fallbacks_commands.judge_answer(person(inside["minh"]), asked, "yes")
    requests_commands.forget_words(inside["hang"])
    assert db.session.scalars(sa.select(WrittenAnswer.words)).all() == [""]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RequestStep)) and db.session.get(HelpRequest, asked)


# ---- pages ----------------------------------------------------------------------------------------------------


@pytest.mark.full
def test_the_pages_of_a_time(as_: As, world: World, app: Flask) -> None:
    with app.app_context():
        asked = ask(world)
    minh, khoa = as_("minh"), as_("khoa")
    page = f"/requests/{asked}"
    assert "Hẹn giờ khác" in minh.get(page).text
    answer = minh.post(f"{page}/times", data={"day": ["2026-13-01", "", ""], "time": ["19:00", "", ""]})
    assert answer.status_code == 422 and "Hãy chọn ngày" in answer.text and "19:00" in answer.text
    when = clock.local(soon(3))
    typed = {"day": [f"{when:%Y-%m-%d}", "", ""], "time": [f"{when:%H:%M}", "", ""]}
    assert minh.post(f"{page}/times", data=typed).status_code == 302
    assert "Đang tìm người giúp vào một trong các giờ em chọn" in minh.get(page).text
    board = khoa.get("/helping").text
    assert "Muốn hẹn giờ" in board and "Nhận lúc" in board
    with app.app_context():
        chosen = request(asked).times[0]
    khoa.post(f"{page}/claim-time", data={"at": chosen})
    assert "Chờ người học đồng ý" in khoa.get("/helping").text
    assert "Anh Khoa sẵn sàng giúp" in minh.get(page).text
    minh.post(f"{page}/answer", data={"word": "accept"})
    assert "Đã hẹn với anh Khoa" in minh.get(page).text and "Đã hẹn" in khoa.get("/helping").text


@pytest.mark.full
def test_the_pages_of_an_answer(as_: As, world: World, app: Flask) -> None:
    with app.app_context():
        asked = waited_long(world)
    minh, hang, quang = as_("minh"), as_("hang"), as_("quang")
    page = f"/requests/{asked}"
    assert "Chưa có ai nhận ngay" in minh.get(page).text
    assert f"{page}/write" in hang.get("/helping").text
    with app.app_context():
        unit_id = request(asked).unit_id
    assert f"{page}/write" in quang.get(f"/units/{unit_id}/waiting").text
    kept = hang.post(f"{page}/write", data={"words": "Gọi số 0912345678 cho cô, cô chỉ từng bước."})
    assert kept.status_code == 422 and "cô chỉ từng bước" in kept.text
    assert hang.post(f"{page}/write", data={"words": STEPS}).status_code == 302
    assert "không còn chờ nữa" in hang.get(f"{page}/write").text
    shown = minh.get(page).text
    assert STEPS in shown and "Làm theo thì việc có xong không?" in shown
    assert STEPS in as_("lan").get(page).text  # the guardian reads it too
    minh.post(f"{page}/judge", data={"word": "yes"})
    assert STEPS in minh.get(page).text and "Đã xong" in minh.get(page).text


def test_a_unit_sets_its_waiting_time_on_the_page_of_its_hours(as_: As, world: World, app: Flask) -> None:
    with app.app_context():
        school = request(ask(world)).unit.school_id
    quang = as_("quang")
    assert "Chờ bao lâu thì có cách khác" in quang.get(f"/units/{school}/hours").text
    said = quang.post(f"/units/{school}/patience", data={"minutes": "3"}, follow_redirects=True).text
    assert "Hãy ghi từ 5 đến 240 phút." in said
    assert (
        "Đã ghi thời gian chờ."
        in quang.post(f"/units/{school}/patience", data={"minutes": "35"}, follow_redirects=True).text
    )
    assert 'value="35"' in quang.get(f"/units/{school}/hours").text


def test_a_few_helpers_hear_of_the_times_those_first_who_are_free_then(inside: World) -> None:
    asked, when = ask(inside), soon()
    many_helpers(inside, MOST_TOLD + 3)
    free = person(inside["hang"])
    scheduling_commands.set_hours(free, free.id, of_cells((day, half) for day in range(7) for half in range(32)), 2)
    if not 7 <= clock.local(when).hour < 23:  # free hours are told of the day alone
        when += timedelta(hours=(7 - clock.local(when).hour) % 24)
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [when])
    invited = invitees(request(asked))
    assert len(invited) == MOST_TOLD and invited[0] == free.id
    at(clock.now() + timedelta(seconds=1))
    told_of = {row.user_id for row in db.session.scalars(sa.select(Notice).where(Notice.key == f"wished:{asked}"))}
    assert told_of == set(invited)
    offers_commands.go_away(free)
    assert free.id not in invitees(request(asked))
    appointments.claim_time(person(invited[1]), asked, when.isoformat())
    db.session.expire_all()
    assert all(row.read_at for row in db.session.scalars(sa.select(Notice).where(Notice.key == f"wished:{asked}")))


def test_a_request_that_is_over_says_no_more_when_its_learner_is_at_home(inside: World) -> None:
    asked, minh = ask(inside), person(inside["minh"])
    fallbacks_commands.wish_times(minh, asked, [soon()])
    requests_commands.cancel(minh, asked)
    assert (request(asked).times, request(asked).times_until) == ([], None)


def test_the_times_of_a_request_go_with_its_words(inside: World) -> None:
    asked, minh = ask(inside), person(inside["minh"])
    requests_commands.cancel(minh, asked)
    request(asked).times = [soon().isoformat()]  # as older versions left them
    db.session.commit()
    requests_commands.forget_words(minh.id)
    assert request(asked).times == []
