"""A room that one may not read is opened by two people, for an hour, and those who sit there hear of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who, said
from tests.rooms.conftest import new_id, open_pair
from tutoring.community import commands as community
from tutoring.community.models import Membership
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.moderation.cases.commands import decide
from tutoring.moderation.emergency_access import commands
from tutoring.moderation.emergency_access.models import EmergencyAccess
from tutoring.notifications.models import Notice
from tutoring.policy.moderation.emergency_access import (
    HOUR,
    EmergencyAccessFacts,
    may_agree_to_read,
    may_ask_to_read,
    may_read_opened,
)
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands

WHY = "Mẹ một em gọi báo em có thể đang bị đe doạ"
COORDINATOR = frozenset({"coordinator"})


@command
def _let_in(user_id: int, unit_id: int, role: str) -> None:
    db.session.add(Membership(user_id=user_id, unit_id=unit_id, role=role, confirmed_at=clock.now()))


@pytest.fixture
def far(inside: World, who: Who) -> str:
    """Mai coordinates another ward: she may not read a room of the school."""
    ward = community.create_unit(who("admin1"), "xa", "ward", "Phường Xa")
    _let_in(inside["mai"], ward.id, "coordinator")
    return "mai"


def asked(who: Who, room_id: int, by: str = "mai") -> EmergencyAccess:
    return commands.ask_reading(who(by), room_id, WHY)


def told(user_id: int) -> list[str]:
    query = sa.select(Notice.say).where(Notice.user_id == user_id, Notice.key.startswith("reading-told:"))
    return list(db.session.scalars(query.order_by(Notice.id)))


def steps(room_id: int) -> list[tuple[str, int | None]]:
    query = (
        sa.select(AuditRow)
        .where(AuditRow.target == f"room:{room_id}", AuditRow.action.contains("read"))
        .order_by(AuditRow.id)
    )
    return [(row.action, row.actor_id) for row in db.session.scalars(query)]


# ---- the rules ---------------------------------------------------------------------------------------------------


def test_it_takes_power_and_two_people_who_have_nothing_to_do_with_the_room() -> None:
    for role, may in (("coordinator", True), ("site_admin", True), ("teacher", False), ("officer", False)):
        assert may_ask_to_read(EmergencyAccessFacts(holds={role})) is may
        assert may_agree_to_read(EmergencyAccessFacts(held={role})) is may
    assert not may_ask_to_read(EmergencyAccessFacts(holds=COORDINATOR, of_the_room=True))
    assert not may_agree_to_read(EmergencyAccessFacts(holds=COORDINATOR))  # of another unit
    assert not may_agree_to_read(EmergencyAccessFacts(held=COORDINATOR, of_the_room=True))
    assert not may_agree_to_read(EmergencyAccessFacts(held=COORDINATOR, is_asker=True))


def test_only_who_asked_reads_once_it_is_agreed_and_within_the_hour() -> None:
    def reads(**facts: bool) -> bool:
        return may_read_opened(
            EmergencyAccessFacts(holds=COORDINATOR, **{"is_asker": True, "agreed": True, "in_time": True} | facts)
        )

    assert reads()
    assert not any(reads(**{fact: False}) for fact in ("is_asker", "agreed", "in_time"))
    assert not reads(of_the_room=True)
    assert not may_read_opened(
        EmergencyAccessFacts(is_asker=True, agreed=True, in_time=True)
    )  # the power has ended since


# ---- asking, agreeing, reading -----------------------------------------------------------------------------------


def test_one_asks_another_agrees_and_the_first_reads_for_an_hour(inside: World, who: Who, pair: int, far: str) -> None:
    reading = asked(who, pair)
    with pytest.raises(Forbidden):
        commands.read_room(who("mai"), reading.id)
    with pytest.raises(Forbidden):
        commands.agree_reading(who("mai"), reading.id)
    commands.agree_reading(who("quang"), reading.id)
    _reading, page = commands.read_room(who("mai"), reading.id)
    assert [one.text for one in page.items][:2] == ["Sao em học chậm vậy", "Dạ thôi ạ"]
    with pytest.raises(Forbidden):
        commands.read_room(who("quang"), reading.id)  # whoever agreed reads nothing by it
    with clock.travel(clock.now() + HOUR + timedelta(seconds=1)), pytest.raises(Forbidden):
        commands.read_room(who("mai"), reading.id)
    mai, quang = inside["mai"], inside["quang"]
    assert steps(pair) == [
        ("ask_reading", mai), ("agree_reading", quang), ("tell_of_reading", None), ("read_opened", mai),
    ]  # fmt: skip
    assert audit.verify().broken_at is None
    with pytest.raises(NotFound):
        queries.readable_room(who("mai"), pair)  # it opens this one page, and neither the room nor its sockets
    with pytest.raises(NotFound):
        messages_commands.post_message(who("mai"), pair, new_id(), "Chào")


def test_those_who_sit_there_and_the_guardians_of_children_hear_of_it(who: Who, pair: int, far: str) -> None:
    reading = asked(who, pair)
    assert told(who("minh").id) == []
    commands.agree_reading(who("quang"), reading.id)
    assert len(told(who("minh").id)) == len(told(who("khoa").id)) == 1
    assert len(told(who("lan").id)) == 2  # for her own seat, and for Minh
    for name in ("minh", "lan", "khoa"):
        assert "đe doạ" not in " ".join(told(who(name).id))


def test_while_a_grave_case_about_one_of_them_is_open_nobody_is_warned(who: Who, pair: int, far: str) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "scared")
    reading = asked(who, pair)
    commands.agree_reading(who("quang"), reading.id)
    assert told(who("khoa").id) == told(who("minh").id) == []
    decide(who("quang"), case.id, "reminded", "Đã nói chuyện với hai bên.")
    assert len(told(who("khoa").id)) == len(told(who("minh").id)) == 1 and reading.told_at is not None
    assert steps(pair)[-1] == ("tell_of_reading", None)


def refused(ask: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as caught:
        ask()
    return type(caught.value), str(caught.value)


def test_what_is_refused_is_named(inside: World, who: Who, pair: int, adults: int, far: str) -> None:
    def says(by: str, room_id: int, why: str = WHY) -> tuple[type[DomainError], str]:
        return refused(lambda: commands.ask_reading(who(by), room_id, why))

    assert says("mai", 999_999) == (InvalidInput, "Không có phòng mang số này.")
    assert says("mai", pair, "Cần đọc gấp")[1].startswith("Hãy ghi lý do rõ hơn")
    assert says("mai", pair, "Gọi cho cô ở số 0912 345 678 nhé cô")[0] is InvalidInput
    assert says("mai", adults)[1].startswith("Phòng này bạn đọc được như thường ngày")
    assert says("quang", pair)[0] is Conflict
    assert says("hang", adults)[0] is Forbidden and says("khoa", adults)[0] is Forbidden
    reading = asked(who, pair)
    assert says("mai", pair)[1].startswith("Bạn đã xin đọc phòng này rồi")
    for name in ("minh", "hang", "muoi"):
        assert refused(lambda name=name: commands.agree_reading(who(name), reading.id))[0] is NotFound
    assert reading.agreed_at is None


def test_two_who_agree_in_one_moment_are_one_and_the_other_is_told(who: Who, pair: int, far: str) -> None:
    reading = asked(who, pair)
    commands.agree_reading(who("quang"), reading.id)
    with pytest.raises(Conflict, match="đã được trả lời"):
        commands.agree_reading(who("admin1"), reading.id)
    with pytest.raises(Conflict):
        commands.decline_reading(who("admin1"), reading.id)
    assert reading.agreed_by_id == who("quang").id


def test_a_request_is_declined_or_runs_out_after_a_day(who: Who, pair: int, far: str) -> None:
    first = asked(who, pair)
    commands.decline_reading(who("quang"), first.id)
    second = asked(who, pair)
    with clock.travel(clock.now() + timedelta(days=1, seconds=1)):
        with pytest.raises(Conflict):
            commands.agree_reading(who("quang"), second.id)
        third = asked(who, pair)
        commands.agree_reading(who("admin1"), third.id)
    assert told(who("minh").id) != []


def test_neither_the_family_nor_who_takes_part_asks_or_agrees(inside: World, who: Who, pair: int, far: str) -> None:
    ward = db.session.scalars(sa.select(Membership.unit_id).where(Membership.user_id == inside["mai"])).all()[-1]
    _let_in(inside["lan"], ward, "coordinator")  # the mother of Minh, who sits there too, coordinates elsewhere
    with pytest.raises(Conflict):  # and reads it anyway
        commands.ask_reading(who("lan"), pair, WHY)
    _let_in(inside["lan"], inside["truong"], "coordinator")
    reading = asked(who, pair)
    with pytest.raises(NotFound):
        commands.agree_reading(who("lan"), reading.id)


# ---- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.full
def test_the_pages_lead_from_asking_to_reading(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        ward = community.create_unit(person(world["admin1"]), "xa", "ward", "Phường Xa")
        _let_in(world["mai"], ward.id, "coordinator")
        room = open_pair(world)
        messages_commands.post_message(person(world["minh"]), room, new_id(), "Em chào anh")
    mai, quang = as_("mai"), as_("quang")
    short = mai.post("/desk/readings", data={"room": str(room), "reason": "gấp"})
    assert short.status_code == 422 and "ít nhất 20 ký tự" in short.text
    place = mai.post("/desk/readings", data={"room": str(room), "reason": WHY}).location
    assert "Bỏ yêu cầu này" in mai.get(place).text and mai.get(f"{place}/room").status_code == 403
    assert "Đồng ý cho đọc" in quang.get(place).text
    assert as_("hang").get(place).status_code == 404 and as_("minh").get("/desk/readings").status_code in (403, 404)
    assert "Đã đồng ý" in quang.post(f"{place}/agree", follow_redirects=True).text
    assert "Em chào anh" in mai.get(f"{place}/room").text
    assert quang.get(f"{place}/room").status_code == 403
    assert "đang mở" in mai.get("/desk/readings").text
