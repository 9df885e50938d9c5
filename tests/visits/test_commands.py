"""Visits: who asks, who goes, what each hears, and where an address is for how long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World, change, person
from tests.privacy.conftest import work
from tests.rooms.conftest import open_adults, open_pair
from tests.test_leaked_database import thief
from tests.visits.fixtures import ADDRESS, address_bytes, asked, at, done, helper, planned, row, told, topic, wanted
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import kin
from tutoring.community import commands as community
from tutoring.community.memberships import suspensions
from tutoring.community.memberships.nominations import set_nomination
from tutoring.community.models import Membership
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.jobs import Job
from tutoring.kernel.paging import Wanted
from tutoring.notifications.models import Notice
from tutoring.pairing.commands import keep_apart
from tutoring.pairing.eligibility import avoided
from tutoring.pairing.models import HelpRequest
from tutoring.policy import visits as policy
from tutoring.rooms.models import Message
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.visits import commands as asking
from tutoring.visits import jobs as keeping
from tutoring.visits import queries
from tutoring.visits.eligibility import candidates, role_at
from tutoring.visits.models import Visit, VisitOffer

Who = Callable[[str], User]


def acts(visit_id: int, action: str) -> list[int | None]:
    query = sa.select(AuditRow.actor_id).where(AuditRow.action == action, AuditRow.target == f"visit:{visit_id}")
    return list(db.session.scalars(query.order_by(AuditRow.id)))


# ---- asking ---------------------------------------------------------------------------------------------------


def test_a_resident_asks_and_the_staff_of_the_place_hear_of_it(inside: World, who: Who) -> None:
    visit_id = asked(inside)
    found = row(visit_id)
    assert (found.kind, found.state, found.unit_id, found.ward_id) == ("home", "asked", inside["kp3"], inside["phuong"])
    for name in ("muoi", "mai"):
        assert len(told(inside[name])) == 1, name
    assert told(inside["bay"]) == told(inside["hang"]) == told(inside["quang"]) == []
    assert [one.id for one in queries.in_unit(inside["kp3"], Wanted()).items] == [visit_id]
    assert [one.id for one in queries.in_unit(inside["phuong"], Wanted()).items] == [visit_id]
    assert queries.waiting_in(inside["truong"]) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "khong-co"}, "topic"),
        ({"kind": "park"}, "kind"),
        ({"words": "Gọi tôi 0912 345 678"}, "words"),
        ({"words": "Nhà tôi ở 12 Lê Lợi"}, "words"),
        ({"words": "x" * 501}, "words"),
        ({"address": ""}, "address"),
        ({"address": "x" * 201}, "address"),
        ({"address": "Nhà số 0912 345 678"}, "address"),
        ({"address": "CCCD của tôi là 079203004567"}, "address"),
        ({"children": True}, "guardian"),
    ],
)
def test_what_may_not_be_is_refused_beside_its_field(inside: World, who: Who, change: dict, field: str) -> None:  # type: ignore[type-arg]
    facts = wanted(inside).__dict__ | change
    with pytest.raises(InvalidInput) as refused:
        asking.ask_visit(who("bay"), asking.VisitInput(**facts))
    assert refused.value.field == field
    assert db.session.scalars(sa.select(Visit).order_by(Visit.id)).all() == []


def test_where_a_child_lives_a_guardian_is_promised(inside: World) -> None:
    found = row(asked(inside, children=True, guardian_there=True))
    assert found.children and found.guardian_there
    with pytest.raises(InvalidInput, match="chọn gặp tại Trung tâm"):
        asked(inside, children=True)
    desk = row(asked(inside, "desk", children=True, address=ADDRESS))
    assert not desk.children and desk.address is None  # what does not matter there is not kept


def test_the_database_itself_keeps_no_child_without_a_guardian(inside: World) -> None:
    visit_id = asked(inside)
    for values in (
        {"children": True},
        {"state": "planned"},
        {"visitor_one_id": inside["bay"]},
        {"ended_at": clock.now()},
    ):
        with pytest.raises(sa.exc.IntegrityError):
            change(Visit, visit_id, **values)


def test_minors_strangers_and_people_of_another_place_do_not_ask(inside: World, who: Who) -> None:
    for name in ("minh", "an", "khoa"):
        assert queries.places_for(who(name)) == []
    for name in ("minh", "khoa", "quang"):
        with pytest.raises(NotFound):
            asking.ask_visit(who(name), wanted(inside))


def test_a_parent_who_belongs_to_a_class_alone_asks_in_the_ward(inside: World, who: Who) -> None:
    assert [place.id for place in queries.places_for(who("lan"))] == [inside["phuong"]]
    made = asking.ask_visit(who("lan"), asking.VisitInput("desk", inside["phuong"], topic()))
    assert made.unit_id == made.ward_id == inside["phuong"]
    assert told(inside["mai"]) and told(inside["muoi"]) == []


def test_one_request_of_each_kind_is_open(inside: World, who: Who) -> None:
    visit_id = asked(inside)
    with pytest.raises(Conflict):
        asked(inside)
    asked(inside, "desk")
    asking.cancel_visit(who("bay"), visit_id)
    asked(inside)


# ---- planning -------------------------------------------------------------------------------------------------


def test_a_home_visit_is_planned_with_two_people_who_all_hear_of_it(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    found = row(visit_id)
    assert found.state == "planned" and found.visitor_ids == [inside["muoi"], inside["mai"]]
    assert found.number is not None and len(found.number) == 4 and found.number.isdigit()
    [say] = told(inside["bay"])
    assert say.startswith("Đã xếp xong buổi hẹn tại nhà: 09:00")
    for name in ("muoi", "mai"):
        [say] = told(inside[name])
        assert "được phân công giúp tại nhà lúc 09:00" in say
    assert acts(visit_id, "plan_visit") == [inside["mai"]]


def test_notices_hold_no_name_word_or_address(inside: World) -> None:
    visit_id = planned(inside)
    asking.plan_visit(person(inside["mai"]), visit_id, at(3), [inside["muoi"], helper(inside, "Tư")])
    asking.cancel_visit(person(inside["bay"]), visit_id)
    for notice in db.session.scalars(sa.select(Notice).where(Notice.key.startswith("visit")).order_by(Notice.id)):
        text = notice.say % notice.params
        assert not any(private in text for private in ("Bảy", "hẻm", "Mắt tôi", "Mười"))
        assert set(notice.params) <= {"at"}


def test_only_staff_of_the_place_plan_and_never_for_themselves(inside: World, who: Who) -> None:
    visit_id, people = asked(inside), [inside["muoi"], inside["mai"]]
    for name in ("bay", "lan", "hang", "quang", "khoa", "admin1", "minh"):
        with pytest.raises(NotFound):
            asking.plan_visit(who(name), visit_id, at(), people)
        with pytest.raises(NotFound):
            asking.refuse_visit(who(name), visit_id, "Chưa đủ người")
    mine = asking.ask_visit(who("muoi"), wanted(inside, "desk")).id
    with pytest.raises(NotFound):
        asking.plan_visit(who("muoi"), mine, at(), [inside["mai"]])
    asking.plan_visit(who("mai"), mine, at(), [inside["mai"]])


@pytest.mark.parametrize("names", [[], ["muoi"], ["muoi", "muoi"], ["muoi", "bay"], ["muoi", "lan"], ["khoa", "muoi"],
                                   ["hang", "muoi"], ["muoi", "mai", "hang"]])  # fmt: skip
def test_nobody_goes_alone_and_nobody_goes_who_is_not_vetted_here(inside: World, who: Who, names: list[str]) -> None:
    visit_id = asked(inside)
    with pytest.raises(InvalidInput):
        asking.plan_visit(who("mai"), visit_id, at(), [inside[name] for name in names])
    assert row(visit_id).state == "asked"


def test_helpers_on_probation_go_with_somebody_who_is_past_it(inside: World, who: Who) -> None:
    one, two = helper(inside, "Tư"), helper(inside, "Năm")
    untrained = helper(inside, "Sáu", trained=False)
    visit_id = asked(inside)
    names = {person.id for person in candidates(queries.visit(visit_id))}
    assert names == {inside["muoi"], inside["mai"], one, two} and untrained not in names
    with pytest.raises(InvalidInput, match="đã qua các buổi đầu"):
        asking.plan_visit(who("mai"), visit_id, at(), [one, two])
    asking.plan_visit(who("mai"), visit_id, at(), [one, inside["muoi"]])
    assert role_at(one, inside["phuong"]) == ("helper", "Khu phố 3")
    assert role_at(inside["mai"], inside["phuong"]) == ("officer", "Phường Minh Hoạ")


@command
def _tie(guardian_id: int, child_id: int) -> None:
    db.session.add(Guardian(guardian_id=guardian_id, child_id=child_id, relation="mẹ", confirmed_at=clock.now()))


def test_two_of_one_family_do_not_go_together(inside: World, who: Who) -> None:
    visit_id, people = asked(inside), [inside["muoi"], inside["mai"]]
    assert not kin(*people)
    for name in ("muoi", "mai"):
        _tie(inside[name], inside["an"])  # both answer for the same child
    assert kin(*people)
    with pytest.raises(InvalidInput, match="không cùng gia đình"):
        asking.plan_visit(who("mai"), visit_id, at(), people)


@pytest.mark.parametrize(
    ("days", "hour", "said"), [(0, 0, "đã qua"), (40, 9, "30 ngày"), (2, 6, "7 giờ đến 19 giờ"), (2, 20, "7 giờ")]
)
def test_a_time_that_does_not_do_is_refused(inside: World, who: Who, days: int, hour: int, said: str) -> None:
    visit_id = asked(inside)
    with pytest.raises(InvalidInput, match=said):
        asking.plan_visit(who("mai"), visit_id, at(days, hour), [inside["muoi"], inside["mai"]])


def test_nobody_is_sent_to_two_places_at_once(inside: World, who: Who) -> None:
    planned(inside)
    other = asking.ask_visit(who("lan"), asking.VisitInput("home", inside["phuong"], topic(), address=ADDRESS)).id
    with pytest.raises(InvalidInput, match="hẹn khác"):
        asking.plan_visit(who("mai"), other, at(2, 10), [inside["muoi"], helper(inside, "Tư")])
    asking.plan_visit(who("mai"), other, at(2, 11), [inside["muoi"], inside["mai"]])


def test_at_the_desk_one_of_the_staff_is_enough_and_nobody_else_is(inside: World, who: Who) -> None:
    visit_id = asked(inside, "desk")
    with pytest.raises(InvalidInput):
        asking.plan_visit(who("mai"), visit_id, at(), [helper(inside, "Tư")])
    asking.plan_visit(who("muoi"), visit_id, at(2, 20), [inside["mai"]])
    assert row(visit_id).number is None and "tại Trung tâm: 20:00" in told(inside["bay"])[0]


def test_planned_again_the_number_changes_and_who_is_not_to_go_hears_so(inside: World, who: Who) -> None:
    visit_id, other = planned(inside), helper(inside, "Tư")
    before = row(visit_id).number
    asking.plan_visit(who("mai"), visit_id, at(4), [inside["muoi"], other])
    found = row(visit_id)
    assert found.number != before and found.at == at(4)
    assert any("không cần đến" in say for say in told(inside["mai"]))
    assert any("đã đổi: 09:00" in say for say in told(inside["muoi"]))
    assert any("được phân công giúp" in say for say in told(other))
    assert any("xếp lại: 09:00" in say for say in told(inside["bay"]))


def test_a_refusal_says_why_to_the_asker_alone(inside: World, who: Who) -> None:
    visit_id = asked(inside)
    for reason in ("", "Gọi 0912 345 678"):
        with pytest.raises(InvalidInput):
            asking.refuse_visit(who("mai"), visit_id, reason)
    asking.refuse_visit(who("mai"), visit_id, "Tuần này chưa đủ hai người đi")
    found = row(visit_id)
    assert (found.state, found.said) == ("refused", "Tuần này chưa đủ hai người đi")
    assert "Chưa" not in "".join(told(inside["mai"])) and "xem lý do" in told(inside["bay"])[0]
    assert acts(visit_id, "refuse_visit") == [inside["mai"]]
    with pytest.raises(Conflict):
        asking.plan_visit(who("mai"), visit_id, at(), [inside["muoi"], inside["mai"]])


def test_everybody_is_reminded_the_day_before_and_two_hours_before_and_not_of_an_old_time(
    inside: World, who: Who
) -> None:
    visit_id = planned(inside)
    asking.plan_visit(who("mai"), visit_id, at(5), [inside["muoi"], inside["mai"]])
    with clock.travel(at(4, 8)):
        work()
        assert not any("Ngày mai" in say for name in ("bay", "muoi") for say in told(inside[name]))
    for hours, words in ((23, "Ngày mai có buổi hẹn tại nhà: 09:00"), (1, "Hai giờ nữa có buổi hẹn tại nhà: 09:00")):
        with clock.travel(at(5) - timedelta(hours=hours)):
            work()
            for name in ("bay", "muoi", "mai"):
                assert sum(words in say for say in told(inside[name])) == 1, name
    asking.cancel_visit(who("bay"), visit_id)
    assert db.session.scalars(sa.select(Job.key).where(Job.kind == "visits.near", Job.done_at.is_(None))
                              .order_by(Job.key)).all() == []  # fmt: skip


# ---- the address ----------------------------------------------------------------------------------------------


def test_the_address_opens_for_three_people_from_the_day_before_to_the_end_of_the_day_after(
    inside: World, who: Who
) -> None:
    visit_id = asked(inside)
    asking.plan_visit(who("mai"), visit_id, at(), [inside["muoi"], helper(inside, "Tư")])
    for name in ("muoi", "mai"):  # a visitor, the planner
        for early in (clock.now(), at() - timedelta(hours=24, seconds=5), at(4, 0)):
            with clock.travel(early), pytest.raises(Conflict, match="24 giờ"):
                asking.read_address(who(name), visit_id)
        for near in (at() - timedelta(hours=24) + timedelta(seconds=5), at(), at(3, 23)):
            with clock.travel(near):
                assert asking.read_address(who(name), visit_id) == ADDRESS
    for name in ("bay", "lan", "hang", "quang", "khoa", "admin1"):
        with clock.travel(at()), pytest.raises(NotFound):
            asking.read_address(who(name), visit_id)
    assert acts(visit_id, "read_visit_address") == [inside["muoi"]] * 3 + [inside["mai"]] * 3
    assert audit.verify().broken_at is None


def test_nobody_reads_the_address_who_no_longer_goes(inside: World, who: Who) -> None:
    visit_id, other = planned(inside), helper(inside, "Tư")
    with clock.travel(at() - timedelta(hours=3)):
        asking.plan_visit(who("muoi"), visit_id, at(2, 10), [inside["muoi"], other])
        with pytest.raises(NotFound):
            asking.read_address(who("mai"), visit_id)  # neither goes nor has planned it last
        asking.cancel_visit(who("bay"), visit_id)
        for name in ("muoi", "mai"):
            with pytest.raises((NotFound, Conflict)):
                asking.read_address(who(name), visit_id)
    assert acts(visit_id, "read_visit_address") == []


def test_whoever_steals_the_database_reads_neither_address_nor_number(inside: World) -> None:
    visit_id = planned(inside)
    number = row(visit_id).number
    db.session.remove()
    stolen = thief()
    assert address_bytes(visit_id) is not None
    assert ADDRESS not in stolen and "hẻm Cây Me" not in stolen
    with db.engine.connect() as connection:
        sealed = connection.execute(sa.text("SELECT number_sealed FROM visit")).scalar_one()
    assert number is not None and number.encode() not in bytes(sealed)


@pytest.mark.parametrize("how", ["done", "missed", "cancelled", "refused"])
def test_seven_days_after_the_address_is_gone_from_the_database(inside: World, who: Who, how: str) -> None:
    visit_id, end = planned(inside), at() + timedelta(hours=1)
    with clock.travel(end):
        if how == "done":
            asking.record_outcome(who("mai"), visit_id, "solved", "Xong")
        elif how == "missed":
            asking.say_missed(who("mai"), visit_id, "nobody_home")
        elif how == "cancelled":
            asking.cancel_visit(who("bay"), visit_id)
        else:
            asking.refuse_visit(who("mai"), visit_id, "Chưa đủ người")
        keeping.tidy()
    with clock.travel(end + timedelta(days=6, hours=22)):
        keeping.tidy()
        assert address_bytes(visit_id) is not None
    with clock.travel(end + timedelta(days=7, minutes=1)):
        keeping.tidy()
        assert address_bytes(visit_id) is None and row(visit_id).number is None


def test_a_visit_told_of_late_keeps_its_address_no_longer(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    with clock.travel(at() + timedelta(days=6)):
        asking.record_outcome(who("mai"), visit_id, "solved", "Xong")
    with clock.travel(at() + timedelta(days=7, minutes=1)):
        keeping.tidy()
        assert address_bytes(visit_id) is None


def test_a_visit_nobody_tells_of_ends_by_itself_with_its_address(inside: World) -> None:
    visit_id = planned(inside)
    with clock.travel(at() + timedelta(days=7, minutes=1)):
        keeping.tidy()
        found = row(visit_id)
        assert (found.state, found.why) == ("missed", "unsaid") and address_bytes(visit_id) is None
        assert any("chưa thành" in say for say in told(inside["bay"]))


def test_a_request_that_nobody_planned_for_thirty_days_ends_with_its_address(inside: World) -> None:
    visit_id = asked(inside)
    now = clock.now()
    with clock.travel(now + timedelta(days=29, hours=23)):
        keeping.tidy()
        assert row(visit_id).state == "asked" and address_bytes(visit_id) is not None
    with clock.travel(now + timedelta(days=30, minutes=1)):
        keeping.tidy()
        found = row(visit_id)
        assert (found.state, found.why) == ("cancelled", "unplanned") and address_bytes(visit_id) is None
        assert any("chưa xếp được" in say for say in told(inside["bay"]))


def test_an_erased_account_takes_words_and_address_along_at_once(inside: World, who: Who) -> None:
    visit_id, old = planned(inside, children=True, guardian_there=True), asked(inside, "desk")
    erase_account(inside["bay"])
    for one in (visit_id, old):
        found = row(one)
        assert (found.state, found.why, found.words, found.children) == ("cancelled", "left", "", False)
        assert address_bytes(one) is None and found.number is None
    assert any("không cần đến" in say for say in told(inside["muoi"]))


def test_the_nightly_work_is_put_down_each_day(inside: World) -> None:
    visit_id = planned(inside)
    with clock.travel(at(10, 12)):
        keeping.jobs.enqueue_daily_jobs()
        work()
        assert row(visit_id).state == "missed" and address_bytes(visit_id) is None


# ---- people change --------------------------------------------------------------------------------------------


def test_who_may_no_longer_go_is_replaced(inside: World, who: Who) -> None:
    other = helper(inside, "Tư")
    visit_id = asked(inside)

    def plan() -> None:
        asking.plan_visit(who("mai"), visit_id, at(), [other, inside["muoi"]])
        assert row(visit_id).state == "planned"

    plan()
    set_nomination(who("muoi"), other, "paused", "Đang hỏi lại")
    found = row(visit_id)
    assert found.state == "asked" and found.visitor_ids == [] and found.number is None
    assert any("xếp lại vì có người không đến được" in say for say in told(inside["bay"]))
    assert any("cần xếp lại người" in say for say in told(inside["muoi"]))
    asking.plan_visit(who("mai"), visit_id, at(), [inside["mai"], inside["muoi"]])
    member = db.session.scalars(
        sa.select(Membership.id).where(Membership.user_id == inside["muoi"]).order_by(Membership.id)
    ).one()
    community.end_member(who("admin1"), member)
    assert row(visit_id).state == "asked"


def test_a_suspended_or_erased_visitor_does_not_go(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    suspensions.suspend(who("admin1"), inside["muoi"], "Đang xem xét")
    assert row(visit_id).state == "asked"
    with pytest.raises(InvalidInput):
        asking.plan_visit(who("mai"), visit_id, at(), [inside["muoi"], inside["mai"]])
    other = helper(inside, "Tư")
    asking.plan_visit(who("mai"), visit_id, at(), [other, inside["mai"]])
    erase_account(other)
    assert row(visit_id).state == "asked"


def test_nobody_is_sent_to_somebody_who_is_suspended(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    suspensions.suspend(who("admin1"), inside["bay"], "Đang xem xét")
    found = row(visit_id)
    assert (found.state, found.why) == ("cancelled", "staff") and address_bytes(visit_id) is None
    assert any("không cần đến" in say for say in told(inside["muoi"]))


def test_whom_the_desk_keeps_apart_since_is_found_out_before_the_day(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    keep_apart(inside["bay"], inside["muoi"])
    with clock.travel(at() - timedelta(hours=23)):
        with pytest.raises(NotFound):
            asking.read_address(who("muoi"), visit_id)
        work()
        assert row(visit_id).state == "asked" and not any("Ngày mai" in say for say in told(inside["bay"]))
        assert any("cần xếp lại người" in say for say in told(inside["mai"]))


def test_the_asker_does_without_somebody_and_nobody_hears_why(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    for name, other in (("bay", "lan"), ("bay", "bay")):
        with pytest.raises(Conflict):
            asking.remove_visitor(who(name), visit_id, inside[other])
    with pytest.raises(NotFound):
        asking.remove_visitor(who("muoi"), visit_id, inside["mai"])
    asking.remove_visitor(who("bay"), visit_id, inside["muoi"])
    assert row(visit_id).state == "asked" and avoided(inside["bay"], inside["muoi"])
    assert inside["muoi"] not in {one.id for one in candidates(queries.visit(visit_id))}
    said = [*told(inside["muoi"]), *told(inside["mai"])]
    assert said and not any("muốn" in say for say in said)
    with pytest.raises(InvalidInput):
        asking.plan_visit(who("mai"), visit_id, at(), [inside["muoi"], inside["mai"]])


def test_whoever_asked_calls_it_off_until_the_end_and_nobody_else_does(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    for name in ("muoi", "mai", "lan", "admin1"):
        with pytest.raises(NotFound):
            asking.cancel_visit(who(name), visit_id)
    asking.cancel_visit(who("bay"), visit_id)
    assert any("không cần đến" in say for say in told(inside["muoi"]))
    with pytest.raises(Conflict):
        asking.cancel_visit(who("bay"), visit_id)


# ---- the visit itself -----------------------------------------------------------------------------------------


def test_the_number_is_the_askers_at_once_and_the_visitors_on_the_day(inside: World, who: Who) -> None:
    visit_id = planned(inside)

    def sees(name: str) -> bool:
        found = row(visit_id)
        return queries.number_for(found, queries.build_visit_facts(who(name), found)) == found.number

    assert sees("bay") and not sees("muoi") and not sees("mai")
    with clock.travel(at(1, 23)):
        assert not sees("muoi")
    with clock.travel(at(2, 0)):
        assert sees("muoi") and sees("mai")
    with clock.travel(at(4, 0)):
        assert not sees("muoi")


def test_the_planner_who_does_not_go_never_sees_the_number(inside: World, who: Who) -> None:
    visit_id = asked(inside)
    asking.plan_visit(who("mai"), visit_id, at(), [inside["muoi"], helper(inside, "Tư")])
    with clock.travel(at()):
        found = row(visit_id)
        assert queries.number_for(found, queries.build_visit_facts(who("mai"), found)) is None


def test_how_it_went_is_told_by_those_who_were_there(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    with pytest.raises(Conflict):
        asking.record_outcome(who("muoi"), visit_id, "solved", "")
    with clock.travel(at() + timedelta(hours=1)):
        for name in ("bay", "hang", "admin1"):
            with pytest.raises(NotFound):
                asking.record_outcome(who(name), visit_id, "solved", "")
        for outcome, words in (("well", ""), ("solved", "Nhà ở 12 Lê Lợi"), ("solved", "số 0912 345 678")):
            with pytest.raises(InvalidInput):
                asking.record_outcome(who("muoi"), visit_id, outcome, words)
        asking.record_outcome(who("muoi"), visit_id, "partly", "Đã cài lại ứng dụng")
        found = row(visit_id)
        assert (found.state, found.outcome, found.outcome_by_id) == ("done", "partly", inside["muoi"])
        assert any("đã kết thúc" in say for say in told(inside["mai"]))  # the other one of the two
        assert told(inside["muoi"]) == [] and "đã xong" in told(inside["bay"])[0]
        with pytest.raises(Conflict):
            asking.say_missed(who("mai"), visit_id, "visitors")
        with pytest.raises(NotFound):
            asking.judge_visit(who("muoi"), visit_id, True)
        asking.judge_visit(who("bay"), visit_id, True)
        assert row(visit_id).helped is True


def test_without_the_guardian_the_two_go_home_again(inside: World, who: Who) -> None:
    visit_id = planned(inside)
    with clock.travel(at()), pytest.raises(InvalidInput):  # no child lives there
        asking.say_missed(who("muoi"), visit_id, "no_guardian")
    asking.cancel_visit(who("bay"), visit_id)
    visit_id = planned(inside, children=True, guardian_there=True)
    with clock.travel(at()):
        asking.say_missed(who("muoi"), visit_id, "no_guardian")
    found = row(visit_id)
    assert (found.state, found.why) == ("missed", "no_guardian")


def test_visitors_see_a_visit_while_it_stands_and_for_a_week_after(inside: World, who: Who) -> None:
    visit_id = done(inside)
    with clock.travel(at(3)):
        queries.get_visit_for(who("muoi"), visit_id)
    other = helper(inside, "Tư")
    with pytest.raises(NotFound):
        queries.get_visit_for(person(other), visit_id)
    known = policy.VisitFacts(is_visitor=True, state="done", since=timedelta(days=7))
    assert not policy.may_see_visit(known)


# ---- from a room and back -------------------------------------------------------------------------------------


def test_who_helps_proposes_and_the_learner_alone_says_where(inside: World, who: Who) -> None:
    room_id = open_adults(inside)
    offer = asking.offer_visit(who("lan"), room_id, inside["bay"])
    assert asking.offer_visit(who("lan"), room_id, inside["bay"]).id == offer.id  # pressed twice
    assert len(told(inside["bay"])) == 1 and row_count() == 0
    assert any("hẹn gặp trực tiếp" in text for text in lines(room_id))
    for name in ("lan", "muoi", "minh"):
        assert queries.open_offer(who(name), offer.id) is None
    made = asking.ask_visit(who("bay"), wanted(inside), offer.id)
    assert made.from_room_id == room_id
    assert any("đã đồng ý gặp" in say for say in told(inside["lan"])) and told(inside["bay"]) == []
    asking.cancel_visit(who("bay"), made.id)
    with pytest.raises(Conflict):
        asking.ask_visit(who("bay"), wanted(inside), offer.id)


def row_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) or 0


def lines(room_id: int) -> list[str]:
    query = sa.select(Message.text).where(Message.room_id == room_id, Message.kind == "system")
    return list(db.session.scalars(query.order_by(Message.seq)))


def test_nobody_is_met_out_of_a_room_with_a_child_nor_by_who_may_not_propose(inside: World, who: Who) -> None:
    pair, adults = open_pair(inside), open_adults(inside)
    for name in ("khoa", "hang", "lan", "minh"):
        with pytest.raises(NotFound):
            asking.offer_visit(who(name), pair, inside["minh"])
    for name in ("bay", "khoa", "muoi"):  # the learner, a stranger, a watcher who has not come in
        with pytest.raises(NotFound):
            asking.offer_visit(who(name), adults, inside["bay"])
    with pytest.raises(InvalidInput):
        asking.offer_visit(who("lan"), adults, inside["lan"])
    moderation_commands.enter_as_observer(who("muoi"), adults)
    asking.offer_visit(who("muoi"), adults, inside["bay"])


def test_what_was_proposed_among_many_is_told_to_one(inside: World, who: Who) -> None:
    room_id = persistent_rooms_commands.open_lasting(who("mai"), inside["kp3"], "questions").id
    persistent_rooms_commands.take_seat(who("bay"), room_id)
    moderation_commands.enter_as_observer(who("mai"), room_id)
    asking.offer_visit(who("mai"), room_id, inside["bay"])
    assert told(inside["bay"]) and not any("hẹn gặp" in text for text in lines(room_id))


def test_a_no_is_told_without_a_reason_and_an_old_offer_is_no_more(inside: World, who: Who) -> None:
    room_id = open_adults(inside)
    offer = asking.offer_visit(who("lan"), room_id, inside["bay"])
    with pytest.raises(NotFound):
        asking.decline_offer(who("lan"), offer.id)
    asking.decline_offer(who("bay"), offer.id)
    assert any("chưa muốn" in say for say in told(inside["lan"]))
    again = asking.offer_visit(who("lan"), room_id, inside["bay"])
    with clock.travel(clock.now() + timedelta(days=14, minutes=1)):
        assert queries.offer_in(room_id, inside["bay"]) is None and queries.offers_for(inside["bay"]) == []
        assert asking.offer_visit(who("lan"), room_id, inside["bay"]).id != again.id
    erase_account(inside["bay"])
    assert db.session.scalars(sa.select(VisitOffer).order_by(VisitOffer.id)).all() == []


def test_back_online_the_request_is_about_the_same_and_is_made_once(inside: World, who: Who) -> None:
    visit_id = done(inside)
    with pytest.raises(NotFound):
        asking.request_online_help(who("muoi"), visit_id)
    request_id = asking.request_online_help(who("bay"), visit_id)
    assert asking.request_online_help(who("bay"), visit_id) == request_id == row(visit_id).back_request_id
    made = db.session.get_one(HelpRequest, request_id)
    assert (made.learner_id, made.topic, made.state) == (inside["bay"], topic(), "waiting")
    open_one = asked(inside, "desk")
    with pytest.raises(Conflict):
        asking.request_online_help(who("bay"), open_one)
