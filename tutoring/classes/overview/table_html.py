"""The rows of a class's table as HTML. Pure.

A table has a thousand fields. Joining the few texts that they are made of is much cheaper than a template.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from tutoring.classes.overview.cells import ASIDE, Cell
from tutoring.classes.overview.states import GOING, STATES, STUCK

NAMED = (STUCK, GOING)  # on a phone these fields stand alone, each below the title of its lesson
NO_COUNT = "–"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One pupil: name, fields, how many of them are done, asked for, stuck. `cells` is None where they are hidden."""

    name: str
    cells: Sequence[Cell] | None
    done: int = 0
    asked: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class TableWords:
    """The words of the table: the heads of its sums, and what stands for a pupil who is hidden."""

    done: str
    stuck: str
    hidden: str


def rows_html(rows: Iterable[ShownRow], heads: Sequence[str], words: TableWords) -> Markup:
    """Returns the rows of the table; `heads` are the titles of the columns. Every text is escaped once."""
    starts = [_starts(head) for head in heads]
    bodies: dict[int, str] = {}  # by the identity of a field, which many pupils share
    said: dict[str, str] = {}
    done, stuck = escape(words.done), escape(words.stuck)
    hidden = f'<td class="s-hidden" colspan="{len(heads) + 2}">{escape(words.hidden)}</td></tr>'
    parts: list[str] = []
    for row in rows:
        parts.append(f'<tr><th scope="row">{escape(row.name)}</th>')
        if row.cells is None:
            parts.append(hidden)
            continue
        none = "" if row.stuck else " no"
        parts.append(
            f'<td class="sum" data-label="{done}">{row.done}/{row.asked}</td>'
            f'<td class="sum{none}" data-label="{stuck}">{row.stuck or NO_COUNT}</td>'
        )
        for cell, start in zip(row.cells, starts, strict=True):
            body = bodies.get(id(cell))
            if body is None:
                body = bodies[id(cell)] = _body(cell, said)
            parts.append(start[cell.state])
            parts.append(body)
        parts.append("</tr>")
    return Markup("".join(parts))


def _starts(head: str) -> dict[str, str]:
    """Returns how a field of each state begins in one column."""
    label = f' data-label="{escape(head)}"'
    return {one: f'<td class="s-{one}"{label if one in NAMED else ""}><b>' for one in (*STATES, ASIDE)}


def _body(cell: Cell, said: dict[str, str]) -> str:
    for text in (cell.say, cell.more):
        if text not in said:
            said[text] = str(escape(text))
    more = f"<span>{said[cell.more]}</span>" if cell.more else ""
    return f"{said[cell.say]}</b>{more}</td>"
