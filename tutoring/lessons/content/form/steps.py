"""One step of a lesson as the values of a form, and its text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from tutoring.lessons.content import markdown, strict_yaml
from tutoring.lessons.content.form import prose, yaml_text
from tutoring.lessons.content.form.lesson_fields import BLOCKS
from tutoring.lessons.content.form.screen_fields import SCREEN
from tutoring.lessons.content.form.values import (
    AT,
    KIND,
    Values,
    bare,
    content_node,
    from_data,
    node,
    part_values,
    plain,
)
from tutoring.lessons.content.form.yaml_text import Lines
from tutoring.lessons.content.markdown import LEADS, LayoutFault
from tutoring.lessons.content.strict_yaml import YamlFault

RAW = "raw"  # the key of a step that the form cannot show: its text as it stands
_FENCE = "```"


class Unwritable(Exception):
    """What stands in a field cannot be part of a lesson."""

    def __init__(self, field: str, say: str) -> None:
        super().__init__(say)
        self.field = field
        self.say = say


@dataclass(frozen=True)
class _Section:
    lead: str
    first: int
    last: int  # of its paragraph


def read(text: str) -> Values:
    """Returns the values of a step. One that the form cannot show has its text as it stands under RAW."""
    try:
        found = _read(text)
    except (LayoutFault, YamlFault, ValueError):
        found = None
    if found is None or not _comes_back(found):
        return _raw(text)
    return found


def _raw(text: str) -> Values:
    try:
        [step] = markdown.steps(text, 0)[0]
    except (LayoutFault, ValueError):
        return {RAW: text, "id": "", "title": text.strip().split("\n")[0].lstrip("# ")}
    return {RAW: text, "id": step.id or "", "title": step.title}


def _comes_back(values: Values) -> bool:
    try:
        return _read(text_of(values)) == values
    except (LayoutFault, YamlFault, ValueError, Unwritable):
        return False


def _read(text: str) -> Values | None:
    [step], stray = markdown.steps(text, 0)
    tokens = markdown.parsed(text)
    fences = [token for token in tokens if token.type == "fence"]
    if stray or any(token.level for token in fences) or len(fences) != len(step.blocks) + len(step.screens):
        return None
    parts = _prose(text, tokens, fences)
    if parts is None or any(one.before not in ("find", _next_lead(parts)) for one in step.screens):
        return None
    screens = [strict_yaml.parse(one.block.body).data for one in step.screens]
    blocks = [(one.type, strict_yaml.parse(one.body).data) for one in step.blocks]
    if any(kind not in BLOCKS for kind, _ in blocks):
        return None
    values: Values = {
        "id": step.id or "",
        "title": step.title,
        "part": step.part or "",
        "origin": step.origin or "",
        "screens": [from_data(SCREEN, one) for one in screens],
        "blocks": [{KIND: kind, **part_values(BLOCKS[kind], data)} for kind, data in blocks],
        **parts,
    }
    same = all(
        means(data, plain(node(SCREEN, made, ""))) for data, made in zip(screens, values["screens"], strict=True)
    )
    for (_, data), made in zip(blocks, values["blocks"], strict=True):
        same = same and means(data, plain(content_node(BLOCKS[made[KIND]], made, "")))
    return values if same else None


def _next_lead(parts: Mapping[str, str]) -> str:
    """Returns the part that follows pictures where a step has no “find”."""
    return "find" if parts["find"] else next((name for name in ("right", "else") if parts[name]), "")


def _prose(text: str, tokens: Sequence[Token], fences: Sequence[Token]) -> dict[str, str] | None:
    """Returns the prose of a step by fields, or None where its parts stand in another order."""
    lines: list[str | None] = [*text.split("\n")]
    for fence in fences:
        first, last = fence.map or (0, 0)
        lines[first:last] = [None] * (last - first)
    found: list[_Section] = []
    for token, inside in pairwise(tokens[3:]):  # after the heading
        lead = markdown.lead_of(inside) if inside.type == "inline" else None
        if lead and (token.level or token.type != "paragraph_open"):
            return None
        if lead:
            first, last = token.map or (0, 0)
            found.append(_Section(lead, first, last))
    order = [one.lead for one in found]
    if order != [name for name in prose.PARTS if name in order]:
        return None
    begin = tokens[0].map[1] if tokens[0].map else 1
    ends = [*(one.first for one in found), len(lines)][1:]
    made = dict.fromkeys(prose.PARTS, "")
    before = _joined(lines[begin : found[0].first if found else len(lines)])
    for one, end in zip(found, ends, strict=True):
        until = one.last if one.lead == "goal" else end
        made[one.lead] = _without_lead(one.lead, _joined(lines[one.first : until]))
        if one.lead == "goal":
            made["task"] = _joined(lines[one.last : end])
    if before and made["goal"]:
        return None
    made["task"] = before or made["task"]
    return {name: prose.typed(words) for name, words in made.items()}


def _joined(lines: Sequence[str | None]) -> str:
    return "\n".join(line for line in lines if line is not None).strip()


def _without_lead(lead: str, text: str) -> str:
    return next(text.removeprefix(f"**{word}**") for word in LEADS[lead] if text.startswith(f"**{word}**")).strip()


def means(data: Any, made: Any) -> bool:
    """Returns whether made data mean what stood in the text: short forms and defaults do not count."""
    if made is None:
        return data in (None, "", [])
    if isinstance(made, dict):
        if isinstance(data, str):
            data = {"text": data}
        if not isinstance(data, dict):
            return data is None and not made
        return all(
            means(data[name], made[name]) if name in made and name in data else _is_default(name, data.get(name))
            for name in {*data, *made}
        )
    if isinstance(made, list):
        return isinstance(data, list) and len(data) == len(made) and all(map(means, data, made))
    return bool(data == made and isinstance(data, bool) == isinstance(made, bool)) or (
        not isinstance(data, bool | dict | list) and isinstance(made, str) and str(data) == made
    )


def _is_default(name: str, data: Any) -> bool:
    return data in (None, "", []) or data is (name in ("lock", "wifi"))


# ---- writing -------------------------------------------------------------------------------------------------------


def text_of(values: Values, stood: Mapping[str, str] | None = None) -> str:
    """Returns the text of a step; blocks that stood with the same values in `stood` are written as they stood."""
    return "\n".join(line for line, _ in lines_of(values, "", stood=stood))


def lines_of(values: Values, prefix: str, spread: bool = False, stood: Mapping[str, str] | None = None) -> Lines:
    """Returns the lines of a step, each with the name of its field; `spread` writes one value a line.

    Raises Unwritable where a paragraph holds more signs than can be parsed.
    """
    if RAW in values:
        return [(line, prefix + RAW) for line in values[RAW].split("\n")]
    lines = _lines(values, prefix, spread, stood or {}, prose.written)
    try:
        kept = _prose_comes_back(values, lines)
    except LayoutFault as fault:
        raise Unwritable(lines[min(fault.line, len(lines)) - 1][1], fault.say) from None
    return lines if kept else _lines(values, prefix, spread, stood or {}, prose.literal)


def _prose_comes_back(values: Values, lines: Lines) -> bool:
    text = "\n".join(line for line, _ in lines)
    tokens = markdown.parsed(text)
    fences = [token for token in tokens if token.type == "fence"]
    wanted = len(values["screens"]) + len(values["blocks"])
    try:
        [step], stray = markdown.steps(text, 0)
    except ValueError:
        return False
    if stray or len(fences) != wanted or any(fence.level for fence in fences):
        return False
    found = _prose(text, tokens, fences)
    return step.title == values["title"] and found == {name: _shown(name, values[name]) for name in prose.PARTS}


def _shown(name: str, value: str) -> str:
    return prose.one_paragraph(value).strip() if name == "goal" else value.strip()


def _lines(values: Values, prefix: str, spread: bool, stood: Mapping[str, str], write: Any) -> Lines:
    marks = [f"#{values['id']}"] if values["id"] else []
    marks += [f".{values['part']}"] if values["part"] and marks else []
    marks += [f"from={values['origin']}"] if values["origin"] and marks else []
    title = f"## {values['title']} {{{' '.join(marks)}}}" if marks else f"## {values['title']}"
    lines: Lines = [(title.rstrip(), f"{prefix}title")]
    for name in prose.PARTS:
        if name == "find":
            for n, screen in enumerate(values["screens"]):
                made = node(SCREEN, screen, f"{prefix}screens.{screen.get(AT, n)}.", gaps=spread)
                lines += [("", ""), *_fence(markdown.SCREEN, made, spread, stood)]
        value = _shown(name, values[name])
        if value:
            lead = f"**{LEADS[name][0]}** " if name in LEADS else ""
            lines += [("", ""), *((line, f"{prefix}{name}") for line in f"{lead}{write(value)}".split("\n"))]
    for n, block in enumerate(values["blocks"]):
        made = content_node(BLOCKS[block[KIND]], block, f"{prefix}blocks.{block.get(AT, n)}", gaps=spread)
        lines += [] if n else [("", "")]
        lines += _fence(block[KIND], made, spread, stood)
    return lines


def _fence(kind: str, made: Any, spread: bool, stood: Mapping[str, str]) -> Lines:
    as_before = stood.get(f"{kind} {plain(made)!r}")
    if as_before is not None and not spread:
        inside = [(line, made.field) for line in as_before.rstrip("\n").split("\n")]
    else:
        inside = yaml_text.spread(made) if spread else yaml_text.compact(made)
    return [(f"{_FENCE}{kind}", made.field), *inside, (_FENCE, made.field)]


def stood_in(text: str) -> dict[str, str]:
    """Returns the blocks of a step's text by what they mean."""
    try:
        [step] = markdown.steps(text, 0)[0]
        found = {}
        for raw in step.blocks:
            if raw.type in BLOCKS:
                values = {KIND: raw.type, **part_values(BLOCKS[raw.type], strict_yaml.parse(raw.body).data)}
                found[f"{raw.type} {plain(content_node(BLOCKS[raw.type], values, ''))!r}"] = raw.body
        for screen in step.screens:
            values = from_data(SCREEN, strict_yaml.parse(screen.block.body).data)
            found[f"{markdown.SCREEN} {plain(node(SCREEN, values, ''))!r}"] = screen.block.body
    except (LayoutFault, YamlFault, ValueError):
        return {}
    return found


def same(values: Values, others: Values) -> bool:
    """Returns whether two steps have the same values."""
    return bool(bare(values) == bare(others))
