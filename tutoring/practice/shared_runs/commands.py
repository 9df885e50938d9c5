"""Commands for practising in a room: show a run, suggest a scenario, point at a control."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.practice.shared_runs import may_point, may_see_run, may_show_run, may_suggest
from tutoring.policy.rooms.participation import RoomFacts, may_read_room
from tutoring.practice import scenarios
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.events import ControlPointed, RunShown
from tutoring.practice.runs.commands import start_run
from tutoring.practice.runs.models import PracticeRun
from tutoring.practice.screens.observed_screen import controls
from tutoring.practice.shared_runs import queries as shared_runs_queries
from tutoring.rooms.messages.commands import require_may_write
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Room
from tutoring.rooms.queries import locked_room, readable_room, room_facts, shown_name
from tutoring.rooms.volunteer_minutes.models import RoomActivity

GONE = N_("Người học không còn mở bài tập này trong phòng. Hãy tải lại trang.")


@command
def begin_in_room(user: User, room_id: int, name: str) -> PracticeRun:
    """Begins a run that the room sees; the learner's earlier run leaves the room.

    A learner shows one run at a time. Raises Forbidden or Conflict when the learner may not show a run there.
    """
    room = locked_room(room_id)
    known = room_facts(room, user)
    if not may_show_run(known):
        readable_room(user, room_id)
        _refuse_shut(room, known)
        raise Forbidden(N_("Người học tự bắt đầu bài tập của mình."))
    _known(name)
    _let_go(PracticeRun.user_id == user.id, PracticeRun.room_id == room_id)
    made = start_run(user.id, name, "together", room_id=room_id)
    db.session.add(RoomActivity(room_id=room_id, user_id=user.id))
    publish(RunShown(made.id, user.id, room_id))
    return made


@command
def stop_in_room(user: User, room_id: int) -> None:
    """Hides the learner's run from the room; the learner can continue alone. Idempotent."""
    readable_room(user, room_id)
    _let_go(PracticeRun.user_id == user.id, PracticeRun.room_id == room_id)


@command
def suggest(user: User, room_id: int, name: str) -> None:
    """Suggests a scenario in a system message of the room; the learner decides about it.

    Helpers and staff may suggest one.
    """
    room = locked_room(room_id)
    known = room_facts(room, user)
    if not may_suggest(known):
        readable_room(user, room_id)
        require_may_write(room, user, known)
        raise Forbidden(N_("Người giúp hoặc thầy cô đề nghị bài tập."))
    title = _known(name).title.vi
    append_system_message(
        room, f"{shown_name(user)} đề nghị cùng tập luyện: {title}. Người học bấm “Cùng tập luyện” để bắt đầu."
    )


@command
def point(user: User, room_id: int, run_id: str, at: int, control: str) -> None:
    """Points at a control of a learner's screen.

    `at` is the number of events that the page had seen. Raises Conflict when the learner has moved on, so that a
    user never points at another control than intended.
    """
    run = _run_pointed_at(user, room_id, run_id)
    going = shared_runs_queries.replayed([(run, user)])
    if run.ended_at is not None or not going or at != len(run.events):
        raise Conflict(N_("Người học vừa sang bước khác. Hãy xem lại màn hình rồi chỉ."), code="moved")
    if control not in controls(going[0].scenario, going[0].state):
        raise InvalidInput(N_("Màn hình này không có chỗ đó. Hãy chọn lại."), field="control")
    run.pointed, run.pointed_at, run.pointed_by_id = control, at, user.id
    db.session.add(RoomActivity(room_id=room_id, user_id=user.id))
    publish(ControlPointed(run.id, run.user_id, room_id, control, user.id))


@command
def unpoint(user: User, room_id: int, run_id: str) -> None:
    """Ends the pointing; the learner and every user who may point can do it. Idempotent."""
    run = _run_pointed_at(user, room_id, run_id, own_too=True)
    if run.pointed:
        run.pointed, run.pointed_at, run.pointed_by_id = "", 0, None
        publish(ControlPointed(run.id, run.user_id, room_id, "", user.id))


@command
def note_step(user_id: int, room_id: int) -> None:
    """Records activity in the room for a step of a shown run.

    The step proves that the user is present, not only an open page.
    """
    db.session.add(RoomActivity(room_id=room_id, user_id=user_id))
    db.session.flush()


def _run_pointed_at(user: User, room_id: int, run_id: str, own_too: bool = False) -> PracticeRun:
    """Returns a locked run of this room for a user who may point in it.

    A run that the user may not see is treated like a missing one.
    """
    room, known = readable_room(user, room_id)
    _refuse_shut(room, known)
    query = sa.select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.room_id == room_id)
    run = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    own, wards = run is not None and run.user_id == user.id, shared_runs_queries.wards_of(user, known)
    if run is None or not may_see_run(known, own, run.user_id in wards):
        raise Conflict(GONE, code="moved")
    if not (own and own_too) and not may_point(known, run.user_id in wards):
        require_may_write(room, user, known)
        raise Forbidden(N_("Người giúp hoặc thầy cô trong phòng mới chỉ được."))
    return run


def _known(name: str) -> Scenario:
    found = scenarios.find_scenario(name)
    if found is None:
        raise InvalidInput(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="scenario")
    return found


def _refuse_shut(room: Room, known: RoomFacts) -> None:
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
    if known.locked:
        raise Forbidden(N_("Phòng đang khoá: %(why)s. Bạn vẫn đọc được."), code="locked", why=room.lock_words)


# ---- what ends the showing -------------------------------------------------------------------------------------


def _let_go(*which: sa.ColumnElement[bool]) -> None:
    """Hides these runs from their rooms; call it within a command."""
    for run in db.session.scalars(sa.select(PracticeRun).where(*which).order_by(PracticeRun.id).with_for_update()):
        if run.room_id is not None:
            publish(RunShown(run.id, run.user_id, run.room_id))
        run.room_id, run.pointed, run.pointed_at, run.pointed_by_id = None, "", 0, None
    db.session.flush()


@command
def hide_runs_from_room(room_id: int, user_id: int | None = None) -> None:
    """Hides runs when the room is closed or this user has left it."""
    whose = () if user_id is None else (PracticeRun.user_id == user_id,)
    _let_go(PracticeRun.room_id == room_id, *whose)


@command
def hide_runs_from_unreadable_rooms(user: User) -> None:
    """Hides the runs of this user in rooms that the user may no longer read."""
    query = sa.select(Room).join(PracticeRun, PracticeRun.room_id == Room.id).where(PracticeRun.user_id == user.id)
    for room in db.session.scalars(query.distinct().order_by(Room.id)):
        if not may_read_room(room_facts(room, user)):
            _let_go(PracticeRun.room_id == room.id, PracticeRun.user_id == user.id)


@command
def forget_pointing(user_id: int) -> None:
    """Removes the pointing of this user."""
    pointed = sa.update(PracticeRun).where(PracticeRun.pointed_by_id == user_id)
    db.session.execute(pointed.values(pointed="", pointed_at=0, pointed_by_id=None))
