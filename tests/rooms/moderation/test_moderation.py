"""Watchers: visible, reasoned, written down; held and hidden messages; nobody else may."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.parametrize import some
from tests.rooms.conftest import new_id
from tutoring.accounts.models import User
from tutoring.community.models import DutyShift, DutySlot
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands

Who = Callable[[str], User]


def lines(room_id: int) -> list[str]:
    query = sa.select(Message.text).where(Message.room_id == room_id, Message.kind == "system")
    return list(db.session.scalars(query.order_by(Message.seq)))


def acts(room_id: int) -> list[tuple[str, str]]:
    query = sa.select(AuditRow.action, AuditRow.reason).where(AuditRow.target == f"room:{room_id}")
    return [(action, reason) for action, reason in db.session.execute(query.order_by(AuditRow.id))]


def seen_by(viewer: User, room_id: int) -> list[dict[str, object]]:
    _room, known = queries.readable_room(viewer, room_id)
    return [rooms_serializers.posted_to(viewer, known, one) for one in queries.messages_after(room_id, 0).items]


def test_a_teacher_enters_and_everybody_sees_it(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    moderation_commands.enter_as_observer(who("hang"), pair)
    assert lines(pair) == ["Cô Hằng đã vào phòng."]
    assert acts(pair) == [("enter_room", "")]
    messages_commands.post_message(who("hang"), pair, new_id(), "Cô ở đây nhé")


def test_a_teacher_who_acts_from_the_board_is_in_the_room_by_it(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("minh").id, 5, "Lời lẽ")
    assert lines(pair)[0] == "Cô Hằng đã vào phòng."
    assert "tạm ngừng viết" in lines(pair)[1] and "Lời lẽ" not in lines(pair)[1]
    assert acts(pair) == [("enter_room", ""), ("mute", "Lời lẽ")]


@pytest.mark.parametrize(
    "name",
    some("mai", "bay", rest=["muoi", "an", "admin1"]),
)
def test_leads_officers_and_strangers_never_enter_a_childrens_room(who: Who, pair: int, name: str) -> None:
    for act in (moderation_commands.enter_as_observer, moderation_commands.hold_everything):
        with pytest.raises(NotFound):
            act(who(name), pair)
    assert lines(pair) == []


def test_a_lead_enters_a_room_of_adults_of_the_neighbourhood(who: Who, adults: int) -> None:
    moderation_commands.enter_as_observer(who("muoi"), adults)
    assert len(lines(adults)) == 1


@pytest.mark.parametrize("name", some("minh", "khoa", rest=["lan"]))
def test_who_takes_part_has_no_power_over_the_others(who: Who, pair: int, name: str) -> None:
    messages_commands.post_message(who("minh"), pair, new_id(), "Chào")
    for act in (
        lambda: moderation_commands.mute(who(name), pair, who("minh").id, 5, "x"),
        lambda: moderation_commands.remove_member(who(name), pair, who("khoa").id, "x"),
        lambda: moderation_commands.close_room(who(name), pair, "x"),
        lambda: moderation_commands.hold_everything(who(name), pair),
        lambda: moderation_commands.hide_message(who(name), pair, 1, "x"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert acts(pair) == []


def test_every_act_is_a_line_in_the_room_and_a_row_in_the_audit(who: Who, pair: int) -> None:
    hang, minh, khoa = who("hang"), who("minh").id, who("khoa").id
    messages_commands.post_message(who("minh"), pair, new_id(), "một")
    moderation_commands.hide_message(hang, pair, 1, "Có thông tin riêng")
    moderation_commands.hold_everything(hang, pair)
    held = [messages_commands.post_message(who("minh"), pair, new_id(), text).seq for text in ("hai", "ba")]
    moderation_commands.release_message(hang, pair, held[0])
    moderation_commands.refuse_message(hang, pair, held[1], "Không hợp")
    moderation_commands.hold_everything(hang, pair, on=False)
    moderation_commands.mute(hang, pair, minh, 5, "Lời lẽ")
    moderation_commands.unmute(hang, pair, minh)
    moderation_commands.remove_member(hang, pair, khoa, "Hỏi số điện thoại")
    moderation_commands.close_room(hang, pair, "Hết việc")
    done = [action for action, _ in acts(pair)]
    assert done == ["enter_room", "hide_message", "hold_room", "release_message", "refuse_message",
                    "unhold_room", "mute", "unmute", "remove_member", "close_room"]  # fmt: skip
    assert len(lines(pair)) == len(done)
    assert audit.verify().broken_at is None
    assert [one["seq"] for one in seen_by(who("minh"), pair)] == list(range(1, queries.room(pair).last_seq + 1))


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_acts_against_somebody_need_a_short_reason(who: Who, pair: int, reason: str) -> None:
    for act in (
        lambda: moderation_commands.mute(who("hang"), pair, who("minh").id, 5, reason),
        lambda: moderation_commands.remove_member(who("hang"), pair, who("minh").id, reason),
        lambda: moderation_commands.close_room(who("hang"), pair, reason),
    ):
        with pytest.raises(InvalidInput) as caught:
            act()
        assert caught.value.field == "reason"
    assert lines(pair) == []


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_a_mute_lasts_at_most_a_day(who: Who, pair: int, minutes: int) -> None:
    with pytest.raises(InvalidInput):
        moderation_commands.mute(who("hang"), pair, who("minh").id, minutes, "Lời lẽ")


def test_a_mute_ends_by_itself(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("minh").id, 10, "Lời lẽ")
    with clock.travel(clock.now() + timedelta(minutes=11)):
        messages_commands.post_message(who("minh"), pair, new_id(), "Em xin lỗi")


def test_watchers_do_not_remove_one_another_and_nobody_removes_strangers(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("quang"), pair)
    with pytest.raises(Forbidden):
        moderation_commands.remove_member(who("hang"), pair, who("quang").id, "x")
    with pytest.raises(NotFound):
        moderation_commands.remove_member(who("hang"), pair, who("bay").id, "x")


# ---- held and hidden ---------------------------------------------------------------------------------------


def test_a_held_message_has_its_number_and_shows_others_nothing(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    held = messages_commands.post_message(who("minh"), pair, new_id(), "bí mật")
    assert held.status == "held"
    for name in ("khoa", "lan"):
        last = seen_by(who(name), pair)[-1]
        assert (last["seq"], last["status"]) == (held.seq, "held")
        assert last["text"] is last["author"] is last["name"] is None
    for name in ("minh", "hang"):
        assert seen_by(who(name), pair)[-1]["text"] == "bí mật"
    assert rooms_serializers.serialize_message(queries.message(pair, held.seq))["text"] is None


def test_a_released_message_keeps_its_number_and_is_decided_once(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    held = messages_commands.post_message(who("minh"), pair, new_id(), "được").seq
    moderation_commands.release_message(who("hang"), pair, held)
    shown = {one["seq"]: one for one in seen_by(who("khoa"), pair)}[held]
    assert (shown["text"], shown["status"]) == ("được", "sent")
    with pytest.raises(Conflict):
        moderation_commands.refuse_message(who("hang"), pair, held, "Không hợp")


def test_a_refused_or_hidden_message_is_listed_without_text_for_everybody(who: Who, pair: int) -> None:
    messages_commands.post_message(who("minh"), pair, new_id(), "số của em 0912 345 678")
    moderation_commands.hide_message(who("hang"), pair, 1, "Có thông tin riêng")
    for name in ("minh", "khoa", "hang"):
        first = seen_by(who(name), pair)[0]
        assert (first["seq"], first["status"], first["text"], first["author"]) == (1, "hidden", None, None)


def test_a_watchers_own_messages_are_not_held(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    assert messages_commands.post_message(who("hang"), pair, new_id(), "Cô xem từng tin").status == "sent"


def test_the_rooms_own_lines_cannot_be_hidden(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    with pytest.raises(NotFound):
        moderation_commands.hide_message(who("hang"), pair, 1, "x")


# ---- duty --------------------------------------------------------------------------------------------------


@command
def duty_ends() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


def minutes_pass(minutes: int) -> None:
    for _ in range(minutes):
        clock.move(timedelta(minutes=1))
        jobs.run_due()


@pytest.fixture(autouse=True)
def _steady_clock() -> Iterator[None]:
    with clock.travel(clock.now()):
        yield


def test_a_childrens_room_closes_when_nobody_is_left_on_duty(who: Who, pair: int) -> None:
    minutes_pass(3)
    assert db.session.get_one(Room, pair).closed_at is None
    duty_ends()
    minutes_pass(1)
    closed = db.session.get_one(Room, pair)
    assert closed.closed_at is not None and closed.close_reason == "duty"
    assert lines(pair) == [
        "Hết giờ trực của thầy cô nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại khi có người trực."
    ]
    minutes_pass(2)
    assert len(lines(pair)) == 1


def test_the_helper_does_not_watch_over_himself(who: Who, inside: World) -> None:
    @command
    def only_hang() -> None:
        db.session.execute(sa.delete(DutySlot).where(DutySlot.user_id != inside["hang"]))

    seats = [(inside["minh"], "learner"), (inside["hang"], "helper")]
    room_id = sessions_commands.open_room(inside["lop6a"], seats, minors=True, observed=True).id
    only_hang()
    minutes_pass(1)
    assert db.session.get_one(Room, room_id).close_reason == "duty"


def test_a_room_of_adults_goes_on_without_duty(who: Who, adults: int) -> None:
    duty_ends()
    minutes_pass(3)
    assert db.session.get_one(Room, adults).closed_at is None


def test_nobody_acts_in_a_closed_room(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    moderation_commands.close_room(who("hang"), pair, "Hết việc")
    with pytest.raises(DomainError) as caught:
        moderation_commands.mute(who("hang"), pair, who("minh").id, 5, "x")
    assert caught.value.code == "closed"
    assert seen_by(who("minh"), pair)[-1]["text"] == "Cô Hằng đã đóng phòng."


def test_a_long_mute_names_its_day(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("minh").id, 24 * 60, "Lời lẽ")
    day = clock.local(clock.now() + timedelta(days=1)).strftime("%d/%m")
    assert lines(pair)[-1].endswith(f", {day}.")
