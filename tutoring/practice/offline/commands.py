"""Merges runs stored on a device into an account.

The device played them without a sign-in or without a network. Every request may be repeated: a run is identified by
its id. Results computed by the device are never used.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.practice import scenarios
from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, EventRejected, State
from tutoring.practice.runs.commands import finish
from tutoring.practice.runs.models import PracticeRun

KEPT, CHANGED, BROKEN = "kept", "changed", "broken"


@dataclass(frozen=True)
class OfflineRun:
    """A run that reached its last screen on a device."""

    id: str
    scenario: str
    digest: str  # of the text that was played
    mode: str
    events: tuple[Event, ...]
    begun: float = 0  # seconds since 1970, by the device's clock
    at: float = 0


@command
def merge_runs(user_id: int, runs: Sequence[OfflineRun | None]) -> list[str]:
    """Stores the runs that this engine also replays to the last screen.

    Returns for each run, in its order, whether it is stored, or else why not. A run of a scenario that changed
    since is not stored, because its result cannot be verified. An id that another user has used changes nothing,
    and gets the same answer as any other.
    """
    there = [(place, one) for place, one in enumerate(runs) if one is not None]
    # Process the runs in order of id, so that two tabs cannot deadlock.
    said = {place: _keep(user_id, one) for place, one in sorted(there, key=lambda pair: pair[1].id)}
    return [said.get(place, BROKEN) for place in range(len(runs))]


def _keep(user_id: int, one: OfflineRun) -> str:
    scenario = scenarios.find_scenario(one.scenario)
    if scenario is None or one.digest != scenarios.digest(one.scenario):
        return CHANGED
    state, events = simulator.begin(scenario), list[Event]()
    try:
        events += [simulator.apply(scenario, state, event) for event in one.events]
    except EventRejected:
        return BROKEN
    if not simulator.ended(scenario, state):
        return BROKEN
    _insert(user_id, one, scenario, state, events)
    return KEPT


def _insert(user_id: int, one: OfflineRun, scenario: Scenario, state: State, events: list[Event]) -> None:
    ended = clock.believed(one.at)
    begun = min(clock.believed(one.begun), ended)
    new = insert_if_absent(
        PracticeRun, id=one.id, user_id=user_id, scenario=scenario.id, version=scenario.version, digest=one.digest,
        mode=one.mode, events=[dict(event) for event in events], screen=state.screen, screen_at=ended,
        started_at=begun, updated_at=ended, ended_at=ended,
    )  # fmt: skip
    if new:
        found = db.session.scalars(sa.select(PracticeRun).where(PracticeRun.id == one.id)).one()
        finish(found, scenario, state)
        found.ended_at = ended
