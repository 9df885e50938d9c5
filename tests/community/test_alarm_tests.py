"""Test alarms: whom they call and how, who counts as having answered, and that no minor comes in before two have."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tutoring.accounts.models import User
from tutoring.cli.demo.community import make_ready
from tutoring.community import commands
from tutoring.community.alarm_tests.commands import answer_test, civil, people_to_call, start_test
from tutoring.community.alarm_tests.models import AlarmCall, AlarmTest
from tutoring.community.alarm_tests.readiness import newest_of, readiness_of
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.coverage import Hours
from tutoring.community.join_codes.commands import sign_up, use_code
from tutoring.community.memberships import suspensions
from tutoring.community.models import DutyShift, DutySlot, Membership
from tutoring.community.units import mergers
from tutoring.config import ROOT
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage
from tutoring.notifications.delivery.schedule import EVERYBODY
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.queries import EffectivePreferences
from tutoring.notifications.preferences.topics import topic_of
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.alarm_tests import HOLDS, MONTH

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]


@command
def forget() -> None:
    """As before the first test alarm."""
    for table in (AlarmCall, AlarmTest, jobs.Job, Notice):
        db.session.execute(sa.delete(table))


@pytest.fixture
def unready(inside: World) -> World:
    """The school has not sent a test alarm yet."""
    forget()
    return inside


def work_off() -> None:
    while jobs.run_due():
        pass
    db.session.expire_all()


def told(who: Who, name: str) -> list[str]:
    query = sa.select(Notice.key).where(Notice.user_id == who(name).id).order_by(Notice.id)
    return list(db.session.scalars(query))


@command
def staff(admins: tuple[User, User], unit_id: int, role: str, user: User) -> None:
    code = commands.create_code(admins[0], unit_id, role)
    commands.confirm_code(admins[1], code.id)
    use_code(user, code.code)


# ---- who counts -----------------------------------------------------------------------------------------------


def test_the_demonstration_is_ready_by_the_commands_of_everybody(inside: World) -> None:
    for place in ("truong", "lop4a", "lop11a"):
        assert readiness_of(inside[place]).ready
    assert not readiness_of(inside["kp3"]).ready


def test_one_person_who_answers_twice_is_one(unready: World, who: Who) -> None:
    first = start_test(who("quang"), unready["truong"])
    for _twice in range(2):
        answer_test(who("hang"), first.id)
    with clock.travel(clock.now() + timedelta(minutes=11)):
        second = start_test(who("quang"), unready["truong"])
        answer_test(who("hang"), second.id)
        found = readiness_of(unready["truong"])
        assert (found.answered, found.ready) == (1, False)
        answer_test(who("quang"), second.id)
        assert readiness_of(unready["truong"]).ready


def test_whoever_has_left_counts_no_more_and_coordinators_and_those_above_hear(inside: World, who: Who) -> None:
    query = sa.select(Membership.id).where(Membership.user_id == inside["hang"], Membership.role == "teacher")
    commands.end_member(who("quang"), db.session.scalars(query).one(), "Chuyển trường")
    assert readiness_of(inside["truong"]).answered == 1
    for name in ("quang", "admin1"):
        assert any(key.startswith(f"unit-unready:{inside['truong']}:") for key in told(who, name)), name


def test_whoever_is_suspended_counts_no_more(inside: World, who: Who) -> None:
    suspensions.suspend(who("admin1"), inside["hang"], "Cần xem lại")
    assert readiness_of(inside["truong"]).answered == 1
    assert any(key.startswith("unit-unready:") for key in told(who, "quang"))


def test_a_parent_who_also_teaches_and_leaves_as_a_parent_goes_on_to_count(inside: World, who: Who) -> None:
    code = commands.create_code(who("quang"), inside["lop4a"], "parent")
    member = use_code(who("hang"), code.code)
    commands.end_member(who("hang"), member.id)
    assert readiness_of(inside["truong"]).ready
    assert not any(key.startswith("unit-unready:") for key in told(who, "quang"))


def test_readiness_ends_after_thirty_one_days(unready: World, who: Who) -> None:
    begun = clock.now()
    make_ready(unready["truong"], who("quang"), who("hang"), who("quang"))
    with clock.travel(begun + HOLDS - timedelta(minutes=1)):
        assert readiness_of(unready["truong"]).ready
    with clock.travel(begun + HOLDS + timedelta(minutes=1)):
        assert not readiness_of(unready["truong"]).ready and not readiness_of(unready["lop4a"]).ready


def test_a_school_above_does_not_make_a_ward_ready_nor_a_ward_a_school(unready: World, who: Who) -> None:
    for name in ("bay", "muoi"):
        staff((who("admin1"), who("admin2")), unready["phuong"], "coordinator", who(name))
    make_ready(unready["phuong"], who("bay"), who("bay"), who("muoi"))
    assert readiness_of(unready["phuong"]).ready and readiness_of(unready["kp3"]).ready
    assert not readiness_of(unready["truong"]).ready


# ---- whom it calls, and how -----------------------------------------------------------------------------------


def test_a_class_with_a_rota_of_its_own_is_tried_by_itself(unready: World, who: Who) -> None:
    school, room = unready["truong"], unready["lop4a"]
    assert readiness_of(room).unit.id == school
    duty_commands.add_slot(who("quang"), room, unready["hang"], 0, 0, 1440)
    assert readiness_of(room).unit.id == room
    make_ready(room, who("quang"), who("hang"), who("quang"))
    assert readiness_of(room).ready and not readiness_of(school).ready and not readiness_of(unready["lop6a"]).ready


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


def test_it_calls_those_on_duty_and_where_they_are_few_all_who_may_watch(inside: World, who: Who) -> None:
    assert people_to_call(inside["truong"]) == (sorted([inside["quang"], inside["hang"]]), [])
    nobody_on_duty()
    duty, others = people_to_call(inside["truong"])
    assert (duty, set(others)) == ([], {inside["quang"], inside["hang"]})


class Out:
    """A way out that notes what goes through it."""

    name = "sms"

    def __init__(self) -> None:
        self.sent: list[tuple[int, OutgoingMessage]] = []

    def ready(self) -> bool:
        return True

    def reaches(self, _person: User) -> bool:
        return True

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        self.sent.append((person.id, letter))


def test_it_goes_out_by_the_ways_of_an_alarm_and_says_that_it_is_a_test(
    unready: World, who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Out()
    monkeypatch.setitem(CHANNELS, "sms", out)
    night = clock.local(clock.now()).replace(hour=23, minute=30) + timedelta(days=1)
    with clock.travel(night):
        made = start_test(who("quang"), unready["truong"])
        assert [topic_of(key) for key in told(who, "hang")] == ["alarm-test"]
        work_off()
    assert {id for id, _letter in out.sent} == {unready["hang"], unready["quang"]}
    assert {letter.path for _id, letter in out.sent} == {f"/alarm-tests/{made.id}"}
    assert all("THỬ" in letter.lines[0] and "không có ai gặp nguy hiểm" in letter.lines[0] for _id, letter in out.sent)


def test_who_is_not_on_duty_is_called_as_chosen_for_real_danger() -> None:
    night = clock.local(clock.now()).replace(hour=23, minute=30)
    chosen = EffectivePreferences(EVERYBODY, True, picked={"danger": {"sms": False}})
    assert [chosen.goes("danger-test", way) for way in ("mail", "push", "sms")] == [True, True, False]
    assert chosen.quiet_now(night, "danger-test") and not chosen.quiet_now(night, "alarm-test")
    assert all(chosen.goes("alarm-test", way) for way in ("mail", "push", "sms"))


def test_the_next_one_takes_the_place_of_the_one_before_and_waits_no_more_for_whoever_answered(
    unready: World, who: Who
) -> None:
    def unread(name: str) -> list[str]:
        query = sa.select(Notice.path).where(Notice.user_id == who(name).id, Notice.read_at.is_(None))
        return [path for path in db.session.scalars(query) if path.startswith("/alarm-tests/")]

    start_test(who("quang"), unready["truong"])
    with pytest.raises(Conflict):
        start_test(who("quang"), unready["truong"])  # it was sent a moment ago
    with clock.travel(clock.now() + timedelta(minutes=11)):
        made = start_test(who("quang"), unready["truong"])
        assert unread("hang") == [f"/alarm-tests/{made.id}"]
        answer_test(who("hang"), made.id)
        assert unread("hang") == [] and unread("quang") != []


def test_three_a_day_leave_short_messages_for_real_alarms(unready: World, who: Who) -> None:
    begun = clock.now()
    for number in range(3):
        with clock.travel(begun + number * timedelta(minutes=11)):
            start_test(who("quang"), unready["truong"])
    with clock.travel(begun + timedelta(hours=1)), pytest.raises(Conflict, match="3 báo động thử"):
        start_test(who("quang"), unready["truong"])
    with clock.travel(begun + timedelta(hours=25)):
        start_test(who("quang"), unready["truong"])


def test_where_nobody_may_watch_it_says_so(inside: World, who: Who) -> None:
    with pytest.raises(Conflict, match="mời ít nhất hai người"):
        start_test(who("muoi"), inside["kp3"])


def test_only_whoever_plans_the_duty_sends_one_and_only_who_was_called_answers(unready: World, who: Who) -> None:
    with pytest.raises(NotFound):
        start_test(who("hang"), unready["truong"])
    made = start_test(who("quang"), unready["truong"])
    with pytest.raises(NotFound):
        answer_test(who("mai"), made.id)
    with clock.travel(clock.now() + timedelta(hours=25)), pytest.raises(Conflict):
        answer_test(who("hang"), made.id)


# ---- by itself ------------------------------------------------------------------------------------------------


def sent_alone(unit_id: int) -> list[AlarmTest]:
    query = sa.select(AlarmTest).where(AlarmTest.unit_id == unit_id, AlarmTest.by_id.is_(None))
    return list(db.session.scalars(query.order_by(AlarmTest.id)))


def test_one_goes_out_by_itself_a_week_and_three_days_before_readiness_ends(unready: World, who: Who) -> None:
    school = unready["truong"]
    make_ready(school, who("quang"), who("hang"), who("quang"))
    until = readiness_of(school).until
    assert until is not None
    with clock.travel(until - timedelta(days=8, hours=12)):
        work_off()
        assert sent_alone(school) == []
    for days, count in ((6.0, 1), (5.0, 1), (2.0, 2)):
        with clock.travel(until - timedelta(days=days)):
            work_off()
            assert len(sent_alone(school)) == count, days
    [first, second] = sent_alone(school)
    with clock.travel(until + timedelta(minutes=1)):
        work_off()
        assert {"quang", "admin1"} <= {
            name for name in ("quang", "admin1", "hang") if any(k.startswith("unit-unready:") for k in told(who, name))
        }
    assert first.id < second.id


def test_answers_in_time_move_the_end_and_nothing_more_goes_out(unready: World, who: Who) -> None:
    school = unready["truong"]
    make_ready(school, who("quang"), who("hang"), who("quang"))
    until = readiness_of(school).until
    assert until is not None
    with clock.travel(until - timedelta(days=6)):
        work_off()
        [alone] = sent_alone(school)
        for name in ("hang", "quang"):
            answer_test(who(name), alone.id)
    with clock.travel(until + timedelta(days=1)):
        work_off()
        assert len(sent_alone(school)) == 1 and readiness_of(school).ready
        assert not any(key.startswith("unit-unready:") for key in told(who, "quang"))


def test_a_month_after_one_that_nobody_answered_the_next_goes_out(unready: World, who: Who) -> None:
    begun = clock.now()
    start_test(who("quang"), unready["truong"])
    with clock.travel(begun + MONTH - timedelta(days=1)):
        work_off()
        assert sent_alone(unready["truong"]) == []
    for month in (1, 2):
        with clock.travel(begun + month * (MONTH + timedelta(days=2))):
            work_off()
            assert len(sent_alone(unready["truong"])) == month


@pytest.mark.parametrize(
    ("opens", "closes", "hour"), [(0, 1440, 9), (390, 1290, 9), (17 * 60, 21 * 60, 17), (300, 420, 7), (1320, 1440, 20)]
)
def test_it_goes_out_at_a_civil_hour_of_the_unit(opens: int, closes: int, hour: int) -> None:
    moment = clock.now()
    at = clock.local(civil(moment, Hours(opens, closes)))
    assert (at.hour, at.minute, at.date()) == (hour, 0, clock.local(moment).date())


# ---- what readiness stops -------------------------------------------------------------------------------------


def _waits(user: User, unit_id: int) -> Membership:
    query = sa.select(Membership).where(Membership.user_id == user.id, Membership.unit_id == unit_id)
    return db.session.scalars(query.order_by(Membership.id.desc())).first() or pytest.fail("no membership")


def _new_child(who: Who, unit_id: int) -> Membership:
    year = clock.today().year
    child = commands.add_child(who("lan"), unit_id, "Bống", 4, year - 9, "mẹ", HELP_PURPOSES)
    return _waits(child, unit_id)


def _by_guardian(who: Who, world: World) -> Membership:
    return _new_child(who, world["lop4a"])


def _by_guardian_at_the_school(who: Who, world: World) -> Membership:
    code = commands.create_code(who("quang"), world["truong"], "parent")
    use_code(who("lan"), code.code)
    return _new_child(who, world["truong"])


def _by_signing_up(who: Who, world: World) -> Membership:
    code = commands.create_code(who("hang"), world["lop11a"], "learner", 5)
    user = sign_up(
        code.code, "Trần Thị Na", "bốn từ dễ nhớ", birth_year=clock.today().year - 17, guardian_name="Bà Tư",
        guardian_contact="0912345678", purposes=HELP_PURPOSES,
    )  # fmt: skip
    return _waits(user, world["lop11a"])


def _by_a_further_code(who: Who, world: World) -> Membership:
    code = commands.create_code(who("hang"), world["lop6a"], "learner", 5)
    return use_code(who("an"), code.code)


def _by_coming_back(who: Who, world: World) -> Membership:
    member = _waits(who("an"), world["lop4a"])
    commands.end_member(who("hang"), member.id, "Chuyển lớp")
    code = commands.create_code(who("hang"), world["lop4a"], "learner", 5)
    return use_code(who("an"), code.code)


DOORS = [_by_guardian, _by_guardian_at_the_school, _by_signing_up, _by_a_further_code, _by_coming_back]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_is_closed_before_two_have_answered_and_open_after(
    unready: World, who: Who, door: Callable[[Who, World], Membership]
) -> None:
    member = door(who, unready)
    before = (member.state, member.user.state)
    assert before[0] == "waiting"
    with pytest.raises(Conflict, match="0 trên 2 người") as refused:
        commands.confirm_member(who("quang"), member.id)
    assert refused.value.code == "not_ready"
    db.session.expire_all()
    assert (member.state, member.user.state) == before  # nothing is lost
    made = start_test(who("quang"), unready["truong"])
    answer_test(who("hang"), made.id)
    with pytest.raises(Conflict, match="1 trên 2 người"):
        commands.confirm_member(who("quang"), member.id)
    answer_test(who("quang"), made.id)
    assert commands.confirm_member(who("quang"), member.id).state == "active"
    assert member.user.state == "active"


def test_so_it_is_in_a_neighbourhood_by_the_duty_of_its_ward(unready: World, who: Who) -> None:
    admins = who("admin1"), who("admin2")
    code = commands.create_code(who("muoi"), unready["kp3"], "parent")
    use_code(who("lan"), code.code)
    member = _new_child(who, unready["kp3"])
    with pytest.raises(Conflict):
        commands.confirm_member(who("muoi"), member.id)
    for name in ("bay", "mai"):
        staff(admins, unready["phuong"], "coordinator", who(name))
    make_ready(unready["phuong"], who("bay"), who("bay"), who("mai"))
    assert commands.confirm_member(who("muoi"), member.id).state == "active"


def test_grown_ups_come_in_as_before(unready: World, who: Who) -> None:
    code = commands.create_code(who("hang"), unready["lop4a"], "parent")
    assert use_code(who("bay"), code.code).state == "active"
    grown = commands.create_code(who("hang"), unready["lop11a"], "learner")
    user = sign_up(grown.code, "Lê Văn Lớn", "bốn từ dễ nhớ", birth_year=clock.today().year - 20)
    assert commands.confirm_member(who("quang"), _waits(user, unready["lop11a"]).id).state == "active"


def test_who_is_there_already_goes_on_as_before(unready: World, who: Who) -> None:
    asked = requests_commands.ask_for_help(who("minh"), who("minh"), topics("vi")[0][0])
    offers_commands.claim(who("khoa"), asked.id)
    requests_commands.answer(who("minh"), asked.id, "accept")
    assert asked.room_id is not None


def test_pupils_of_a_unit_that_becomes_part_of_another_are_in_already(unready: World, who: Who) -> None:
    waiting = _by_guardian(who, unready)
    command(mergers.plan_merger)(None, "demo-lop4a", "demo-lop6a", clock.today() + timedelta(days=1))
    with clock.travel(clock.now() + timedelta(days=2)):
        work_off()
        assert _waits(who("an"), unready["lop6a"]).state == "active"
        moved = _waits(waiting.user, unready["lop6a"])
        with pytest.raises(Conflict) as refused:
            commands.confirm_member(who("quang"), moved.id)
    assert refused.value.code == "not_ready"


def test_nothing_else_makes_a_membership_active() -> None:
    """A new door would be one that asks nobody: units that become part of others move those who are in already, and a
    code lets grown-ups in alone (a minor waits). Confirmed cards of a class ask once for the class. A year's end
    takes memberships to the next class in the state that they had, and its job only ends some."""
    made = re.compile(r"(?<!class )\bMembership\(|(?:update|insert)\(Membership\)|\bmember\.state\b[^=\n]* = ")
    found = {
        path.relative_to(ROOT / "tutoring").as_posix()
        for path in (ROOT / "tutoring").rglob("*.py") if made.search(path.read_text("utf-8"))
    }  # fmt: skip
    assert found == {
        "community/class_cards/confirmation.py", "community/commands.py", "community/join_codes/commands.py",
        "community/units/mergers.py", "community/year_ends/commands.py", "community/year_ends/jobs.py",
    }  # fmt: skip


def test_who_may_confirm_hears_once_the_unit_is_ready(unready: World, who: Who) -> None:
    _by_guardian(who, unready)
    make_ready(unready["truong"], who("quang"), who("hang"), who("quang"))
    assert f"unit-ready:{unready['lop4a']}:waiting" in told(who, "hang")
    assert any(key.startswith(f"unit-ready:{unready['truong']}:") for key in told(who, "quang"))


# ---- pages ----------------------------------------------------------------------------------------------------


def test_one_tap_answers_and_the_duty_page_says_who_and_how_quickly(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        forget()
    quang, hang = as_("quang"), as_("hang")
    duty = f"/units/{world['truong']}/duty"
    assert "Gửi báo động thử ngay" in quang.get(duty).text and "Gửi báo động thử ngay" not in hang.get(duty).text
    sent = quang.post(f"/units/{world['truong']}/alarm-tests")
    assert sent.status_code == 302
    with app.app_context():
        newest = newest_of(world["truong"])
        assert newest is not None
        path = f"/alarm-tests/{newest.id}"
    page = quang.get(duty).text
    assert "Chưa ai trả lời?" in page and page.count("chưa trả lời") == 2
    asked = hang.get(path).text
    assert "không có ai gặp nguy hiểm" in asked and f'action="{path}/answer"' in asked
    with clock.travel(clock.now() + timedelta(minutes=4)):
        assert "4 phút" in hang.post(f"{path}/answer", follow_redirects=True).text
    page = quang.get(duty).text
    assert "trả lời sau 4 phút" in page and "Chưa ai trả lời?" not in page
    assert as_("mai").get(path).status_code == 404
    assert as_("minh").get(path).status_code == 404
    assert "vừa gửi lúc" in quang.post(f"/units/{world['truong']}/alarm-tests", follow_redirects=True).text


def test_staff_read_why_not_yet_and_whoever_may_is_led_to_the_button(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        forget()
        member = _by_guardian(lambda name: person(world[name]), world).id
    button = f'href="/units/{world["truong"]}/duty#alarm-tests"'
    for path in (f"/members/{member}/confirm", f"/members/{member}", f"/units/{world['lop4a']}"):
        mine, teachers = as_("quang").get(path).text, as_("hang").get(path).text
        assert "mới có 0 trên 2 người" in mine and button in mine, path
        assert "mới có 0 trên 2 người" in teachers and button not in teachers, path
    refused = as_("hang").post(f"/members/{member}/confirm")
    assert refused.status_code == 409 and "Điều phối viên mở Lịch trực của Trường Minh Hoạ" in refused.text


def test_families_read_that_the_school_is_setting_up_and_nothing_is_lost(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        forget()
        who: Who = lambda name: person(world[name])  # noqa: E731
        child = _by_guardian(who, world).user_id
        code = commands.create_code(who("hang"), world["lop6a"], "learner", 5).code
    says = "đang chuẩn bị người trực"
    assert says in as_("lan").get(f"/children/{child}").text
    assert "đã lưu" in as_("an").post(f"/join/{code}", follow_redirects=True).text
    assert says in as_("khoa").get("/account").text or says in as_("an").get("/account").text
    with app.app_context():
        make_ready(world["truong"], who("quang"), who("hang"), who("quang"))
    assert says not in as_("lan").get(f"/children/{child}").text


def test_a_pupil_who_waits_reads_it_on_the_start_page(app: Flask, world: World) -> None:
    with app.app_context():
        forget()
        who: Who = lambda name: person(world[name])  # noqa: E731
        child = _by_guardian(who, world).user_id
    pupil = client_of(app, child)
    page = pupil.get("/").text
    assert "đang chờ thầy cô" in page and "đang chuẩn bị người trực" in page and "em không cần làm lại" in page
    with app.app_context():
        make_ready(world["truong"], who("quang"), who("hang"), who("quang"))
    page = pupil.get("/").text
    assert "đang chờ thầy cô" in page and "đang chuẩn bị người trực" not in page


def test_the_first_steps_of_staff_hold_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        forget()
    for name in ("quang", "hang"):
        assert "Hai người trả lời báo động thử" in as_(name).get("/").text


def test_a_place_without_children_says_nothing_of_it_but_to_whoever_plans_its_duty(world: World, as_: As) -> None:
    duty = f"/units/{world['kp3']}/duty"
    assert "Báo động thử" not in as_("mai").get(duty).text
    page = as_("muoi").get(duty).text
    assert "Gửi báo động thử ngay" in page and "mới có 0 người trông được trẻ em" in page
    assert (
        "Hãy mời ít nhất hai người"
        in as_("muoi").post(f"/units/{world['kp3']}/alarm-tests", follow_redirects=True).text
    )
