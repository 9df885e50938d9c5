"""Describes a scenario for reviewers, as diagrams of screens and dossier and as tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from tutoring.kernel.text import N_
from tutoring.practice.content.condition_labels import Say, describe_condition, state_name
from tutoring.practice.content.svg_diagram import Box, Drawing, Row, laid_out, svg
from tutoring.practice.engine.elements import Screen
from tutoring.practice.engine.scenario import Move, Scenario

CONDITIONAL, STAYS, MISTAKEN = "◇", "↻", "✗"


@dataclass(frozen=True)
class Passage:
    """One transition as a row of a table.

    It has the source, the trigger, the target, the condition and the notes.
    """

    at: str  # the id of its source
    from_: str
    by: str
    to: str
    stays: bool
    when: str = ""
    notes: tuple[str, ...] = ()
    target: str = ""
    wrong: bool = False


def screens(scenario: Scenario, language: str, say: Say = str) -> list[Passage]:
    """Returns every button, and every trap answer that leads to another screen."""
    return [one for name in scenario.screens for one in _passages(scenario, name, language, say)]


def dossier(scenario: Scenario, language: str, say: Say = str) -> list[Passage]:
    """Returns every transition of the dossier."""
    found = scenario.dossier
    if found is None:
        return []
    passages = []
    for event, turns in found.on.items():
        by = _buttons(scenario, event, language)
        passages += [_move(scenario, name, turn, by, language, say) for turn in turns for name in turn.from_]
    for name, state in found.states.items():
        for days, moves in state.next_in_days.items():
            by = say(N_("sau %(days)s ngày")) % {"days": days}
            passages += [_move(scenario, name, move, by, language, say) for move in moves]
    return sorted(passages, key=lambda one: list(found.states).index(one.at))


def screens_drawn(scenario: Scenario, language: str, say: Say = str) -> Drawing:
    """Returns the diagram of the screens."""
    right = _right(scenario)
    passages = screens(scenario, language, say)
    boxes = []
    for name, screen in scenario.screens.items():
        kinds = _kinds(scenario, name, screen, right)
        signs = tuple(_sign(kind, screen, say) for kind in ("start", "final", "trap", "wrong") if kind in kinds)
        rows = tuple(_row(one) for one in passages if one.at == name)
        boxes.append(Box(name, screen.title.in_(language), rows, signs, kinds))
    return laid_out(boxes, scenario.start)


def dossier_drawn(scenario: Scenario, language: str, say: Say = str) -> Drawing | None:
    """Returns the diagram of the dossier's states, or None without a dossier."""
    found = scenario.dossier
    if found is None:
        return None
    passages = dossier(scenario, language, say)
    boxes = [
        Box(
            name,
            state_name(scenario, name, say),
            tuple(_row(one) for one in passages if one.at == name),
            (say(N_("Bắt đầu ở đây")),) if name == found.initial else (),
            frozenset({"start"} if name == found.initial else ()),
        )
        for name in found.states
    ]
    return laid_out(boxes, found.initial)


def draw_diagram(scenario: Scenario, language: str, say: Say = str) -> str:
    """Returns both diagrams, one below the other, as a complete SVG file."""
    title = scenario.title.in_(language)
    found = [screens_drawn(scenario, language, say), dossier_drawn(scenario, language, say)]
    parts, height, width = [], 0, 0
    for one in found:
        if one is not None:
            parts.append(f'<g transform="translate(0 {height})">{svg(one, title)}</g>')
            height, width = height + one.height + 40, max(width, one.width)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return f'{head}<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'


def _passages(scenario: Scenario, name: str, language: str, say: Say) -> Iterator[Passage]:
    screen = scenario.screens[name]
    title = screen.title.in_(language)
    for option in screen.trap.options if screen.trap else ():
        if option.to and screen.trap:
            yield Passage(
                name, title, say(N_("bẫy: %(answer)s")) % {"answer": option.text.in_(language)},
                _title(scenario, option.to, language), option.to == name,
                describe_condition(scenario, screen.trap.when, language, say), target=option.to, wrong=option.bad,
            )  # fmt: skip
    for action in screen.actions:
        notes = []
        if action.emit:
            notes.append(say(N_("gửi đi (%(event)s)")) % {"event": action.emit})
        if action.advance_days:
            notes.append(say(N_("qua %(days)s ngày")) % {"days": action.advance_days})
        if action.leaves:
            notes.append(say(N_("rời đi, không xét các ô")))
        yield Passage(
            name, title, action.label.in_(language), _title(scenario, action.to, language), action.to == name,
            describe_condition(scenario, action.when, language, say), tuple(notes), action.to, action.wrong,
        )  # fmt: skip


def _move(scenario: Scenario, name: str, move: Move, by: str, language: str, say: Say) -> Passage:
    when = describe_condition(scenario, move.when, language, say)
    here, there = state_name(scenario, name, say), state_name(scenario, move.to, say)
    return Passage(name, here, by, there, move.to == name, when, target=move.to)


def _buttons(scenario: Scenario, event: str, language: str) -> str:
    """Returns the labels of the buttons that emit this event."""
    labels = [one.label.in_(language) for screen in scenario.screens.values() for one in screen.actions
              if one.emit == event]  # fmt: skip
    return " / ".join(dict.fromkeys(labels)) or event


def _title(scenario: Scenario, name: str, language: str) -> str:
    return scenario.screens[name].title.in_(language)


def _row(one: Passage) -> Row:
    signs = [sign for sign, holds in ((CONDITIONAL, one.when), (STAYS, one.stays)) if holds]
    label = "\u00a0".join([one.by, *signs])  # non-breaking spaces keep the marks with the last word
    return Row(f"{MISTAKEN}\u00a0{label}" if one.wrong else label, one.target, one.wrong)


def _right(scenario: Scenario) -> set[str]:
    """Returns the screens that are reachable without a mistake."""
    found, waiting = set(), [scenario.start]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            screen = scenario.screens[here]
            waiting += [one.to for one in screen.actions if not one.wrong]
            waiting += [one.to for one in (screen.trap.options if screen.trap else ()) if one.to and not one.bad]
    return found


def _kinds(scenario: Scenario, name: str, screen: Screen, right: set[str]) -> frozenset[str]:
    held = {"start": name == scenario.start, "final": screen.final, "trap": screen.trap is not None,
            "wrong": name not in right}  # fmt: skip
    return frozenset(kind for kind, holds in held.items() if holds)


def _sign(kind: str, screen: Screen, say: Say) -> str:
    if kind == "trap" and screen.trap:
        return say(N_("Có bẫy, %(n)s cách đáp")) % {"n": len(screen.trap.options)}
    return say({"start": N_("Bắt đầu ở đây"), "final": N_("Kết thúc"), "wrong": N_("Đường nhầm")}[kind])
