"""Draws boxes and the connections between them as SVG, in rows by distance from the start.

Each connection begins at its own line of a box. It runs only in the space between boxes: to the right, up or down
beside the boxes, then to the top of its target. Connections to the same box share their last part. The page's style
sheet sets the colours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

Point = tuple[int, int]

ACROSS = 3  # boxes side by side
WIDTH, PAD, LINE, LANE, GUTTER, BEND = 256, 10, 19, 9, 26, 5
TITLE_CHARS, ROW_CHARS = 27, 31  # the maximum characters of a line in a box


@dataclass(frozen=True)
class Row:
    """A line of a box where a connection begins."""

    label: str
    to: str
    wrong: bool = False


@dataclass(frozen=True)
class Box:
    """A box. `kinds` decide its shape, `signs` name them in words: start, final, trap, wrong."""

    id: str
    title: str
    rows: tuple[Row, ...] = ()
    signs: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()


@dataclass
class PlacedBox:
    """A box with its position, and the height of each of its lines."""

    box: Box
    column: int
    row: int
    height: int
    x: int = 0
    y: int = 0
    title: list[str] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """A connection as a list of corner points."""

    points: tuple[Point, ...]
    wrong: bool


@dataclass(frozen=True)
class Drawing:
    """All boxes and connections with their positions."""

    width: int
    height: int
    boxes: tuple[PlacedBox, ...]
    ways: tuple[Way, ...]


def ranks(boxes: Sequence[Box], start: str) -> list[list[Box]]:
    """Returns the boxes by distance from the start; unreachable boxes form the last row."""
    left = {one.id: one for one in boxes}
    found: list[list[Box]] = []
    here = [left.pop(start)] if start in left else []
    while here:
        found.append(here)
        ahead = sorted((row for box in here for row in box.rows), key=lambda row: row.wrong)
        here = [left.pop(name) for name in dict.fromkeys(row.to for row in ahead) if name in left]
    return [*found, list(left.values())] if left else found


def laid_out(boxes: Sequence[Box], start: str) -> Drawing:
    """Returns a drawing with positions for all boxes and connections."""
    placed = _boxes(boxes, start)
    heights = [max(one.height for one in placed if one.row == n) for n in range(placed[-1].row + 1)]
    entries = _heights(placed, heights)
    lanes = _lanes(placed, entries)
    edges = [PAD]
    for column in range(max(one.column for one in placed) + 1):
        used = max((lane for (at, _), lane in lanes.items() if at == column), default=-1) + 1
        edges.append(edges[-1] + WIDTH + LANE * (used + 2))
    for one in placed:
        one.x = edges[one.column]
    return Drawing(edges[-1], placed[-1].y + heights[-1] + PAD, tuple(placed), tuple(_ways(placed, entries, lanes)))


def svg(drawing: Drawing, title: str) -> str:
    """Returns the drawing as an <svg> element; the surrounding page sets its colours."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" aria-label={quoteattr(title)} '
        f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}" '
        'font-family="sans-serif" font-size="13">'
    ]
    # Draw right connections after wrong ones, so that they are on top where they share a line.
    parts += [_line(way) for way in sorted(drawing.ways, key=lambda way: not way.wrong)]
    parts += [part for one in drawing.boxes for part in _box(one)]
    return "".join([*parts, "</svg>"])


# --- positions ----------------------------------------------------------------------------------------


def _boxes(boxes: Sequence[Box], start: str) -> list[PlacedBox]:
    placed, row = [], 0
    for rank in ranks(boxes, start):
        for n, box in enumerate(rank):
            placed.append(_measured(box, n % ACROSS, row + n // ACROSS))
        row = placed[-1].row + 1
    return placed


def _measured(box: Box, column: int, row: int) -> PlacedBox:
    title = wrap(box.title, TITLE_CHARS) or [""]
    lines = [wrap(one.label, ROW_CHARS) or [""] for one in box.rows]
    made = PlacedBox(box, column, row, 0, title=title, lines=lines)
    below = PAD + LINE * (len(title) + bool(box.signs)) + PAD
    for line in lines:
        made.ports.append(below + LINE * len(line) // 2 + 2)
        below += LINE * len(line) + 4
    made.height = below + (PAD if lines else 0)
    return made


def _heights(placed: list[PlacedBox], heights: list[int]) -> dict[str, int]:
    """Sets the vertical positions of the boxes.

    Returns for each box the height at which connections enter above its row.
    """
    led_to = {row.to for one in placed for row in one.box.rows if row.to != one.box.id}
    entries: dict[str, int] = {}
    y = PAD
    for n, height in enumerate(heights):
        row = [one for one in placed if one.row == n]
        wanted = [one for one in row if one.box.id in led_to]
        for lane, one in enumerate(wanted):
            entries[one.box.id] = y + GUTTER // 2 + LANE * lane
        y += (GUTTER + LANE * len(wanted)) if wanted or n else 0
        for one in row:
            one.y = y
        y += height
    return entries


def _lanes(placed: list[PlacedBox], entries: dict[str, int]) -> dict[tuple[int, str], int]:
    """Returns the lane of each connection beside its column; short ones run next to the boxes."""
    spans: dict[tuple[int, str], tuple[int, int]] = {}
    for one in placed:
        for row, port in zip(one.box.rows, one.ports, strict=True):
            if row.to in entries and row.to != one.box.id:
                ends = (one.y + port, entries[row.to])
                low, high = spans.get((one.column, row.to), (min(ends), max(ends)))
                spans[one.column, row.to] = (min(low, *ends), max(high, *ends))
    taken: dict[tuple[int, int], list[tuple[int, int]]] = {}
    lanes: dict[tuple[int, str], int] = {}
    for key, (low, high) in sorted(spans.items(), key=lambda item: item[1][1] - item[1][0]):
        lane = 0
        while any(low <= top + LANE and bottom <= high + LANE for bottom, top in taken.get((key[0], lane), ())):
            lane += 1
        taken.setdefault((key[0], lane), []).append((low, high))
        lanes[key] = lane
    return lanes


def _ways(placed: list[PlacedBox], entries: dict[str, int], lanes: dict[tuple[int, str], int]) -> Iterable[Way]:
    at = {one.box.id: one for one in placed}
    for one in placed:
        for row, port in zip(one.box.rows, one.ports, strict=True):
            if row.to not in entries or row.to == one.box.id:
                continue
            right, y, entry, target = one.x + WIDTH, one.y + port, entries[row.to], at[row.to]
            lane = right + LANE * (lanes[one.column, row.to] + 1)
            top = target.x + WIDTH // 2
            yield Way(((right, y), (lane, y), (lane, entry), (top, entry), (top, target.y)), row.wrong)


# --- strokes ------------------------------------------------------------------------------------------


def _line(way: Way) -> str:
    """Returns a line with an arrow at its end.

    Round corners distinguish turning lines from crossing lines.
    """
    (x, y), *rest = way.points
    path = [f"M{x} {y}"]
    for here, after in pairwise(rest):
        before = way.points[way.points.index(here) - 1]
        into, out = _short_of(here, before), _short_of(here, after)
        path.append(f"L{into[0]} {into[1]}Q{here[0]} {here[1]} {out[0]} {out[1]}")
    x, y = rest[-1]
    path.append(f"L{x} {y}M{x - 5} {y - 7}L{x} {y}L{x + 5} {y - 7}")
    dashes = ' stroke-dasharray="5 4"' if way.wrong else ""
    return f'<path class="way{" wrong" if way.wrong else ""}" d="{"".join(path)}" fill="none" stroke="black"{dashes}/>'


def _short_of(corner: Point, other: Point) -> Point:
    """Returns a point slightly before a corner, in the direction of another point."""
    (x, y), (a, b) = corner, other
    return (x + max(-BEND, min(BEND, a - x)), y + max(-BEND, min(BEND, b - y)))


def _box(one: PlacedBox) -> Iterable[str]:
    kinds = " ".join(sorted(one.box.kinds))
    yield f'<g class="box {kinds}" transform="translate({one.x} {one.y})">'
    yield _frame(one, 0, one.box.kinds)
    if "final" in one.box.kinds:
        yield _frame(one, 4, frozenset())
    y = PAD + LINE - 5
    if one.box.signs:
        yield from _signs(one, y)
        y += LINE
    for line in one.title:
        yield f'<text x="{PAD}" y="{y}" font-size="14" font-weight="bold">{escape(line)}</text>'
        y += LINE
    y += PAD
    for row, lines in zip(one.box.rows, one.lines, strict=True):
        for line in lines:
            yield f'<text class="{"button wrong" if row.wrong else "button"}" x="{PAD}" y="{y}">{escape(line)}</text>'
            y += LINE
        y += 4
    yield "</g>"


def _frame(one: PlacedBox, inset: int, kinds: frozenset[str]) -> str:
    dashes = ' stroke-dasharray="6 4"' if "wrong" in kinds else ""
    return (
        f'<rect x="{inset}" y="{inset}" width="{WIDTH - 2 * inset}" height="{one.height - 2 * inset}" '
        f'rx="{16 if "start" in kinds else 4}" fill="{"none" if inset else "white"}" stroke="black"'
        f' stroke-width="{3 if "start" in kinds else 1.5}"{dashes}/>'
    )


def _signs(one: PlacedBox, y: int) -> Iterable[str]:
    x = PAD
    if "trap" in one.box.kinds:
        yield f'<path class="sign" d="M{x} {y + 1}l7 -13l7 13zM{x + 7} {y - 7}v4m0 1v1" fill="none" stroke="black"/>'
        x += 20
    yield f'<text class="sign" x="{x}" y="{y}" font-size="12">{escape(" · ".join(one.box.signs))}</text>'
