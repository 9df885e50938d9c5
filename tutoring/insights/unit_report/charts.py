"""Charts of a section as SVG, drawn on the server.

They hold no script and no link, and the same figures give the same bytes. Numbers are beside their bars, so that
neither colour nor an axis has to be read. A suppressed figure is a gap. The page shows a table below each chart.
"""

from importlib import import_module
from typing import Any

from flask_babel import gettext

from tutoring.insights.unit_report.labels import hidden
from tutoring.insights.unit_report.sections import Section
from tutoring.web import assets

NARROW, WIDE = 344, 720  # pixels: a phone's column, a page's
_LETTER, _BOLD = 7, 8  # approximate pixels per character
_LINE = 20
_FONT = '"Be Vietnam Pro", system-ui, Roboto, "Noto Sans", sans-serif'
_SIZE = 13
_EDGES = 1.04  # pygal leaves two per cent free on each side


def _style() -> Any:
    return import_module("pygal.style").Style(font_family=_FONT, label_font_size=_SIZE, value_font_size=_SIZE)


def size(section: Section, wide: bool) -> tuple[int, int]:
    """Returns the width and height of the picture."""
    if section.upright:
        return (WIDE, 260) if wide else (NARROW, 200)
    return WIDE if wide else NARROW, max(1, len(section.rows)) * _row_height(section)


def _row_height(section: Section) -> int:
    return _LINE * (1 + len(section.drawn)) + 8


def alt(section: Section) -> str:
    """Describes the chart in one sentence for screen readers; the table below has the rest."""
    shown = [row for row in section.rows if row.values[section.drawn[0]] is not None]
    if not shown:
        return section.title
    most = max(shown, key=lambda row: row.values[section.drawn[0]] or 0)
    return str(gettext("Biểu đồ. %(title)s. Nhiều nhất: %(label)s, %(text)s. Đủ số trong bảng ngay bên dưới.",
                       title=section.title, label=most.label, text=most.texts[section.drawn[0]]))  # fmt: skip


def draw(section: Section, wide: bool = False) -> bytes:
    """Draws the chart of a section; its title says what it shows."""
    # Loaded on first use, to save memory in an idle server.
    pygal = import_module("pygal")
    # It takes lxml where that is installed (python-docx brings it), which names foreign addresses in the picture.
    import_module("pygal.etree").etree.to_etree()
    width, height = size(section, wide)
    shape: dict[str, Any] = {
        "width": width, "height": height, "explicit_size": True, "style": _style(), "js": (), "no_prefix": True,
        "title": None, "show_legend": False, "show_y_labels": False, "show_y_guides": False, "print_values": True,
        "print_values_position": "top", "disable_xml_declaration": True, "margin": 0, "spacing": 6,
        "truncate_label": 20, "rounded_bars": 2,
    }  # fmt: skip
    chart = _upright(pygal, section, shape) if section.upright else _lying(pygal, section, shape)
    chart.add_xml_filter(lambda root: _tidied(root, section))
    return str(chart.render()).encode()


def _upright(pygal: Any, section: Section, shape: dict[str, Any]) -> Any:
    chart = pygal.Bar(**shape, x_labels=[row.short or row.label for row in section.rows])
    for column in section.drawn:
        chart.add("", [_value(row.values[column], row.mark or row.texts[column]) for row in section.rows])
    return chart


def _lying(pygal: Any, section: Section, shape: dict[str, Any]) -> Any:
    """Draws horizontal bars below the names of their rows: names are long, phones are narrow."""
    words = [section.columns[column].lower() if len(section.drawn) > 1 else "" for column in section.drawn]
    said = [f"{row.texts[c]} {word}" for row in section.rows for c, word in zip(section.drawn, words, strict=True)]
    room = max(map(len, said), default=0) * _LETTER + 8
    chart = pygal.HorizontalBar(**shape | {"margin_right": room, "show_x_labels": False, "show_x_guides": False})
    rows = section.rows[::-1]  # pygal draws the first row at the bottom
    chart.add("", [None for _ in rows])  # empty series that leaves space for the name
    for column, word in zip(section.drawn, words, strict=True):
        chart.add("", [_value(row.values[column], f"{row.texts[column]} {word}".strip()) for row in rows])
    return chart


def _value(value: int | None, text: str) -> Any:
    return None if value is None else {"value": value, "formatter": lambda _value: text}


# ---- cleaning up the output of pygal ---------------------------------------------------------------------------


def _tidied(root: Any, section: Section) -> Any:
    """Removes scripts, comments and script-only elements; sets our style, title and row names."""
    for parent in list(root.iter()):
        for child in list(parent):
            name = child.tag if isinstance(child.tag, str) else ""
            if name in ("", "script", "desc", "title") or child.get("class", "").startswith(("tooltip", "background")):
                parent.remove(child)
    for node in root.iter():
        node.attrib.pop("id", None)
        if node.tag == "style":
            node.text = _css(section)
        for name in ("x", "y", "width", "height"):
            if "." in node.get(name, ""):
                node.set(name, f"{float(node.get(name)):.1f}")
    title = root.makeelement("title", {})
    title.text = section.title
    root.insert(0, title)
    root.attrib.update({"role": "img", "aria-label": section.title})
    (_name_gaps if section.upright else _name_rows)(root, section)
    return root


def _css(section: Section) -> str:
    ink, soft = assets.colour("ink"), assets.colour("ink-soft")
    colours = assets.colour("primary"), assets.colour("warn-edge")
    first = 0 if section.upright else 1  # the first series of a horizontal chart leaves space for the names
    bars = "".join(f".color-{first + n}{{fill:{colours[n]}}}" for n in range(len(section.drawn)))
    return (
        f"text{{font:{_SIZE}px {_FONT};fill:{ink};text-anchor:{'middle' if section.upright else 'start'}}}"
        f"path{{stroke:none;fill:none}}{bars}.label{{font-weight:700}}.few{{fill:{soft}}}"
    )


def _name_rows(root: Any, section: Section) -> None:
    """Writes names above horizontal bars, and a label where a bar is suppressed."""
    width, height = size(section, root.get("width") == str(WIDE))
    left = min((float(bar.get("x")) for bar in root.iter("rect")), default=4)
    pitch, most = height / _EDGES / len(section.rows), width // _BOLD
    for number, row in enumerate(section.rows):
        top = height * (1 - 1 / _EDGES) / 2 + number * pitch
        name = row.label if len(row.label) <= most else row.label[: most - 1].rstrip() + "…"
        _write(root, "label", left, top + 16, name)
        slot = pitch * 0.88 / (len(section.drawn) + 1)
        for place, column in enumerate(section.drawn, 1):
            if row.values[column] is None:
                words = f"{hidden()} {section.columns[column].lower()}" if len(section.drawn) > 1 else hidden()
                _write(root, "few", left, top + pitch * 0.06 + slot * (place + 0.5) + 4, words)


def _name_gaps(root: Any, section: Section) -> None:
    """Writes a label where a column is suppressed."""
    labels = [node for node in root.iter("text") if node.get("class") == ""]
    for label, row in zip(labels, section.rows, strict=True):
        if row.values[section.drawn[0]] is None:
            _write(root, "few", float(label.get("x")), float(label.get("y")) - _LINE, hidden())


def _write(root: Any, kind: str, x: float, y: float, words: str) -> None:
    node = root.makeelement("text", {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}"})
    node.text = words
    root.append(node)
