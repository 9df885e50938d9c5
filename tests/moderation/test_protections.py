"""What an open grave case holds in place is lifted by nobody but who decides it, from whichever page."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who, said
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_pair
from tutoring.community.memberships.nominations import nominate
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.actions.current_measures import changes_since, measures_now
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import commands as cases_commands
from tutoring.notifications.models import Notice
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands

WORDS = "Người trực đang xem lại."


def silenced(who: Who, pair: int) -> bool:
    seat = queries.seat(pair, who("khoa").id)
    assert seat is not None
    return seat.is_muted


def test_a_teacher_lifts_no_mute_of_a_grave_case_from_the_room(who: Who, pair: int) -> None:
    said(who("minh"), "message", f"{pair}/1", "contact")
    with pytest.raises(Forbidden) as refusal:
        moderation_commands.unmute(who("hang"), pair, who("khoa").id, "cho viết")
    assert refusal.value.code == "protected"
    with pytest.raises(Forbidden) as refusal:  # a shorter one lifts a part of it
        moderation_commands.mute(who("hang"), pair, who("khoa").id, 1, "một phút thôi")
    assert refusal.value.code == "protected"
    assert silenced(who, pair)
    moderation_commands.unmute(who("quang"), pair, who("khoa").id, "đã hỏi em Minh")
    assert not silenced(who, pair)


def test_a_teacher_stops_no_watch_of_each_message_while_a_danger_is_open(who: Who, pair: int) -> None:
    said(who("minh"), "room", str(pair), "danger")
    with pytest.raises(Forbidden):
        moderation_commands.hold_everything(who("hang"), pair, False)
    assert queries.room(pair).hold_all
    moderation_commands.hold_everything(who("quang"), pair, False, "phòng đã yên")
    assert not queries.room(pair).hold_all


def test_a_helper_whom_a_grave_case_has_paused_is_not_vouched_for_anew(who: Who, pair: int, inside: World) -> None:
    said(who("minh"), "message", f"{pair}/1", "contact")
    for name in ("hang",):
        with pytest.raises(Forbidden):
            nominate(who(name), who("khoa").id, inside["lop11a"])
    nominate(who("quang"), who("khoa").id, inside["lop11a"])  # who decides the case may


def test_a_case_without_a_grave_grade_holds_nothing(who: Who, pair: int) -> None:
    said(who("minh"), "message", f"{pair}/1", "bullied")
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 30, "một lúc")
    moderation_commands.unmute(who("hang"), pair, who("khoa").id)
    assert not silenced(who, pair)


def test_once_it_is_decided_a_teacher_lets_write_again(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    cases_commands.decide(who("quang"), case.id, "reminded", "Ở đây không xin số điện thoại.")
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 30, "một lúc")
    moderation_commands.unmute(who("hang"), pair, who("khoa").id)
    assert not silenced(who, pair)


@pytest.mark.parametrize(
    "kind",
    some("mute", "quarantine", rest=["lock", "hide"]),
)
def test_acts_of_a_grave_case_are_undone_by_who_decides_it_alone(who: Who, pair: int, kind: str) -> None:
    case = said(who("minh"), "room", str(pair), "contact")
    act = actions_commands.act(
        who("hang"), kind, case_id=case.id, about_id=who("khoa").id, reason="danger", words=WORDS,
        seq=1 if kind == "hide" else None, minutes=1440 if kind == "mute" else None,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        actions_commands.reverse(who("hang"), act.id, "nhầm")
    if kind == "lock":
        with pytest.raises(Forbidden):
            moderation_commands.unlock_writing(who("hang"), pair)
    claims.let_go(who("hang"), case.id)
    assert actions_commands.reverse(who("quang"), act.id, "đã rõ").undone_words == "đã rõ"


def test_a_second_look_brings_no_message_back_while_a_grave_case_needs_it_hidden(who: Who, pair: int) -> None:
    said(who("minh"), "message", f"{pair}/1", "contact")
    moderation_commands.appeal(who("khoa"), pair, 1)
    with pytest.raises(Forbidden):
        moderation_commands.decide_appeal(who("hang"), pair, 1, True, "Không sao")
    assert queries.message(pair, 1).status == "hidden"
    moderation_commands.decide_appeal(who("hang"), pair, 1, False, "Chờ người phụ trách")


def test_the_case_knows_how_its_measures_stand_now_and_who_changed_what_and_why(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    assert {one.act: one.stands for one in measures_now(case)} == {
        "evidence": True, "silence": True, "pause": True, "hide": True
    }  # fmt: skip
    moderation_commands.unmute(who("quang"), pair, who("khoa").id, "đã nói chuyện với hai em")
    assert {one.act: one.stands for one in measures_now(case)}["silence"] is False
    change = changes_since(case)[0]
    assert (change.action, change.by, change.about) == ("unmute", who("quang"), who("khoa"))
    assert change.reason == "đã nói chuyện với hai em"


def opened(app: Flask, world: World) -> tuple[int, int]:
    """A room of Minh and Khoa, and the case of a message of Khoa's in it."""
    with app.app_context():
        room_id = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), room_id, new_id(), "Sao em học chậm vậy")
        return room_id, said(person(world["minh"]), "message", f"{room_id}/1", "contact").id


def test_the_page_of_a_case_prints_the_lines_of_the_room_its_state_and_what_was_typed(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    room_id, case_id = opened(app, world)
    quang, hang = as_("quang"), as_("hang")
    hang.post(f"/rooms/{room_id}/unmute", data={"user": world["khoa"], "reason": "cho viết"})
    page = quang.get(f"/desk/cases/{case_id}").text
    assert "có hiệu lực đến" in page and "cho viết" not in page
    quang.post(f"/rooms/{room_id}/unmute", data={"user": world["khoa"], "reason": "đã nói chuyện với hai em"})
    page = quang.get(f"/desk/cases/{case_id}").text
    assert "đã nói chuyện với hai em" in page and "hết hiệu lực" in page and "Cho viết lại" in page
    with app.app_context():
        lines = [one.text for one in queries.messages_after(room_id, 1).items if one.kind == "system"]
    assert lines and all(line in page for line in lines)


def test_a_typed_reason_is_kept_by_every_act_that_lifts_something(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 30, "một lúc")
    moderation_commands.unmute(who("hang"), pair, who("khoa").id, "đã xin lỗi")
    moderation_commands.lock_writing(who("hang"), pair, "xem lại")
    moderation_commands.unlock_writing(who("hang"), pair, "đã xem")
    moderation_commands.hold_everything(who("hang"), pair, True, "xem từng tin")
    moderation_commands.hold_everything(who("hang"), pair, False, "ổn rồi")
    assert [(one.action, one.reason) for one in reversed(changes_since(case))] == [
        ("mute", "một lúc"), ("unmute", "đã xin lỗi"), ("lock_room", "xem lại"), ("unlock_room", "đã xem"),
        ("hold_room", "xem từng tin"), ("unhold_room", "ổn rồi"),
    ]  # fmt: skip


def test_a_case_is_taken_from_another_only_with_a_reason_that_this_one_reads(app: Flask, who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    claims.claim(who("hang"), case.id)
    for takes in (
        lambda: claims.claim(who("quang"), case.id),
        lambda: cases_commands.decide(who("quang"), case.id, "none", "Không có gì."),
        lambda: actions_commands.act(who("quang"), "warn", case_id=case.id, reason="danger", words=WORDS),
    ):
        with pytest.raises(Conflict):
            takes()
    claims.claim(who("quang"), case.id, "Cô đang dạy, em gọi gia đình ngay")
    assert case.claimed_by_id == who("quang").id
    told = db.session.scalars(sa.select(Notice).where(Notice.user_id == who("hang").id).order_by(Notice.id)).all()[-1]
    assert told.params["reason"] == "Cô đang dạy, em gọi gia đình ngay"
    with pytest.raises(Conflict):  # nor does who may not decide take it back
        claims.claim(who("hang"), case.id, "em xem trước")


def test_the_page_of_a_case_in_another_hand_asks_for_the_reason(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    _room_id, case_id = opened(app, world)
    hang, quang = as_("hang"), as_("quang")
    hang.post(f"/desk/cases/{case_id}/claim")
    page = quang.get(f"/desk/cases/{case_id}").text
    assert 'id="take-reason"' in page and 'id="decide"' not in page
    quang.post(f"/desk/cases/{case_id}/claim", data={"reason": "Cô đang dạy, em gọi gia đình ngay"})
    assert 'id="decide"' in quang.get(f"/desk/cases/{case_id}").text
    assert "Lý do: Cô đang dạy, em gọi gia đình ngay" in hang.get("/notices").text
