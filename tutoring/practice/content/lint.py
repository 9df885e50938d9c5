"""Checks a scenario before it is offered: names, transitions, traps and walks."""

from collections.abc import Collection, Iterator
from typing import Any

from tutoring.lessons.content.lint import known_link
from tutoring.practice.engine.elements import CARD_RULES, Condition, ScreenField
from tutoring.practice.engine.field_rules import RULES, TAKES, tidy, wrong
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import (
    EventRejected,
    ReplayError,
    actions,
    apply,
    begin,
    ended,
    goals,
    open_trap,
    replay,
)
from tutoring.practice.engine.solver import example, plan

Path = tuple[int | str, ...]
Complaint = tuple[Path, str, str]


def faults(scenario: Scenario, lessons: Collection[str] | None, skills: Collection[str] | None) -> Iterator[Complaint]:
    """Yields (path, rule, message) of the faults that are visible without playing."""
    yield from _ways(scenario)
    yield from _dossier(scenario)
    yield from _fields(scenario)
    yield from _traps(scenario)
    for path, condition in conditions(scenario):
        yield from _condition(scenario, path, condition)
    if not known_link(scenario.based_on.url):
        yield ("based_on", "url"), "link", "địa chỉ thật phải là trang nhà nước đã biết, như https://dichvucong.gov.vn/"
    if lessons is not None and scenario.lesson not in lessons:
        yield ("lesson",), "lesson", f"không có bài “{scenario.lesson}” trong content/lessons/"
    for path, skill in _skills(scenario):
        if skills is not None and skill not in skills:
            yield path, "skill", f"không có kỹ năng “{skill}” trong content/skills.yml"


def _ways(scenario: Scenario) -> Iterator[Complaint]:
    if scenario.start not in scenario.screens:
        yield ("start",), "screen", f"không có màn hình “{scenario.start}”"
        return
    ways: dict[str, set[str]] = {}
    for name, screen in scenario.screens.items():
        there = ways.setdefault(name, set())
        for n, action in enumerate(screen.actions):
            yield from _to(scenario, ("screens", name, "actions", n, "to"), action.to)
            there.add(action.to)
            if action.emit and (scenario.dossier is None or action.emit not in scenario.dossier.on):
                say = f"dossier.on không có “{action.emit}”"
                yield ("screens", name, "actions", n, "emit"), "emit", say
        for n, option in enumerate(screen.trap.options if screen.trap else ()):
            if option.to:
                yield from _to(scenario, ("screens", name, "trap", "options", n, "to"), option.to)
                there.add(option.to)
        if len({one.id for one in screen.actions}) != len(screen.actions):
            yield ("screens", name, "actions"), "action-id", f"màn hình “{name}” có hai nút trùng id"
        if screen.final and screen.actions:
            yield ("screens", name, "final"), "final", f"màn hình cuối “{name}” không có nút"
        if not screen.final and not screen.actions:
            yield ("screens", name), "dead-end", f"màn hình “{name}” là ngõ cụt: thêm actions, hoặc final: true"
    yield from _reach(scenario, ways)


def _to(scenario: Scenario, path: Path, name: str) -> Iterator[Complaint]:
    if name not in scenario.screens:
        yield path, "screen", f"không có màn hình “{name}”"


def _reach(scenario: Scenario, ways: dict[str, set[str]]) -> Iterator[Complaint]:
    reached, waiting = set(), [scenario.start]
    while waiting:
        here = waiting.pop()
        if here not in reached and here in ways:
            reached.add(here)
            waiting += ways[here]
    for name in scenario.screens:
        if name not in reached:
            yield ("screens", name), "unreachable", f"không có nút nào dẫn tới màn hình “{name}”"
    out = {name for name, screen in scenario.screens.items() if screen.final}
    if not out:
        yield ("screens",), "no-end", "chưa có màn hình cuối (final: true)"
        return
    while more := {name for name, there in ways.items() if name not in out and there & out}:
        out |= more
    for name in scenario.screens:
        if name in reached - out:
            yield ("screens", name), "dead-end", f"từ màn hình “{name}” không đi tới màn hình cuối được"


def _dossier(scenario: Scenario) -> Iterator[Complaint]:
    dossier = scenario.dossier
    if dossier is None:
        return
    entered = {dossier.initial}
    if dossier.initial not in dossier.states:
        yield ("dossier", "initial"), "state", f"không có trạng thái “{dossier.initial}”"
    for event, turns in dossier.on.items():
        if not any(one.emit == event for screen in scenario.screens.values() for one in screen.actions):
            yield ("dossier", "on", event), "emit", f"không nút nào phát ra “{event}”"
        for n, turn in enumerate(turns):
            entered.add(turn.to)
            for name in (*turn.from_, turn.to):
                if name not in dossier.states:
                    yield ("dossier", "on", event, n), "state", f"không có trạng thái “{name}”"
    for name, state in dossier.states.items():
        for days, moves in state.next_in_days.items():
            for n, move in enumerate(moves):
                entered.add(move.to)
                if move.to not in dossier.states:
                    yield ("dossier", "states", name, "next_in_days", days, n), "state", f"không có “{move.to}”"
    for name in dossier.states:
        if name not in entered:
            yield ("dossier", "states", name), "never-entered", f"hồ sơ không bao giờ vào trạng thái “{name}”"


def _fields(scenario: Scenario) -> Iterator[Complaint]:
    known: set[str] = set()
    for name, screen in scenario.screens.items():
        for n, one in enumerate(screen.fields):
            path: Path = ("screens", name, "fields", n)
            if one.id in known:
                yield (*path, "id"), "field-id", f"mã ô “{one.id}” dùng hai lần"
            known.add(one.id)
            if one.type in {"text", "digits", "date"} and not one.persona_key:
                say = f"ô “{one.id}” gõ được thì cần quy tắc equals_persona hoặc street: chỉ lưu chữ trên thẻ nhân vật"
                yield path, "persona-only", say
            yield from _rules(scenario, path, one)


def _rules(scenario: Scenario, path: Path, one: ScreenField) -> Iterator[Complaint]:
    for n, rule in enumerate(one.rules):
        ((name, arg),) = rule.items()
        if name not in RULES:
            yield (*path, "rules", n), "rule", f"không có quy tắc “{name}”; chỉ có {', '.join(RULES)}"
        elif type(arg) is not TAKES[name]:
            yield (*path, "rules", n), "rule", f"giá trị của “{name}” viết sai kiểu"
        elif name in CARD_RULES and arg not in scenario.persona:
            yield (*path, "rules", n), "persona", f"thẻ nhân vật không có “{arg}”"
        elif name in CARD_RULES and tidy(one.type, scenario.values[str(arg)]) != scenario.values[str(arg)]:
            say = f"“{scenario.values[str(arg)]}” viết chưa đúng kiểu {one.type} (ngày: năm-tháng-ngày; số: liền nhau)"
            yield (*path, "rules", n), "persona", say


def _traps(scenario: Scenario) -> Iterator[Complaint]:
    traps = [(name, screen.trap) for name, screen in scenario.screens.items() if screen.trap]
    if not traps:
        yield ("screens",), "no-trap", "chưa có bẫy nào (trap): mỗi bài tập cần ít nhất một tình huống lừa đảo"
    known: set[str] = set()
    for name, trap in traps:
        if trap.id in known:
            yield ("screens", name, "trap", "id"), "trap-id", f"mã bẫy “{trap.id}” dùng hai lần"
        known.add(trap.id)


def conditions(scenario: Scenario) -> Iterator[tuple[Path, Condition]]:
    """Yields every condition of a scenario with its path, also nested ones."""
    for path, part in parts(scenario.model_dump(by_alias=True), ()):
        if path[-1] in {"when", "met"} and part is not None:
            yield from _within(path, Condition.model_validate(part))


def parts(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yields every part of a value with its path."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from parts(inner, (*path, key))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from parts(inner, (*path, n))


def _within(path: Path, condition: Condition) -> Iterator[tuple[Path, Condition]]:
    yield path, condition
    for name, some in (("all", condition.all), ("any", condition.any)):
        for n, one in enumerate(some or ()):
            yield from _within((*path, name, n), one)
    if condition.not_ is not None:
        yield from _within((*path, "not"), condition.not_)


def _condition(scenario: Scenario, path: Path, one: Condition) -> Iterator[Complaint]:
    fields = {field.id: field for screen in scenario.screens.values() for field in screen.fields}
    if one.field is not None and one.field not in fields:
        yield path, "unknown-field", f"không có ô “{one.field}”"
    elif one.field is not None and one.eq is not None:
        asked = fields[one.field]
        if asked.options and wrong(asked, one.eq, scenario.values, scenario.clock.start)[0]:
            yield path, "unknown-value", f"ô “{one.field}” không nhận “{one.eq}”"
    states = scenario.dossier.states if scenario.dossier else {}
    for name in (*(one.dossier_in or ()), *([one.dossier_seen] if one.dossier_seen else ())):
        if name not in states:
            yield path, "state", f"không có trạng thái “{name}”"
    for name in (one.screen, one.screen_seen):
        if name is not None and name not in scenario.screens:
            yield path, "screen", f"không có màn hình “{name}”"
    traps = {s.trap.id: {o.id for o in s.trap.options} for s in scenario.screens.values() if s.trap}
    if one.trap is not None and one.chose not in traps.get(one.trap, ()):
        yield path, "unknown-trap", f"không có bẫy “{one.trap}” với cách trả lời “{one.chose}”"


def _skills(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for n, skill in enumerate(scenario.skills):
        yield ("skills", n), skill
    for path, part in parts(scenario.model_dump(by_alias=True)["screens"], ("screens",)):
        if path[-1] == "skill" and part is not None:
            yield path, part


# --- played ---------------------------------------------------------------------------------------------


def played(scenario: Scenario) -> Iterator[Complaint]:
    """Yields the faults found by playing: failing walks, unvisited parts, unreachable ends."""
    visited: set[str] = set()
    states: set[str] = set()
    traps: set[tuple[str, str]] = set()
    for name in scenario.walks:
        try:
            state = replay(scenario, scenario.events(name))
        except ReplayError as halt:
            yield ("walks", name, halt.index), "walk", f"lượt đi “{name}” dừng ở đây ({halt.why})"
            continue
        yield from _stuck(scenario, name)
        visited |= set(state.visited)
        states |= set(state.seen)
        traps |= {(one.id, one.chosen) for one in state.traps}
    if not example(scenario):
        say = "cần một lượt đi không sai, không mắc bẫy, đạt mọi mục tiêu và tới màn hình cuối"
        yield ("walks",), "no-example", say
    for name in scenario.screens:
        if name not in visited:
            yield ("screens", name), "unwalked", f"không lượt đi nào qua màn hình “{name}”"
    for name in scenario.dossier.states if scenario.dossier else ():
        if name not in states:
            yield ("dossier", "states", name), "unwalked", f"không lượt đi nào gặp trạng thái “{name}”"
    for name, screen in scenario.screens.items():
        for option in screen.trap.options if screen.trap else ():
            if screen.trap and (screen.trap.id, option.id) not in traps:
                yield ("screens", name, "trap"), "unwalked", f"không lượt đi nào chọn “{option.id}” ở bẫy này"
    yield from _guided(scenario)


def _stuck(scenario: Scenario, walk: str) -> Iterator[Complaint]:
    """Reports a walk that reaches a screen whose buttons are all hidden by conditions."""
    state = begin(scenario)
    for n, event in enumerate(scenario.events(walk)):
        apply(scenario, state, event)
        if not (ended(scenario, state) or actions(scenario, state) or open_trap(scenario, state)):
            say = f"tới đây màn hình “{state.screen}” không còn nút nào bấm được (xem các when)"
            yield ("walks", walk, n), "dead-end", say
            return


def _guided(scenario: Scenario) -> Iterator[Complaint]:
    """Checks that following the guide reaches the end with every goal."""
    state = begin(scenario)
    try:
        for event in plan(scenario, state):
            apply(scenario, state, event)
    except EventRejected as refusal:  # pragma: no cover - the plan is made of what the engine takes
        yield ("walks",), "guide", f"lời chỉ dẫn dừng lại ({refusal.why})"
    missing = [name for name, reached in goals(scenario, state).items() if not reached]
    if not ended(scenario, state):
        yield ("screens",), "guide", "làm theo chỉ dẫn thì không tới được màn hình cuối"
    elif missing:
        yield ("goals", missing[0]), "goal", f"làm đúng mọi điều thì vẫn không đạt mục tiêu “{missing[0]}”"


def unchecked(scenario: Scenario) -> Iterator[Complaint]:
    """Yields what an editor should still verify."""
    if scenario.based_on.checked is None:
        yield ("based_on",), "unchecked", "chưa ai ghi ngày mở địa chỉ thật (based_on.checked)"
    for n, claim in enumerate(scenario.unverified):
        yield ("unverified", n), "unverified", f"chưa kiểm tra được: {claim}"
