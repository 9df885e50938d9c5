"""Writes nodes as YAML: as compactly as the lessons of the bank, or with one value a line."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

from tutoring.lessons.content.form.values import Node

Lines = list[tuple[str, str]]  # a line, and the name of the field that it comes from
_PLAIN = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*")
_NAMES = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def scalar(data: Any) -> str:
    """Returns one value."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, dt.date | int):
        return str(data)
    return data if _PLAIN.fullmatch(data) and data not in _NAMES else json.dumps(data, ensure_ascii=False)


def flow(node: Node) -> str:
    """Returns a node on one line."""
    if isinstance(node.data, dict):
        return "{" + ", ".join(f"{name}: {flow(one)}" for name, one in node.data.items()) + "}"
    if isinstance(node.data, list):
        return "[" + ", ".join(map(flow, node.data)) + "]"
    return scalar(node.data)


def compact(node: Node) -> Lines:
    """Returns the lines of a block: one for each entry, and one for each row."""
    if isinstance(node.data, list):
        return list(_items(node, ""))
    lines: Lines = []
    for name, one in node.data.items():
        lines += entry(name, one)
    return lines


def entry(name: str, node: Node) -> Lines:
    """Returns the lines of one entry of a map."""
    if isinstance(node.data, list) and any(isinstance(one.data, dict) for one in node.data):
        return [(f"{name}:", node.field), *_items(node, "  ")]
    return [(f"{name}: {flow(node)}", node.field)]


def _items(node: Node, indent: str) -> Iterator[tuple[str, str]]:
    if not node.data:
        yield f"{indent}[]", node.field
    for one in node.data:
        inner = next(iter(one.data.values()), None) if isinstance(one.data, dict) and len(one.data) == 1 else None
        if inner is not None and isinstance(inner.data, list) and inner.data:  # a part that is a list
            yield f"{indent}- {next(iter(one.data))}:", one.field
            yield from ((f"{indent}      - {flow(row)}", row.field) for row in inner.data)
        elif inner is not None:
            yield f"{indent}- {next(iter(one.data))}: {flow(inner)}", one.field
        else:
            yield f"{indent}- {flow(one)}", one.field


def spread(node: Node, indent: str = "") -> Lines:
    """Returns the lines of a node with one value a line, so that a line names its field."""
    if isinstance(node.data, dict):
        lines: Lines = []
        for name, one in node.data.items():
            if isinstance(one.data, dict | list) and one.data:
                lines += [(f"{indent}{name}:", one.field), *spread(one, f"{indent}  ")]
            else:
                lines.append((f"{indent}{name}: {_leaf(one)}", one.field))
        return lines or [(f"{indent}{{}}", node.field)]
    if isinstance(node.data, list):
        made: Lines = []
        for one in node.data:
            if isinstance(one.data, dict | list) and one.data:
                made += [(f"{indent}-", one.field), *spread(one, f"{indent}  ")]
            else:
                made.append((f"{indent}- {_leaf(one)}", one.field))
        return made or [(f"{indent}[]", node.field)]
    return [(f"{indent}{scalar(node.data)}", node.field)]


def _leaf(node: Node) -> str:
    if isinstance(node.data, dict):
        return "{}"
    return "[]" if isinstance(node.data, list) else scalar(node.data)
