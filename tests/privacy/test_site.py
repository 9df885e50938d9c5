"""What whoever runs the site does: the log of breaches, papers; and what the nights do by themselves."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.privacy.conftest import after, work
from tests.rooms.conftest import open_adults, open_pair
from tutoring.accounts.models import SignIn, User
from tutoring.cli import privacy as cli
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.models import Evidence, Report
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.inbox.queries import inbox
from tutoring.notifications.models import Notice
from tutoring.privacy import breaches, commands
from tutoring.privacy.models import Breach
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.sessions import closure

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]


def noted(who: Who) -> int:
    return breaches.note(who("admin1"), clock.now(), "Một danh sách bị gửi nhầm.", "tên và lớp", 30, "Đã thu lại").id


def alarms(world: World, name: str) -> int:
    return sum("trước khi hết 72 giờ" in notice.say for notice in inbox(world[name]))


def test_the_clock_of_a_breach_runs_from_its_discovery_and_alarms(inside: World, who: Who) -> None:
    number = noted(who)
    found = db.session.get_one(Breach, number)
    assert found.notify_by == found.discovered_at + timedelta(hours=72)
    now = clock.now()
    for hours, heard in ((23, 0), (25, 1), (49, 2), (67, 3), (73, 3)):
        with clock.travel(now + timedelta(hours=hours)):
            work()
            db.session.remove()
            assert alarms(inside, "admin1") == alarms(inside, "admin2") == heard, hours
    with clock.travel(now + timedelta(hours=73)):
        assert db.session.get_one(Breach, number).late


def test_whoever_has_reported_it_hears_no_more(inside: World, who: Who) -> None:
    number = noted(who)
    breaches.take_step(who("admin2"), number, "reported", "")
    with clock.travel(clock.now() + timedelta(hours=70)):
        work()
        assert alarms(inside, "admin1") == 0
    acts = db.session.scalars(sa.select(AuditRow.action).where(AuditRow.target == f"breach:{number}"))
    assert sorted(acts) == ["breach_reported", "note_breach"]


def test_it_is_closed_without_a_report_for_a_reason_alone_and_by_nobody_else(inside: World, who: Who) -> None:
    number = noted(who)
    with pytest.raises(InvalidInput):
        breaches.take_step(who("admin1"), number, "closed", "")
    with pytest.raises(NotFound):
        breaches.take_step(who("quang"), number, "closed", "Vì vậy")
    breaches.take_step(who("admin1"), number, "closed", "Chỉ là danh sách công khai.")
    assert db.session.get_one(Breach, number).closed_at is not None


def test_a_talk_is_emptied_half_a_year_after_it_was_closed_unless_a_case_keeps_it(inside: World, who: Who) -> None:
    kept, gone = open_pair(inside), open_adults(inside)
    for room, author in ((kept, "minh"), (gone, "bay")):
        messages_commands.post_message(who(author), room, str(uuid.uuid4()), "Em chào anh")
        closure.close_room_by_rule(room, "ended")
    case = reports_commands.report(who("minh"), "room", str(kept), "bullied").case_id

    def texts(room: int) -> list[str]:
        told = sa.select(Message.text).where(Message.room_id == room, Message.kind == "text").order_by(Message.seq)
        return list(db.session.scalars(told))

    after(179)
    assert texts(kept) == texts(gone) == ["Em chào anh"]
    after(181)
    assert texts(kept) == ["Em chào anh"] and texts(gone) == [""]
    cases_commands.decide(who("quang"), case, "none", "Không có gì")
    after(182)
    assert texts(kept) == [""]


def test_reports_and_evidence_go_half_a_year_after_the_decision(inside: World, who: Who) -> None:
    room = open_pair(inside)
    messages_commands.post_message(who("khoa"), room, str(uuid.uuid4()), "Anh đây")
    made = reports_commands.report(who("minh"), "message", f"{room}/1", "contact", "Anh ấy hỏi chuyện riêng").case_id
    cases_commands.decide(who("quang"), made, "none", "Không có gì")
    counted = sa.select(sa.func.count()).select_from(Evidence)
    before = db.session.scalar(counted)
    after(179)
    assert db.session.scalar(counted) == before
    assert db.session.scalar(sa.select(Report.words)) == "Anh ấy hỏi chuyện riêng"
    after(181)
    assert db.session.scalar(counted) == 0
    assert db.session.scalar(sa.select(Report.words)) == "" and db.session.scalar(sa.select(Report.by_id)) is None


def test_notices_and_old_sign_ins_go_by_the_registry(inside: World, who: Who) -> None:
    @command
    def old() -> None:
        moment = clock.now() - timedelta(days=200)
        db.session.add(Notice(user_id=inside["minh"], key="old", say="x", created_at=moment))
        db.session.add(Notice(user_id=inside["minh"], key="new", say="x"))
        db.session.add(SignIn(user_id=inside["minh"], token_hash="old", expires_at=moment))

    old()
    after(0)
    kept = db.session.scalars(sa.select(Notice.key).where(Notice.user_id == inside["minh"]).order_by(Notice.id)).all()
    assert "new" in kept and "old" not in kept
    assert db.session.scalar(sa.select(SignIn.id).where(SignIn.token_hash == "old")) is None


def test_pages_of_whoever_runs_the_site(app: Flask, world: World, as_: As) -> None:
    admin = as_("admin1")
    said = {"discovered_at": clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"), "what": "Một máy bị mất.",
            "categories": "tên", "people": "5"}  # fmt: skip
    made = admin.post("/privacy/breaches", data=said)
    assert made.status_code == 302
    assert "Chưa báo" in admin.get("/privacy/breaches").text
    page = admin.get(made.location).text
    assert "Báo cơ quan chuyên trách" in page and "Một máy bị mất." in page
    for to, words in (("authority", "Bộ Công an (A05)"), ("people", "Chúng tôi xin lỗi")):
        letter = admin.get(f"{made.location}/letters/{to}").text
        assert words in letter and "Một máy bị mất." in letter and "Bản nháp" in letter
    assert admin.get(f"{made.location}/letters/khac").status_code == 404
    for path in ("/privacy/record", "/privacy/assessment"):
        page = admin.get(path).text
        assert "Chưa phải ý kiến pháp lý" in page and "Tin nhắn và ảnh trong phòng học" in page
    assert as_("quang").get("/privacy/record").status_code == 404


def test_a_download_asks_again_who_it_is_and_goes_to_whoever_asked(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        made = commands.ask_export(db.session.get_one(User, world["lan"]), world["minh"])
        work()
        db.session.remove()
    lan = as_("lan")
    with app.app_context():

        @command
        def long_ago() -> None:
            db.session.execute(sa.update(SignIn).values(stepped_up_at=clock.now() - timedelta(minutes=11)))

        assert lan.get("/privacy").status_code == 200
        long_ago()
        db.session.remove()
    asked = lan.get(f"/privacy/exports/{made}")
    assert asked.status_code == 302 and "confirm" in asked.location
    fresh = as_("lan").get(f"/privacy/exports/{made}")
    assert fresh.status_code == 200 and fresh.data[:2] == b"PK" and "no-store" in fresh.headers["Cache-Control"]
    assert as_("minh").get(f"/privacy/exports/{made}").status_code == 404


@pytest.mark.usefixtures("media")  # else an account that another test has erased would be erased here again
def test_the_command_line_prints_the_record_and_erases_again(app: Flask, world: World) -> None:
    runner = app.test_cli_runner()
    record = runner.invoke(cli.record).output
    assert "Bản nháp" in record and "| message | text (text), folded (text) |" in record
    assert runner.invoke(cli.reapply).output == "0 accounts erased again\n"
