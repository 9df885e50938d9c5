"""What goes out besides the inbox: by which way, when, once, again, and given up. The mail server is a real one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import smtp_server
from tests.factories import World, person
from tests.swapped import swapped
from tutoring.kernel import clock, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.jobs import LEASE, Job, run_due
from tutoring.kernel.mail import OutgoingMail
from tutoring.notifications.delivery import failures, planner_jobs, sender_jobs
from tutoring.notifications.delivery.schedule import PUPILS, Quiet
from tutoring.notifications.inbox import commands
from tutoring.notifications.models import ChannelFailure, Notice, NoticeDelivery
from tutoring.notifications.preferences.commands import Typed, choose
from tutoring.notifications.preferences.queries import chosen_of

NOON = datetime(2026, 11, 4, 5, 0, tzinfo=UTC)  # Wednesday, twelve o'clock in Vietnam
NIGHT = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)  # ten in the evening
MORNING = datetime(2026, 11, 4, 23, 30, tzinfo=UTC)  # half past six on Thursday
SOON = timedelta(minutes=3)
TO = "lan@example.vn"


@command
def _has_mail(user_id: int, address: str | None) -> None:
    person(user_id).email = address


@pytest.fixture
def lan(app: Flask, world: World, office: smtp_server.Office) -> Iterator[int]:
    with app.app_context():
        _clear()
        _has_mail(world["lan"], TO)
        yield world["lan"]
        db.session.remove()


@command
def _clear() -> None:
    db.session.execute(sa.delete(Job))
    db.session.execute(sa.delete(Notice))


def work_off(limit: int = 200) -> None:
    while run_due(limit):
        pass


def ends() -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(one.state, one.why) for one in db.session.scalars(sa.select(NoticeDelivery).order_by(NoticeDelivery.id))]


def test_an_urgent_notice_goes_at_once_and_says_nothing_of_whom_or_what(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NOON):
        say = "%(helper)s sẵn sàng giúp bạn. Mở để xem và trả lời."
        commands.notify(lan, "claimed:7:9", say, "/requests/7", helper="Khoa Nguyễn")
        work_off()
    [letter] = office.letters
    assert office.received == [(TO,)]
    assert letter["Subject"] == "Có người trả lời yêu cầu của bạn"
    plain, pretty = (letter.get_body(kind).get_content() for kind in (("plain",), ("html",)))
    for part in (plain, pretty):
        assert "/requests/7" in part and "Có người trả lời yêu cầu của bạn." in part and "Chào" in part
        assert "Khoa" not in part and "sẵn sàng" not in part
    assert "http://localhost/requests/7" in pretty and "src=" not in pretty and "url(" not in pretty
    assert letter.get_content_type() == "multipart/alternative"
    assert ends() == [("sent", "")]


def test_several_that_are_not_urgent_become_one_letter(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NOON):
        for number in range(2):
            commands.notify(lan, f"later:{number}", "Chưa có ai nhận ngay.", f"/requests/{number}")
        commands.notify(lan, "helper:1", "Bạn được giúp người khác.", "/helping")
        work_off()
        assert not office.letters
    with clock.travel(NOON + SOON):
        work_off()
    [letter] = office.letters
    assert letter["Subject"] == "Bạn có 3 thông báo mới"
    text = letter.get_body(("plain",)).get_content()
    assert "- Có tin về yêu cầu của bạn (2)." in text and "- Có tin về việc bạn giúp người khác." in text
    assert "http://localhost/notices\n" in text
    assert ends() == [("sent", "")] * 3


def test_nothing_goes_out_in_quiet_hours_and_all_of_it_in_one_letter_when_they_end(
    lan: int, office: smtp_server.Office
) -> None:
    with clock.travel(NIGHT):
        commands.notify(lan, "claimed:7:9", "a")
        commands.notify(lan, "later:7", "b")
        work_off()
    with clock.travel(MORNING - timedelta(minutes=1)):
        work_off()
        assert not office.letters
    with clock.travel(MORNING):
        work_off()
    assert [letter["Subject"] for letter in office.letters] == ["Bạn có 2 thông báo mới"]


def test_work_that_comes_late_does_not_break_the_quiet_hours(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(datetime(2026, 11, 4, 13, 59, tzinfo=UTC)):  # a minute before nine; no worker lives
        commands.notify(lan, "claimed:7:9", "a")
    with clock.travel(NIGHT):
        work_off()
        assert not office.letters
    with clock.travel(MORNING):
        work_off()
    assert len(office.letters) == 1


def test_what_was_read_settled_or_taken_away_goes_nowhere(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NIGHT):
        for number, key in enumerate(("claimed:1:1", "claimed:2:2", "group-post:3", "later:4")):
            commands.notify(lan, key, "a", f"/x/{number}")
        work_off()
        commands.mark_handled("claimed:1:1")
        commands.mark_handled(path="/x/1")
        commands.retract("group-post:3")
        commands.read_all(person(lan))
    with clock.travel(MORNING):
        work_off()
    assert not office.letters
    assert ends() == [("dropped", "read")] * 3


def test_what_came_after_something_that_was_taken_away_goes_out_all_the_same(
    lan: int, world: World, office: smtp_server.Office
) -> None:
    _has_mail(world["hang"], "hang@example.vn")
    with clock.travel(NIGHT):
        commands.notify(lan, "group-post:3", "a")
        choose(person(lan), Typed(picked={"groups": {"mail": True}}))
        work_off()
        commands.retract("group-post:3")  # on SQLite the next row gets its number
        commands.notify(world["hang"], "later:4", "b")
        work_off()
    with clock.travel(MORNING):
        work_off()
    assert office.received == [("hang@example.vn",)]


def test_the_letter_of_the_day_takes_what_was_told_before_its_hour_however_late_it_is_planned(
    lan: int, office: smtp_server.Office
) -> None:
    with clock.travel(NOON):
        choose(person(lan), Typed(how="weekly", hour=12))
    sunday = NOON + timedelta(days=4)
    with clock.travel(sunday - timedelta(seconds=1)):
        commands.notify(lan, "later:7", "a")
    with clock.travel(sunday + timedelta(minutes=5)):
        work_off()
    assert len(office.letters) == 1 and ends() == [("sent", "")]


def test_a_reminder_of_a_time_that_moved_is_settled_for_those_whom_it_concerned(
    lan: int, world: World, office: smtp_server.Office
) -> None:
    with clock.travel(NIGHT):
        for user_id in (lan, world["hang"]):
            for key in ("meeting-near:7:202611050900:24", "meeting-near:71:202611050900:24"):
                commands.notify(user_id, key, "a")
        commands.settle_of([lan], "meeting-near:7:")
        work_off()
    left = sa.select(Notice.user_id, Notice.key).where(Notice.read_at.is_not(None))
    assert db.session.execute(left).all() == [(lan, "meeting-near:7:202611050900:24")]
    with clock.travel(MORNING):
        work_off()
    assert office.received == [(TO,)]  # the other one


def test_what_is_over_goes_nowhere_but_the_inbox(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NIGHT):
        commands.notify(lan, "near:7:x:1", "Một giờ nữa có buổi học", worth_until=clock.now() + timedelta(hours=1))
        work_off()
    with clock.travel(MORNING):
        work_off()
    assert not office.letters and ends() == [("dropped", "late")]


def test_a_notice_that_comes_back_goes_out_again_under_another_key(lan: int, office: smtp_server.Office) -> None:
    for hours in (0, 1):
        with clock.travel(NOON + timedelta(hours=hours)):
            commands.notify(lan, "claimed:7:9", "a", again=True)
            commands.notify(lan, "claimed:7:9", "a", again=True)  # it waits already: once is enough
            work_off()
            commands.read_all(person(lan))
    assert len(office.letters) == 2
    assert len({letter["Message-ID"] for letter in office.letters}) == 2


def test_a_worker_that_dies_after_sending_sends_the_same_letter_once_more(
    lan: int, office: smtp_server.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_args: object) -> None:
        raise Killed

    with clock.travel(NOON):
        commands.notify(lan, "claimed:7:9", "a")
        run_due(1)  # planned
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(sender_jobs, "_sent", dies)
            run_due(1)
        db.session.rollback()
        assert ends() == [("waiting", "")]
        commands.notify(lan, "offer:8", "b")  # what comes in between travels in a letter of its own
        work_off()
    with clock.travel(NOON + LEASE + timedelta(seconds=1)):
        work_off()
    ids = [letter["Message-ID"] for letter in office.letters]
    assert len(ids) == 3 and len(set(ids)) == 2 and ids[0] == ids[2]
    assert ends() == [("sent", "")] * 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2


def test_an_address_that_is_refused_for_good_is_given_up_at_once_and_left_alone(
    lan: int, office: smtp_server.Office
) -> None:
    office.answers[TO] = "550 no such user"
    with clock.travel(NOON):
        commands.notify(lan, "claimed:7:9", "a")
        work_off()
        commands.notify(lan, "claimed:8:9", "a")
        work_off()
        assert [row.why for row in failures.troubles_of(person(lan))] == ["unreachable"]
        assert failures.counts(NOON - timedelta(days=1))["mail"] == {"failed": 2, "unreached": 1}
        office.answers.clear()
        failures.try_again(person(lan), "mail")
        commands.notify(lan, "claimed:9:9", "a")
        work_off()
    assert ends() == [("failed", "unreachable")] * 2 + [("sent", "")]
    assert len(office.letters) == 1


def test_an_alarm_and_danger_are_tried_at_an_address_that_was_refused(lan: int, office: smtp_server.Office) -> None:
    office.answers[TO] = "550 no such user"
    with clock.travel(NOON):
        commands.notify(lan, "claimed:7:9", "a")
        work_off()
        office.answers.clear()
        for key in ("alarm:1", "case:2:S0"):
            commands.notify(lan, key, "a")
        commands.notify(lan, "claimed:8:9", "a")
        work_off()
    assert sorted(ends()) == [("failed", "unreachable")] * 2 + [("sent", "")] * 2


def test_another_address_is_tried_although_the_one_before_was_refused(lan: int, office: smtp_server.Office) -> None:
    office.answers[TO] = "550 no such user"
    with clock.travel(NOON):
        commands.notify(lan, "claimed:7:9", "a")
        work_off()
        _has_mail(lan, "lan.moi@example.vn")
        commands.notify(lan, "claimed:8:9", "a")
        work_off()
        assert not failures.troubles_of(person(lan))
    assert office.received == [("lan.moi@example.vn",)]


def test_a_server_that_is_busy_is_asked_again_with_the_same_letter(lan: int, office: smtp_server.Office) -> None:
    office.answers[TO] = "451 come back later"
    with clock.travel(NOON):
        commands.notify(lan, "claimed:7:9", "a")
        work_off()
    with clock.travel(NOON + timedelta(seconds=61)):
        office.answers.clear()
        work_off()
    assert len(office.letters) == 1 and ends() == [("sent", "")]
    assert not db.session.scalars(sa.select(ChannelFailure)).all()


def test_after_the_last_try_it_is_given_up_and_shown(lan: int, office: smtp_server.Office) -> None:
    office.answers[TO] = "451 come back later"
    moment = NOON
    with clock.travel(moment):
        commands.notify(lan, "claimed:7:9", "a")
    for _ in range(40):
        with clock.travel(moment):
            work_off()
        moment += timedelta(hours=1)
    assert ends() == [("failed", "tries")]
    assert [row.why for row in failures.troubles_of(person(lan))] == ["tries"]


def test_what_lost_its_work_is_found_by_the_sweep(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NOON):
        commands.notify(lan, "claimed:7:9", "a")
        run_due(1)
        _kill_work()
        commands.notify(lan, "claimed:8:9", "a")
        _fail_work()
    with clock.travel(NOON + timedelta(hours=20)):
        _sweep()
        work_off()
    assert ends() == [("sent", "")] * 2


@command
def _kill_work() -> None:
    db.session.execute(sa.delete(Job))


@command
def _fail_work() -> None:
    db.session.execute(sa.update(Job).values(failed_at=clock.now()))


@command
def _sweep() -> None:
    planner_jobs.sweep({})


def test_one_letter_a_day_takes_all_but_what_is_urgent(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NOON):
        choose(person(lan), Typed(how="daily", hour=18))
        commands.notify(lan, "later:7", "a")
        commands.notify(lan, "helper:1", "a")
        commands.notify(lan, "claimed:7:9", "a")
        work_off()
        assert len(office.letters) == 1
    with clock.travel(NOON + timedelta(hours=6)):
        work_off()
    assert [letter["Subject"] for letter in office.letters][1:] == ["Bạn có 2 thông báo mới"]


def test_what_somebody_does_not_want_does_not_go_even_if_they_say_so_late(lan: int, office: smtp_server.Office) -> None:
    with clock.travel(NOON):
        commands.notify(lan, "later:7", "a")
        run_due(1)
        choose(person(lan), Typed(picked={"request": {"mail": False}}))
        commands.notify(lan, "later:8", "a")
    with clock.travel(NOON + SOON):
        work_off()
    assert not office.letters and ends() == [("dropped", "off")]


def test_danger_reaches_whoever_asked_for_it_at_night_and_nobody_else(
    lan: int, world: World, office: smtp_server.Office
) -> None:
    _has_mail(world["hang"], "hang@example.vn")
    with clock.travel(NIGHT):
        choose(person(world["hang"]), Typed(woken=True))
        for user_id in (lan, world["hang"]):
            commands.notify(user_id, "case:1:S0", "a", "/desk/cases/1")
            commands.notify(user_id, "claimed:7:9", "a")
        work_off()
    assert office.received == [("hang@example.vn",)]


def test_telling_many_costs_one_statement_more_and_is_planned_in_pages(
    lan: int, world: World, office: smtp_server.Office, queries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner_jobs, "PORTION", 2)
    for name in ("hang", "quang", "muoi", "bay"):
        _has_mail(world[name], f"{name}@example.vn")
    names = ("hang", "quang", "muoi", "bay", "lan", "minh")
    people = sa.select(sa.column("id")).select_from(sa.text('"user"')).where(
        sa.column("id").in_([world[name] for name in names])
    )  # fmt: skip
    with clock.travel(NOON):
        queries.clear()
        commands.notify_many(people, "waiting:1:2", "a", "/x")
        assert len([line for line in queries if line.startswith(("INSERT", "SELECT"))]) == 3
        work_off()
    with clock.travel(NOON + SOON):
        work_off()
    assert sorted(office.received) == [(f"{name}@example.vn",) for name in ("bay", "hang", "lan", "muoi", "quang")]


def test_telling_costs_two_statements_and_one_where_there_is_no_other_way(
    app: Flask, lan: int, queries: list[str]
) -> None:
    costs = []
    for url in ("smtp://127.0.0.1:1", None):
        queries.clear()
        with swapped(app, outgoing_mail=OutgoingMail(url, "hoc@example.vn")):
            commands.notify(lan, f"claimed:{url}", "a")
        costs.append(len([line for line in queries if not line.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]))
    assert costs == [2, 1]


def test_everybodys_quiet_hours_are_a_setting_and_those_of_pupils_are_not(lan: int, world: World) -> None:
    kernel_site_settings.put(person(world["admin1"]), "quiet_from", 20 * 60, "Mùa đông")
    try:
        assert chosen_of(person(lan)).quiet.start == 20 * 60
        assert chosen_of(person(world["minh"])).quiet == PUPILS
        choose(person(lan), Typed(quiet=Quiet(22 * 60, 5 * 60)))
        assert chosen_of(person(lan)).quiet == Quiet(22 * 60, 5 * 60)
        with pytest.raises(InvalidInput):
            kernel_site_settings.put(person(world["admin1"]), "quiet_from", 2 * 60, "Nhầm")
    finally:
        overrides.forget()
