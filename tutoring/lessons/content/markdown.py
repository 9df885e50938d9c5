"""Splits the text of a lesson into head, steps and fenced blocks."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(?P<front>.*?\n)---[ \t]*\n", re.DOTALL)
_MARK = re.compile(r"(?P<id>[^}\s]*)(?:\s+(?:\.(?P<part>[^}\s]*)|from=(?P<origin>[^}\s]*)))*\s*\}\s*")
# The words in Vietnamese, in English, and those of before, which drafts in the database may still have.
LEADS = {
    "goal": ("Mục tiêu:", "Goal:"),
    "find": ("Tìm:", "Look for:"),
    "right": ("Làm đúng thì:", "Right when:", "Đúng khi:"),
    "else": ("Nếu chưa được:", "If not:", "Nếu chưa thấy:"),
}
# What readers see in place of a marker in the file.
SHOWN_LEADS = {
    "Làm đúng thì:": "Làm đúng thì thấy:",
    "Đúng khi:": "Làm đúng thì thấy:",
    "Nếu chưa thấy:": "Nếu chưa được:",
    "Right when:": "It worked if:",
}
SCREEN = "screen"  # the type of the fenced block that describes a picture of a screen
parser = MarkdownIt("commonmark", {"html": False})


# The limit for each of these characters in one paragraph. For each of them the parser searches the rest of the
# paragraph for its counterpart, so twice as many would take four times as long. A lesson has only a few.
MAX_MARKUP_CHARACTERS = 200
SIGNS = "[]!*_`<&"
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+")


class LayoutFault(Exception):
    """The file is not laid out as a lesson; `line` counts from 1 in the file."""

    def __init__(self, say: str, line: int) -> None:
        super().__init__(say)
        self.say = say
        self.line = line


@dataclass(frozen=True)
class RawBlock:
    """A fenced block: its type, its YAML, and the line of the file where the YAML begins."""

    type: str
    body: str
    line: int


@dataclass(frozen=True)
class RawScreen:
    """The YAML of a picture of a screen, and the part of the step (find, right, else, or "" for its end) that
    follows it."""

    block: RawBlock
    before: str


@dataclass(frozen=True)
class RawStep:
    """A step as written.

    `digest` identifies the wording that a translation was made from; pictures of screens do not count. `part` says
    which family member the step is for, `origin` the step of this lesson that it was split from.
    """

    id: str | None
    part: str | None
    title: str
    line: int
    tokens: Sequence[Token]
    blocks: tuple[RawBlock, ...]
    digest: str
    screens: tuple[RawScreen, ...] = ()
    origin: str | None = None


def split(text: str) -> tuple[str, str, int]:
    """Returns the YAML head, the body, and the number of lines before it; raises LayoutFault."""
    found = _FRONT.match(text)
    if found is None:
        raise LayoutFault("tệp phải bắt đầu bằng phần đầu bài giữa hai dòng ---", 1)
    return found["front"], text[found.end() :], text[: found.end()].count("\n")


def parsed(body: str, before: int = 0) -> list[Token]:
    """Returns the tokens of a text that begins after line `before`.

    Raises LayoutFault where a paragraph holds more special characters than can be parsed quickly.
    """
    for found in _PARAGRAPH.finditer(body):
        for sign in SIGNS:
            if found[0].count(sign) > MAX_MARKUP_CHARACTERS:
                line = before + body.count("\n", 0, found.start()) + 1
                raise LayoutFault(
                    f"đoạn này có hơn {MAX_MARKUP_CHARACTERS} dấu {sign}; hãy xoá bớt hoặc tách đoạn", line
                )
    return parser.parse(body)


def steps(body: str, before: int) -> tuple[list[RawStep], list[tuple[int, str]]]:
    """Returns the steps of a body that begins after line `before`.

    Also returns the first line that belongs to no step, if there is one.
    """
    made, stray = _steps(body, before)
    return list(made), list(stray)


@lru_cache(maxsize=32)  # a page that checks a draft reads the same text many times
def _steps(body: str, before: int) -> tuple[Sequence[RawStep], Sequence[tuple[int, str]]]:
    tokens = parsed(body, before)
    heads = [n for n, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
    lines = body.split("\n")
    stray = [
        (
            before + _first(token) + 1,
            "chữ đứng trước bước đầu tiên; hãy đưa vào một bước (## Tên bước {#ma-buoc})",
        )
        for token in tokens[: heads[0] if heads else None]
        if token.level == 0 and token.map
    ]
    made = []
    for n, start in enumerate(heads):
        end = heads[n + 1] if n + 1 < len(heads) else len(tokens)
        first, last = tokens[start].map[1], _first(tokens[end]) if end < len(tokens) else len(lines)  # type: ignore[index]
        drawn = {at for token in tokens[start:end] if _is_screen(token) for at in range(*(token.map or ()))}
        below = [line for at, line in enumerate(lines[first:last], first) if at not in drawn]
        made.append(_step(tokens[start:end], "\n".join(below), before))
    return made, stray[:1]


def _first(token: Token) -> int:
    return token.map[0] if token.map else 0


def _step(tokens: Sequence[Token], source: str, before: int) -> RawStep:
    title, step_id, part, origin = _title(tokens[1].content)
    fences = [token for token in tokens if token.type == "fence" and not _is_screen(token)]
    return RawStep(
        id=step_id,
        part=part,
        title=title,
        line=before + _first(tokens[0]) + 1,
        tokens=[token for token in tokens[3:] if token.type != "fence"],
        blocks=tuple(_block(token, before) for token in fences),
        digest=digest(f"{title}\n{source.strip()}"),
        screens=tuple(
            RawScreen(_block(token, before), next(iter(leads(tokens[n:])), ""))
            for n, token in enumerate(tokens)
            if _is_screen(token)
        ),
        origin=origin,
    )


def _block(token: Token, before: int) -> RawBlock:
    return RawBlock(token.info.strip(), token.content, before + _first(token) + 2)


def _is_screen(token: Token) -> bool:
    return token.type == "fence" and token.info.strip() == SCREEN


def _title(content: str) -> tuple[str, str | None, str | None, str | None]:
    """Splits the heading "Title {#id .part from=other-id}" into title, id, part and origin."""
    title, _, mark = content.rpartition("{#")
    found = _MARK.fullmatch(mark)
    if found is None or "\n" in content:
        return content.strip(), None, None, None
    return title.strip(), found["id"], found["part"], found["origin"]


def digest(source: str) -> str:
    """Returns a short hash of a step's wording; differences in whitespace do not count."""
    return hashlib.sha256(re.sub(r"\s+", " ", source).encode()).hexdigest()[:10]


def lead_of(inline: Token) -> str | None:
    """Returns which of the four parts of a step a paragraph is, by its leading bold words."""
    kinds = [child.type for child in (inline.children or [])[:3]]
    if "strong_open" not in kinds:
        return None
    return next(
        (name for name, leads in LEADS.items() if inline.content.startswith(tuple(f"**{lead}**" for lead in leads))),
        None,
    )


def links(tokens: Sequence[Token]) -> list[tuple[int, str]]:
    """Returns (line offset in the body, target) of every link of a step."""
    return [
        (_first(token), str(child.attrGet("href") or ""))
        for token in tokens
        for child in token.children or []
        if child.type == "link_open"
    ]


def images(tokens: Sequence[Token]) -> list[tuple[int, str, bool]]:
    """Returns (line offset in the body, target, is alone) of every picture of a step."""
    return [
        (_first(token), str(child.attrGet("src") or ""), token.level == 1 and len(token.children or []) == 1)
        for token in tokens
        for child in token.children or []
        if child.type == "image"
    ]


def leads(tokens: Sequence[Token]) -> list[str]:
    """Returns the parts (goal, find, right, else) that a step has, in order."""
    return [lead for token in tokens if token.type == "inline" and (lead := lead_of(token))]


def plain(tokens: Sequence[Token]) -> list[tuple[int, str]]:
    """Returns (line offset in the body, plain text) of every paragraph, list entry and heading."""
    return [
        (_first(token), "".join(_text(child) for child in token.children or []))
        for token in tokens
        if token.type == "inline"
    ]


def _text(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "code_inline"} else ""
