"""Beginning, playing and ending runs."""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import commands as lessons
from tutoring.lessons.queries import find_lesson
from tutoring.practice import bank, guide, playing, scoring, simulator
from tutoring.practice.events import RunFinished, RunMoved
from tutoring.practice.models import COUNTING, MODES, PracticeRun
from tutoring.practice.playing import Step
from tutoring.practice.scenario import Scenario
from tutoring.practice.simulator import Event, State

CHANGED = N_("Bài tập này vừa được sửa. Hãy bắt đầu lại từ đầu.")


@command
def start_run(
    user_id: int, name: str, mode: str, screen: str = "", room_id: int | None = None, again: bool = False
) -> PracticeRun:
    """Begin a rehearsal, or go on with the one already open in this mode; `again` gives that one up and begins anew.

    With `screen` it begins there, with what leads there done already; such a run proves nothing of the whole. Whether
    the person sits in the room is for the caller. Raises Missing for an unknown scenario.
    """
    scenario = bank.scenario(name)
    if mode not in MODES:
        raise Invalid(N_("Hãy chọn một cách luyện."), field="mode")
    found = _open(user_id, name, mode)
    if found is not None and not again and found.digest == bank.digest(name):
        found.room_id = room_id
        return found
    if found is not None:
        found.ended_at = clock.now()
        db.session.flush()
    events = guide.up_to(scenario, screen) if screen else []
    state = simulator.replay(scenario, events)
    insert_once(
        PracticeRun, id=str(uuid.uuid4()), user_id=user_id, room_id=room_id, scenario=name, version=scenario.version,
        digest=bank.digest(name), mode=mode, in_part=bool(events), events=[dict(one) for one in events],
        screen=state.screen,
    )  # fmt: skip
    made = _open(user_id, name, mode)
    if made is None:  # somebody began and gave up in the same moment
        raise Conflict
    return made


def _open(user_id: int, name: str, mode: str) -> PracticeRun | None:
    query = sa.select(PracticeRun).where(
        PracticeRun.user_id == user_id, PracticeRun.scenario == name, PracticeRun.mode == mode,
        PracticeRun.ended_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.with_for_update())


@command
def play(
    user_id: int, run_id: str, at: int, typed: Mapping[str, str], event: Event | None
) -> tuple[PracticeRun, State, Step]:
    """One step of a run. `at` is how many events the page had seen.

    Raises Missing for another person's run, Conflict when the run has gone on elsewhere, is over, or its scenario has
    changed. What is not taken comes back in the step; nothing of it is kept.
    """
    query = sa.select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.user_id == user_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise Missing
    scenario = bank.find_scenario(found.scenario)
    if scenario is None or found.digest != bank.digest(found.scenario):
        raise Conflict(CHANGED)
    if found.ended_at is not None:
        raise Conflict(N_("Lượt luyện này đã xong. Hãy bắt đầu lượt mới."))
    if at != len(found.events):
        raise Conflict(N_("Lượt luyện này đã đi tiếp ở nơi khác. Hãy xem lại màn hình rồi làm tiếp."))
    state = simulator.replay(scenario, found.events)
    done = playing.step(scenario, state, typed, event)
    if done.kept:
        _keep(found, scenario, state, done)
    return found, state, done


def _keep(found: PracticeRun, scenario: Scenario, state: State, done: Step) -> None:
    found.events = [*found.events, *done.kept]
    found.updated_at = clock.now()
    if found.screen != state.screen:
        found.screen, found.screen_at = state.screen, found.updated_at
    if found.room_id is not None:
        announce(RunMoved(found.id, found.user_id, found.room_id, state.screen))
    if simulator.ended(scenario, state):
        finish(found, scenario, state)


def finish(found: PracticeRun, scenario: Scenario, state: State) -> None:
    """Within a command: the run has come to its last screen; what it shows is kept, and what it proves is given."""
    result = scoring.result(scenario, state)
    found.ended_at, found.result = clock.now(), scoring.told(result)
    found.passed = result.passed and found.mode in COUNTING and not found.in_part
    if found.passed and find_lesson(scenario.lesson) is not None:
        lessons.practised(found.user_id, scenario.lesson)
    announce(RunFinished(found.id, found.user_id, found.scenario, found.mode, found.passed))


@command
def give_up(user_id: int, run_id: str) -> None:
    """End a run before its last screen; safe to say twice."""
    found = db.session.scalar(
        sa.select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.user_id == user_id).with_for_update()
    )
    if found is None:
        raise Missing
    found.ended_at = found.ended_at or clock.now()


@command
def forget_rehearsals(user_id: int) -> None:
    """Nothing of this person's rehearsals stays."""
    db.session.execute(sa.delete(PracticeRun).where(PracticeRun.user_id == user_id))
