"""Rehearsing in a room: a learner shows a run, who helps proposes one and points at a control of it."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy.rehearsing import may_point, may_see_run, may_show_run, may_suggest
from tutoring.policy.rooms import Facts, may_read_room
from tutoring.practice import bank, room_runs
from tutoring.practice.commands import start_run
from tutoring.practice.events import ControlPointed, RunShown
from tutoring.practice.models import PracticeRun
from tutoring.practice.watching import controls
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.messages import refuse_silent
from tutoring.rooms.helped_models import RoomAct
from tutoring.rooms.models import Room
from tutoring.rooms.queries import facts, locked_room, readable, shown_name

GONE = N_("Người học không còn mở bài tập này trong phòng. Hãy tải lại trang.")


@command
def begin_in_room(user: User, room_id: int, name: str) -> PracticeRun:
    """A learner rehearses where the room sees it: one run at a time; another one goes on alone."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_show_run(known):
        readable(user, room_id)
        _refuse_shut(room, known)
        raise NotAllowed(N_("Người học tự bắt đầu bài tập của mình."))
    _let_go(PracticeRun.user_id == user.id, PracticeRun.room_id == room_id)
    made = start_run(user.id, name, "together", room_id=room_id)
    db.session.add(RoomAct(room_id=room_id, user_id=user.id))
    announce(RunShown(made.id, user.id, room_id))
    return made


@command
def stop_in_room(user: User, room_id: int) -> None:
    """The learner goes on alone: the room sees the run no longer. Safe to say twice."""
    readable(user, room_id)
    _let_go(PracticeRun.user_id == user.id, PracticeRun.room_id == room_id)


@command
def suggest(user: User, room_id: int, name: str) -> None:
    """Who helps proposes a rehearsal: a line that everybody reads; the learner begins it, or does not."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_suggest(known):
        readable(user, room_id)
        refuse_silent(room, user, known)
        raise NotAllowed(N_("Người giúp hoặc thầy cô đề nghị bài tập."))
    title = bank.scenario(name).title.vi
    system_line(room, f"{shown_name(user)} đề nghị cùng tập luyện: {title}. Người học bấm “Cùng tập luyện” để bắt đầu.")


@command
def point(user: User, room_id: int, run_id: str, at: int, control: str) -> None:
    """Point at a control of a learner's screen. `at` is how many steps the page had seen.

    Raises Conflict when the learner has gone on meanwhile, so nobody ever points at something else than they meant.
    """
    run = _run_pointed_at(user, room_id, run_id)
    going = room_runs.replayed([(run, user)])
    if run.ended_at is not None or not going or at != len(run.events):
        raise Conflict(N_("Người học vừa sang bước khác. Hãy xem lại màn hình rồi chỉ."), code="moved")
    if control not in controls(going[0].scenario, going[0].state):
        raise Invalid(N_("Màn hình này không có chỗ đó. Hãy chọn lại."), field="control")
    run.pointed, run.pointed_at, run.pointed_by_id = control, at, user.id
    db.session.add(RoomAct(room_id=room_id, user_id=user.id))
    announce(ControlPointed(run.id, run.user_id, room_id, control, user.id))


@command
def unpoint(user: User, room_id: int, run_id: str) -> None:
    """Nobody points any more: by the learner, or by who might point. Safe to say twice."""
    run = _run_pointed_at(user, room_id, run_id, own_too=True)
    if run.pointed:
        run.pointed, run.pointed_at, run.pointed_by_id = "", 0, None
        announce(ControlPointed(run.id, run.user_id, room_id, "", user.id))


@command
def note_step(user_id: int, room_id: int) -> None:
    """A step of a run that the room sees: a person, and not a page, is there."""
    db.session.add(RoomAct(room_id=room_id, user_id=user_id))
    db.session.flush()


def _run_pointed_at(user: User, room_id: int, run_id: str, own_too: bool = False) -> PracticeRun:
    """A run of this room, held, for somebody who may point in it. What one may not see is missing."""
    room, known = readable(user, room_id)
    _refuse_shut(room, known)
    query = sa.select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.room_id == room_id)
    run = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    own, wards = run is not None and run.user_id == user.id, room_runs.wards_of(user, known)
    if run is None or not may_see_run(known, own, run.user_id in wards):
        raise Missing(GONE)
    if not (own and own_too) and not may_point(known, run.user_id in wards):
        refuse_silent(room, user, known)
        raise NotAllowed(N_("Người giúp hoặc thầy cô trong phòng mới chỉ được."))
    return run


def _refuse_shut(room: Room, known: Facts) -> None:
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
    if known.locked:
        raise NotAllowed(N_("Phòng đang khoá: %(why)s. Bạn vẫn đọc được."), code="locked", why=room.lock_words)


# ---- what ends it ------------------------------------------------------------------------------------------


def _let_go(*which: sa.ColumnElement[bool]) -> None:
    """Within a command: these runs go on alone."""
    for run in db.session.scalars(sa.select(PracticeRun).where(*which).order_by(PracticeRun.id).with_for_update()):
        if run.room_id is not None:
            announce(RunShown(run.id, run.user_id, run.room_id))
        run.room_id, run.pointed, run.pointed_at, run.pointed_by_id = None, "", 0, None
    db.session.flush()


@command
def let_room_go(room_id: int, user_id: int | None = None) -> None:
    """The room is over, or this person is in it no longer: runs go on alone."""
    whose = () if user_id is None else (PracticeRun.user_id == user_id,)
    _let_go(PracticeRun.room_id == room_id, *whose)


@command
def let_lost_rooms_go(user: User) -> None:
    """Some right of this person has ended: what they show where they no longer are goes on alone."""
    query = sa.select(Room).join(PracticeRun, PracticeRun.room_id == Room.id).where(PracticeRun.user_id == user.id)
    for room in db.session.scalars(query.distinct().order_by(Room.id)):
        if not may_read_room(facts(room, user)):
            _let_go(PracticeRun.room_id == room.id, PracticeRun.user_id == user.id)


@command
def forget_pointing(user_id: int) -> None:
    """Nothing says that this person pointed."""
    pointed = sa.update(PracticeRun).where(PracticeRun.pointed_by_id == user_id)
    db.session.execute(pointed.values(pointed="", pointed_at=0, pointed_by_id=None))
