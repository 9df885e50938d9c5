"""Rows and parts that are added, moved and removed by buttons: “up:screens.0.parts.2”."""

from typing import Any

from tutoring.lessons.content.form.fields import Field, Kind
from tutoring.lessons.content.form.values import AT, KIND, Values, from_data, part_values

_FIRST_PARTS = [{"bar": {"text": ""}}, {"row": {"text": "", "mark": "tap 1"}}]  # of a new picture


def change(fields: tuple[Field, ...], values: Values, act: str, name: str, kind: str = "") -> str | None:
    """Changes the values by a button; returns the name of the field to go on at, or None for an unknown button."""
    if act == "add":
        return _add(fields, values, name, kind)
    *way, last = name.split(".")
    found = _list(fields, values, way)
    rows = found[1] if found else []
    at = next((n for n, row in enumerate(rows) if _place(row, n) == last), -1)
    if at < 0:
        return None
    here = ".".join(way)
    if act == "remove":
        del rows[at]
        return here
    to = at + {"up": -1, "down": 1}.get(act, 0)
    if to == at or not 0 <= to < len(rows):
        return f"{here}.{at}" if act in ("up", "down") else None
    rows[at], rows[to] = rows[to], rows[at]
    return f"{here}.{to}"


def _place(row: Values, n: int) -> str:
    return str(row.get(AT, n))


def _add(fields: tuple[Field, ...], values: Values, name: str, kind: str) -> str | None:
    found = _list(fields, values, name.split("."))
    if found is None:
        return None
    field, rows = found
    if len(rows) >= field.most:
        return name
    if field.kind == "parts":
        if kind not in (field.kinds or {}):
            return name
        rows.append(_new_part(kind, (field.kinds or {})[kind]))
    elif field.kind == "pairs":
        rows.append({"a": "", "b": ""})
    else:
        row = from_data(field.of, {}) | _chosen_at_first(field.of)
        if any(one.name == "parts" for one in field.of):
            row = from_data(field.of, {"parts": _FIRST_PARTS})
        rows.append(row)
    return f"{name}.{len(rows) - 1}"


def _chosen_at_first(fields: tuple[Field, ...]) -> Values:
    return {field.name: field.choices[0][0] for field in fields if field.fixed and field.choices}


def _new_part(name: str, kind: Kind) -> Values:
    made = {KIND: name, **part_values(kind, {} if kind.shape == "map" else None), **_chosen_at_first(kind.of)}
    if kind.shape == "list":
        made[kind.of[0].name] = [from_data(kind.of[0].of, {}) for _ in range(2)]
    return made


def _list(fields: tuple[Field, ...], values: Values, way: list[str]) -> tuple[Field, list[Any]] | None:
    """Returns the list that a name leads to, and its field."""
    if not way:
        return None
    name, *rest = way
    field = next((one for one in fields if one.name == name), None)
    if field is None:
        return None
    if field.kind == "group":
        return _list(field.of, values[name], rest) if rest else None
    if not field.is_list:
        return None
    rows = values[name]
    if not rest:
        return field, rows
    place, *rest = rest
    row = next((one for n, one in enumerate(rows) if _place(one, n) == place), None)
    if row is None or not rest:
        return None
    of = (field.kinds or {})[row[KIND]].of if field.kind == "parts" else field.of
    return _list(of, row, rest)
