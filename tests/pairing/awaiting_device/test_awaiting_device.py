"""A request of somebody without a device or internet is kept at the neighbourhood's desk until that is there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.pairing.awaiting_device.fixtures import ended, lacks, met, needs
from tests.pairing.offers.test_dispatch import ask, at, offers, opens_a_page, request, told
from tutoring.accounts.consents.commands import withdraw
from tutoring.campaigns import commands as campaigns
from tutoring.campaigns.commands import Plan
from tutoring.campaigns.models import Campaign
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing import erasure as pairing_erasure
from tutoring.pairing.awaiting_device import commands as awaiting_device_commands
from tutoring.pairing.awaiting_device.queries import count_parked, desk_of, desks_of, unchanged
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.group_sessions import request_groups
from tutoring.pairing.models import AddedText, RequestStep
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers import queries as offers_queries
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.requests.wait_estimates import past_waits
from tutoring.policy.pairing.awaiting_device import (
    HELPED_THERE,
    LACKS,
    at_home_of,
    kinds_of,
    left_of,
    may_read_parked_words,
)


def notices(user_id: int, key: str) -> list[Notice]:
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith(key)).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_what_lacks_opens_its_kinds_of_needs_and_grows_less_by_what_comes() -> None:
    assert [kinds_of(lack) for lack in LACKS] == [("device",), ("internet",), ("device", "internet")]
    assert left_of("both", "device") == "internet" and left_of("both", "internet") == "device"
    assert left_of("device", "device") == left_of("internet", "internet") == ""
    assert left_of("device", "internet") == "device" and kinds_of("") == ()
    assert [at_home_of(lack) for lack in LACKS] == ["none", "shared", "none"]


# ---- asking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lack", LACKS)
def test_what_is_asked_without_a_device_or_internet_waits_at_the_desk_and_opens_the_needs(
    inside: World, lack: str
) -> None:
    asked = request(lacks(inside, lack=lack))
    assert (asked.state, asked.stage, asked.lack) == ("waiting", "parked", lack)
    assert [(row.from_state, row.to_state) for row in queries.history(asked.id)] == [("", "parked")]
    found = needs(inside["bay"])
    assert set(found) == set(kinds_of(lack))
    assert all(need.receiver_id == inside["bay"] and need.at_home == at_home_of(lack) for need in found.values())


def test_a_guardian_asks_for_a_child_on_a_neighbours_phone_and_receives_what_comes(inside: World) -> None:
    asked = request(lacks(inside, "an", by="lan"))
    need = needs(inside["an"])["device"]
    assert asked.stage == "parked" and (need.person_id, need.receiver_id) == (inside["an"], inside["lan"])


def test_a_child_who_asks_is_kept_at_the_desk_though_only_a_grown_up_asks_for_the_device(inside: World) -> None:
    asked = request(lacks(inside, "minh"))
    assert asked.stage == "parked" and asked.words and needs(inside["minh"]) == {}


def test_a_need_that_is_open_already_is_kept_and_the_request_too(inside: World) -> None:
    requests_commands.cancel(person(inside["bay"]), lacks(inside))
    first = needs(inside["bay"])["device"].id
    again = request(lacks(inside))
    assert again.stage == "parked" and needs(inside["bay"])["device"].id == first


def test_an_unknown_lack_is_refused_beside_the_device(inside: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        lacks(inside, lack="money")
    assert refused.value.field == "device" and queries.open_requests(inside["bay"]) == []


def test_a_campaign_counts_who_asks_without_a_device_and_once(inside: World) -> None:
    today = clock.today()
    plan = Plan("Nhờ nhau giúp", "Cả khu phố cùng thử.", "asked", 50, today, today + timedelta(days=30))
    made = campaigns.write_campaign(person(inside["muoi"]), inside["kp3"], plan)
    campaigns.publish_campaign(person(inside["mai"]), made.id)
    asked = lacks(inside)
    awaiting_device_commands.unpark(person(inside["bay"]), asked)
    assert db.session.get_one(Campaign, made.id).counted == 1


# ---- nobody is asked ------------------------------------------------------------------------------------------


def test_nobody_is_asked_nobody_is_alarmed_and_no_answer_is_owed_while_it_is_kept(inside: World) -> None:
    start = clock.now()
    opens_a_page(inside["khoa"])
    opens_a_page(inside["hang"])
    asked = lacks(inside, "minh")
    for hours in (0.1, 1, 20, 30, 80):
        at(start + timedelta(hours=hours))
    found = request(asked)
    assert offers(asked) == [] and found.alarmed_at is None and found.later_at is None and found.answer_calls == 0
    assert asked not in [row.id for row in may_take(person(inside["khoa"]))]
    assert asked not in [row.id for row in offers_queries.waiting_in(inside["phuong"])]


def test_neither_a_helper_nor_the_other_ways_reach_what_is_kept(inside: World) -> None:
    asked, minh, khoa = lacks(inside, "minh"), person(inside["minh"]), person(inside["khoa"])
    hour = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    with pytest.raises(Conflict):
        offers_commands.claim(khoa, asked)
    with pytest.raises(Conflict):
        request_groups.propose_group(khoa, asked)
    for act in (
        requests_commands.pause,
        requests_commands.resume,
        fallbacks_commands.look_now,
        fallbacks_commands.wait_weekly,
    ):
        with pytest.raises(Conflict):
            act(minh, asked)
    with pytest.raises(Conflict):
        fallbacks_commands.wish_times(minh, asked, [hour])
    with pytest.raises(Conflict):
        fallbacks_commands.write_answer(person(inside["hang"]), asked, "Em bấm nút màu xanh ở góc trên, rồi chọn lớp.")
    assert request(asked).stage == "parked"


def test_what_is_kept_stands_in_nobodys_way_in_the_queue(inside: World) -> None:
    lacks(inside, "an", by="lan")
    assert queries.place(request(ask(inside, "minh"))) == 1


def test_a_weekly_wish_without_a_device_waits_for_no_round_and_goes_to_it_later(inside: World) -> None:
    asked = lacks(inside, wish="weekly")
    assert request(asked).stage == "parked"
    awaiting_device_commands.unpark(person(inside["bay"]), asked)
    found = request(asked)
    assert (found.stage, found.wish, found.wave) == ("waiting", "weekly", 0)


def test_words_are_added_and_it_is_cancelled_as_ever(inside: World) -> None:
    asked = lacks(inside)
    requests_commands.add_words(person(inside["bay"]), asked, "Chiều tôi ở nhà")
    assert [row.words for row in queries.added_words(asked)] == ["Chiều tôi ở nhà"]
    requests_commands.cancel(person(inside["bay"]), asked)
    found = request(asked)
    assert (found.state, found.parked_at) == ("cancelled", None) and needs(inside["bay"])["device"].ended_at is None


def test_a_right_that_is_lost_ends_it_too(inside: World) -> None:
    asked = lacks(inside, "minh")
    withdraw(person(inside["lan"]), inside["minh"], "pairing")
    assert request(asked).state == "cancelled"


# ---- into the queue -------------------------------------------------------------------------------------------


def test_its_own_side_says_that_there_is_a_device_and_the_old_place_is_kept(inside: World) -> None:
    start = clock.now()
    asked = lacks(inside, "minh")
    with clock.travel(start + timedelta(hours=1)):
        other = ask(inside, "an")
    with clock.travel(start + timedelta(days=3)):
        rate_limits.clear()
        awaiting_device_commands.unpark(person(inside["minh"]), asked)
        found = request(asked)
        assert (found.stage, found.waited_seconds) == ("waiting", 0)
        assert queries.place(found) == 1 and queries.place(request(other)) == 2
    assert asked in [row.id for row in may_take(person(inside["khoa"]))]


def test_nobody_else_says_so_and_not_twice(inside: World) -> None:
    asked = lacks(inside, "an", by="lan")
    for name in ("khoa", "hang", "bay", "mai", "quang"):
        with pytest.raises(NotFound):
            awaiting_device_commands.unpark(person(inside[name]), asked)
    awaiting_device_commands.unpark(person(inside["lan"]), asked)
    with pytest.raises(Conflict):
        awaiting_device_commands.unpark(person(inside["lan"]), asked)


def test_a_device_that_came_sends_it_into_the_queue_and_its_family_hears(inside: World) -> None:
    asked = lacks(inside, "an", by="lan")
    opens_a_page(inside["khoa"])
    met(inside["an"])
    assert request(asked).stage == "waiting"
    for name in ("an", "lan"):
        notice = told(inside[name], f"unparked:{asked}")
        assert notice is not None and "Máy đã tới" in notice.say
    at(clock.now() + timedelta(seconds=1))
    assert [one.helper_id for one in offers(asked)] == [inside["khoa"]]


@pytest.mark.parametrize(("first", "rest"), [("device", "internet"), ("internet", "device")])
def test_who_lacks_both_waits_for_both(inside: World, first: str, rest: str) -> None:
    asked = lacks(inside, lack="both")
    met(inside["bay"], first)
    assert (request(asked).stage, request(asked).lack) == ("parked", rest)
    met(inside["bay"], first)  # once more changes nothing
    assert request(asked).lack == rest and told(inside["bay"], f"unparked:{asked}") is None
    met(inside["bay"], rest)
    assert request(asked).stage == "waiting"


def test_what_does_not_lack_or_is_somebody_elses_changes_nothing(inside: World) -> None:
    asked = lacks(inside)
    met(inside["bay"], "internet")
    met(inside["lan"])
    assert request(asked).stage == "parked"
    awaiting_device_commands.unpark(person(inside["bay"]), asked)
    met(inside["bay"])
    assert [row.to_state for row in queries.history(asked)] == ["parked", "waiting"]


@pytest.mark.parametrize("state", ["refused", "withdrawn", "lapsed"])
def test_when_nothing_comes_it_stays_and_the_family_hears_that_there_are_other_ways(inside: World, state: str) -> None:
    asked = lacks(inside)
    ended(inside["bay"], state=state)
    assert request(asked).stage == "parked"
    (notice,) = notices(inside["bay"], f"still-parked:{asked}")
    assert "vẫn được giữ" in notice.say


def test_time_at_the_desk_is_no_waiting_and_no_measure_of_it(inside: World) -> None:
    start = clock.now()
    asked = lacks(inside, "minh")
    with clock.travel(start + timedelta(days=2)):
        awaiting_device_commands.unpark(person(inside["minh"]), asked)
    with clock.travel(start + timedelta(days=2, seconds=90)):
        rate_limits.clear()
        offers_commands.claim(person(inside["khoa"]), asked)
    assert 85 <= request(asked).waited_seconds <= 95


# ---- the desk -------------------------------------------------------------------------------------------------


def test_the_desk_of_the_neighbourhood_and_of_the_ward_see_what_is_kept_and_hear_of_it(inside: World) -> None:
    asked = lacks(inside)
    for name, place in (("muoi", "kp3"), ("mai", "phuong"), ("mai", "kp3")):
        (row,) = desk_of(person(inside[name]), inside[place]).page.items
        assert (row.asked.id, row.words) == (asked, ["Tôi muốn nộp hồ sơ"])
        assert [(kind, need is not None) for kind, need in row.needs] == [("device", True)]
    assert len(notices(inside["muoi"], f"parked:{asked}")) == len(notices(inside["mai"], f"parked:{asked}")) == 1
    for name in ("hang", "khoa", "bay", "lan"):
        with pytest.raises(NotFound):
            desk_of(person(inside[name]), inside["kp3"])


def test_leads_and_officers_read_no_words_of_children_and_the_coordinator_does(inside: World) -> None:
    asked = lacks(inside, "minh", words="Em bị kẹt ở bài ba")
    requests_commands.add_words(person(inside["minh"]), asked, "Em cần trước thứ hai")
    (row,) = desk_of(person(inside["mai"]), inside["phuong"]).page.items
    assert row.words == []
    (row,) = desk_of(person(inside["quang"]), inside["truong"]).page.items
    assert row.words == ["Em bị kẹt ở bài ba", "Em cần trước thứ hai"]
    assert may_read_parked_words({"lead", "officer"}, minor=False)
    assert not may_read_parked_words({"teacher"}, minor=False)


def test_a_child_of_a_family_of_the_neighbourhood_is_kept_at_its_desk_too(inside: World) -> None:
    lan = person(inside["lan"])
    code = community.create_code(person(inside["muoi"]), inside["kp3"], "parent")
    if (member := use_code(lan, code.code)).state == "waiting":
        community.confirm_member(person(inside["muoi"]), member.id)
    asked = request(lacks(inside, "an", by="lan"))
    assert desks_of(asked) == [inside["lop4a"], inside["kp3"]]
    assert [row.asked.id for row in desk_of(person(inside["muoi"]), inside["kp3"]).page.items] == [asked.id]
    assert count_parked(inside["kp3"]) == count_parked(inside["phuong"]) == 1


def test_a_family_of_the_neighbourhood_brings_no_other_learner_to_its_desk(inside: World) -> None:
    """The guardians that count are those of the learner, not of anybody who asked."""
    lan, muoi = person(inside["lan"]), person(inside["muoi"])
    code = community.create_code(muoi, inside["kp3"], "parent")
    if (member := use_code(lan, code.code)).state == "waiting":
        community.confirm_member(muoi, member.id)
    of_the_family, other = request(lacks(inside, "an", by="lan")), request(lacks(inside, "hang"))
    assert desks_of(other) == [other.unit_id] and other.unit_id != inside["kp3"]
    assert [row.asked.id for row in desk_of(muoi, inside["kp3"]).page.items] == [of_the_family.id]
    assert count_parked(inside["kp3"]) == 1


def test_the_desk_has_helped_face_to_face_and_the_family_hears(inside: World) -> None:
    asked = lacks(inside)
    awaiting_device_commands.helped_there(person(inside["muoi"]), asked, "Làm cùng ở nhà văn hoá")
    found = request(asked)
    assert (found.state, found.outcome, found.parked_at, found.helper_id) == ("ended", HELPED_THERE, None, None)
    step = queries.history(asked)[-1]
    assert (step.to_state, step.by_id, step.why) == ("ended", inside["muoi"], "Làm cùng ở nhà văn hoá")
    assert told(inside["bay"], f"helped-there:{asked}") is not None
    assert notices(inside["mai"], f"parked:{asked}")[0].read_at is not None
    row = db.session.scalars(sa.select(audit.AuditRow).order_by(audit.AuditRow.id.desc()).limit(1)).one()
    assert (row.action, row.target, row.reason) == ("helped_there", f"help_request:{asked}", "")
    assert needs(inside["bay"])["device"].ended_at is None
    with pytest.raises(Conflict):
        awaiting_device_commands.helped_there(person(inside["muoi"]), asked)


def test_only_the_desk_says_so_and_nobody_of_the_family_and_nothing_private(inside: World) -> None:
    asked = lacks(inside)
    for name in ("hang", "khoa", "bay", "lan", "quang"):
        with pytest.raises(NotFound):
            awaiting_device_commands.helped_there(person(inside[name]), asked)
    with pytest.raises(InvalidInput) as refused:
        awaiting_device_commands.helped_there(person(inside["muoi"]), asked, "gọi 0912 345 678")
    assert refused.value.field == "reason"
    own = lacks(inside, "muoi")
    with pytest.raises(Forbidden):
        awaiting_device_commands.helped_there(person(inside["muoi"]), own)
    awaiting_device_commands.helped_there(person(inside["mai"]), own)
    queued = ask(inside, "minh")
    with pytest.raises(Conflict):
        awaiting_device_commands.helped_there(person(inside["mai"]), queued)


def test_what_was_helped_face_to_face_is_no_wait_that_others_are_told_of(inside: World) -> None:
    awaiting_device_commands.helped_there(person(inside["muoi"]), lacks(inside))
    assert past_waits(topics("vi")[0][0], clock.now()) == []


# ---- nothing is forgotten -------------------------------------------------------------------------------------


def test_after_two_weeks_without_a_change_the_ward_hears_once_a_week(inside: World) -> None:
    start = clock.now() + timedelta(
        days=-clock.local(clock.now()).weekday() % 7
    )  # Monday: two looks fall into one week
    with clock.travel(start):
        lacks(inside)
        lacks(inside, "minh")

    def look(days: float) -> list[Notice]:
        with clock.travel(start + timedelta(days=days)):
            awaiting_device_commands.remind()
            return notices(inside["mai"], "parked-long:")

    assert look(13.9) == []
    (first,) = look(14.1)
    assert first.params == {"n": 2} and first.path == f"/units/{inside['phuong']}/parked"
    assert len(look(14.2)) == 1
    assert len(look(21.2)) == 2 and len(look(28.3)) == 3
    assert notices(inside["hang"], "parked-long:") == []


def test_words_a_need_that_goes_on_and_what_came_are_changes(inside: World) -> None:
    start = clock.now()
    asked = lacks(inside, lack="both")
    late = start + timedelta(days=15)
    assert unchanged(late) == [(inside["phuong"], 1)]
    with clock.travel(start + timedelta(days=5)):
        requests_commands.add_words(person(inside["bay"]), asked, "Tôi vẫn chờ")
    assert unchanged(late) == [] and unchanged(late + timedelta(days=5)) == [(inside["phuong"], 1)]
    with clock.travel(start + timedelta(days=10)):
        met(inside["bay"])
    assert unchanged(late + timedelta(days=5)) == []


def test_it_is_forgotten_with_the_others(inside: World) -> None:
    asked = lacks(inside)
    requests_commands.add_words(person(inside["bay"]), asked, "Chiều tôi ở nhà")
    awaiting_device_commands.helped_there(person(inside["muoi"]), asked, "Làm cùng")
    pairing_erasure.forget_requests(clock.now() + timedelta(seconds=1))
    found = request(asked)
    assert (found.words, found.lack) == ("", "")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AddedText)) == 0
    assert set(db.session.scalars(sa.select(RequestStep.why))) == {""}


# ---- at once --------------------------------------------------------------------------------------------------


def test_of_twenty_who_end_it_or_send_it_on_at_once_one_does(app: Flask, world: World) -> None:
    with app.app_context():
        asked = lacks(world)

    def act(number: int) -> str:
        with app.app_context():
            try:
                if number % 4 == 0:
                    awaiting_device_commands.unpark(person(world["bay"]), asked)
                elif number % 4 == 1:
                    awaiting_device_commands.helped_there(person(world["muoi"]), asked)
                elif number % 4 == 2:
                    met(world["bay"])
                else:
                    ended(world["bay"])
            except DomainError as refusal:
                return refusal.code
            return "done"

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(act, range(20)))
    with app.app_context():
        moves = [(row.from_state, row.to_state) for row in queries.history(asked)]
        assert moves in ([("", "parked"), ("parked", "waiting")], [("", "parked"), ("parked", "ended")])
        assert request(asked).stage == moves[-1][1] and request(asked).parked_at is None
