"""Commands to begin, play and end runs."""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.queries import find_lesson
from tutoring.lessons.progress import mastery
from tutoring.practice import scenarios
from tutoring.practice.engine import scoring, simulator, solver, step
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State
from tutoring.practice.engine.step import Step
from tutoring.practice.events import RunFinished, RunMoved
from tutoring.practice.runs.models import COUNTING_MODES, MODES, PracticeRun

CHANGED = N_("Bài tập này vừa được sửa. Hãy bắt đầu lại từ đầu.")


@command
def start_run(
    user_id: int, name: str, mode: str, screen: str = "", room_id: int | None = None, again: bool = False
) -> PracticeRun:
    """Begins a practice run, or continues the open one in this mode.

    `again` ends the open run and begins a new one. With `screen` the run begins there, after the events that lead
    to it; such a run does not count as passed. The caller checks that the user is in the room. Raises NotFound for
    an unknown scenario.
    """
    scenario = scenarios.scenario(name)
    if mode not in MODES:
        raise InvalidInput(N_("Hãy chọn một cách luyện."), field="mode")
    found = _open(user_id, name, mode)
    if found is not None and not again and found.digest == scenarios.digest(name):
        found.room_id = room_id
        return found
    if found is not None:
        found.ended_at = clock.now()
        db.session.flush()
    events = solver.up_to(scenario, screen) if screen else []
    state = simulator.replay(scenario, events)
    insert_if_absent(
        PracticeRun, id=str(uuid.uuid4()), user_id=user_id, room_id=room_id, scenario=name, version=scenario.version,
        digest=scenarios.digest(name), mode=mode, in_part=bool(events), events=[dict(one) for one in events],
        screen=state.screen,
    )  # fmt: skip
    made = _open(user_id, name, mode)
    if made is None:  # another request began and ended a run meanwhile
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
    """Plays one step of a run. `at` is the number of events that the page had seen.

    Raises NotFound for another user's run. Raises Conflict when the run continued elsewhere, is over, or its
    scenario changed. Rejected values are returned in the step and not stored.
    """
    query = sa.select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.user_id == user_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    scenario = scenarios.find_scenario(found.scenario)
    if scenario is None or found.digest != scenarios.digest(found.scenario):
        raise Conflict(CHANGED)
    if found.ended_at is not None:
        raise Conflict(N_("Lượt luyện này đã xong. Hãy bắt đầu lượt mới."))
    if at != len(found.events):
        raise Conflict(N_("Lượt luyện này đã đi tiếp ở nơi khác. Hãy xem lại màn hình rồi làm tiếp."))
    state = simulator.replay(scenario, found.events)
    done = step.step(scenario, state, typed, event)
    if done.kept:
        _keep(found, scenario, state, done)
    return found, state, done


def _keep(found: PracticeRun, scenario: Scenario, state: State, done: Step) -> None:
    found.events = [*found.events, *done.kept]
    found.updated_at = clock.now()
    if found.screen != state.screen:
        found.screen, found.screen_at = state.screen, found.updated_at
    if found.room_id is not None:
        publish(RunMoved(found.id, found.user_id, found.room_id, state.screen))
    if simulator.ended(scenario, state):
        finish(found, scenario, state)


def finish(found: PracticeRun, scenario: Scenario, state: State) -> None:
    """Stores the result of a run that reached its last screen; call it within a command.

    A passed run confirms its lesson.
    """
    result = scoring.result(scenario, state)
    found.ended_at, found.result = clock.now(), scoring.result_to_dict(result)
    found.passed = result.passed and found.mode in COUNTING_MODES and not found.in_part
    if found.passed and find_lesson(scenario.lesson) is not None:
        mastery.practised(found.user_id, scenario.lesson)
    publish(RunFinished(found.id, found.user_id, found.scenario, found.mode, found.passed))


@command
def give_up(user_id: int, run_id: str) -> None:
    """Ends a run before its last screen. Idempotent."""
    found = db.session.scalar(
        sa.select(PracticeRun).where(PracticeRun.id == run_id, PracticeRun.user_id == user_id).with_for_update()
    )
    if found is None:
        raise NotFound
    found.ended_at = found.ended_at or clock.now()


@command
def delete_runs_of_user(user_id: int) -> None:
    """Deletes all runs of this user."""
    db.session.execute(sa.delete(PracticeRun).where(PracticeRun.user_id == user_id))
