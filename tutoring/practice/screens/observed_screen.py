"""A screen as other users see it: its content and which fields are filled, but no value.

Options are listed without the chosen one. A value of the persona's card is replaced by its label.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, gettext

from tutoring.practice.engine import simulator
from tutoring.practice.engine.elements import Text
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State
from tutoring.practice.screens.screen import state_name

BACK = "back"
_SHORTEST = 4  # the minimum length of a card value that is searched in texts


@dataclass(frozen=True)
class ObservedField:
    """A field. `state` is filled, empty or wrong (the last value was rejected)."""

    control: str
    label: str
    options: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class ObservedAction:
    """A button."""

    control: str
    label: str


@dataclass(frozen=True)
class ObservedTrap:
    """A fraud attempt; the learner's answer is not shown to others."""

    control: str
    text: str
    place: str
    options: tuple[str, ...]
    answered: bool


@dataclass(frozen=True)
class ObservedScreen:
    """A screen as other users see it."""

    id: str
    title: str
    place: str
    paragraphs: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    explain: str
    trap: ObservedTrap | None
    fields: tuple[ObservedField, ...]
    actions: tuple[ObservedAction, ...]
    may_go_back: bool
    final: bool
    goals: tuple[tuple[str, bool], ...]

    @property
    def reached(self) -> int:
        return sum(done for _text, done in self.goals)

    def called(self, control: str) -> str:
        """Returns the label of a control."""
        labels: dict[str, str] = {BACK: str(gettext("Lùi lại"))}
        labels |= {one.control: one.label for one in self.fields}
        labels |= {one.control: one.label for one in self.actions}
        if self.trap is not None:
            labels[self.trap.control] = str(gettext("chuyện vừa xảy ra"))
        return labels.get(control, "")


class _Words:
    """Fills placeholders in texts, and replaces values of the card by their labels."""

    def __init__(self, scenario: Scenario, state: State, language: str) -> None:
        self.language = language
        names = {key: f"[{one.label.in_(language)}]" for key, one in scenario.persona.items()}
        self.known = {f"persona:{key}": name for key, name in names.items()}
        self.known |= {
            "dossier": str(gettext("[mã hồ sơ]")),
            "date": f"{simulator.today(scenario, state):%d/%m/%Y}",
            "state": state_name(scenario, state),
        }
        if scenario.fee is not None:
            self.known["fee"] = gettext("%(amount)s đồng tập", amount=format_decimal(scenario.fee.amount))
        self.names = {form.lower(): names[key] for key, value in scenario.values.items() for form in _forms(value)}
        longest_first = sorted(self.names, key=len, reverse=True)
        self.card = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

    def __call__(self, text: Text) -> str:
        said = text.in_(self.language)
        if self.names:
            said = self.card.sub(lambda found: self.names[found[0].lower()], said)
        for name, value in self.known.items():
            said = said.replace("{" + name + "}", value)
        return said


def _forms(value: str) -> list[str]:
    """Returns the spellings of a value in a sentence; a date has two."""
    day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value)
    forms = [value, f"{day[3]}/{day[2]}/{day[1]}"] if day else [value]
    return [one for one in forms if len(one) >= _SHORTEST]


def build_observed_screen(scenario: Scenario, state: State, events: Sequence[Event], language: str) -> ObservedScreen:
    """Returns the current screen of a run for helpers and observers."""
    words, screen = _Words(scenario, state, language), scenario.screens[state.screen]
    explain = scenario.dossier.states[state.dossier].explain if scenario.dossier and state.dossier else None
    tells = any("{state}" in one.text.vi for one in screen.shows)
    marks = _marks(events)
    return ObservedScreen(
        id=state.screen,
        title=words(screen.title),
        place=screen.place,
        paragraphs=tuple(words(one) for one in screen.text),
        lines=tuple((words(one.label), words(one.text)) for one in screen.shows if simulator.met(one.when, state)),
        explain=words(explain) if explain and tells else "",
        trap=_trap(scenario, state, words),
        fields=tuple(
            ObservedField(f"field:{one.id}", words(one.label), tuple(words(option.text) for option in one.options),
                         "wrong" if marks.get(one.id) else "filled" if one.id in state.values else "empty")
            for one in simulator.fields(scenario, state)
        ),
        actions=tuple(ObservedAction(f"do:{one.id}", words(one.label)) for one in simulator.actions(scenario, state)),
        may_go_back=bool(state.history) and simulator.open_trap(scenario, state) is None,
        final=screen.final,
        goals=tuple((words(one.text), simulator.met(one.met, state)) for one in scenario.goals.values()),
    )  # fmt: skip


def _marks(events: Sequence[Event]) -> Mapping[str, bool]:
    """Returns the fields with an event, and whether the last value was rejected."""
    return {one.get("missed") or one["set"]: "missed" in one for one in events if "missed" in one or "set" in one}


def _trap(scenario: Scenario, state: State, words: _Words) -> ObservedTrap | None:
    found = scenario.screens[state.screen].trap
    if found is None:
        return None
    answered = any(one.id == found.id for one in state.traps)
    if not answered and not simulator.met(found.when, state):
        return None
    options = tuple(words(one.text) for one in found.options)
    return ObservedTrap(f"trap:{found.id}", words(found.text), found.place, options, answered)


def controls(scenario: Scenario, state: State) -> frozenset[str]:
    """Returns the controls of the current screen that can be pointed at.

    While a trap waits, only the trap can be.
    """
    trap = simulator.open_trap(scenario, state)
    if trap is not None:
        return frozenset({f"trap:{trap.id}"})
    found = {f"field:{one.id}" for one in simulator.fields(scenario, state)}
    found |= {f"do:{one.id}" for one in simulator.actions(scenario, state)}
    return frozenset(found | {BACK} if state.history else found)
