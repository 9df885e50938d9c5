"""A guardian's week: one notice on Sunday evening for all children, with times, names and counts and never a word."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests import smtp_server
from tests.factories import World, person
from tests.rooms.conftest import LESSON, new_id, open_pair
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate
from tests.swapped import swapped
from tutoring.accounts.models import Guardian
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.kernel.mail import OutgoingMail
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.models import Notice
from tutoring.notifications.weekly_digest import jobs as weekly_digest_jobs
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
WEDNESDAY = datetime(2026, 11, 4, 12, tzinfo=UTC)  # seven in the evening in Vietnam
SUNDAY = datetime(2026, 11, 8, 11, tzinfo=UTC)


def told(user_id: int) -> list[Notice]:
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith("week:")).order_by(Notice.id)
    return list(db.session.scalars(query))


def work_off() -> None:
    while jobs.run_due(50):
        pass


def session(world: World) -> int:
    room_id = open_pair(world)
    for name in ("minh", "khoa"):
        presence_commands.visit(person(world[name]), room_id)
    messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Em không thấy nút vào lớp")
    messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Số mẹ em là 0912345678")
    messages_commands.post_message(person(world["khoa"]), room_id, new_id(), "Em bấm nút xanh nhé")
    return room_id


def test_one_notice_on_sunday_evening_for_all_children(inside: World) -> None:
    with clock.travel(WEDNESDAY):
        session(inside)
        an = [(inside["an"], "learner"), (inside["khoa"], "helper")]
        other = sessions_commands.open_room(inside["lop4a"], an, "join-class", minors=True, observed=True).id
        presence_commands.visit(person(inside["an"]), other)
    with clock.travel(SUNDAY - timedelta(minutes=1)):
        work_off()
        assert told(inside["lan"]) == []
    with clock.travel(SUNDAY + timedelta(minutes=1)):
        work_off()
        (notice,) = told(inside["lan"])
        assert notice.params == {"children": "An, Minh", "sessions": 2, "messages": 2}
        assert notice.path == f"/children/{inside['an']}/week?from=2026-11-02"
        work_off()
    keys = list(db.session.scalars(sa.select(Job.key).where(Job.key.startswith("week")).order_by(Job.key)))
    assert keys == [f"week:{inside['lan']}:2026-11-02", "weeks:2026-11-02:0", "weeks:2026-11-09:0"]


def test_a_week_without_anything_tells_nobody_and_the_next_one_is_looked_at_all_the_same(inside: World) -> None:
    with clock.travel(WEDNESDAY):
        session(inside)
    for days, count in ((0, 1), (7, 1), (14, 1)):
        with clock.travel(SUNDAY + timedelta(days=days, minutes=1)):
            work_off()
            assert len(told(inside["lan"])) == count
    assert db.session.scalar(sa.select(Job.id).where(Job.key == "weeks:2026-11-23:0")) is not None


def test_the_work_goes_on_where_it_stopped(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly_digest_jobs, "PORTION", 1)
    _guards(inside["bay"], inside["minh"])
    with clock.travel(WEDNESDAY):
        session(inside)
    with clock.travel(SUNDAY + timedelta(minutes=1)):
        work_off()
        assert len(told(inside["bay"])) == len(told(inside["lan"])) == 1


@command
def _guards(guardian_id: int, child_id: int, confirmed: bool = True) -> None:
    at = clock.now() if confirmed else None
    db.session.add(Guardian(guardian_id=guardian_id, child_id=child_id, confirmed_at=at))


def test_the_page_names_times_partners_and_counts_and_no_word(app: Flask, world: World, as_: As) -> None:
    with clock.travel(WEDNESDAY):
        with app.app_context():
            session(world)
            lop6 = persistent_rooms_commands.open_lasting(person(world["hang"]), world["lop6a"], "class").id
            for pupil in (classmate(world, "Tâm"), world["minh"]):
                persistent_rooms_commands.take_seat(person(pupil), lop6)
            messages_commands.post_message(person(world["minh"]), lop6, new_id(), "Em chào cả lớp")
        lan = as_("lan")
        assert f"/children/{world['minh']}/week" in lan.get(f"/children/{world['minh']}").text
        page = lan.get(f"/children/{world['minh']}/week").text
    assert "19:00" in page and "Cùng với: Em Khoa" in page and "Con viết 2 tin" in page
    assert "1 tin có phần được che" in page and "Phòng chung của lớp" in page and "Con viết 1 tin" in page
    for words in ("nút vào lớp", "0912", "nút xanh", "chào cả lớp"):
        assert words not in page
    with clock.travel(WEDNESDAY + timedelta(days=7)):
        lan = as_("lan")
        assert "chưa có buổi học nào" in lan.get(f"/children/{world['minh']}/week").text
        assert "Con viết 2 tin" in lan.get(f"/children/{world['minh']}/week?from=2026-11-02").text
        for wrong in ("2020-01-06", "x", "2026-11-03", "9999999999"):
            assert lan.get(f"/children/{world['minh']}/week?from={wrong}").status_code == 200


def test_nobody_but_a_confirmed_guardian_reads_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        _guards(world["bay"], world["minh"], confirmed=False)
    for name in ("minh", "khoa", "hang", "quang", "admin1", "bay"):
        assert as_(name).get(f"/children/{world['minh']}/week").status_code == 404, name


def test_a_confidential_report_leaves_no_trace_in_it(app: Flask, world: World, as_: As) -> None:
    with clock.travel(WEDNESDAY):
        with app.app_context():
            room_id = session(world)
        before = as_("lan").get(f"/children/{world['minh']}/week").text
        with app.app_context():
            reports_commands.report(person(world["minh"]), "person", str(world["lan"]), "danger", "Mẹ đánh em")
            reports_commands.report(person(world["minh"]), "room", str(room_id), "danger", "Em sợ")
            assert messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Cứu em").status == "held"
        after = as_("lan").get(f"/children/{world['minh']}/week").text
    assert "thầy cô xem trước" not in after and "Cứu em" not in after
    main = [page[page.index("<main") : page.index("</main>")] for page in (before, after)]
    assert "Con viết 2 tin" in main[0] and main[0] == main[1]


def test_by_mail_goes_only_that_there_is_one(app: Flask, inside: World) -> None:
    with smtp_server.office() as office, swapped(app, outgoing_mail=OutgoingMail(office.url, "hoc@example.vn")):
        _has_mail(inside["lan"])
        with clock.travel(WEDNESDAY):
            session(inside)
        for minutes in (1, 4):
            with clock.travel(SUNDAY + timedelta(minutes=minutes)):
                work_off()
    [letter] = [one for one in office.letters if "Tuần" in one["Subject"]]
    text = letter.get_body(("plain",)).get_content()
    assert letter["To"] == "lan@example.vn" and f"/children/{inside['minh']}/week?from=2026-11-02" in text
    for name in ("Minh", "An", "Khoa"):
        assert name not in text.replace(",", " ").split()


@command
def _has_mail(user_id: int) -> None:
    person(user_id).email = "lan@example.vn"


def test_what_a_page_of_a_week_costs_does_not_grow(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    costs = []
    with clock.travel(WEDNESDAY):
        for count in (1, 5):
            with app.app_context():
                for _ in range(count):
                    seats = [(world["minh"], "learner"), (world["khoa"], "helper")]
                    made = sessions_commands.open_room(
                        world["lop6a"], seats, "join-class", lesson_slug=LESSON, minors=True, observed=True
                    ).id
                    presence_commands.visit(person(world["minh"]), made)
            lan = as_("lan")
            lan.get(f"/children/{world['minh']}/week")
            queries.clear()
            assert lan.get(f"/children/{world['minh']}/week").text.count('class="row-card') == (1, 6)[len(costs)]
            costs.append(len(queries))
    assert costs[0] == costs[1]
