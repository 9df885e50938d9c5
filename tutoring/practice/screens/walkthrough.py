"""Describes a way through a scenario, screen by screen, for handouts and reviewers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext

from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.elements import ScreenField
from tutoring.practice.engine.field_rules import local_day
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State
from tutoring.practice.screens.screen import Filling, filled


@dataclass(frozen=True)
class Stop:
    """A stay on one screen: its title, the number of its first line, and its lines."""

    title: str
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One answer to a trap, and the feedback to it."""

    text: str
    say: str
    bad: bool


@dataclass(frozen=True)
class Question:
    """A trap as a question to a class."""

    place: str
    text: str
    answers: tuple[Answer, ...]


def describe_solution(scenario: Scenario, language: str, answers: bool) -> list[Stop]:
    """Returns the way that the solver finds; without `answers` a trap on it stays a question."""
    return describe_events(scenario, solver.plan(scenario, simulator.begin(scenario)), language, answers)


def describe_events(scenario: Scenario, events: Iterable[Event], language: str, answers: bool = True) -> list[Stop]:
    """Returns these events as stays on screens; raises EventRejected for an impossible event."""
    stops: list[Stop] = []
    number = 1
    for title, some in groupby(_said(scenario, events, language, answers), lambda pair: pair[0]):
        lines = tuple(_counted([line for _, line in some]))
        stops.append(Stop(title, number, lines))
        number += len(lines)
    return stops


def questions(scenario: Scenario, language: str) -> list[Question]:
    """Returns every trap, in the order of the file."""
    fill = filled(scenario, simulator.begin(scenario), language)
    return [
        Question(trap.place, fill(trap.text), tuple(Answer(fill(o.text), fill(o.say), o.bad) for o in trap.options))
        for trap in (screen.trap for screen in scenario.screens.values())
        if trap is not None
    ]


def list_wrong_buttons(scenario: Scenario, language: str) -> list[tuple[str, str]]:
    """Returns the buttons marked as mistakes, each with the text of its target screen."""
    fill = filled(scenario, simulator.begin(scenario), language)
    return [
        (fill(one.label), " ".join(fill(text) for text in scenario.screens[one.to].text))
        for screen in scenario.screens.values()
        for one in screen.actions
        if one.wrong
    ]


def _said(scenario: Scenario, events: Iterable[Event], language: str, answers: bool) -> Iterator[tuple[str, str]]:
    state = simulator.begin(scenario)
    for event in events:
        title = filled(scenario, state, language)(scenario.screens[state.screen].title)
        said = describe_event(scenario, state, event, language, answers)
        simulator.apply(scenario, state, event)
        yield title, said


def describe_event(scenario: Scenario, state: State, event: Event, language: str, answers: bool = True) -> str:
    """Returns what this event does here; without `answers` a trap stays a question."""
    fill, screen = filled(scenario, state, language), scenario.screens[state.screen]
    match dict(event):
        case {"set": name, "value": value}:
            return _filling(next(one for one in screen.fields if one.id == name), str(value), fill)
        case {"do": name}:
            button = next(one for one in screen.actions if one.id == name)
            said = gettext("Bấm “%(label)s”", label=fill(button.label))
            return str(gettext("%(line)s (bấm nhầm)", line=said) if button.wrong else said)
        case {"choose": _} if not answers:
            return str(gettext("Có chuyện lạ: dừng lại, đọc phần “Coi chừng” rồi chọn"))
        case {"choose": name} if screen.trap is not None:
            option = next(one for one in screen.trap.options if one.id == name)
            said = gettext("Gặp chuyện lạ, chọn “%(text)s”", text=fill(option.text))
            return str(gettext("%(line)s (mắc bẫy)", line=said) if option.bad else said)
    return str(gettext("Lùi lại một màn hình"))


def _filling(field: ScreenField, value: str, fill: Filling) -> str:
    label = fill(field.label)
    if field.type == "check":
        return str(gettext("Đánh dấu “%(label)s”", label=label))
    option = next((one for one in field.options if one.id == value), None)
    if option is None:
        return str(gettext("Điền “%(value)s” vào ô “%(label)s”", value=local_day(value), label=label))
    said = gettext("“%(label)s”: chọn “%(text)s”", label=label.rstrip("?: "), text=fill(option.text))
    return str(gettext("%(line)s (chưa tốt)", line=said) if option.slip else said)


def _counted(lines: Iterable[str]) -> Iterator[str]:
    """Merges equal adjacent lines into one line with their count."""
    for line, same in groupby(lines):
        times = len(list(same))
        yield str(gettext("%(line)s, %(n)s lần", line=line, n=times)) if times > 1 else line
