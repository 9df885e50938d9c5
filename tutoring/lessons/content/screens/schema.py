"""The schema of a picture of a screen: its parts from top to bottom, and the marks on them."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from tutoring.kernel.text import address_parts
from tutoring.lessons.content.lint import GOV_HOSTS
from tutoring.lessons.content.schema import Strict, refuse

MAX_PARTS = 9
MAX_MARKS = 3
# Each has a drawing in static/lessons/screens.css.
ICONS = frozenset(
    (
        "alert", "back", "bank", "battery", "bell", "bluetooth", "book", "brightness", "bulb", "calendar",
        "camera", "card", "chart", "chat", "circle", "clock", "close", "crop", "data", "device", "dots", "down",
        "edit", "eye", "file", "flash", "flip", "folder", "gear", "get", "hand", "heart", "help", "home",
        "house", "image", "info", "key", "language", "leave", "link", "lock", "menu", "mic", "mic_off",
        "mobile", "moon", "more", "next", "ok", "pause", "people", "phone", "pin", "plane", "play", "plus",
        "qr", "redo", "rotate", "school", "search", "send", "shield", "signal", "sound", "star", "sun", "torch",
        "trash", "up", "user", "video", "video_off", "wallet", "wifi", "world",
    )
)  # fmt: skip
ENDS = frozenset(("next", "ok", "lock", "down", "more", "edit"))  # ends of a row that are drawn
MARKS = ("tap", "type", "swipe", "hold", "drag", "look", "avoid")
_HOST = re.compile(r"(?<![\w@-])(?:[a-z0-9-]+\.)+(?:com|vn|net|org|info|io|app|xyz|top|me|co|site|online|cc)(?![\w-])")


def _icon(name: str) -> str:
    if name not in ICONS:
        raise refuse("icon", f"không có hình nhỏ “{name}”; chọn trong: {', '.join(sorted(ICONS))}")
    return name


def _short_form(data: Any) -> Any:
    """A part that is only a word is written without a map."""
    return {"text": data} if isinstance(data, str) else data


def _list_form(data: Any) -> Any:
    return [_short_form(one) for one in data] if isinstance(data, list) else data


Label = Annotated[str, StringConstraints(min_length=1, max_length=160)]
Icon = Annotated[str, AfterValidator(_icon)]
Mark = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(MARKS)})( [1-3])?$")]
Pair = Annotated[list[Label], Field(min_length=2, max_length=2)]
Pairs = Annotated[list[Pair], Field(min_length=1, max_length=5)]


class Marked(Strict):
    """A part of a screen. `mark` says what the reader does with it, such as tap or look, with a number."""

    text: Label | None = None
    mark: Mark | None = None


class Worded(Marked):
    """A part that needs words."""

    text: Label


class Bar(Marked):
    """The bar at the top of an application."""

    back: bool = False
    icons: list[Icon] = []


class Url(Worded):
    """The address bar of a browser. `lock: false` draws a warning in place of the lock."""

    lock: bool = True


class Row(Worded):
    """A line of a list. `end` is a switch (true, false), a drawing (next, ok, lock …) or a word.

    With `on_end` the mark rings the end alone.
    """

    icon: Icon | None = None
    note: Label | None = None
    end: bool | Label | None = None
    on_end: bool = False

    @model_validator(mode="after")
    def _pressed(self) -> "Row":
        if self.on_end and (not isinstance(self.end, str) or self.end in ENDS - {"more"}):
            raise refuse("screen-end", "on_end cần end là một chữ, hoặc more (dấu ba chấm)")
        return self


class Tile(Worded):
    """A tile of the quick panel, or an icon of a home screen."""

    icon: Icon
    lit: bool = False


class Input(Worded):
    """A labelled box of a form."""

    need: bool = False
    value: Label | None = None
    hint: Label | None = None
    pick: bool = False
    error: Label | None = None


class Button(Worded):
    """A button."""

    kind: Literal["main", "quiet", "danger"] = "main"


class Bubble(Worded):
    """A chat message. With `link` the mark rings the link alone."""

    sender: Label | None = Field(default=None, alias="from")
    link: Label | None = None


class Person(Worded):
    """A face, a name and a small line."""

    face: Annotated[str, StringConstraints(min_length=1, max_length=2)] | None = None
    note: Label | None = None


class Store(Worded):
    """The head of a page in an app store; a mark rings the publisher."""

    icon: Icon
    by: Label
    facts: Pairs = []


class Paper(Worded):
    """A sheet of paper with a heading and lines; `corners` marks its four corners."""

    lines: Pairs = []
    corners: bool = False


class Dialog(Marked):
    """A question over a dimmed screen."""

    title: Label
    buttons: Annotated[list[Button], Field(min_length=1, max_length=3), BeforeValidator(_list_form)]


class Part(Strict):
    """One part of a screen: exactly one of these."""

    bar: Annotated[Bar, BeforeValidator(_short_form)] | None = None
    url: Annotated[Url, BeforeValidator(_short_form)] | None = None
    search: Annotated[Worded, BeforeValidator(_short_form)] | None = None
    head: Annotated[Worded, BeforeValidator(_short_form)] | None = None
    text: Annotated[Worded, BeforeValidator(_short_form)] | None = None
    say: Annotated[Worded, BeforeValidator(_short_form)] | None = None
    row: Annotated[Row, BeforeValidator(_short_form)] | None = None
    quick: Annotated[list[Tile], Field(min_length=1, max_length=8)] | None = None
    apps: Annotated[list[Tile], Field(min_length=1, max_length=9)] | None = None
    field: Annotated[Input, BeforeValidator(_short_form)] | None = None
    button: Annotated[Button, BeforeValidator(_short_form)] | None = None
    buttons: Annotated[list[Button], Field(min_length=2, max_length=3), BeforeValidator(_list_form)] | None = None
    received: Annotated[Bubble, BeforeValidator(_short_form)] | None = Field(default=None, alias="in")
    sent: Annotated[Bubble, BeforeValidator(_short_form)] | None = Field(default=None, alias="out")
    person: Annotated[Person, BeforeValidator(_short_form)] | None = None
    store: Store | None = None
    paper: Annotated[Paper, BeforeValidator(_short_form)] | None = None
    video: Annotated[list[Person], Field(min_length=1, max_length=4), BeforeValidator(_list_form)] | None = None
    round: Annotated[list[Tile], Field(min_length=1, max_length=5)] | None = None
    shutter: Annotated[Marked, BeforeValidator(_short_form)] | None = None
    qr: Annotated[Worded, BeforeValidator(_short_form)] | None = None
    dialog: Dialog | None = None
    keys: Literal["vi", "number"] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Part":
        if len(self.model_fields_set) != 1 or self.content is None:
            raise refuse("screen-part", "mỗi phần của màn hình ghi đúng một thứ, như row: hoặc button:")
        return self

    @property
    def kind(self) -> str:
        """Returns the name of the field that is set."""
        return next(iter(self.model_fields_set))

    @property
    def content(self) -> Any:
        return getattr(self, self.kind)


class Screen(Strict):
    """A picture of a screen, or with `frame: card` a small scene of drawings."""

    name: Annotated[str, StringConstraints(min_length=3, max_length=90)]
    parts: Annotated[list[Part], Field(min_length=1, max_length=MAX_PARTS)]
    frame: Literal["phone", "window", "card"] = "phone"
    ground: Literal["chat", "dim", "dark"] | None = None
    cut: bool = False
    wifi: bool = True
    alt: Annotated[str, StringConstraints(min_length=5, max_length=300)] | None = None
    caption: Label | None = None

    @model_validator(mode="after")
    def _sound(self) -> "Screen":
        marks = [mark for mark, _ in marked(self)]
        if len(marks) > MAX_MARKS:
            raise refuse("screen-marks", f"nhiều nhất {MAX_MARKS} dấu (mark) trong một hình; hãy bớt hoặc tách bước")
        numbers = [int(number) for mark in marks if (number := mark.partition(" ")[2])]
        if numbers != list(range(1, len(numbers) + 1)):
            raise refuse("screen-marks", "số của các dấu (mark) phải là 1, 2, 3 theo thứ tự từ trên xuống")
        for text in texts(self):
            if text.count("**") % 2:
                raise refuse("screen-words", f"“{text}” có ** mở mà chưa đóng")
            if strange := next((host for host in _HOST.findall(text.replace("**", "")) if not _known(host)), None):
                say = f"“{strange}”: hình chỉ ghi địa chỉ nhà nước đã biết, hoặc địa chỉ mẫu có đuôi .example"
                raise refuse("screen-host", say)
        return self


def _known(host: str) -> bool:
    return (address_parts(f"https://{host}").hostname or "").removeprefix("www.") in GOV_HOSTS


def marked(screen: Screen) -> list[tuple[str, str]]:
    """Returns each mark with the words it stands on, in reading order."""
    return [(mark, words[0]) for mark, *words in marks(screen)]


def marks(screen: Screen) -> list[tuple[str, ...]]:
    """Returns each mark with the words it stands on, then the words that tell more, in reading order."""
    return [found for part in screen.parts for found in _marks(part.content)]


def _marks(node: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(node, Marked) and node.mark:
        words = (getattr(node, name, None) for name in ("link", "by", "title", "text"))
        yield node.mark, *_told(node, next((one for one in words if one), ""))
    for one in _inside(node):
        yield from _marks(one)


def _told(node: Marked, words: str) -> tuple[str, ...]:
    """What is pressed at the end of a line comes first; what is looked at comes with its value."""
    if isinstance(node, Row) and node.on_end and isinstance(node.end, str):
        return node.end, words
    if not str(node.mark).startswith("look"):
        return (words,)
    beside = (getattr(node, name, None) for name in ("value", "note", "end"))
    return words, *(one for one in beside if isinstance(one, str) and one not in ENDS)


def _inside(node: Any) -> list[Any]:
    if isinstance(node, list):
        return node
    return list(getattr(node, "buttons", ())) if isinstance(node, BaseModel) else []


_WORDS = ("text", "note", "value", "hint", "error", "sender", "link", "by", "title", "end")


def texts(screen: Screen) -> list[str]:
    """Returns every text of a picture in reading order, with its name, caption and description."""
    outer = [screen.name, *(one for one in (screen.alt, screen.caption) if one)]
    return [*outer, *(text for part in screen.parts if part.kind != "keys" for text in _texts(part.content))]


def _texts(node: Any) -> Iterator[str]:
    for name in _WORDS:
        text = getattr(node, name, None)
        if isinstance(text, str) and not (name == "end" and text in ENDS):
            yield text
    for pair in (*getattr(node, "facts", ()), *getattr(node, "lines", ())):
        yield from pair
    for one in _inside(node):
        yield from _texts(one)
