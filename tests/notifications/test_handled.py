"""What was handled counts as read for all who were told of it, and many notices of one kind are one line."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.devices import need_fixtures
from tests.factories import World, client_of, person
from tests.home import waiting_work
from tests.rooms.conftest import new_id, open_pair
from tests.training.fixtures import announced, plan
from tutoring.circles import lesson_suggestions
from tutoring.circles.models import ToLesson
from tutoring.community import commands as community
from tutoring.community.models import Membership
from tutoring.config import ROOT
from tutoring.devices.needs import commands as needs_commands
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.lessons.events import ProposalReturned
from tutoring.notifications.inbox import queries
from tutoring.notifications.inbox.commands import notify
from tutoring.notifications.models import Notice
from tutoring.privacy import breaches
from tutoring.privacy import commands as privacy_commands
from tutoring.privacy.models import DataRequest
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.training.commands import change_session
from tutoring.training.events import LeaderNeeded

PRIVATE = "Em kết bạn Zalo với anh nha, đừng kể ai"


def unread(word: str) -> set[int]:
    """Who has an unread notice whose key begins with this word."""
    db.session.expire_all()
    query = sa.select(Notice.user_id).where(Notice.key.startswith(f"{word}:"), Notice.read_at.is_(None))
    return set(db.session.scalars(query))


@command
def told(user_id: int, key: str, path: str) -> None:
    notify(user_id, key, "Có việc chờ bạn.", path)


@pytest.fixture
def room(app: Flask, world: World) -> int:
    """A message of Khoa's and one of Minh's are held."""
    with app.app_context():
        made = open_pair(world)
        for name in ("khoa", "minh"):
            assert messages_commands.post_message(person(world[name]), made, new_id(), PRIVATE).status == "held"
        return made


def test_a_held_message_is_read_once_none_is_left_in_the_room(app: Flask, world: World, room: int) -> None:
    with app.app_context():
        held = db.session.scalars(sa.select(Message.seq).where(Message.status == "held")).all()
        assert len(held) == 2 and unread("held") >= {world["hang"]}
        for seq in held:
            assert unread("held") >= {world["hang"]}
            moderation_commands.refuse_message(person(world["hang"]), room, seq, "Không xin liên lạc riêng")
        assert not unread("held")


def test_repeated_contacts_are_read_by_who_looks_and_by_all_when_the_room_closes(app: Flask, world: World) -> None:
    with app.app_context():
        waiting_work.masked_words(world)
        both = unread("masks")
        assert both >= {world["hang"], world["quang"]}
        room = open_rooms()[0]
        moderation_commands.enter_as_observer(person(world["hang"]), room)
        assert unread("masks") == both - {world["hang"]}
        moderation_commands.close_room(person(world["hang"]), room, "Buổi học đã xong", "Đã học")
        assert not unread("masks")


def open_rooms() -> list[int]:
    return list(db.session.scalars(sa.select(Room.id).where(Room.closed_at.is_(None))))


def test_needs_of_a_place_are_read_once_none_waits_to_be_confirmed(app: Flask, world: World) -> None:
    with app.app_context():
        first, second = need_fixtures.asked(world), need_fixtures.asked(world, kind="internet", wants="any")
        assert unread("need-asked") >= {world["hang"], world["mai"]}
        day = clock.today() + timedelta(days=100)
        needs_commands.confirm_need(person(world["quang"]), first, "near_poor", day)
        assert unread("need-asked") >= {world["hang"], world["mai"]}  # the other one still waits
        needs_commands.confirm_need(person(world["quang"]), second, "near_poor", day)
        assert not unread("need-asked")


def test_what_administrators_answer_and_close_is_read_by_all_of_them(app: Flask, world: World) -> None:
    with app.app_context():
        waiting_work.data_request(world)
        assert unread("data_request") >= {world["admin1"], world["admin2"]}
        request_id = db.session.scalars(sa.select(DataRequest.id)).one()
        privacy_commands.answer(person(world["admin1"]), request_id, True, "Đã sửa tên")
        assert unread("data_request") <= {world["bay"]}  # who asked reads the answer
        path = waiting_work.breach(world)
        assert unread("breach") == {world["admin1"]}
        breach_id = int(path.rpartition("/")[2])
        breaches.take_step(person(world["admin2"]), breach_id, "closed", "Không có dữ liệu trong máy")
        assert not unread("breach")


def test_a_leader_an_editor_and_a_sent_answer_settle_what_asked_for_them(app: Flask, world: World) -> None:
    with app.app_context():
        session_id = announced(world, track="khu-pho")
        command(lambda: publish(LeaderNeeded(session_id, (world["mai"],))))()
        assert unread("training-leader") == {world["mai"]}
        change_session(person(world["mai"]), session_id, plan(world, leader_id=world["muoi"]))
        assert not unread("training-leader")

        told(world["quang"], f"no-editor:{world['hang']}", "/writing/editors")
        command(lambda: publish(ProposalReturned(1, world["hang"], "mic-camera-gio-tay")))()
        assert not unread("no-editor")

        waiting_work.circle_answer(world)
        assert unread("circle-lesson-said") >= {world["hang"], world["quang"]}
        answer_id = db.session.scalars(sa.select(ToLesson.answer_id)).one()
        lesson_suggestions.send_to_step(person(world["quang"]), ROOT / "content", answer_id, 1)
        assert not unread("circle-lesson-said")


def test_that_pupils_wait_is_read_once_the_last_of_them_is_confirmed(app: Flask, world: World) -> None:
    with app.app_context():
        waiting_work.member(world)
        told(world["hang"], f"unit-ready:{world['lop4a']}:waiting", f"/units/{world['lop4a']}")
        query = sa.select(Membership.id).where(Membership.state == "waiting", Membership.unit_id == world["lop4a"])
        community.confirm_member(person(world["hang"]), db.session.scalars(query).one())
        assert not unread(f"unit-ready:{world['lop4a']}") and not unread("waiting")


def test_many_of_one_kind_are_one_line_and_one_in_the_badge(app: Flask, world: World) -> None:
    hang = client_of(app, world["hang"])
    with app.app_context():
        db.session.execute(sa.delete(Notice))
        db.session.commit()
        for number in range(24):
            told(world["hang"], f"waiting:{number}:{world['lop6a']}", f"/units/{world['lop6a']}")
        told(world["hang"], "waiting:99:1", f"/units/{world['truong']}")
        assert queries.unread_count(world["hang"]) == 2
    page = hang.get("/notices").text
    assert page.count('class="row-card unread"') == 2 and "và 23 thông báo như vậy nữa" in page
    with app.app_context():
        first = db.session.scalars(sa.select(Notice.id).where(Notice.path == f"/units/{world['lop6a']}")).first()
    assert hang.post(f"/notices/{first}").headers["Location"].endswith(f"/units/{world['lop6a']}")
    with app.app_context():
        assert queries.unread_count(world["hang"]) == 1 and unread("waiting") == {world["hang"]}
    assert hang.get("/notices").text.count('class="row-card unread"') == 1
