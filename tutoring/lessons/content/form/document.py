"""The text of a lesson, or of one step of it, as a head and steps that are changed one at a time.

What is not changed stays as it stands, letter by letter.
"""

import re
from dataclasses import dataclass, replace

from tutoring.kernel.text import N_
from tutoring.lessons.content import markdown, strict_yaml
from tutoring.lessons.content.form import steps as step_values
from tutoring.lessons.content.form import yaml_text
from tutoring.lessons.content.form.lesson_fields import HEAD
from tutoring.lessons.content.form.steps import Unwritable
from tutoring.lessons.content.form.values import Node, Values, from_data, node, plain
from tutoring.lessons.content.form.yaml_text import Lines
from tutoring.lessons.content.markdown import LayoutFault
from tutoring.lessons.content.schema import MAX_STEPS
from tutoring.lessons.content.step_editor import slug_of
from tutoring.lessons.content.strict_yaml import YamlFault

NEW_STEP = "buoc-moi"  # the id of a step until it has a title
_KEY = re.compile(r"^([a-z_]+):", re.MULTILINE)
_LAST_KEY = "review"


class Unreadable(Exception):
    """The text is not laid out as a lesson; `line` counts from 1."""

    def __init__(self, say: str, line: int) -> None:
        super().__init__(say)
        self.say = say
        self.line = line


@dataclass(frozen=True)
class Document:
    """A lesson as its front and its steps; `front` is None for the text of one step."""

    front: str | None
    steps: tuple[str, ...]

    @property
    def text(self) -> str:
        head = "" if self.front is None else f"---\n{self.front}---\n"
        return head + "\n".join(self.steps)

    def step(self, number: int) -> Values:
        """Returns the values of a step."""
        return step_values.read(self.steps[number - 1].strip("\n"))

    def outline(self) -> list[tuple[str, str]]:
        """Returns the id and title of each step."""
        return [heading(text) for text in self.steps]

    def number_of(self, step_id: str) -> int | None:
        """Returns the place of a step from 1, or None."""
        return next((n for n, (found, _) in enumerate(self.outline(), 1) if found == step_id), None)

    def head(self) -> Values:
        """Returns the values of the head."""
        return from_data(HEAD, strict_yaml.parse(self.front or "").data)


def heading(step: str) -> tuple[str, str]:
    """Returns the id and title of a step's text."""
    found, _ = markdown.steps(step, 0)
    return (found[0].id or "", found[0].title) if found else ("", "")


def read(text: str, whole: bool) -> Document:
    """Returns the document of a text; raises Unreadable where it is not laid out as a lesson."""
    try:
        front, body, before = markdown.split(text) if whole else (None, text, 0)
        found, stray = markdown.steps(body, before)
        head = strict_yaml.parse(front) if front is not None else None
    except LayoutFault as fault:
        raise Unreadable(fault.say, fault.line) from None
    except YamlFault as fault:
        raise Unreadable(fault.say, fault.line + 1) from None
    if stray:
        raise Unreadable(stray[0][1], stray[0][0])
    if head is not None and not isinstance(head.data, dict):
        raise Unreadable(N_("phần đầu bài chưa có mục nào"), 2)
    if not found:
        raise Unreadable(N_("chưa có bước nào; mỗi bước bắt đầu bằng một dòng như: ## Tên bước {#ma-buoc}"), before + 1)
    lines = text.split("\n")
    begins = [before, *(step.line - 1 for step in found[1:])]
    ends = [*begins[1:], len(lines)]
    return Document(front, tuple("\n".join(lines[a:b]) for a, b in zip(begins, ends, strict=True)))


# ---- steps ---------------------------------------------------------------------------------------------------------


def with_step(document: Document, number: int, values: Values) -> Document:
    """Returns the document with other values for a step; raises Unwritable."""
    old = document.steps[number - 1]
    before = step_values.read(old.strip("\n"))
    values = _named(document, number, values)
    if step_values.same(before, values):
        return document
    text = step_values.text_of(values, step_values.stood_in(old.strip("\n")))
    made = list(document.steps)
    made[number - 1] = text if document.front is None else f"\n{text}\n"
    return replace(document, steps=tuple(made))


def _named(document: Document, number: int, values: Values) -> Values:
    """Returns the values with an id from the title, if the step is new and has a title now."""
    ids = {one for n, (one, _) in enumerate(document.outline(), 1) if n != number}
    if values["id"] and not values["id"].startswith(NEW_STEP):
        return values
    if values["title"]:
        return values | {"id": slug_of(values["title"], ids)}
    return values if values["id"] and values["id"] not in ids else values | {"id": _free(NEW_STEP, ids)}


def _free(stem: str, taken: set[str]) -> str:
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def with_new_step(document: Document, after: int) -> Document:
    """Returns the document with an empty step after this place; raises Unwritable when there are too many."""
    if len(document.steps) >= MAX_STEPS:
        raise Unwritable("steps", N_("Bài đã có đủ 16 bước. Bỏ bớt một bước, hoặc chia thành hai bài."))
    new_id = _free(NEW_STEP, {one for one, _ in document.outline()})
    made = [*document.steps]
    made.insert(after, f"\n## {{#{new_id}}}\n")
    return replace(document, steps=tuple(made))


def without_step(document: Document, number: int) -> Document:
    """Returns the document without a step; the last one stays."""
    if len(document.steps) < 2:
        raise Unwritable("steps", N_("Bài cần ít nhất hai bước. Muốn bỏ bước này thì thêm bước khác trước."))
    return replace(document, steps=(*document.steps[: number - 1], *document.steps[number:]))


def with_step_moved(document: Document, number: int, by: int) -> Document:
    """Returns the document with a step moved up (-1) or down (1); at the end it stays."""
    to = number + by
    if not 1 <= to <= len(document.steps):
        return document
    made = [*document.steps]
    made[number - 1], made[to - 1] = made[to - 1], made[number - 1]
    return replace(document, steps=tuple(made))


# ---- the head ------------------------------------------------------------------------------------------------------


def fits(document: Document) -> bool:
    """Returns whether the form can show the head without losing anything."""
    if document.front is None:
        return False
    data = strict_yaml.parse(document.front).data
    known = {name: value for name, value in data.items() if name in {field.name for field in HEAD}}
    made = plain(_head_node(document.head()))
    return all(step_values.means(known.get(name), made.get(name)) for name in {*known, *made})


def _head_node(values: Values, gaps: bool = False) -> Node:
    return node(HEAD, values, "", gaps)


def with_head(document: Document, values: Values) -> Document:
    """Returns the document with other values in its head; entries that stay the same keep their letters."""
    before, made = plain(_head_node(document.head())), _head_node(values)
    after = plain(made)
    pieces = _pieces(document.front or "")
    for field in HEAD:
        name = field.name
        if step_values.means(before.get(name), after.get(name)):
            continue
        lines = yaml_text.entry(name, made.data[name]) if name in made.data else []
        text = "".join(f"{line}\n" for line, _ in lines)
        if name in pieces:
            pieces[name] = text
        else:  # new entries stand before the review
            last = pieces.pop(_LAST_KEY, "")
            pieces |= {name: text, _LAST_KEY: last}
    return replace(document, front="".join(pieces.values()))


def _pieces(front: str) -> dict[str, str]:
    """Returns the text of each entry of a head, in order."""
    found = list(_KEY.finditer(front))
    ends = [*(one.start() for one in found[1:]), len(front)]
    pieces = {"": front[: found[0].start()] if found else front}
    return pieces | {one[1]: front[one.start() : end] for one, end in zip(found, ends, strict=True)}


# ---- one value a line ----------------------------------------------------------------------------------------------


def spread_step(document: Document, number: int) -> Lines:
    """Returns the lines of a step with one value a line, each with the name of its field."""
    return step_values.lines_of(document.step(number), "", spread=True)


def spread_head(document: Document) -> Lines:
    """Returns the lines of the head with one value a line; those of other entries have no field."""
    made = _head_node(document.head(), gaps=True)
    names = {field.name for field in HEAD}
    lines: Lines = [(line, "") for name, text in _pieces(document.front or "").items() if name not in names
                    for line in text.rstrip("\n").split("\n") if line]  # fmt: skip
    return [*lines, *yaml_text.spread(made)]
