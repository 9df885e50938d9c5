"""Values of a form: from the data of a text, from what a page posted, and as nodes to write.

Values are maps by the names of fields. A text is a str, a flag a bool, a list of rows a list of maps; an entry of a
list of parts has its kind under KIND. AT holds the place of a row in the page that posted it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tutoring.lessons.content.form.fields import Field, Kind
from tutoring.lessons.content.screens.schema import ENDS
from tutoring.lessons.content.step_editor import tidy

Values = dict[str, Any]
KIND, AT = "kind_of_part", "at"
MAX_DEPTH = 8  # of the names of posted fields
_UNWRITABLE = re.compile("[\ufffe\uffff\ud800-\udfff\x85]")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PAIR = (Field("a"), Field("b"))


# ---- from the data of a text ---------------------------------------------------------------------------------------


def from_data(fields: Iterable[Field], data: Any) -> Values:
    """Returns the values of data; what has no field is left out (`fits` says whether that is so)."""
    found = data if isinstance(data, dict) else {}
    return {field.name: _value(field, found.get(field.name)) for field in fields} | _end(fields, found)


def _end(fields: Iterable[Field], data: Mapping[str, Any]) -> Values:
    return {f"{field.name}_word": _end_word(data.get(field.name)) for field in fields if field.kind == "end"}


def _end_word(data: Any) -> str:
    return data if isinstance(data, str) and data not in ENDS else ""


def _value(field: Field, data: Any) -> Any:
    match field.kind:
        case "flag":
            return data if isinstance(data, bool) else field.default
        case "end":
            if isinstance(data, bool):
                return "on" if data else "off"
            return (data if data in ENDS else "word") if isinstance(data, str) else ""
        case "lines" | "many" | "icons":
            return [_text(one) for one in data] if isinstance(data, list) else []
        case "group":
            return from_data(field.of, data)
        case "rows":
            rows = data if isinstance(data, list) else []
            return [from_data(field.of, _long_form(field.of, one)) for one in rows]
        case "pairs":
            pairs = data if isinstance(data, list) else []
            return [dict(zip("ab", map(_text, one), strict=False)) for one in pairs if isinstance(one, list)]
        case "parts":
            return [_part(field.kinds or {}, one) for one in data] if isinstance(data, list) else []
    return _text(data)


def _text(data: Any) -> str:
    if data is None or isinstance(data, dict | list):
        return ""
    if isinstance(data, bool):
        return "true" if data else "false"
    return data.isoformat() if isinstance(data, dt.date) else str(data)


def _long_form(fields: Iterable[Field], data: Any) -> Any:
    """A row that is only a word is written without a map."""
    return {"text": data} if isinstance(data, str) and any(one.name == "text" for one in fields) else data


def _part(kinds: Mapping[str, Kind], data: Any) -> Values:
    name = next(iter(data), "") if isinstance(data, dict) and len(data) == 1 else ""
    if name not in kinds:
        return {KIND: ""}
    kind = kinds[name]
    return {KIND: name, **part_values(kind, data[name])}


def part_values(kind: Kind, data: Any) -> Values:
    """Returns the values of an entry of a list of parts."""
    if kind.shape != "map":
        return from_data(kind.of, {kind.of[0].name: data})
    return from_data(kind.of, _long_form(kind.of, data))


# ---- from what a page posted ---------------------------------------------------------------------------------------

Tree = dict[str, Any]


def tree(posted: Iterable[tuple[str, str]]) -> Tree:
    """Returns posted fields as nested maps by the parts of their names; names that lead nowhere are left out."""
    made: Tree = {}
    for name, value in posted:
        *way, last = name.split(".", MAX_DEPTH)
        node: Any = made
        for part in way:
            node = node.setdefault(part, {}) if isinstance(node, dict) else None
        if isinstance(node, dict) and not isinstance(node.get(last), dict):
            node.setdefault(last, []).append(value)
    return made


def from_tree(fields: Iterable[Field], posted: Any) -> Values:
    """Returns the values of posted fields. Names without a field are ignored, and so are rows without a word."""
    found = posted if isinstance(posted, dict) else {}
    made: Values = {}
    for field in fields:
        made[field.name] = _posted(field, found.get(field.name))
        if field.kind == "end":
            word = _line(found.get(f"{field.name}_word"))
            end = made[field.name] or ("word" if word else "")
            made |= {field.name: end, f"{field.name}_word": word if end == "word" else ""}
    return made


def _posted(field: Field, posted: Any) -> Any:
    match field.kind:
        case "flag":
            return isinstance(posted, list)
        case "end":
            chosen = _line(posted)
            return chosen if chosen in dict(field.choices) else ""
        case "lines":
            return [line.strip() for line in _line(posted, several=True).split("\n") if line.strip()]
        case "many" | "icons":
            return [cleaned(one).strip() for one in posted if one.strip()] if isinstance(posted, list) else []
        case "group":
            return from_tree(field.of, posted)
        case "rows" | "pairs":
            of = _PAIR if field.kind == "pairs" else field.of
            rows = [(at, from_tree(of, one)) for at, one in _rows(posted, field.most)]
            return [row | {AT: at} for at, row in rows if not _is_empty(of, row)]
        case "parts":
            return [
                {KIND: name, AT: at, **from_tree((field.kinds or {})[name].of, one)}
                for at, one in _rows(posted, field.most)
                if (name := _line(one.get(KIND))) in (field.kinds or {})
            ]
    return _line(posted, several=field.kind == "long")


def _rows(posted: Any, most: int) -> list[tuple[int, Tree]]:
    if not isinstance(posted, dict):
        return []
    numbers = (name for name in posted if len(name) <= 3 and name.isascii() and name.isdigit())
    found = sorted((int(name), name) for name in numbers)
    return [(at, posted[name]) for at, name in found if isinstance(posted[name], dict)][: most + 1]


def _line(posted: Any, several: bool = False) -> str:
    text = cleaned(posted[0]) if isinstance(posted, list) and posted else ""
    return text.strip() if several else " ".join(text.split())


def cleaned(typed: str) -> str:
    """Returns a text without characters that a lesson cannot hold."""
    return _UNWRITABLE.sub("", tidy(typed)[0])


def _is_empty(fields: Iterable[Field], row: Values) -> bool:
    shown = (field for field in fields if field.kind not in {"hidden", "flag"} and not field.fixed)
    return not any(row[field.name] for field in shown)


# ---- as nodes to write ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A piece of data, and the name of the field that it comes from."""

    field: str
    data: Any  # a scalar, a list of nodes, or a map of nodes


def node(fields: Iterable[Field], values: Values, prefix: str, gaps: bool = False) -> Node:
    """Returns the node of a map of fields. Empty ones are left out, but with `gaps` not those that are needed."""
    made: dict[str, Node] = {}
    for field in fields:
        data = _data(field, values, f"{prefix}{field.name}", gaps)
        if data is None and gaps and field.needed:
            data = Node(f"{prefix}{field.name}", "")
        if data is not None:
            made[field.name] = data
    return Node(prefix.rstrip("."), made)


def _data(field: Field, values: Values, name: str, gaps: bool) -> Node | None:
    value = values.get(field.name)
    match field.kind:
        case "flag":
            return Node(name, bool(value)) if bool(value) != field.default else None
        case "choice" if field.whole:
            return Node(name, _typed("number", str(value))) if value else None
        case "number" | "date":
            return Node(name, _typed(field.kind, str(value))) if value else None
        case "hidden" if value and _DAY.fullmatch(str(value)):
            return Node(name, _typed("date", str(value)))
        case "end":
            end: Any = {"on": True, "off": False}.get(str(value), value)
            end = values.get(f"{field.name}_word") if end == "word" else end
            return Node(name, end) if end not in ("", None) else None
        case "lines" | "many" | "icons":
            return Node(name, [Node(name, one) for one in value or ()]) if value else None
        case "group":
            return node(field.of, value or {}, f"{name}.", gaps)
        case "rows":
            return row_nodes(field.of, value or (), name, gaps) if value else None
        case "pairs":
            pairs = [
                Node(
                    f"{name}.{row.get(AT, n)}",
                    [Node(f"{name}.{row.get(AT, n)}.{one}", row.get(one, "")) for one in "ab"],
                )
                for n, row in enumerate(value or ())
            ]
            return Node(name, pairs) if pairs else None
        case "parts":
            return Node(name, [part_node(field.kinds or {}, row, name, n, gaps) for n, row in enumerate(value or ())])
    return Node(name, value) if value else None


def row_nodes(fields: Iterable[Field], rows: Iterable[Values], name: str, gaps: bool = False) -> Node:
    """Returns the node of a list of rows."""
    of = tuple(fields)
    return Node(name, [node(of, row, f"{name}.{row.get(AT, n)}.", gaps) for n, row in enumerate(rows)])


def part_node(kinds: Mapping[str, Kind], row: Values, name: str, n: int, gaps: bool) -> Node:
    """Returns the node of an entry of a list of parts: a map of its kind to what it holds."""
    here = f"{name}.{row.get(AT, n)}"
    return Node(here, {row[KIND]: content_node(kinds[row[KIND]], row, here, gaps)})


def content_node(kind: Kind, row: Values, here: str, gaps: bool = False) -> Node:
    """Returns the node of what a part holds."""
    if kind.shape == "map":
        return node(kind.of, row, f"{here}.", gaps)
    [only] = kind.of
    return _data(only, row, f"{here}.{only.name}", gaps) or Node(here, [] if kind.shape == "list" else "")


def _typed(kind: str, text: str) -> Any:
    """Returns a number or a day; a text that is none stays a text, which the check reports at its field."""
    if kind == "number":
        return int(text) if _WHOLE.fullmatch(text) else text
    try:
        return dt.date.fromisoformat(text) if _DAY.fullmatch(text) else text
    except ValueError:
        return text


def plain(found: Node) -> Any:
    """Returns the data of a node."""
    if isinstance(found.data, dict):
        return {name: plain(one) for name, one in found.data.items()}
    return [plain(one) for one in found.data] if isinstance(found.data, list) else found.data


def bare(values: Any) -> Any:
    """Returns the values without the places of rows in a page."""
    if isinstance(values, dict):
        return {name: bare(one) for name, one in values.items() if name != AT}
    return [bare(one) for one in values] if isinstance(values, list) else values
