"""The pictures of screens of one step: read, checked, and drawn in a language."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pydantic import ValidationError

from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.markdown import RawStep
from tutoring.lessons.content.screens.drawing import Words, described
from tutoring.lessons.content.screens.drawing import drawn as drawn_at
from tutoring.lessons.content.screens.schema import Screen
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.lessons.content.validation_messages import problems

Screens = Mapping[str, list[Screen]]  # by the part of the step (find, right, else, or "") that follows them
Labels = Mapping[str, Mapping[str, str]]
NONE: Screens = MappingProxyType({})


def read(step: RawStep, notes: Diagnostics) -> Screens:
    """Returns the valid pictures of a step; the others are recorded as faults with their line."""
    found: dict[str, list[Screen]] = {}
    for one in step.screens:
        parsed = Parsed(None, None)
        try:
            parsed = strict_yaml.parse(one.block.body)
            found.setdefault(one.before, []).append(Screen.model_validate(parsed.data))
        except YamlFault as error:
            notes.fault(one.block.line + error.line - 1, "yaml", error.say)
        except ValidationError as error:
            for line, code, say in problems(error, parsed):
                notes.fault(one.block.line + line - 1, code, say)
    return found


def drawn(screens: Screens, lang: str, labels: Labels, fill: Callable[[str], str] = str) -> dict[str, str]:
    """Returns the HTML of the pictures by the part of the step that follows them."""
    words = Words(lang, labels.get(lang, {}), fill)
    return {lead: drawn_at(row, words) for lead, row in screens.items()}


def descriptions(screens: Screens, lang: str, labels: Labels) -> list[str]:
    """Returns what screen readers say of each picture."""
    words = Words(lang, labels.get(lang, {}))
    return [described(one, words) for row in screens.values() for one in row]


def untranslated(screens: Screens, lang: str, labels: Labels) -> list[str]:
    """Returns the words of the pictures that have no translation into a language."""
    words = Words(lang, labels.get(lang, {}))
    for row in screens.values():
        drawn_at(row, words)
    return sorted(words.missing)
