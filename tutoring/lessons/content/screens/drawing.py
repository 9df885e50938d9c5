"""Draws a picture of a phone's or a computer's screen as HTML; static/lessons/screens.css gives it its look.

The HTML holds no address, script, style or control. The whole picture is one image to screen readers.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from tutoring.lessons.content.screens.schema import ENDS, Person, Screen, Tile, marked, marks, texts

_STRONG = re.compile(r"\*\*(.+?)\*\*")
_LIKE_EVERYWHERE = re.compile(r"[\w*/:-]*[.\d][\w*/:.-]*|\**\{fact:[a-z0-9-]+\}\**")  # addresses, codes, facts
_WORD = re.compile(r"\w")
_KEYS = {"vi": ("qwertyuiop", "asdfghjkl", "zxcvbnm"), "number": ("123", "456", "789", " 0⌫")}
_SIGNS = {
    "tap": "hand", "type": "edit", "swipe": "hand", "hold": "hand", "drag": "hand", "look": "eye", "avoid": "close",
}  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """The fixed words of pictures in one language."""

    tap: str
    type: str
    swipe: str
    hold: str
    drag: str
    look: str
    avoid: str
    avoid_thing: str  # in a scene without a screen
    shutter: str
    more: str
    screen: str
    which: str


WORDINGS = {
    "vi": Wording(
        "Chạm", "Gõ", "Vuốt", "Giữ", "Kéo", "Nhìn", "Đừng chạm", "Đừng", "nút chụp", "dấu ba chấm",
        "Màn hình “{}”.", "Máy của bạn giống hình nào?",
    ),
    "en": Wording(
        "Tap", "Type", "Swipe", "Hold", "Drag", "Look", "Don’t tap", "Don’t", "the shutter", "the three dots",
        "Screen: “{}”.", "Which picture looks like your phone?",
    ),
}  # fmt: skip


class Words:
    """The words of pictures in a language; those without a translation stay as written and are noted in `missing`."""

    def __init__(self, lang: str, labels: Mapping[str, str], fill: Callable[[str], str] = str) -> None:
        self.fixed = WORDINGS.get(lang, WORDINGS["vi"])
        self.missing: set[str] = set()
        self.on_screen = True  # and not a scene of drawings, where nothing is tapped
        self._labels = labels
        self._source = lang.startswith("vi")
        self._fill = fill

    def plain(self, text: str) -> str:
        """Returns a text in this language, without marks of emphasis."""
        return self._of(text).replace("**", "")

    def html(self, text: str | None) -> str:
        """Returns a text in this language as HTML, with its **strong** words."""
        if not text:
            return ""
        html = _STRONG.sub(r"<b>\1</b>", escape(self._of(text)))
        # An address breaks after a dot, else in the middle of its ending.
        return html.replace(".", ".<wbr>") if _LIKE_EVERYWHERE.fullmatch(text) else html

    def _of(self, text: str) -> str:
        if self._source or _LIKE_EVERYWHERE.fullmatch(text) or not any(letter.isalpha() for letter in text):
            return self._fill(text)
        if text not in self._labels:
            self.missing.add(text)
        return self._fill(self._labels.get(text, text))


def described(screen: Screen, words: Words) -> str:
    """Returns what a screen reader says of a picture: its name and every mark, or what the author wrote."""
    if screen.alt:
        return words.plain(screen.alt)
    title = words.plain(screen.name)
    if screen.frame == "card":
        avoided = {text for mark, text in marked(screen) if mark.startswith("avoid")}
        shown = (text for text in texts(screen)[1:] if text not in (screen.caption, screen.name) and _WORD.search(text))
        said = (
            (f"{words.fixed.avoid_thing}: " if one in avoided else "") + words.plain(one).removesuffix(".")
            for one in shown
        )
        return _ended(f"{title}: {'; '.join(said)}")
    lines = [words.fixed.screen.format(title)]
    for mark, text, *more in marks(screen):
        kind, _, number = mark.partition(" ")
        does = f"{getattr(words.fixed, kind)}: {_named(text, words)}{''.join(f', {words.plain(one)}' for one in more)}"
        does = _ended(does)
        lines.append(f"{number}. {does}" if number else does)
    return " ".join(lines)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


def _named(text: str, words: Words) -> str:
    if not text:
        return words.fixed.shutter
    return words.fixed.more if text == "more" else words.plain(text)


def drawn(screens: list[Screen], words: Words) -> str:
    """Returns the pictures that stand at one place of a step; two or more are offered as a choice."""
    if len(screens) == 1:
        return _figure(screens[0], words) + "\n"
    pictures = "".join(_figure(one, words) for one in screens)
    return f"<p>{escape(words.fixed.which)}</p>\n{_tag('screens', pictures)}\n"


def _figure(screen: Screen, words: Words) -> str:
    words.on_screen = screen.frame != "card"
    body = "".join(_part(part.kind, part.content, words) for part in screen.parts)
    frame = {"phone": "", "window": " s-window", "card": " s-framed"}[screen.frame]
    look = "scr" + frame + (" s-cut" if screen.cut else "") + ("" if screen.wifi else " s-offline")
    look += f" g-{screen.ground}" if screen.ground else ""
    said = escape(described(screen, words))
    below = f"<figcaption>{words.html(screen.caption)}</figcaption>" if screen.caption else ""
    picture = f'<div class="{look}" role="img" aria-label="{said}">{body}</div>'
    return _tag("screen", picture + below, "figure")


def _icon(name: str | None) -> str:
    return f'<i class="i-{name}"></i>' if name else ""


def _tag(name: str, inside: str, tag: str = "div") -> str:
    return f'<{tag} class="{name}">{inside}</{tag}>'


def _box(name: str, node: Any, inside: str, words: Words, tag: str = "div") -> str:
    """Returns an element with the ring and the pill of its mark."""
    mark = getattr(node, "mark", None)
    if not mark:
        return _tag(name, inside, tag)
    kind, _, number = mark.partition(" ")
    does = words.fixed.avoid_thing if kind == "avoid" and not words.on_screen else getattr(words.fixed, kind)
    pill = f"{f'<b>{number}</b>' if number else ''}{_icon(_SIGNS[kind])}{escape(does)}"
    return _tag(f"{name} m m-{kind}", inside + _tag("s-mark", pill, "span"), tag)


def _part(kind: str, node: Any, words: Words) -> str:
    return _PARTS[kind](node, words)


def _line(name: str, tag: str = "div") -> Callable[[Any, Words], str]:
    return lambda node, words: _box(name, node, words.html(node.text), words, tag)


def _bar(node: Any, words: Words) -> str:
    tools = "".join(map(_icon, node.icons))
    inside = f"{_icon('back') if node.back else ''}<b>{words.html(node.text)}</b>"
    return _box("s-bar", node, f"{inside}<span>{tools}</span>" if tools else inside, words)


def _url(node: Any, words: Words) -> str:
    lock = _icon("lock" if node.lock else "alert")
    return _box("s-url" if node.lock else "s-url s-open", node, f"{lock}<span>{words.html(node.text)}</span>", words)


def _search(node: Any, words: Words) -> str:
    return _box("s-url s-search", node, f"{_icon('search')}<span>{words.html(node.text)}</span>", words)


def _row(node: Any, words: Words) -> str:
    sign = _tag("s-ic", _icon(node.icon), "span") if node.icon else ""
    note = f"<small>{words.html(node.note)}</small>" if node.note else ""
    said = f"{sign}<span>{words.html(node.text)}{note}</span>"
    if node.on_end:
        return _tag("s-row", said + _box("s-end", node, _end(node.end, words), words))
    return _box("s-row", node, said + _end(node.end, words), words)


def _end(value: bool | str | None, words: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<i class="s-switch{" s-on" if value else ""}"></i>'
    return _icon(value) if value in ENDS else f"<small>{words.html(value)}</small>"


def _tiles(name: str, one: str) -> Callable[[list[Tile], Words], str]:
    def draw(nodes: list[Tile], words: Words) -> str:
        each = (
            _box(
                f"{one} s-on" if node.lit else one,
                node,
                _tag("s-ic", _icon(node.icon), "span") + f"<span>{words.html(node.text)}</span>",
                words,
            )
            for node in nodes
        )
        return _tag(name, "".join(each))

    return draw


def _field(node: Any, words: Words) -> str:
    need = " <em>*</em>" if node.need else ""
    error = _tag("s-error", _icon("alert") + words.html(node.error), "small") if node.error else ""
    value = words.html(node.value) if node.value else f"<i>{words.html(node.hint) or '&nbsp;'}</i>"
    box = _box("s-value", node, value + (_icon("down") if node.pick else ""), words)
    return f'<div class="s-field{" s-wrong" if error else ""}"><b>{words.html(node.text)}{need}</b>{box}{error}</div>'


def _button(node: Any, words: Words) -> str:
    return _box(f"s-btn s-{node.kind}", node, words.html(node.text), words)


def _buttons(nodes: list[Any], words: Words) -> str:
    return _tag("s-two", "".join(_button(node, words) for node in nodes))


def _bubble(name: str) -> Callable[[Any, Words], str]:
    def draw(node: Any, words: Words) -> str:
        who = f"<small>{words.html(node.sender)}</small>" if node.sender else ""
        if not node.link:
            return _tag(name, who + _box("s-said", node, words.html(node.text), words))
        link = _box("s-link", node, words.html(node.link), words, "span")
        return _tag(name, who + _tag("s-said", words.html(node.text) + link))

    return draw


def _face(node: Person, words: Words) -> str:
    return _tag("s-face", escape(node.face or words.plain(node.text)[:1]), "i")


def _person(node: Person, words: Words) -> str:
    note = f"<small>{words.html(node.note)}</small>" if node.note else ""
    return _box("s-row s-person", node, f"{_face(node, words)}<span><b>{words.html(node.text)}</b>{note}</span>", words)


def _store(node: Any, words: Words) -> str:
    facts = "".join(f"<span><b>{words.html(a)}</b>{words.html(b)}</span>" for a, b in node.facts)
    by = _box("s-by", node, words.html(node.by), words)
    head = _tag("s-ic", _icon(node.icon), "span") + f"<div><b>{words.html(node.text)}</b>{by}</div>"
    return _tag("s-store", head) + (_tag("s-facts", facts) if facts else "")


def _paper(node: Any, words: Words) -> str:
    lines = "".join(f"<span><small>{words.html(a)}</small>{words.html(b)}</span>" for a, b in node.lines)
    blank = "" if lines else "<hr><hr><hr><hr>"
    corners = "<u></u>" * 4 if node.corners else ""
    return _box("s-paper", node, f"<b>{words.html(node.text)}</b>{lines}{blank}{corners}", words)


def _video(nodes: list[Person], words: Words) -> str:
    each = (_box("s-seat", node, f"{_face(node, words)}<span>{words.html(node.text)}</span>", words) for node in nodes)
    return _tag("s-video", "".join(each))


def _shutter(node: Any, words: Words) -> str:
    return _tag("s-shutter", _icon("image") + _box("s-shot", node, "", words) + _icon("flip"))


def _qr(node: Any, words: Words) -> str:
    return _box("s-qr", node, f"{_icon('qr')}<span>{words.html(node.text)}</span>", words)


def _dialog(node: Any, words: Words) -> str:
    text = _tag("s-text", words.html(node.text)) if node.text else ""
    inside = f"<b>{words.html(node.title)}</b>{text}{_buttons(node.buttons, words)}"
    return _tag("s-over", _box("s-dialog", node, inside, words))


def _keys(kind: str, words: Words) -> str:
    rows = "".join(f"<div>{''.join(f'<i>{escape(key)}</i>' for key in row)}</div>" for row in _KEYS[kind])
    return f'<div class="s-keys s-{kind}">{rows}</div>'


_PARTS: dict[str, Callable[[Any, Words], str]] = {
    "bar": _bar,
    "url": _url,
    "search": _search,
    "head": _line("s-head"),
    "text": _line("s-text"),
    "say": _line("s-say"),
    "row": _row,
    "quick": _tiles("s-quick", "s-tog"),
    "apps": _tiles("s-apps", "s-app"),
    "field": _field,
    "button": _button,
    "buttons": _buttons,
    "received": _bubble("s-in"),
    "sent": _bubble("s-out"),
    "person": _person,
    "store": _store,
    "paper": _paper,
    "video": _video,
    "round": _tiles("s-round", "s-app"),
    "shutter": _shutter,
    "qr": _qr,
    "dialog": _dialog,
    "keys": _keys,
}
