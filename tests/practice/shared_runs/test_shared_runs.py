"""A rehearsal in a room: who begins it, who points, what ends it, and what is pushed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World, person
from tests.practice.rooms import NAME, begins, does, open_filing, open_group, seen, walk
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate
from tests.rooms.test_reactions import Push, pushed
from tutoring.accounts import erasure as accounts_erasure
from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.policy.practice.shared_runs import may_point, may_see_run, may_show_run, may_suggest
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.practice.runs import commands as practice
from tutoring.practice.runs.models import PracticeRun
from tutoring.practice.shared_runs import commands
from tutoring.practice.shared_runs import queries as shared_runs_queries
from tutoring.rooms import queries
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.models import Message
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.volunteer_minutes.models import RoomActivity
from tutoring.web.socket_io import realtime

Who = Callable[[str], User]
__all__ = ["pushed"]

FIRST = "field:tim"


@pytest.fixture
def room(inside: World) -> int:
    return open_filing(inside)


ToPeople = tuple[str, dict[str, str], list[int]]


@pytest.fixture
def to_people(monkeypatch: pytest.MonkeyPatch) -> list[ToPeople]:
    """Every push to people by name, in order."""
    seen: list[ToPeople] = []
    monkeypatch.setattr(realtime, "push_each", lambda event, told, people: seen.append((event, told, sorted(people))))
    return seen


@pytest.fixture
def run(who: Who, room: int) -> str:
    return begins(who("minh"), room).id


def kept(run_id: str) -> PracticeRun:
    db.session.expire_all()
    return db.session.get_one(PracticeRun, run_id)


# ---- beginning ---------------------------------------------------------------------------------------------


def test_the_learner_begins_where_the_room_sees_it_and_goes_on_with_what_is_open(who: Who, room: int) -> None:
    made = begins(who("minh"), room)
    assert (made.room_id, made.mode, made.user_id) == (room, "together", who("minh").id)
    does(who("minh").id, made.id, {"set": "tim", "value": "trich-luc"})
    assert begins(who("minh"), room).id == made.id and seen(made.id) == 1


def test_nobody_begins_for_the_learner(who: Who, room: int) -> None:
    for name in ("khoa", "lan", "hang"):
        with pytest.raises(Forbidden):
            begins(who(name), room)
    with pytest.raises(NotFound):
        begins(who("bay"), room)
    with pytest.raises(InvalidInput):
        commands.begin_in_room(who("minh"), room, "khong-co")


def test_one_learner_shows_one_run_and_the_other_goes_on_alone(who: Who, room: int, run: str) -> None:
    elsewhere = practice.start_run(who("minh").id, NAME, "alone", room_id=room).id
    begins(who("minh"), room)
    assert kept(run).room_id == room and kept(elsewhere).room_id is None
    assert kept(elsewhere).ended_at is None


def test_who_helps_proposes_it_in_a_line_of_the_room(who: Who, room: int) -> None:
    commands.suggest(who("khoa"), room, NAME)
    line = db.session.scalars(sa.select(Message).where(Message.room_id == room).order_by(Message.seq.desc())).first()
    assert line is not None and line.kind == "system"
    assert line.text.startswith("Khoa đề nghị cùng tập luyện: Tập nộp hồ sơ")
    for name in ("minh", "lan"):
        with pytest.raises(Forbidden):
            commands.suggest(who(name), room, NAME)


# ---- pointing ----------------------------------------------------------------------------------------------


def test_helper_teacher_and_guardian_point_at_what_stands_on_the_screen(who: Who, room: int, run: str) -> None:
    for name, control in (("khoa", FIRST), ("hang", "do:tim-kiem"), ("lan", FIRST)):
        commands.point(who(name), room, run, 0, control)
        assert (kept(run).pointed, kept(run).pointed_at, kept(run).pointed_by_id) == (control, 0, who(name).id)
    for control in ("field:ten_con", "do:nop", "trap:tai-khoan-rieng", "back", "tim", "", "field:tim\n"):
        with pytest.raises(InvalidInput):
            commands.point(who("khoa"), room, run, 0, control)
    assert kept(run).pointed == FIRST


def test_while_a_trap_waits_it_alone_is_pointed_at(who: Who, room: int, run: str) -> None:
    steps = list(walk())
    does(who("minh").id, run, *steps[: steps.index({"do": "thanh-toan"}) + 1])
    with pytest.raises(InvalidInput):
        commands.point(who("khoa"), room, run, seen(run), "field:noi_tra")
    commands.point(who("khoa"), room, run, seen(run), "trap:tai-khoan-rieng")


def test_pointing_is_over_with_the_next_step_and_by_everybody_s_hand(who: Who, room: int, run: str) -> None:
    for name in ("minh", "khoa", "hang"):
        commands.point(who("khoa"), room, run, 0, FIRST)
        for _ in range(2):
            commands.unpoint(who(name), room, run)
        assert (kept(run).pointed, kept(run).pointed_by_id) == ("", None)
    commands.point(who("khoa"), room, run, 0, FIRST)
    does(who("minh").id, run, {"set": "tim", "value": "trich-luc"})
    with pytest.raises(Conflict) as refusal:
        commands.point(who("khoa"), room, run, 0, FIRST)  # of a screen that is no more
    assert refusal.value.code == "moved"


def test_other_learners_and_strangers_neither_point_nor_know_of_the_run(who: Who, inside: World) -> None:
    group = open_group(inside)
    run = begins(who("minh"), group).id
    for name, refusal in (("an", Conflict), ("bay", NotFound), ("lan", NotFound)):
        for run_id in (run, "khong-co"):  # the same answer for what is not there
            with pytest.raises(refusal):
                commands.point(who(name), group, run_id, 0, FIRST)
            with pytest.raises(refusal):
                commands.unpoint(who(name), group, run_id)
    with pytest.raises(Forbidden):
        commands.point(who("minh"), group, run, 0, FIRST)
    other = open_filing(inside)
    with pytest.raises(Conflict):
        commands.point(who("khoa"), other, run, 0, FIRST)  # it is shown in another room
    assert kept(run).pointed == ""


@pytest.mark.parametrize(("shut", "code"), [("muted", "muted"), ("locked", "locked"), ("closed", "closed")])
def test_who_is_muted_and_who_sits_in_a_locked_or_closed_room_does_not_point(
    who: Who, room: int, run: str, shut: str, code: str
) -> None:
    if shut == "muted":
        moderation_commands.mute(who("hang"), room, who("khoa").id, 5, "Nói to")
    elif shut == "locked":
        moderation_commands.lock_writing(who("hang"), room, "Xem lại đã")
    else:
        moderation_commands.close_room(who("hang"), room, "Hết giờ")
    with pytest.raises(DomainError) as refusal:
        commands.point(who("khoa"), room, run, 0, FIRST)
    assert refusal.value.code == code
    assert kept(run).pointed == ""


# ---- what ends it ------------------------------------------------------------------------------------------


def test_a_run_goes_on_alone_after_the_room_a_goodbye_a_removal_and_by_the_learner_s_wish(
    who: Who, inside: World
) -> None:
    ends: list[Callable[[int], object]] = [
        lambda room: moderation_commands.close_room(who("hang"), room, "Hết giờ"),
        lambda room: presence_commands.leave(who("minh"), room),
        lambda room: moderation_commands.remove_member(who("hang"), room, who("minh").id, "Nghỉ một lát"),
        lambda room: commands.stop_in_room(who("minh"), room),
        lambda room: consent_withdrawal.stop_rooms_of(who("minh").id, "withdrawn"),
    ]
    for end in ends:
        room = open_filing(inside)
        run = begins(who("minh"), room).id
        commands.point(who("khoa"), room, run, seen(run), FIRST) if seen(run) == 0 else None
        end(room)
        assert (kept(run).room_id, kept(run).pointed, kept(run).ended_at) == (None, "", None)
        does(who("minh").id, run, {"set": "tim", "value": "trich-luc"})


def test_the_goodbye_of_the_helper_ends_nothing(who: Who, room: int, run: str) -> None:
    presence_commands.leave(who("khoa"), room)
    assert kept(run).room_id == room


def test_whoever_leaves_the_class_shows_nothing_in_its_room(who: Who, inside: World) -> None:
    room = persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class").id
    tam = person(classmate(inside, "Tâm"))
    persistent_rooms_commands.take_seat(tam, room)
    run = begins(tam, room).id
    member = db.session.scalars(sa.select(Membership).where(Membership.user_id == tam.id)).one()
    community.end_member(who("hang"), member.id, "Chuyển lớp")
    assert kept(run).room_id is None


def test_of_an_erased_account_neither_runs_nor_pointing_stay(who: Who, room: int, run: str) -> None:
    commands.point(who("lan"), room, run, 0, FIRST)
    commands.forget_pointing(who("lan").id)
    assert (kept(run).pointed, kept(run).pointed_by_id) == ("", None)
    assert accounts_erasure.GONE  # the account itself goes by tests/privacy


# ---- what is heard -----------------------------------------------------------------------------------------


def test_pushes_say_that_something_moved_and_to_the_learner_alone_what_is_pointed_at(
    who: Who, room: int, run: str, pushed: list[Push], to_people: list[ToPeople]
) -> None:
    pushed.clear()
    to_people.clear()
    does(who("minh").id, run, {"set": "tim", "value": "trich-luc"}, {"do": "tim-kiem"})
    commands.point(who("khoa"), room, run, 2, "do:ban-sao")
    everybody = sorted(who(name).id for name in ("minh", "khoa", "lan", "hang"))
    assert to_people == [("run_moved", {"room": str(room), "run": run}, everybody)] * 2
    told = {"room": str(room), "run": run, "control": "do:ban-sao", "name": "Anh Khoa"}
    assert pushed == [("pointed", told, f"user:{who('minh').id}")]
    commands.unpoint(who("minh"), room, run)
    assert pushed[1][1] == {**told, "control": "", "name": ""}


def test_no_classmate_hears_of_a_run(who: Who, inside: World, to_people: list[ToPeople]) -> None:
    group = open_group(inside)
    begins(who("minh"), group)
    assert to_people[-1][2] == sorted(who(name).id for name in ("minh", "khoa"))


def test_steps_count_as_being_awake(who: Who, room: int, run: str) -> None:
    before = db.session.scalar(sa.select(sa.func.count(RoomActivity.id)).where(RoomActivity.user_id == who("minh").id))
    does(who("minh").id, run, {"set": "tim", "value": "trich-luc"})
    after = db.session.scalar(sa.select(sa.func.count(RoomActivity.id)).where(RoomActivity.user_id == who("minh").id))
    assert before is not None and after == before + 1


def test_what_was_left_alone_for_two_hours_is_no_longer_shown(who: Who, room: int, run: str) -> None:
    from_now = queries.room(room)
    assert [one.run.id for one in shared_runs_queries.shown_in(from_now)] == [run]
    clock.move(timedelta(hours=2, minutes=1))
    assert shared_runs_queries.shown_in(from_now) == []
    clock.move(timedelta(0))


# ---- the rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["learner", "helper", "guardian", "observer"])
def test_a_locked_or_closed_room_shows_nothing_and_takes_nothing(role: str) -> None:
    for shut in ({"locked": True}, {"closed": True}, {"removed": True}):
        facts = RoomFacts(role=role, held=frozenset({"teacher"}), **shut)
        assert not may_see_run(facts, role == "learner", True)
        assert not (may_show_run(facts) or may_point(facts, True))


def test_the_learner_shows_and_the_others_point() -> None:
    learner, helper, guardian = (RoomFacts(role=role) for role in ("learner", "helper", "guardian"))
    assert may_show_run(learner) and not may_point(learner, False) and not may_suggest(learner)
    assert may_point(helper, False) and may_suggest(helper) and not may_show_run(helper)
    assert may_point(guardian, True) and not may_point(guardian, False) and not may_suggest(guardian)
    assert not may_see_run(learner, False, False) and not may_see_run(guardian, False, False)
    assert not may_point(RoomFacts(role="helper", muted=True), False)
    assert not may_point(RoomFacts(role="helper", resting=True), False)
