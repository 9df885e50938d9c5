"""Training sessions: who announces them and for whom, what is wrong with one, changes, seats, a waiting list."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.training.fixtures import announced, in_days, leads, marks, morning, plan, put_on, row_of, seats, told, work
from tutoring.accounts.erasure import erase_account
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships import suspensions
from tutoring.community.models import Membership
from tutoring.community.queries import unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.training import commands as training_commands
from tutoring.training import seats as training_seats
from tutoring.training import track_members
from tutoring.training.models import TrainingAssignment, TrainingSession
from tutoring.training.queries import list_attendees


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("track", {"track": "khong-co"}),
        ("title", {"title": "  "}),
        ("title", {"title": "a" * 81}),
        ("title", {"title": "Gọi cô 0912 345 678 nhé"}),
        ("place", {"place": ""}),
        ("place", {"place": "Zalo 0912 345 678"}),
        ("words", {"words": "a" * 401}),
        ("minutes", {"minutes": 7}),
        ("seats", {"seats": 1}),
        ("seats", {"seats": 201}),
        ("leader", {"leader_id": -1}),
        ("time", {"at": -1}),
        ("day", {"at": 181 * 24}),
    ],
)
def test_what_is_wrong_is_named_beside_its_field(inside: World, field: str, wrong: dict[str, Any]) -> None:
    if "at" in wrong:
        wrong = {"at": clock.now() + timedelta(hours=wrong["at"])}
    with pytest.raises(InvalidInput) as refused:
        announced(inside, **wrong)
    assert refused.value.field == field
    assert db.session.scalar(sa.select(TrainingSession.id)) is None


@pytest.mark.parametrize("name", ["minh", "lan", "bay", "muoi", "hang", "quang", "admin1"])
def test_only_who_runs_the_ward_s_training_announces(inside: World, name: str) -> None:
    with pytest.raises(NotFound):
        announced(inside, name)


@pytest.mark.parametrize("unit", ["kp3", "truong", "lop6a"])
def test_training_is_of_wards_and_of_the_city(inside: World, unit: str) -> None:
    with pytest.raises(NotFound):
        announced(inside, unit=unit)


def test_a_lead_of_the_ward_may_lead_it_and_a_stranger_may_not(inside: World) -> None:
    assert row_of(announced(inside, leader_id=inside["muoi"])).leader_id == inside["muoi"]
    for name in ("bay", "hang", "admin1"):
        with pytest.raises(InvalidInput):
            announced(inside, leader_id=inside[name])


def test_everybody_on_the_track_hears_of_it_and_nobody_else(inside: World) -> None:
    put_on(inside, "bay")
    announced(inside)
    work()
    for name in ("muoi", "bay"):
        assert "Có buổi tập huấn dành cho bạn" in told(inside[name])[-1]
    for name in ("mai", "lan", "hang", "quang"):
        assert told(inside[name]) == [], name


def test_those_who_are_many_are_told_a_hundred_at_a_time(inside: World) -> None:
    some = leads(inside, 101)
    announced(inside)
    jobs.run_due()
    assert sum(bool(told(user_id)) for user_id in (*some, inside["muoi"])) == 100
    work()
    for user_id in (*some, inside["muoi"]):
        assert len(told(user_id)) == 1


def test_only_who_is_on_the_track_takes_a_seat(inside: World) -> None:
    session_id = announced(inside)
    assert training_seats.sign_up(person(inside["muoi"]), session_id).state == "in"
    for name in ("bay", "lan", "hang"):  # not told that there is one
        with pytest.raises(NotFound):
            training_seats.sign_up(person(inside[name]), session_id)
    put_on(inside, "bay")
    assert training_seats.sign_up(person(inside["bay"]), session_id).state == "in"
    assert row_of(session_id).taken == 2


def test_who_leads_takes_no_seat_and_nobody_takes_two(inside: World) -> None:
    session_id = announced(inside, leader_id=inside["muoi"])
    with pytest.raises(Conflict):
        training_seats.sign_up(person(inside["muoi"]), session_id)
    put_on(inside, "bay")
    training_seats.sign_up(person(inside["bay"]), session_id)
    with pytest.raises(Conflict):
        training_seats.sign_up(person(inside["bay"]), session_id)


def test_a_session_of_the_city_is_for_the_people_of_its_wards(inside: World) -> None:
    """An officer of the city announces; the lead of a neighbourhood two levels below comes."""
    one, two = person(inside["admin1"]), person(inside["admin2"])
    code = community.create_code(one, inside["tp"], "officer")
    if code.confirmed_at is None:
        community.confirm_code(two, code.id)
    member = use_code(person(inside["lan"]), code.code)
    if member.state == "waiting":
        community.confirm_member(two, member.id)
    session_id = announced(inside, "lan", "tp", leader_id=inside["lan"])
    work()
    assert "Có buổi tập huấn" in told(inside["muoi"])[-1]
    assert training_seats.sign_up(person(inside["muoi"]), session_id).state == "in"
    with pytest.raises(NotFound):  # mai runs the ward's training, not the city's
        training_commands.cancel_session(person(inside["mai"]), session_id, "Không")


# ---- seats ------------------------------------------------------------------------------------------------------


def test_who_waits_longest_gets_the_seat_that_is_given_back(inside: World) -> None:
    one, two, three, four = leads(inside, 4)
    session_id = announced(inside, seats=2)
    states = [training_seats.sign_up(person(user_id), session_id).state for user_id in (one, two, three, four)]
    assert states == ["in", "in", "waiting", "waiting"]
    training_seats.withdraw(person(two), session_id)
    assert seats(session_id) == {one: "in", two: "gone", three: "in", four: "waiting"}
    assert "Có chỗ trống" in told(three, "training-seat")[0] and told(four, "training-seat") == []
    assert training_seats.sign_up(person(two), session_id).state == "waiting"  # and stands last
    training_seats.withdraw(person(one), session_id)
    assert seats(session_id)[four] == "in" and row_of(session_id).taken == 2
    for user_id in (three, four, two):
        training_seats.withdraw(person(user_id), session_id)
    assert row_of(session_id).taken == 0


def test_more_seats_go_to_those_who_wait_and_never_fewer_than_are_taken(inside: World) -> None:
    one, two, three, four = leads(inside, 4)
    session_id = announced(inside, seats=2)
    for user_id in (one, two, three, four):
        training_seats.sign_up(person(user_id), session_id)
    mai = person(inside["mai"])
    training_commands.change_session(mai, session_id, plan(inside, seats=3))
    assert seats(session_id) == {one: "in", two: "in", three: "in", four: "waiting"}
    with pytest.raises(InvalidInput) as refused:
        training_commands.change_session(mai, session_id, plan(inside, seats=2))
    assert refused.value.field == "seats" and row_of(session_id).seats == 3


def test_who_is_to_lead_after_all_gives_the_seat_to_who_waits(inside: World) -> None:
    one, two, three = leads(inside, 3)
    session_id = announced(inside, seats=2)
    for user_id in (one, two, three):
        training_seats.sign_up(person(user_id), session_id)
    training_commands.change_session(person(inside["mai"]), session_id, plan(inside, seats=2, leader_id=one))
    assert seats(session_id) == {one: "gone", two: "in", three: "in"} and row_of(session_id).taken == 2


def test_of_many_at_once_none_comes_in_over_the_limit_and_none_is_forgotten(app: Flask, inside: World) -> None:
    people = leads(inside, 8)
    session_id = announced(inside, seats=3)

    def signs_up(user_id: int) -> str:
        with app.app_context():
            state = training_seats.sign_up(person(user_id), session_id).state
            db.session.remove()
        return state

    def goes(user_id: int) -> None:
        with app.app_context():
            training_seats.withdraw(person(user_id), session_id)
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(signs_up, people))
    assert sorted(states) == ["in"] * 3 + ["waiting"] * 5 and row_of(session_id).taken == 3
    some = [user_id for user_id, state in zip(people, states, strict=True) if state == "in"][:2]
    some += [user_id for user_id, state in zip(people, states, strict=True) if state == "waiting"][:2]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(goes, some))
    left = seats(session_id)
    assert sorted(left[user_id] for user_id in people if user_id not in some) == ["in"] * 3 + ["waiting"]
    assert row_of(session_id).taken == 3


def test_nobody_signs_up_once_it_is_over(inside: World) -> None:
    session_id = announced(inside)
    with clock.travel(row_of(session_id).ends + timedelta(minutes=1)), pytest.raises(Conflict):
        training_seats.sign_up(person(inside["muoi"]), session_id)


# ---- what becomes of it -------------------------------------------------------------------------------------------


def test_the_day_before_everybody_in_it_is_reminded_and_at_its_end_the_leader_is_asked(inside: World) -> None:
    put_on(inside, "bay")
    session_id = announced(inside, seats=2, at=in_days(3))
    training_seats.sign_up(person(inside["muoi"]), session_id)
    work()
    with clock.travel(in_days(2) + timedelta(minutes=1)):
        work()
        work()
    for name in ("muoi", "mai"):
        assert [one for one in told(inside[name]) if "Ngày mai" in one] == [told(inside[name], "training-near")[0]]
    assert told(inside["bay"], "training-near") == []
    with clock.travel(in_days(3, 11)):
        work()
        assert row_of(session_id).state == "over"
    assert "Hãy điểm danh" in told(inside["mai"], "training-mark")[0]


def test_who_has_a_seat_hears_of_another_time_and_the_old_reminder_is_gone(inside: World) -> None:
    session_id, mai = announced(inside, at=in_days(3)), person(inside["mai"])
    training_seats.sign_up(person(inside["muoi"]), session_id)
    training_commands.change_session(mai, session_id, plan(inside, at=in_days(3), title="Tên khác"))
    assert told(inside["muoi"], "training-moved") == []
    training_commands.change_session(mai, session_id, plan(inside, at=in_days(10)))
    assert f"{in_days(10):%H:%M %d/%m/%Y}" in told(inside["muoi"], "training-moved")[0]
    with clock.travel(in_days(3, 12)):
        work()
        assert row_of(session_id).state == "open" and told(inside["muoi"], "training-near") == []
    with clock.travel(in_days(9) + timedelta(minutes=1)):
        work()
    assert len(told(inside["muoi"], "training-near")) == 1


def test_a_cancelled_session_says_why_to_those_in_it_and_reminds_nobody(inside: World) -> None:
    put_on(inside, "bay")
    session_id, mai = announced(inside), person(inside["mai"])
    training_seats.sign_up(person(inside["muoi"]), session_id)
    work()
    for why in ("", "Gọi 0912 345 678"):
        with pytest.raises(InvalidInput):
            training_commands.cancel_session(mai, session_id, why)
    training_commands.cancel_session(mai, session_id, "Phòng họp đang sửa")
    assert row_of(session_id).why == "Phòng họp đang sửa"
    assert "đã huỷ" in told(inside["muoi"], "training-cancelled")[0]
    assert told(inside["bay"], "training-cancelled") == [] and told(inside["bay"], f"training:{session_id}", True) == []
    with pytest.raises(Conflict):
        training_commands.cancel_session(mai, session_id, "Lần nữa")
    with pytest.raises(Conflict):
        training_seats.sign_up(person(inside["muoi"]), session_id)
    with clock.travel(in_days(4)):
        work()
    assert told(inside["muoi"], "training-near") == [] and told(inside["mai"], "training-mark") == []


# ---- who belongs to a track ----------------------------------------------------------------------------------------


def test_only_grown_ups_of_the_ward_are_put_on_a_track(inside: World) -> None:
    def member(name: str) -> int:
        return db.session.scalars(sa.select(Membership.id).where(Membership.user_id == inside[name])).first() or 0

    mai = person(inside["mai"])
    for name in ("minh", "lan", "hang"):  # of the school, which is none of the ward's staff
        with pytest.raises(NotFound):
            training_commands.assign(mai, inside["phuong"], "quay", [member(name)])
    with pytest.raises(InvalidInput):
        training_commands.assign(mai, inside["phuong"], "khong-co", [member("bay")])
    with pytest.raises(NotFound):
        training_commands.assign(person(inside["muoi"]), inside["phuong"], "quay", [member("bay")])
    assert training_commands.assign(mai, inside["phuong"], "quay", [member("bay")]) == 1
    assert training_commands.assign(mai, inside["phuong"], "quay", [member("bay"), member("muoi")]) == 1
    assert "Phường thêm bạn" in told(inside["bay"])[0] and len(told(inside["bay"])) == 1


def test_who_is_no_active_grown_up_any_more_is_left_out(inside: World) -> None:
    def member(name: str) -> Membership:
        return db.session.scalars(sa.select(Membership).where(Membership.user_id == inside[name])).one()

    mai, gone, here = person(inside["mai"]), member("bay"), member("muoi").id
    gone.state = "ended"
    db.session.commit()
    assert training_commands.assign(mai, inside["phuong"], "quay", [gone.id, here]) == 1
    with pytest.raises(InvalidInput):
        training_commands.assign(mai, inside["phuong"], "quay", [gone.id])
    assert list(db.session.scalars(sa.select(TrainingAssignment.user_id))) == [inside["muoi"]]


def test_many_are_taken_off_by_hand_and_each_act_is_in_the_log(inside: World) -> None:
    ids = [put_on(inside, "bay", "quay"), put_on(inside, "muoi", "quay")]
    session_id = announced(inside, track="quay")
    training_seats.sign_up(person(inside["bay"]), session_id)
    with pytest.raises(NotFound):  # a lead runs no training
        training_commands.unassign(person(inside["muoi"]), inside["phuong"], "quay", ids)
    with pytest.raises(NotFound):  # a member of another place is no row of this table
        training_commands.unassign(
            person(inside["mai"]), inside["phuong"], "quay",
            list(db.session.scalars(sa.select(Membership.id).where(Membership.user_id == inside["minh"]))),
        )  # fmt: skip
    assert training_commands.unassign(person(inside["mai"]), inside["phuong"], "quay", ids) == 2
    assert training_commands.unassign(person(inside["mai"]), inside["phuong"], "quay", ids) == 0
    assert list(seats(session_id).values()) == ["gone"]
    acts = db.session.scalars(sa.select(AuditRow.target).where(AuditRow.action == "unassign_training"))
    assert sorted(acts) == sorted(f"user:{inside[name]}" for name in ("bay", "muoi"))


@pytest.mark.parametrize("by", ["bay", "mai"])
def test_who_is_taken_off_a_track_gives_back_seats_in_its_sessions(inside: World, by: str) -> None:
    put_on(inside, "bay")
    session_id = announced(inside, seats=2)
    for user_id in (inside["bay"], inside["muoi"], *leads(inside, 1)):
        training_seats.sign_up(person(user_id), session_id)
    number = db.session.scalars(sa.select(TrainingAssignment.id)).one()
    with pytest.raises(NotFound):
        training_commands.take_off(person(inside["muoi"]), number)
    training_commands.take_off(person(inside[by]), number)
    assert list(seats(session_id).values()) == ["gone", "in", "in"]
    with pytest.raises(NotFound):
        training_seats.sign_up(person(inside["bay"]), session_id)


def test_who_leaves_the_neighbourhood_leaves_its_training(inside: World) -> None:
    member_id = put_on(inside, "bay")
    session_id = announced(inside)
    training_seats.sign_up(person(inside["bay"]), session_id)
    community.end_member(person(inside["muoi"]), member_id)
    assert seats(session_id) == {inside["bay"]: "gone"}
    assert db.session.scalar(sa.select(TrainingAssignment.id)) is None


def test_a_session_whose_leader_is_suspended_asks_for_another(inside: World) -> None:
    announced(inside, leader_id=inside["muoi"])
    suspensions.suspend(person(inside["admin1"]), inside["muoi"], "Cần làm rõ một việc")
    assert "cần người hướng dẫn khác" in told(inside["mai"])[-1]


def test_the_reminder_of_a_morning_is_not_put_down_for_a_session_of_this_evening(inside: World) -> None:
    session_id = announced(inside, at=clock.now() + timedelta(hours=2))
    training_seats.sign_up(person(inside["muoi"]), session_id)
    with clock.travel(morning(clock.today() + timedelta(days=1))):
        work()
    assert told(inside["muoi"], "training-near") == []


def test_nothing_is_left_of_whose_account_is_erased(inside: World) -> None:
    put_on(inside, "bay")
    led = announced(inside, leader_id=inside["muoi"], seats=2, title="Buổi của bác Mười")
    other = announced(inside, seats=2, at=clock.now() + timedelta(hours=1))
    for user_id in (inside["bay"], *leads(inside, 2)):
        training_seats.sign_up(person(user_id), led)
    with clock.travel(clock.now() + timedelta(hours=2)):
        marks(inside, other, [inside["bay"], inside["muoi"]])
    erase_account(inside["bay"])
    erase_account(inside["muoi"])
    assert list(seats(led).values()) == ["in", "in"]  # the seat went to who waited
    assert list_attendees(other) == set() and db.session.scalar(sa.select(TrainingAssignment.id)) is None
    assert "cần người hướng dẫn khác" in told(inside["mai"], "training-leader")[0]
    assert inside["muoi"] not in {one.id for one in track_members.leaders(unit(inside["phuong"]))}
