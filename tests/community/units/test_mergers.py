"""One unit becomes part of another from a day on: nobody is lost, nothing that is past changes, and it can be taken
back before."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.campaigns.conftest import opened as campaigned
from tests.community.bulk_import.test_bulk_import import faults, row, send, write
from tests.factories import World, person
from tests.training import fixtures as training_fixtures
from tests.visits import fixtures
from tutoring.campaigns.models import CampaignUnit
from tutoring.circles import commands as circles_commands
from tutoring.circles.models import Topic
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import DutySlot, JoinCode, Membership, Unit
from tutoring.community.queries import on_duty
from tutoring.community.units import mergers, staff_queries
from tutoring.groups.announcements import commands as post_commands
from tutoring.groups.models import GroupPost
from tutoring.kernel import clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.models import Message, Room
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.persistent_rooms.queries import open_in
from tutoring.training.models import TrainingAssignment
from tutoring.visits.models import Visit

As = Callable[[str], FlaskClient]
HEAD = "mã cũ,nhập vào,từ ngày\n"


@pytest.fixture
def hood(app: Flask, world: World) -> int:
    """Another neighbourhood of the ward, Khu phố 4, which has nobody yet."""
    with app.app_context():
        admin = person(world["admin1"])
        return community.create_unit(admin, "demo-kp4", "neighbourhood", "Khu phố 4", parent_id=world["phuong"]).id


def run_all() -> None:
    db.session.rollback()
    while jobs.run_due():
        pass
    db.session.rollback()


def merge(world: World, text: str = "demo-kp3,demo-kp4,01/01/2026") -> int:
    made = send(world, "admin1", HEAD + text + "\n", "mergers")
    write(world, "admin1", made)
    run_all()
    return made


def test_members_codes_and_duty_go_along_and_the_past_stays(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        code = community.create_code(person(world["muoi"]), world["kp3"], "learner").code
        merge(world)
        old = db.session.get_one(Unit, world["kp3"])
        assert old.merged_into_id == hood and old.effective_to is not None
        here = sa.select(Membership).where(Membership.unit_id == hood, Membership.state == "active")
        now_in = {one.user_id: one.role for one in db.session.scalars(here)}
        assert now_in == {world["muoi"]: "lead", world["bay"]: "learner"}
        past = db.session.scalars(sa.select(Membership).where(Membership.unit_id == world["kp3"])).all()
        assert {one.state for one in past} == {"ended"} and all(one.ended_at for one in past)
        fresh = db.session.scalars(sa.select(Membership).where(Membership.unit_id == hood)).all()
        assert all(one.confirmed_at is None or one.confirmed_at >= one.created_at for one in fresh)
        assert db.session.scalar(sa.select(JoinCode.unit_id).where(JoinCode.code == code)) == hood
        assert not db.session.scalar(sa.select(DutySlot.id).where(DutySlot.unit_id == world["kp3"]))
        assert [one.id for one in on_duty(hood, minors=False)] == sorted([world["muoi"], world["mai"]])
        assert hood in [one.id for one in staff_queries.units_below(world["phuong"]).items]
        assert world["kp3"] not in [one.id for one in staff_queries.units_below(world["phuong"]).items]
        acts = db.session.scalars(sa.select(AuditRow.action).order_by(AuditRow.id)).all()
        assert {"import_units", "units_imported", "plan_merger", "merge_units"} <= set(acts)


def test_it_happens_on_its_day_and_once(app: Flask, world: World, hood: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        soon = clock.today() + timedelta(days=3)
        merge(world, f"demo-kp3,demo-kp4,{soon:%d/%m/%Y}")
        assert db.session.get_one(Unit, world["kp3"]).merged_into_id is None
        at = clock.now() + timedelta(days=3)
        monkeypatch.setattr(clock, "now", lambda: at)
        run_all()
        assert db.session.get_one(Unit, world["kp3"]).merged_into_id == hood
        run_all()
        count = sa.select(sa.func.count()).select_from(Membership).where(Membership.unit_id == hood)
        assert db.session.scalar(count) == 2


def test_before_its_day_it_can_be_taken_back(app: Flask, world: World, hood: int, as_: As) -> None:
    with app.app_context():
        soon = clock.today() + timedelta(days=3)
        merge(world, f"demo-kp3,demo-kp4,{soon:%d/%m/%Y}")
    page = as_("admin1").get(f"/units/{world['kp3']}").text
    assert "nhập vào Khu phố 4" in page and "Huỷ việc sáp nhập" in page
    assert "Huỷ việc sáp nhập" not in as_("muoi").get(f"/units/{world['kp3']}").text
    assert as_("mai").get(f"/units/{world['kp3']}/merger/cancel").status_code in {403, 404}
    assert as_("admin1").post(f"/units/{world['kp3']}/merger/cancel").status_code == 302
    with app.app_context():
        assert mergers.planned_for(world["kp3"]) is None
        with pytest.raises(NotFound):
            mergers.cancel_merger(person(world["admin1"]), world["kp3"])
        kinds = db.session.scalars(sa.select(jobs.Job.kind).where(jobs.Job.done_at.is_(None))).all()
        assert "community.merge" not in kinds
        merge(world)  # and planned anew
        assert db.session.get_one(Unit, world["kp3"]).merged_into_id == hood


def test_whoever_was_in_both_is_once_in_the_new_one(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        one, two = person(world["admin1"]), person(world["admin2"])
        code = community.create_code(one, hood, "learner")
        use_code(person(world["bay"]), code.code)
        mine = sa.select(Membership).where(Membership.user_id == world["bay"], Membership.unit_id == hood)
        waiting = db.session.scalars(mine).one()
        if waiting.state == "waiting":
            community.confirm_member(two, waiting.id)
        merge(world)
        assert [member.state for member in db.session.scalars(mine)] == ["active"]


def test_who_had_left_the_new_one_is_in_it_again(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        use_code(person(world["bay"]), community.create_code(person(world["admin1"]), hood, "learner").code)
        mine = sa.select(Membership).where(Membership.user_id == world["bay"], Membership.unit_id == hood)
        community.end_member(person(world["admin1"]), db.session.scalars(mine).one().id)
        merge(world)
        assert [member.state for member in db.session.scalars(mine)] == ["active"]


def test_a_whole_ward_goes_with_schools_classes_and_what_is_open(app: Flask, world: World) -> None:
    with app.app_context():
        admin = person(world["admin1"])
        new = community.create_unit(admin, "demo-moi", "ward", "Phường Mới", parent_id=world["tp"]).id
        learner = person(world["minh"])
        asked = requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id
        merge(world, "demo-phuong,demo-moi,01/01/2026")
        school, group = db.session.get_one(Unit, world["truong"]), db.session.get_one(Unit, world["lop4a"])
        assert (school.parent_id, school.ward_id) == (new, new)
        assert (group.parent_id, group.ward_id, group.school_id) == (school.id, new, school.id)
        hood = db.session.get_one(Unit, world["kp3"])
        assert (hood.parent_id, hood.ward_id) == (new, new)
        request = db.session.get_one(HelpRequest, asked)
        assert request.ward_id == new and request.unit_id == world["lop6a"]
        assert [one.id for one in on_duty(new, minors=False)] == [world["mai"]]


def test_open_requests_of_the_unit_itself_go_along(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        learner = person(world["bay"])
        asked = requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Tôi bị kẹt").id
        merge(world)
        assert db.session.get_one(HelpRequest, asked).unit_id == hood


def test_the_room_of_questions_moves_or_points_to_the_one_that_stands_there(
    app: Flask, world: World, hood: int
) -> None:
    with app.app_context():
        room = persistent_rooms_commands.open_lasting(person(world["muoi"]), world["kp3"], "questions").id
        merge(world)
        assert open_in(hood)["questions"].id == room
    with app.app_context():
        admin = person(world["admin1"])
        community.create_unit(admin, "demo-kp5", "neighbourhood", "Khu phố 5", parent_id=world["phuong"])
        there = _opened(world["mai"], db.session.scalars(sa.select(Unit.id).where(Unit.code == "demo-kp5")).one())
        merge(world, "demo-kp4,demo-kp5,02/01/2026")
        assert db.session.get_one(Room, room).closed_at is not None
        assert open_in(db.session.get_one(Room, there).unit_id)["questions"].id == there
        last = db.session.scalars(sa.select(Message.text).where(Message.room_id == room).order_by(Message.seq.desc()))
        assert "Khu phố 5" in (last.first() or "")


@command
def _opened(user_id: int, unit_id: int) -> int:
    return persistent_rooms_commands.open_lasting(person(user_id), unit_id, "questions").id


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("demo-kp3,demo-kp3,01/01/2027", [(2, "into")]),
        ("demo-kp3,demo-truong,01/01/2027", [(2, "into")]),
        ("demo-kp3,khong-co,01/01/2027", [(2, "into")]),
        ("demo-kp3,demo-kp4,32/01/2027", [(2, "on")]),
        ("demo-kp3,demo-kp4,01/01/2027\ndemo-kp3,demo-kp4,01/01/2027", [(3, "from")]),
        ("demo-kp3,demo-kp4,01/01/2027\ndemo-kp4,demo-kp3,01/01/2027", [(2, "into"), (3, "into")]),
        ("demo-kp3,,01/01/2027", [(2, "into")]),
    ],
)
def test_mergers_that_cannot_be_are_named(
    app: Flask, world: World, hood: int, text: str, where: list[tuple[int, str]]
) -> None:
    with app.app_context():
        made = send(world, "admin1", HEAD + text + "\n", "mergers")
        assert row(made).state == "faulty" and faults(made) == where


def test_a_unit_that_is_gone_is_merged_no_more_and_takes_nobody(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        merge(world)
        again = send(world, "admin1", HEAD + "demo-kp3,demo-kp4,01/01/2027\n", "mergers")
        into = send(world, "admin1", HEAD + "demo-kp4,demo-kp3,01/01/2027\n", "mergers")
        below = send(world, "admin1", "mã,loại,tên,mã cấp trên\nX,tổ dân phố,Tổ 1,demo-kp3\n")
        assert faults(again) == [(2, "from")] and faults(into) == [(2, "into")] and faults(below) == [(2, "parent")]


def test_a_coordinator_merges_only_what_is_in_charge(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        made = send(world, "quang", HEAD + "demo-kp3,demo-kp4,01/01/2027\n", "mergers")
        assert faults(made) == [(2, "from"), (2, "into")]


def test_the_page_of_a_merged_unit_says_where_it_went(app: Flask, world: World, hood: int, as_: As) -> None:
    with app.app_context():
        merge(world)
    assert "đã nhập vào" in as_("admin1").get(f"/units/{world['kp3']}").text
    assert as_("muoi").get(f"/units/{hood}").status_code == 200


def test_what_stands_on_its_pages_goes_along(app: Flask, world: World, hood: int) -> None:
    with app.app_context():
        post = post_commands.write_post(
            person(world["muoi"]), world["kp3"], post_commands.PostInput("Họp khu phố", "Tối thứ Bảy.", pinned=True)
        ).id
        visit = fixtures.asked(world)
        campaign = campaigned(world, units=(world["kp3"],)).id
        training_fixtures.put_on(world, "bay")
        merge(world)
        moved = db.session.get_one(GroupPost, post)
        assert (moved.unit_id, moved.pinned) == (hood, False)
        assert db.session.get_one(Visit, visit).unit_id == hood
        places = sa.select(CampaignUnit.unit_id).where(CampaignUnit.campaign_id == campaign)
        assert list(db.session.scalars(places)) == [hood]
        given = sa.select(TrainingAssignment.unit_id).where(TrainingAssignment.user_id == world["bay"])
        assert list(db.session.scalars(given)) == [hood]


def test_topics_of_a_class_are_found_in_the_class_it_became_part_of(app: Flask, world: World) -> None:
    with app.app_context():
        topic = circles_commands.ask(
            person(world["lan"]), world["lop4a"], "Mấy giờ con nên tắt máy", "Con hay thức khuya."
        ).id
        code = "demo-lop4b"
        community.create_unit(person(world["admin1"]), code, "class", "Lớp 4B", parent_id=world["truong"], grade=4)
        merge(world, f"demo-lop4a,{code},01/01/2026")
        there = db.session.get_one(Topic, topic).unit_id
        assert db.session.get_one(Unit, there).code == code
