"""Reads of runs that are shown in a room, and which of them a user may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.practice.shared_runs import may_see_run
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.practice import scenarios
from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import ReplayError, State
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.models import Room, Seat

LATELY = timedelta(hours=2)  # a run without events for longer no longer counts as current
MAX_SHOWN_RUNS = 60


@dataclass(frozen=True)
class ReplayedRun:
    """A run of a user with its replayed state."""

    run: PracticeRun
    user: User
    scenario: Scenario
    state: State

    @property
    def control(self) -> str:
        """The control that a user points at now, or an empty text."""
        return self.run.pointed if self.run.pointed_at == len(self.run.events) else ""


def going_on() -> sa.ColumnElement[bool]:
    """Returns the condition for recent runs that are open or reached their last screen."""
    over = sa.or_(PracticeRun.ended_at.is_(None), PracticeRun.result.is_not(None))
    return sa.and_(over, PracticeRun.updated_at > clock.now() - LATELY)


def replayed(rows: Sequence[tuple[PracticeRun, User]]) -> list[ReplayedRun]:
    """Returns these runs with their states; runs of changed scenarios are left out."""
    found = []
    for run, user in rows:
        scenario = scenarios.find_scenario(run.scenario)
        if scenario is None or run.digest != scenarios.digest(run.scenario):
            continue
        try:
            found.append(ReplayedRun(run, user, scenario, simulator.replay(scenario, run.events)))
        except ReplayError:
            continue
    return found


def latest_of_each(found: Sequence[ReplayedRun]) -> list[ReplayedRun]:
    """Returns the latest run of each user, in the order of the users."""
    latest: dict[int, ReplayedRun] = {}
    for one in found:
        known = latest.get(one.user.id)
        if known is None or one.run.updated_at > known.run.updated_at:
            latest[one.user.id] = one
    return list(latest.values())


def shown_in(room: Room) -> list[ReplayedRun]:
    """Returns the runs that seated learners show in this room, one each, in seat order."""
    query = (
        sa.select(PracticeRun, User)
        .join(Seat, sa.and_(Seat.room_id == PracticeRun.room_id, Seat.user_id == PracticeRun.user_id))
        .join(User, User.id == PracticeRun.user_id)
        .where(PracticeRun.room_id == room.id, Seat.role == "learner", Seat.removed_at.is_(None), going_on())
        .order_by(Seat.id, PracticeRun.updated_at.desc())
        .limit(MAX_SHOWN_RUNS)
    )
    return latest_of_each(replayed([(run, user) for run, user in db.session.execute(query)]))


def wards_of(viewer: User, known: RoomFacts) -> frozenset[int]:
    """Returns the ids of the children whose guardian the viewer is in this room."""
    guards = known.role == "guardian"
    return frozenset(one.child_id for one in children(viewer.id) if one.confirmed_at) if guards else frozenset()


def seen_by(viewer: User, known: RoomFacts, wards: Collection[int], found: Sequence[ReplayedRun]) -> list[ReplayedRun]:
    """Returns those of these runs that the viewer may see."""
    return [one for one in found if may_see_run(known, one.user.id == viewer.id, one.user.id in wards)]


def offered(room: Room) -> list[Scenario]:
    """Returns the scenarios that fit a room: of its lesson, or else of the area of its topic.

    A room without lesson and topic gets all scenarios.
    """
    of_lesson = scenarios.of_lesson(room.lesson_slug) if room.lesson_slug else []
    if of_lesson or (room.lesson_slug and not room.topic):
        return of_lesson
    area = room.topic.partition(".")[0]
    return [
        one for one in scenarios.scenarios().values() if not area or any(s.startswith(f"{area}.") for s in one.skills)
    ]


def list_push_recipients(room_id: int, user_id: int) -> list[int]:
    """Returns the users whose pages reload when this learner's run moves.

    They are the learner and the room's members who are not learners. Classmates therefore learn nothing of it, and
    a class of forty does not cause forty requests at each step.
    """
    query = sa.select(Seat.user_id).where(
        Seat.room_id == room_id, Seat.removed_at.is_(None), Seat.role != "learner", Seat.user_id != user_id
    )
    return [user_id, *db.session.scalars(query.order_by(Seat.user_id))]
