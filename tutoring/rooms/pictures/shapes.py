"""Shapes of annotations: arrows, circles, numbers, short texts; their validation and layout.

Coordinates are integer thousandths of the picture's width and height; radii are in thousandths of the width. A circle
with `tall`, its second radius, is an ellipse of that height: it is drawn from corner to corner. The module is pure:
static/rooms/pictures/annotations.js is its JavaScript port for shapes that are not sent yet.
"""

from dataclasses import dataclass
from typing import Any

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, nfc

MOST_SHAPES = 20  # in one annotation
LARGEST_NUMBER = 20
LONGEST_TEXT = 40
END = 1000
SMALLEST_RADIUS = 10
_LINE = 60  # thousandths within which texts are read as one line
MIDS = (167, 500, 833)

Shape = dict[str, Any]
Point = tuple[int, int]

_KEYS = {
    "arrow": {"kind", "from", "to"},
    "circle": {"kind", "at", "radius"},
    "number": {"kind", "at", "number"},
    "text": {"kind", "at", "text"},
}
_MAY_ADD = {"circle": {"tall"}}


def checked(sent: object) -> list[Shape]:
    """Returns the shapes of one annotation in stored form; raises InvalidInput with the reason."""
    if not isinstance(sent, list):
        raise InvalidInput(field="shapes", code="shapes")
    if not sent:
        raise InvalidInput(N_("Hãy vẽ một hình trước khi gửi."), field="shapes", code="empty")
    if len(sent) > MOST_SHAPES:
        raise InvalidInput(
            N_("Mỗi lần gửi được nhiều nhất %(most)s hình."), field="shapes", code="too_many_shapes", most=MOST_SHAPES
        )
    return [_shape(one) for one in sent]


def extract_texts(shapes: list[Shape]) -> list[str]:
    """Returns the texts and numbers of an annotation, in the order in which they were placed."""
    return [str(shape[shape["kind"]]) for shape in shapes if shape["kind"] in {"text", "number"}]


def read_in_order(shapes: list[Shape]) -> list[list[str]]:
    """Returns the same in visual order: by rows from the left, and by columns from the top."""
    said = [shape for shape in shapes if shape["kind"] in {"text", "number"}]
    rows = sorted(said, key=lambda shape: (shape["at"][1] // _LINE, shape["at"][0]))
    down = sorted(said, key=lambda shape: (shape["at"][1], shape["at"][0]))
    columns = sorted(said, key=lambda shape: (shape["at"][0] // _LINE, shape["at"][1]))
    return [extract_texts(one) for one in (rows, down, columns)]


def _shape(sent: object) -> Shape:
    kind = sent.get("kind") if isinstance(sent, dict) else None
    if (
        not isinstance(sent, dict)
        or not isinstance(kind, str)
        or set(sent) - _MAY_ADD.get(kind, set()) != _KEYS.get(kind)
    ):
        raise InvalidInput(field="shapes", code="shape")
    if kind == "arrow":
        tail, tip = _point(sent["from"]), _point(sent["to"])
        if tail == tip:
            raise InvalidInput(field="shapes", code="point")
        return {"kind": kind, "from": tail, "to": tip}
    at = _point(sent["at"])
    if kind == "circle":
        radii = {key: _whole(sent[key], SMALLEST_RADIUS, END, "radius") for key in ("radius", "tall") if key in sent}
        return {"kind": kind, "at": at, **radii}
    if kind == "number":
        return {"kind": kind, "at": at, "number": _whole(sent["number"], 1, LARGEST_NUMBER, "number")}
    return {"kind": kind, "at": at, "text": _text(sent["text"])}


def _point(sent: object) -> list[int]:
    if not isinstance(sent, list) or len(sent) != 2:
        raise InvalidInput(field="shapes", code="point")
    return [_whole(one, 0, END, "point") for one in sent]


def _whole(sent: object, least: int, most: int, code: str) -> int:
    """Returns an integer in a range; true and 3.0 are rejected."""
    if type(sent) is not int or not least <= sent <= most:
        say = N_("Số đánh dấu từ 1 đến 20.") if code == "number" else ""
        raise InvalidInput(say, field=code if code == "number" else "shapes", code=code)
    return sent


def _text(sent: object) -> str:
    if not isinstance(sent, str):
        raise InvalidInput(field="text", code="text")
    text = " ".join(nfc(sent).split())
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which no database accepts
        raise InvalidInput(field="text", code="text") from None
    if not text:
        raise InvalidInput(N_("Hãy viết vài chữ trước."), field="text", code="text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(
            N_("Chữ trên ảnh dài quá %(longest)s ký tự. Hãy viết ngắn hơn."),
            field="text", code="too_long", longest=LONGEST_TEXT,
        )  # fmt: skip
    return text


def place(point: list[int]) -> int:
    """Returns which of the nine fields of a picture a point lies in, row by row."""
    column, row = (min(2, one * 3 // END) for one in point)
    return 3 * row + column


def at_place(kind: str, number: int) -> Shape:
    """Returns a shape of this kind centred in one of the nine fields, without number or text."""
    x, y = MIDS[number % 3], MIDS[number // 3]
    if kind == "arrow":
        tail = [320, 720] if number == 4 else [x + (500 - x) * 7 // 10, y + (500 - y) * 7 // 10]
        return {"kind": kind, "from": tail, "to": [x, y]}
    return {"kind": kind, "at": [x, y], **({"radius": 130} if kind == "circle" else {})}


# ---- layout ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShapeLayout:
    """A shape in pixels of the picture: a path, a circle, or lines of text around a point."""

    kind: str
    path: str = ""
    x: int = 0
    y: int = 0
    radius: int = 0
    tall: int = 0  # vertical radius
    size: int = 0  # font size
    lines: tuple[tuple[str, int], ...] = ()  # text and baseline of each line


HEAD, LETTER, BADGE, WIDTH = 0.09, 0.065, 0.055, 0.6  # parts of the picture's mean side; WIDTH: of the font size


def drawn(shape: Shape, width: int, height: int) -> ShapeLayout:
    """Returns the layout of a shape on a picture of this size in pixels."""
    side = (width + height) / 2
    if shape["kind"] == "arrow":
        return ShapeLayout(
            "arrow", path=_arrow(_dot(shape["from"], width, height), _dot(shape["to"], width, height), side)
        )
    x, y = _dot(shape["at"], width, height)
    if shape["kind"] == "circle":
        radius, tall = (
            round(one * width / END) for one in (shape["radius"], shape["tall" if "tall" in shape else "radius"])
        )
        return ShapeLayout("circle", x=round(x), y=round(y), radius=radius, tall=tall)
    size = LETTER * side
    if shape["kind"] == "number":
        radius = BADGE * side
        x, y = _inside(x, radius, width), _inside(y, radius, height)
        foot = round(y + 0.36 * size)
        return ShapeLayout("number", x=round(x), y=round(y), radius=round(radius), size=round(size),
                     lines=((str(shape["number"]), foot),))  # fmt: skip
    lines = broken(shape["text"])
    longest = max(map(len, lines))
    size = min(size, 0.96 * width / (WIDTH * longest))
    x = _inside(x, WIDTH * size * longest / 2, width)
    y = _inside(y, 0.7 * size * len(lines), height)
    first = y + 0.36 * size - 0.65 * size * (len(lines) - 1)
    return ShapeLayout("text", x=round(x), size=round(size),
                 lines=tuple((line, round(first + 1.3 * size * n)) for n, line in enumerate(lines)))  # fmt: skip


def _dot(point: list[int], width: int, height: int) -> tuple[float, float]:
    return point[0] * width / END, point[1] * height / END


def _inside(middle: float, half: float, end: int) -> float:
    """Returns the centre of an object, moved so that the object stays inside."""
    return end / 2 if 2 * half > end else min(max(middle, half), end - half)


def _arrow(tail: tuple[float, float], tip: tuple[float, float], side: float) -> str:
    """Returns the path of an arrow: a line and two barbs at 30 degrees."""
    across, down = tail[0] - tip[0], tail[1] - tip[1]
    length = (across * across + down * down) ** 0.5
    barb = HEAD * side / length
    cos, sin = 0.866 * barb, 0.5 * barb
    one = tip[0] + across * cos - down * sin, tip[1] + across * sin + down * cos
    two = tip[0] + across * cos + down * sin, tip[1] - across * sin + down * cos
    points = [f"{round(x)} {round(y)}" for x, y in (tail, tip, one, tip, two)]
    return f"M{points[0]} L{points[1]} M{points[2]} L{points[3]} L{points[4]}"


def broken(text: str) -> list[str]:
    """Breaks a text into two lines when it is long and has a space."""
    gaps = [n for n, sign in enumerate(text) if sign == " "]
    if len(text) <= 16 or not gaps:
        return [text]
    at = min(gaps, key=lambda n: (abs(n - len(text) / 2), n))
    return [text[:at], text[at + 1 :]]
