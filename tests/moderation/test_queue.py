"""The one queue of the desk and a case's page; danger in a room; clocks that outlive the process that wound them."""

import os
import re
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.forked_processes import Program, begin
from tests.moderation.conftest import Who, said
from tests.rooms.conftest import new_id, open_pair
from tests.waiting import until
from tutoring.community.models import DutyShift, DutySlot
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.models import Case, ModerationAction
from tutoring.moderation.queue import Queue, queue
from tutoring.notifications.models import Notice
from tutoring.policy.moderation.queue import grade_of_held, held_until, is_soon
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands

As = Callable[[str], FlaskClient]


@pytest.fixture
def room(app: Flask, world: World) -> int:
    """Khoa has written messages 1 and 2 to Minh; a message of Minh's waits."""
    with app.app_context():
        made = open_pair(world)
        for text in ("Sao em học chậm vậy", "Làm lại đi"):
            messages_commands.post_message(person(world["khoa"]), made, new_id(), text)
        moderation_commands.hold_everything(person(world["hang"]), made)
        assert messages_commands.post_message(person(world["minh"]), made, new_id(), "Dạ em làm lại").status == "held"
        moderation_commands.hold_everything(person(world["hang"]), made, False)
        return made


def case_of(app: Flask, world: World, room: int, seq: int, what: str) -> int:
    with app.app_context():
        return said(person(world["minh"]), "message", f"{room}/{seq}", what).id


def test_what_waits_stands_in_one_list_the_most_urgent_first(who: Who, inside: World, room: int) -> None:
    plain = said(who("minh"), "room", str(room), "other")
    grave = said(who("minh"), "message", f"{room}/1", "contact")
    found = queue(who("quang"))
    assert [(item.kind, item.grade) for item in found.items] == [("case", "S1"), ("held", "S2"), ("case", "S2")]
    assert [item.case.id for item in found.items if item.case] == [grave.id, plain.id]
    assert found.counts == {"all": 3, "mine": 0, "soon": 1}  # somebody waits for the held message
    claims.claim(who("quang"), plain.id)
    assert [item.case and item.case.id for item in queue(who("quang"), "mine").items] == [plain.id]
    assert queue(who("hang"), "mine").items == []
    seen_by_hang = next(item for item in queue(who("hang")).items if item.case and item.case.id == plain.id)
    assert seen_by_hang.holder is not None and seen_by_hang.holder.id == inside["quang"]
    assert [item.kind for item in queue(who("quang"), "soon").items] == ["held"]
    with clock.travel(clock.now() + timedelta(hours=2)):
        assert {item.kind for item in queue(who("quang"), "soon").items} == {"held", "case"}
        assert queue(who("quang"), "mine").items == []  # the claim has fallen away
    assert queue(who("bay")).items == [] and queue(who("khoa")).items == []


def test_a_case_that_the_list_has_loaded_is_held_by_who_takes_it(who: Who, inside: World, room: int) -> None:
    made = said(who("minh"), "room", str(room), "other").id
    db.session.expunge_all()  # or the one that was made just now would stand in the list
    found = queue(who("quang")).items
    assert made in [item.case.id for item in found if item.case]
    assert claims.claim(who("quang"), made).claimed_by_id == who("quang").id


def test_what_waits_has_its_grade_and_time() -> None:
    now = clock.now()
    assert grade_of_held("risk", True) == "S1" and grade_of_held("found", True) == "S2"
    assert grade_of_held("picture", False) == "S3"
    assert held_until(now, True) < held_until(now, False)
    assert is_soon(now - timedelta(days=1), now) and not is_soon(now + timedelta(hours=2), now)


@pytest.mark.full
def test_the_pages_show_who_has_a_case_and_its_acts_by_buttons_alone(
    app: Flask, as_: As, world: World, room: int
) -> None:
    case_id = case_of(app, world, room, 1, "bullied")
    hang, quang = as_("hang"), as_("quang")
    assert "Tôi xem việc này" in hang.get(f"/desk?item=c{case_id}").text
    assert hang.post(f"/desk/cases/{case_id}/claim").location == f"/desk/cases/{case_id}"
    assert "Cô Hằng đang xem" in quang.get("/desk").text
    page = quang.get(f"/desk/cases/{case_id}").text
    assert "Cô Hằng đang xem việc này đến" in page and 'value="hide"' not in page
    assert "Cô Hằng đang xem việc này" in quang.post(f"/desk/cases/{case_id}/claim", follow_redirects=True).text
    refused = quang.post(
        f"/desk/cases/{case_id}/decide", data={"outcome": "none", "words": "Không có gì.", "reply": "Cảm ơn em."}
    )
    assert refused.status_code == 409 and "Cô Hằng đang xem việc này" in refused.text

    page = hang.get(f"/desk/cases/{case_id}").text
    assert 'value="hide"' in page and 'value="suspend"' not in page and 'value="release"' not in page
    assert "Lời này làm người khác buồn." in page and "Hai người chưa học với nhau buổi nào khác" in page
    sent = {"kind": "hide", "act-reason": "insult", "act-words": "Mình giữ lời tử tế nhé."}
    wrong = hang.post(f"/desk/cases/{case_id}/act", data={**sent, "act-words": ""})
    assert wrong.status_code == 422 and "Hãy ghi vài câu." in wrong.text
    wrong = hang.post(f"/desk/cases/{case_id}/act", data={**sent, "kind": "ban"})
    assert wrong.status_code == 422 and "Hãy chọn việc cần làm." in wrong.text
    done = hang.post(f"/desk/cases/{case_id}/act", data=sent, follow_redirects=True).text
    assert "Đã làm: Ẩn tin." in done and "Hoàn tác" in done
    with app.app_context():
        act_id = db.session.scalars(sa.select(ModerationAction.id)).one()
    read = as_("khoa").get(f"/acts/{act_id}").text
    assert "Một tin của em đã được ẩn" in read and "Mình giữ lời tử tế nhé." in read and "xúc phạm, bắt nạt" in read
    assert as_("minh").get(f"/acts/{act_id}").status_code == 404
    assert "người đó đã đọc" in hang.get(f"/desk/cases/{case_id}").text
    undone = hang.post(f"/desk/acts/{act_id}/reverse", follow_redirects=True).text
    assert "Đã hoàn tác. Người ấy nhận được tin." in undone
    assert "Việc này đã được hoàn tác rồi." in hang.post(f"/desk/acts/{act_id}/reverse", follow_redirects=True).text
    assert "đã hoàn tác" in as_("khoa").get(f"/acts/{act_id}").text
    hang.post(f"/desk/cases/{case_id}/let-go")
    assert "Cô Hằng đang xem" not in quang.get("/desk").text


def test_the_gravest_acts_ask_again_who_it_is(app: Flask, as_: As, world: World, room: int) -> None:
    case_id = case_of(app, world, room, 1, "bullied")
    quang = as_("quang")
    sent = {"kind": "suspend", "act-reason": "danger", "act-words": "Tạm dừng để xem lại."}
    with clock.travel(clock.now() + timedelta(minutes=11)):
        answer = quang.post(f"/desk/cases/{case_id}/act", data=sent)
        assert (answer.status_code == 302 and "confirm" in answer.location) or "undone" in answer.location
    with app.app_context():
        assert db.session.scalar(sa.select(ModerationAction.id)) is None


def test_sixty_things_come_page_by_page_and_cost_no_more_than_six(
    who: Who, inside: World, room: int, queries: list[str]
) -> None:
    @command
    def more(count: int) -> None:
        now = clock.now()
        for number in range(count):
            db.session.add(Case(
                kind="person", target=f"{new_id()}", unit_id=inside["lop6a"], about_id=inside["khoa"], minors=True,
                grade="S3", look_by=now + timedelta(days=number), decide_by=now + timedelta(days=number), acts=[],
                reasons=[], alarm=0,
            ))  # fmt: skip

    def asked() -> tuple[Queue, int]:
        db.session.rollback()
        db.session.expire_all()
        queries.clear()
        return queue(who("quang")), len(queries)

    more(5)
    asked()
    few, cost = asked()
    more(54)
    many, cost_of_many = asked()
    assert cost_of_many <= cost and len(few.items) == 6
    assert (many.counts["all"], len(many.items), many.pages) == (60, 30, 2)
    rest = queue(who("quang"), page=2)
    assert len(rest.items) == 30 and not {one.order for one in rest.items} & {one.order for one in many.items}
    assert queue(who("quang"), page=99).page == 2


# ---- danger ------------------------------------------------------------------------------------------------------


def test_in_a_room_with_danger_the_child_sees_at_once_whom_to_call(
    app: Flask, as_: As, world: World, room: int
) -> None:
    calls = re.compile(r'id="calls" data-state="now[^"]*" open')
    minh, khoa = as_("minh"), as_("khoa")
    assert not calls.search(minh.get(f"/rooms/{room}").text)
    case_id = case_of(app, world, room, 1, "danger")
    page = minh.get(f"/rooms/{room}").text
    assert calls.search(page)
    for number in ("111", "113", "115"):
        assert f'href="tel:{number}"' in page
    assert not calls.search(khoa.get(f"/rooms/{room}").text)  # it would tell whom it is about
    with app.app_context():
        assert queries.room(room).hold_all  # nothing more is delivered unread
        cases_commands.decide(person(world["quang"]), case_id, "none", "Đã gọi cho em, mọi việc ổn.")
    assert not calls.search(minh.get(f"/rooms/{room}").text)


def test_two_grown_ups_hear_of_danger_where_there_are_two(who: Who, inside: World, room: int) -> None:
    @command
    def nobody_on_duty_but(name: str = "") -> None:
        db.session.execute(sa.delete(DutySlot))
        db.session.execute(sa.delete(DutyShift))
        if name:
            now = clock.now()
            db.session.add(DutyShift(unit_id=inside["truong"], user_id=inside[name], starts_at=now - timedelta(1),
                                     ends_at=now + timedelta(1)))  # fmt: skip

    both = {inside["hang"], inside["quang"]}
    for on_duty in ("", "hang", "quang"):
        nobody_on_duty_but(on_duty)
        case = said(who("minh"), "site", "", "danger", f"Cứu em {on_duty}")
        assert case.grade == "S0" and set(cases_queries.users_to_notify(case)) == both
        told = db.session.scalars(sa.select(Notice.user_id).where(Notice.path == f"/desk/cases/{case.id}"))
        assert set(told) == both


# ---- clocks ------------------------------------------------------------------------------------------------------


def worker(app: Flask, how: str, minutes: int, out: Path) -> Program:
    """Another process on the same database, whose clock goes ahead."""
    settings = app.config["SETTINGS"]
    ahead = clock.now() - datetime.now(UTC) + timedelta(minutes=minutes)
    env = {
        **os.environ, "INSTANCE": str(settings.media.parent), "DATABASE_URL": settings.database_url, "JOBS": "0",
        "ORIGINS": "http://localhost", "SECRET_KEY": settings.secret_key, "AUDIT_KEY": settings.audit_key,
        "FIELD_KEY": settings.field_key, "CLOCK_SHIFT": str(round(ahead.total_seconds())),
        "REDIS_PREFIX": settings.redis_prefix, "PYTHONUTF8": "1",
    }  # fmt: skip
    env.pop("REDIS_URL", None)
    if settings.redis_url:
        env["REDIS_URL"] = settings.redis_url
    return begin("tests.moderation.worker", [how], env, out, out)


def late_notices(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        query = sa.select(Notice.say).where(Notice.user_id == user_id, Notice.say.startswith("Quá hạn"))
        return list(db.session.scalars(query))


def test_a_worker_killed_in_the_alarm_rings_nobody_and_the_next_one_rings_once(
    app: Flask, world: World, room: int, tmp_path: Path
) -> None:
    case_id = case_of(app, world, room, 1, "danger")
    with app.app_context():  # what became due with the room is not what is asked for here
        while jobs.run_due():
            pass
        db.session.remove()
    dying = worker(app, "dies", 31, tmp_path / "dying")
    until(lambda: "alarmed\n" in (tmp_path / "dying").read_text("utf-8"))
    os.killpg(dying.pid, signal.SIGKILL)
    assert dying.wait(60) == -signal.SIGKILL and late_notices(app, world["quang"]) == []
    for again in (False, True):  # once the lease of the dead one is over; and once more here, for nothing
        if again:
            with app.app_context(), clock.travel(clock.now() + timedelta(minutes=33)):
                while jobs.run_due():
                    pass
        else:
            assert worker(app, "lives", 33, tmp_path / "living").wait(120) == 0
        assert late_notices(app, world["quang"]) == ["Quá hạn: một báo cáo chưa được xử lý. Mở xem ngay."]
        with app.app_context():
            assert db.session.get_one(Case, case_id).alarm == 1
