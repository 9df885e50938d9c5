"""The engine of the practice portal: the state of a run is a replay of its events only.

Events are {"set": field, "value": v}, {"do": action}, {"choose": option of the open trap}, {"back": true} and
{"missed": field}. The last one records that a value was rejected; the value itself is not stored.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tutoring.practice.engine.elements import Action, Condition, Screen, ScreenField, Trap, TrapOption
from tutoring.practice.engine.field_rules import wrong
from tutoring.practice.engine.scenario import MAX_EVENTS, Scenario

Event = Mapping[str, Any]


class EventRejected(Exception):
    """The event is not possible here; the state is unchanged.

    `why` is an error code, `field` the field it concerns.
    """

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.why, self.field = why, field


class ReplayError(Exception):
    """A list of events cannot be replayed: the event at `index` is rejected."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(f"event {index}: {why}")
        self.index, self.why = index, why


class TrapAnswer(NamedTuple):
    """The answer to a trap."""

    id: str
    chosen: str
    bad: bool


class Slip(NamedTuple):
    """A mistake: a wrong button, or a poor choice that the form accepts."""

    skill: str
    where: str


@dataclass
class State:
    """The state of a run."""

    screen: str
    dossier: str | None
    day: int = 0
    since: int = 0  # the day on which the dossier entered its state
    count: int = 0  # the number of events so far
    last: str = ""  # the kind of the last event
    values: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)  # states of the dossier, each once
    visited: list[str] = field(default_factory=list)  # screens, each once
    history: list[str] = field(default_factory=list)  # screens to go back to
    traps: list[TrapAnswer] = field(default_factory=list)
    misses: dict[str, int] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)


def begin(scenario: Scenario) -> State:
    """Returns the state before any event."""
    state = State(scenario.start, scenario.dossier.initial if scenario.dossier else None)
    state.visited.append(state.screen)
    if state.dossier is not None:
        state.seen.append(state.dossier)
    return state


def replay(scenario: Scenario, events: Iterable[Event]) -> State:
    """Returns the state after these events; raises ReplayError at the first rejected one."""
    state = begin(scenario)
    for index, event in enumerate(events):
        try:
            apply(scenario, state, event)
        except EventRejected as refusal:
            raise ReplayError(index, refusal.why) from None
    return state


def apply(scenario: Scenario, state: State, event: Event) -> Event:
    """Applies one event and returns it as it may be stored; raises EventRejected.

    The returned event holds no personal data.
    """
    if state.count >= MAX_EVENTS:
        raise EventRejected("too_many")
    screen = scenario.screens[state.screen]
    kept = event
    match dict(event):
        case {"set": str(name), "value": str(typed), **rest} if not rest:
            kept = _set(scenario, state, _field(scenario, state, screen, name), typed)
        case {"missed": str(name), **rest} if not rest:
            _field(scenario, state, screen, name)
            state.misses[name] = state.misses.get(name, 0) + 1
        case {"choose": str(name), **rest} if not rest:
            _choose(scenario, state, screen, name)
        case {"do": str(name), **rest} if not rest:
            _do(scenario, state, screen, name)
        case {"back": True, **rest} if not rest:
            _back(scenario, state, screen)
        case _:
            raise EventRejected("shape")
    state.count += 1
    state.last = next(iter(kept))
    return kept


# --- reading the state -------------------------------------------------------------------------------


def today(scenario: Scenario, state: State) -> dt.date:
    """Returns the simulated date of a run."""
    return scenario.clock.start + dt.timedelta(days=state.day)


def met(condition: Condition | None, state: State) -> bool:
    """Returns whether a condition holds; None always holds."""
    if condition is None:
        return True
    if condition.field is not None:
        return state.values.get(condition.field) == condition.eq
    if condition.dossier_in is not None:
        return state.dossier in condition.dossier_in
    if condition.dossier_seen is not None:
        return condition.dossier_seen in state.seen
    if condition.screen is not None:
        return state.screen == condition.screen
    if condition.screen_seen is not None:
        return condition.screen_seen in state.visited
    if condition.trap is not None:
        return any(one.id == condition.trap and one.chosen == condition.chose for one in state.traps)
    if condition.all is not None:
        return all(met(one, state) for one in condition.all)
    if condition.any is not None:
        return any(met(one, state) for one in condition.any)
    return not met(condition.not_, state)


def fields(scenario: Scenario, state: State) -> list[ScreenField]:
    """Returns the fields that the screen shows now."""
    return [one for one in scenario.screens[state.screen].fields if met(one.when, state)]


def actions(scenario: Scenario, state: State) -> list[Action]:
    """Returns the buttons that the screen shows now."""
    return [one for one in scenario.screens[state.screen].actions if met(one.when, state)]


def filled(field: ScreenField, state: State) -> bool:
    """Returns whether a field has its answer; a mandatory box counts only when it is ticked."""
    value = state.values.get(field.id)
    return value is not None and (field.type != "check" or value == "yes")


def open_trap(scenario: Scenario, state: State) -> Trap | None:
    """Returns the trap that waits for an answer on this screen, or None."""
    trap = scenario.screens[state.screen].trap
    if trap is None or any(one.id == trap.id for one in state.traps) or not met(trap.when, state):
        return None
    return trap


def met_trap(scenario: Scenario, chosen: TrapAnswer) -> tuple[Trap, TrapOption]:
    """Returns a trap that was answered, and the answer."""
    traps = (screen.trap for screen in scenario.screens.values() if screen.trap is not None)
    trap = next(one for one in traps if one.id == chosen.id)
    return trap, next(one for one in trap.options if one.id == chosen.chosen)


def goals(scenario: Scenario, state: State) -> dict[str, bool]:
    """Returns each goal, and whether it is reached."""
    return {name: met(goal.met, state) for name, goal in scenario.goals.items()}


def ended(scenario: Scenario, state: State) -> bool:
    """Returns whether the run is over."""
    return scenario.screens[state.screen].final


# --- applying events ----------------------------------------------------------------------------------


def _field(scenario: Scenario, state: State, screen: Screen, name: str) -> ScreenField:
    found = next((one for one in screen.fields if one.id == name), None)
    if found is None:
        raise EventRejected("unknown_field", name)
    if not met(found.when, state):
        raise EventRejected("hidden", name)
    return found


def _set(scenario: Scenario, state: State, found: ScreenField, typed: str) -> Event:
    why, value = wrong(found, typed, scenario.values, today(scenario, state))
    if why:
        raise EventRejected(why, found.id)
    option = next((one for one in found.options if one.id == value), None)
    if option is not None and option.slip and state.values.get(found.id) != value:
        state.slips.append(Slip(scenario.field_skills[found.id], found.id))
    state.values[found.id] = value
    return {"set": found.id, "value": value}


def _choose(scenario: Scenario, state: State, screen: Screen, name: str) -> None:
    trap = open_trap(scenario, state)
    if trap is None:
        raise EventRejected("no_trap")
    option = next((one for one in trap.options if one.id == name), None)
    if option is None:
        raise EventRejected("unknown_option")
    state.traps.append(TrapAnswer(trap.id, option.id, option.bad))
    if option.to is not None and option.to != state.screen:
        _go(scenario, state, option.to)


def _do(scenario: Scenario, state: State, screen: Screen, name: str) -> None:
    action = next((one for one in screen.actions if one.id == name), None)
    if action is None:
        raise EventRejected("ended" if screen.final else "unknown_action")
    if not met(action.when, state):
        raise EventRejected("unavailable")
    if open_trap(scenario, state) is not None:
        raise EventRejected("trap")
    if not action.leaves:
        for one in fields(scenario, state):
            if one.required and not filled(one, state):
                raise EventRejected("required", one.id)
    turn = _turn(scenario, state, action)
    if action.wrong:
        state.slips.append(Slip(action.skill or screen.skill or scenario.skills[0], action.id))
    if turn is not None:
        _move(state, turn)
    for _ in range(action.advance_days):
        _next_day(scenario, state)
    if action.to != state.screen:
        _go(scenario, state, action.to)
    if action.emit or action.advance_days:
        state.history.clear()  # a submission cannot be undone, and a day does not come back


def _turn(scenario: Scenario, state: State, action: Action) -> str | None:
    if action.emit is None or scenario.dossier is None:
        return None
    for turn in scenario.dossier.on.get(action.emit, ()):
        if state.dossier in turn.from_ and met(turn.when, state):
            return turn.to
    raise EventRejected("dossier")


def _next_day(scenario: Scenario, state: State) -> None:
    state.day += 1
    if scenario.dossier is None or state.dossier is None:
        return
    here = scenario.dossier.states[state.dossier].next_in_days
    for days in sorted(here):
        if state.day - state.since >= days:
            to = next((one.to for one in here[days] if met(one.when, state)), None)
            if to is not None:
                _move(state, to)
                return


def _move(state: State, to: str) -> None:
    state.dossier, state.since = to, state.day
    if to not in state.seen:
        state.seen.append(to)


def _go(scenario: Scenario, state: State, to: str) -> None:
    state.history.append(state.screen)
    _stand(scenario, state, to)


def _stand(scenario: Scenario, state: State, to: str) -> None:
    state.screen = to
    if to not in state.visited:
        state.visited.append(to)
    if scenario.screens[to].final:
        state.history.clear()


def _back(scenario: Scenario, state: State, screen: Screen) -> None:
    if open_trap(scenario, state) is not None:
        raise EventRejected("trap")
    if not state.history:
        raise EventRejected("ended" if screen.final else "back")
    _stand(scenario, state, state.history.pop())
