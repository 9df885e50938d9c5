"""Describes conditions of a scenario in words, for reviewers."""

from collections.abc import Callable, Sequence

from tutoring.kernel.text import N_
from tutoring.practice.engine.elements import Condition
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.labels import STATUSES

Say = Callable[[str], str]  # translates a msgid; `str` leaves it Vietnamese


def state_name(scenario: Scenario, name: str, say: Say) -> str:
    """Returns the official name of a dossier state; adds its id when two states share the name."""
    states = scenario.dossier.states if scenario.dossier else {}
    if name not in states:
        return name
    same = [one for one in states.values() if one.status == states[name].status]
    called = say(STATUSES[states[name].status])
    return f"{called} ({name})" if len(same) > 1 else called


def describe_condition(scenario: Scenario, one: Condition | None, language: str, say: Say) -> str:
    """Returns a condition in words; empty for None."""
    if one is None:
        return ""
    if one.all is not None or one.any is not None:
        parts = [describe_condition(scenario, inner, language, say) for inner in one.all or one.any or ()]
        return (say(N_(" và ")) if one.all is not None else say(N_(" hoặc "))).join(parts)
    if one.not_ is not None:
        return say(N_("không phải (%(what)s)")) % {"what": describe_condition(scenario, one.not_, language, say)}
    if one.field is not None:
        return _field(scenario, one, language, say)
    if one.trap is not None:
        return say(N_("ở bẫy đã chọn “%(answer)s”")) % {"answer": _answer(scenario, one, language)}
    if one.dossier_in is not None:
        return say(N_("hồ sơ đang là %(states)s")) % {"states": _states(scenario, one.dossier_in, say)}
    if one.dossier_seen is not None:
        return say(N_("hồ sơ đã từng là %(states)s")) % {"states": _states(scenario, [one.dossier_seen], say)}
    screen = one.screen or one.screen_seen or ""
    title = scenario.screens[screen].title.in_(language) if screen in scenario.screens else screen
    words = say(N_("đang ở màn hình “%(title)s”")) if one.screen else say(N_("đã qua màn hình “%(title)s”"))
    return words % {"title": title}


def _states(scenario: Scenario, names: Sequence[str], say: Say) -> str:
    return say(N_(" hoặc ")).join(f"“{state_name(scenario, name, say)}”" for name in names)


def _field(scenario: Scenario, one: Condition, language: str, say: Say) -> str:
    fields = {field.id: field for screen in scenario.screens.values() for field in screen.fields}
    asked = fields.get(one.field or "")
    label = asked.label.in_(language) if asked else one.field
    options = {option.id: option.text.in_(language) for option in (asked.options if asked else ())}
    if asked is not None and asked.type == "check" and one.eq == "yes":
        return say(N_("đã đánh dấu “%(label)s”")) % {"label": label}
    return say(N_("ô “%(label)s” là “%(value)s”")) % {"label": label, "value": options.get(one.eq or "", one.eq)}


def _answer(scenario: Scenario, one: Condition, language: str) -> str:
    for screen in scenario.screens.values():
        for option in screen.trap.options if screen.trap and screen.trap.id == one.trap else ():
            if option.id == one.chose:
                return option.text.in_(language)
    return one.chose or ""
