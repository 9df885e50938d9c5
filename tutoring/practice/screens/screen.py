"""A screen as its user sees it in one language, with placeholders filled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask_babel import format_decimal, gettext

from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.elements import ScreenField, Text
from tutoring.practice.engine.field_rules import local_day, may_echo
from tutoring.practice.engine.progress import position
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State
from tutoring.practice.labels import MODES, STATUSES, why

Filling = Callable[[Text], str]


@dataclass(frozen=True)
class ShownOption:
    """One answer of a field or trap."""

    id: str
    text: str


@dataclass(frozen=True)
class ShownField:
    """A field to fill in.

    `value` is the accepted value of the scenario, or the rejected input, which is not stored. `wrong` is the error
    message.
    """

    id: str
    type: str
    label: str
    required: bool
    options: tuple[ShownOption, ...]
    value: str
    tip: str = ""
    wrong: str = ""
    marked: bool = False


@dataclass(frozen=True)
class ShownAction:
    """A button."""

    id: str
    label: str
    quiet: bool
    tip: str = ""
    marked: bool = False


@dataclass(frozen=True)
class ShownTrap:
    """A fraud attempt.

    `guided` marks the question as the next step, and no answer of it: the learner decides alone. `marked` is the
    answer that the demonstration gives.
    """

    id: str
    text: str
    place: str
    options: tuple[ShownOption, ...]
    guided: bool = False
    marked: str = ""


@dataclass(frozen=True)
class ShownScreen:
    """A screen as its user sees it."""

    id: str
    title: str
    place: str
    paragraphs: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    explain: str  # of the dossier's state, where the screen shows it
    trap: ShownTrap | None
    answered: str  # the feedback to the trap answered just now
    fell: bool  # whether the learner fell for that trap
    fields: tuple[ShownField, ...]
    actions: tuple[ShownAction, ...]
    may_go_back: bool
    final: bool
    wrong: str = ""  # the error message of the button
    back_marked: bool = False
    at: int | str = 0  # the number of the screen, and of how many; 0 when the screen shows none
    of: int | str = 0

    @property
    def faults(self) -> list[ShownField]:
        """The fields whose value was rejected just now."""
        return [one for one in self.fields if one.wrong]

    @property
    def single(self) -> bool:
        """Whether the screen has one main button; among several none is emphasised."""
        return sum(not one.quiet for one in self.actions) == 1


@dataclass(frozen=True)
class Help:
    """The help of a mode: mark the next control, show every tip, show tips after an error."""

    marks: bool = False
    tips: bool = False
    on_error: bool = False


HELP = {"watch": Help(marks=True), "together": Help(True, True, True), "alone": Help(on_error=True), "exam": Help()}


@dataclass(frozen=True)
class _Fill:
    """Fills the placeholders of texts with values of the run."""

    scenario: Scenario
    state: State
    language: str
    known: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: Text) -> str:
        said = text.in_(self.language)
        if "{" not in said:
            return said
        for name, value in self._values().items():
            said = said.replace("{" + name + "}", value)
        return said

    def _values(self) -> dict[str, str]:
        if not self.known:
            scenario = self.scenario
            self.known["dossier"] = scenario.code
            self.known["date"] = f"{simulator.today(scenario, self.state):%d/%m/%Y}"
            self.known["state"] = state_name(scenario, self.state)
            if scenario.fee is not None:
                self.known["fee"] = gettext("%(amount)s đồng tập", amount=format_decimal(scenario.fee.amount))
            self.known.update({f"persona:{key}": local_day(value) for key, value in scenario.values.items()})
        return self.known


def filled(scenario: Scenario, state: State, language: str) -> Filling:
    """Returns a function that fills the texts of a scenario for this state."""
    return _Fill(scenario, state, language)


def state_name(scenario: Scenario, state: State) -> str:
    """Returns the official name of the dossier's state."""
    if scenario.dossier is None or state.dossier is None:
        return ""
    return str(gettext(STATUSES[scenario.dossier.states[state.dossier].status]))


def card(scenario: Scenario, language: str) -> list[tuple[str, str]]:
    """Returns the card of the invented person: the values to type in the run."""
    return [(one.label.in_(language), local_day(one.value)) for one in scenario.persona.values()]


def shown(
    scenario: Scenario,
    state: State,
    mode: str,
    language: str,
    refused: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    following: Event | None = None,
) -> ShownScreen:
    """Returns the current screen of a run.

    `refused` holds error codes by field ("" is the button), `typed` the values sent with them. `following` is the
    event to mark; without it a mode that marks asks the solver.
    """
    fill, helping, wrong, sent = _Fill(scenario, state, language), HELP[mode], refused or {}, typed or {}
    screen = scenario.screens[state.screen]
    marked: Event = following or (solver.following(scenario, state) if helping.marks else None) or {}
    # A bar that moves on would tell in an exam whether the last press was right.
    stands = position(scenario, state) if mode not in {"watch", "exam"} else None
    explain = scenario.dossier.states[state.dossier].explain if scenario.dossier and state.dossier else None
    tells = any("{state}" in one.text.vi for one in screen.shows)
    answered, fell = _answered(scenario, state, fill, mode)
    return ShownScreen(
        id=state.screen,
        title=fill(screen.title),
        place=screen.place,
        paragraphs=tuple(fill(one) for one in screen.text),
        lines=tuple((fill(one.label), fill(one.text)) for one in screen.shows if simulator.met(one.when, state)),
        explain=fill(explain) if explain and tells else "",
        trap=_trap(scenario, state, fill, helping, marked),
        answered=answered,
        fell=fell,
        fields=tuple(
            _field(one, state, fill, helping, marked, wrong.get(one.id, ""), sent.get(one.id, ""))
            for one in simulator.fields(scenario, state)
        ),
        actions=tuple(
            ShownAction(one.id, fill(one.label), one.quiet, fill(one.coach) if one.coach and helping.tips else "",
                        marked.get("do") == one.id)
            for one in simulator.actions(scenario, state)
        ),
        may_go_back=bool(state.history) and simulator.open_trap(scenario, state) is None,
        final=screen.final,
        wrong=str(gettext(why(wrong[""]))) if "" in wrong else "",
        back_marked="back" in marked,
        at=stands.at if stands else 0,
        of=stands.of if stands else 0,
    )  # fmt: skip


def _field(
    one: ScreenField, state: State, fill: _Fill, helping: Help, marked: Event, refused: str, typed: str
) -> ShownField:
    said = next((option.say for option in one.options if option.id == typed), None) if helping.on_error else None
    value = state.values.get(one.id, "")
    return ShownField(
        id=one.id,
        type=one.type,
        label=fill(one.label),
        required=one.required,
        options=tuple(ShownOption(option.id, fill(option.text)) for option in one.options),
        value=typed if refused and typed and may_echo(one, typed) else local_day(value) if one.persona_key else value,
        tip=fill(one.coach) if one.coach and (helping.tips or (helping.on_error and refused)) else "",
        wrong=(fill(said) if said else str(gettext(why(refused)))) if refused else "",
        marked=marked.get("set") == one.id,
    )


def _trap(scenario: Scenario, state: State, fill: _Fill, helping: Help, following: Event) -> ShownTrap | None:
    trap = simulator.open_trap(scenario, state)
    if trap is None:
        return None
    options = tuple(ShownOption(one.id, fill(one.text)) for one in trap.options)
    demonstrated = "" if helping.tips else str(following.get("choose", ""))
    return ShownTrap(trap.id, fill(trap.text), trap.place, options, helping.tips, demonstrated)


def _answered(scenario: Scenario, state: State, fill: _Fill, mode: str) -> tuple[str, bool]:
    """Returns the feedback to the trap answered last, and whether it was a fall.

    It is shown until the run continues. In an exam it is shown at the end.
    """
    if mode == "exam" or state.last != "choose":
        return "", False
    last = state.traps[-1]
    _, option = simulator.met_trap(scenario, last)
    return fill(option.say), last.bad


def modes() -> dict[str, tuple[str, str]]:
    """Returns the practice modes, each with its name and description."""
    return {name: (str(gettext(called)), str(gettext(means))) for name, (called, means) in MODES.items()}
