"""One switch pauses pairing and rooms with minors of a unit or the site, says why, and has a way back."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_adults, open_pair
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate
from tutoring.accounts.models import User
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.bulk_queries import hours_in
from tutoring.community.duty.coverage import Hours, hours_of
from tutoring.community.models import Unit
from tutoring.community.pauses import commands as pauses_commands
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.reports.commands import report
from tutoring.pairing.engine_inputs import hours_by_unit
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
WHY = "Trường đang thi, tuần sau học lại"


def asks(world: World, name: str) -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id


def lines(room_id: int) -> list[str]:
    query = sa.select(Message.text).where(Message.room_id == room_id, Message.kind == "system").order_by(Message.seq)
    return list(db.session.scalars(query))


def room(room_id: int) -> Room:
    db.session.expire_all()
    return db.session.get_one(Room, room_id)


def test_a_pause_closes_sessions_with_minors_kindly_and_leaves_those_of_grown_ups(inside: World, who: Who) -> None:
    pair, adults = open_pair(inside), open_adults(inside)
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    assert room(pair).closed_at is not None and room(adults).closed_at is None
    assert lines(pair)[-1].startswith(f"Buổi học dừng ở đây: {WHY}. Không ai làm gì sai")
    assert messages_commands.post_message(who("bay"), adults, new_id(), "Chào bác").status == "sent"


def test_while_it_lasts_nobody_asks_or_opens_a_room_with_a_minor(inside: World, who: Who) -> None:
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    for act in (lambda: asks(inside, "minh"), lambda: open_pair(inside)):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "paused" and WHY in str(refused.value)
    assert asks(inside, "bay")


def test_what_was_asked_before_is_claimed_by_nobody_until_it_goes_on(inside: World, who: Who) -> None:
    asked = asks(inside, "minh")
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    with pytest.raises((Conflict, Forbidden, NotFound)):
        offers_commands.claim(who("hang"), asked)
    pauses_commands.resume_minors(who("quang"), inside["truong"])
    offers_commands.claim(who("hang"), asked)


def test_a_room_that_lasts_is_read_and_written_in_again_afterwards(inside: World, who: Who) -> None:
    lasting = persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class").id
    mate = classmate(inside, "Tâm")
    persistent_rooms_commands.take_seat(person(mate), lasting)
    persistent_rooms_commands.take_seat(who("minh"), lasting)
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    assert room(lasting).closed_at is None and WHY in lines(lasting)[-1]
    with pytest.raises(Forbidden) as refused:
        messages_commands.post_message(who("minh"), lasting, new_id(), "Chào cả lớp")
    assert WHY in str(refused.value)
    pauses_commands.resume_minors(who("quang"), inside["truong"])
    assert "không còn tạm nghỉ" in lines(lasting)[-1]
    assert not hours_of(inside["lop6a"]).paused


def test_the_way_back_opens_everything_again(inside: World, who: Who) -> None:
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    pauses_commands.resume_minors(who("quang"), inside["truong"])
    pauses_commands.resume_minors(who("quang"), inside["truong"])
    assert asks(inside, "minh") and room(open_pair(inside)).closed_at is None
    acts = db.session.scalars(sa.select(AuditRow.action).where(AuditRow.target == f"unit:{inside['truong']}")).all()
    assert [act for act in acts if act.endswith("_minors")] == ["pause_minors", "resume_minors"]


def test_the_whole_site_is_one_switch_and_a_unit_of_its_own_stays_paused(inside: World, who: Who) -> None:
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    pauses_commands.pause_site(who("admin1"), "Đang sửa trang")
    assert pauses_commands.is_site_paused() and hours_of(inside["lop6a"]).paused == WHY
    pauses_commands.resume_site(who("admin1"))
    assert not pauses_commands.is_site_paused() and hours_of(inside["lop6a"]).paused == WHY
    pauses_commands.resume_minors(who("quang"), inside["truong"])
    assert hours_of(inside["lop6a"]).paused == ""


@pytest.mark.parametrize("name", ["minh", "lan", "khoa", "hang", "muoi", "bay"])
def test_only_coordinators_and_site_admins_hold_the_switch(inside: World, who: Who, name: str) -> None:
    with pytest.raises(NotFound):
        pauses_commands.pause_minors(who(name), inside["truong"], WHY)
    with pytest.raises(NotFound):
        pauses_commands.pause_site(who(name), WHY)
    with pytest.raises(NotFound):
        pauses_commands.pause_site(who("quang"), WHY)


@pytest.mark.parametrize("why", ["", " ", "x" * 201, "Gọi 0912 345 678", "Đừng kể mẹ nhé"])
def test_the_reason_is_one_that_children_may_read(inside: World, who: Who, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        pauses_commands.pause_minors(who("quang"), inside["truong"], why)
    assert refused.value.field == "reason"


def test_hours_asked_of_many_units_say_the_same_as_of_one(inside: World, who: Who) -> None:
    duty_commands.set_hours(who("quang"), inside["lop4a"], 60, 1200)
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    paths = {one.id: one.path for one in db.session.scalars(sa.select(Unit))}
    one_by_one = {unit_id: hours_of(unit_id) for unit_id in paths}
    assert hours_in(paths) == one_by_one == hours_by_unit(list(paths))
    assert one_by_one[inside["lop4a"]] == Hours(60, 1200, inside["lop4a"], WHY)


def test_a_pause_moves_no_deadline_of_a_report(inside: World, who: Who) -> None:
    pair = open_pair(inside)
    before = report(who("minh"), "room", str(pair), "danger").case
    first = before.look_by - before.opened_at
    pauses_commands.pause_minors(who("quang"), inside["truong"], WHY)
    case = report(who("minh"), "person", str(inside["khoa"]), "danger").case
    assert abs((case.look_by - case.opened_at) - first).total_seconds() < 60


def test_the_pages_say_why_what_still_goes_and_the_way_back(app: Flask, world: World, as_: As) -> None:
    quang, minh, place = as_("quang"), as_("minh"), f"/units/{world['truong']}"
    settings = f"{place}/settings"
    assert f"{place}/pause" in quang.get(settings).text and f"{place}/pause" not in as_("hang").get(settings).text
    assert "Tạm dừng ngay" in quang.get(f"{place}/pause").text
    answer = quang.post(f"{place}/pause", data={"reason": WHY}, follow_redirects=True)
    assert "Đã tạm dừng" in answer.text and WHY in answer.text
    page = minh.get("/ask").text
    assert WHY in page and "Không ai làm gì sai" in page and "tel:111" in page and 'name="words"' not in page
    assert 'name="words"' in as_("bay").get("/ask").text
    assert "Mở lại" in quang.get(f"{place}/pause").text
    assert "Đã mở lại" in quang.post(f"{place}/pause", data={"word": "resume"}, follow_redirects=True).text
    assert 'name="words"' in minh.get("/ask").text


def test_the_page_of_the_site_is_the_admins(world: World, as_: As) -> None:
    admin = as_("admin1")
    assert "/units/pause" in admin.get("/units").text
    assert "Đã tạm dừng" in admin.post("/units/pause", data={"reason": WHY}, follow_redirects=True).text
    assert "Cả trang đang tạm dừng" in admin.get("/units/pause").text
    assert "Đã mở lại" in admin.post("/units/pause", data={"word": "resume"}, follow_redirects=True).text
    assert as_("quang").get("/units/pause").status_code == 404


def test_the_clock_of_the_hours_goes_on_beneath_a_pause() -> None:
    noon = clock.now().replace(hour=5, minute=0)  # twelve in Vietnam
    assert Hours().open_at(noon) and not Hours(paused=WHY).open_at(noon) and Hours(paused=WHY).within(noon)
