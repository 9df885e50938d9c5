"""A screen as one person sees it in one language: words filled in, only what is there now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask_babel import format_decimal, gettext

from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.elements import ScreenField, Text
from tutoring.practice.engine.field_rules import local_day, may_echo
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
    """Something to fill in. `value` is the one of the scenario that was taken, or what was typed just now and is not
    taken (kept nowhere); `wrong` says what was not taken."""

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
    """Somebody tries to deceive."""

    id: str
    text: str
    place: str
    options: tuple[ShownOption, ...]
    marked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ShownScreen:
    """A screen."""

    id: str
    title: str
    place: str
    paragraphs: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    explain: str  # of the dossier's state, where the screen shows it
    trap: ShownTrap | None
    answered: str  # what is said to the trap that was answered just now
    fell: bool  # into that trap
    fields: tuple[ShownField, ...]
    actions: tuple[ShownAction, ...]
    may_go_back: bool
    final: bool
    wrong: str = ""  # what the button said
    back_marked: bool = False

    @property
    def faults(self) -> list[ShownField]:
        """The fields of which something was not taken just now."""
        return [one for one in self.fields if one.wrong]

    @property
    def single(self) -> bool:
        """Whether one button is what the screen is for; of several none may stand out."""
        return sum(not one.quiet for one in self.actions) == 1


@dataclass(frozen=True)
class Help:
    """How much a mode helps: mark the next control, give every tip, give tips where something was wrong."""

    marks: bool = False
    tips: bool = False
    on_error: bool = False


HELP = {"watch": Help(marks=True), "together": Help(True, True, True), "alone": Help(on_error=True), "exam": Help()}


@dataclass(frozen=True)
class _Fill:
    """Puts what the run knows into words."""

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
    """Says the texts of a scenario as somebody reads them in this state."""
    return _Fill(scenario, state, language)


def state_name(scenario: Scenario, state: State) -> str:
    """The dossier's state as the one-stop systems call it."""
    if scenario.dossier is None or state.dossier is None:
        return ""
    return str(gettext(STATUSES[scenario.dossier.states[state.dossier].status]))


def card(scenario: Scenario, language: str) -> list[tuple[str, str]]:
    """The card of the made-up person: what is typed in the rehearsal."""
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
    """The screen at which a run is.

    `refused` says what was not taken just now, by field ("" is the button), and `typed` what had been sent with it.
    `following` is what is marked; without it a mode that marks asks the guide.
    """
    fill, helping, wrong, sent = _Fill(scenario, state, language), HELP[mode], refused or {}, typed or {}
    screen = scenario.screens[state.screen]
    marked: Event = following or (solver.following(scenario, state) if helping.marks else None) or {}
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
    right: frozenset[str] = frozenset()
    if helping.tips:  # every safe answer is as good as another
        right = frozenset(one.id for one in trap.options if not one.bad)
    elif "choose" in following:
        right = frozenset({following["choose"]})
    options = tuple(ShownOption(one.id, fill(one.text)) for one in trap.options)
    return ShownTrap(trap.id, fill(trap.text), trap.place, options, right)


def _answered(scenario: Scenario, state: State, fill: _Fill, mode: str) -> tuple[str, bool]:
    """The words to the trap that was answered last, while its run has not gone on, and whether that was a fall; an exam
    says them at the end."""
    if mode == "exam" or state.last != "choose":
        return "", False
    last = state.traps[-1]
    _, option = simulator.met_trap(scenario, last)
    return fill(option.say), last.bad


def modes() -> dict[str, tuple[str, str]]:
    """The ways of rehearsing: what each is called, and what it means."""
    return {name: (str(gettext(called)), str(gettext(means))) for name, (called, means) in MODES.items()}
