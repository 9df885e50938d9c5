"""Things done together in a room and shown beside the talk; app.py fills them in from their features.

Which rooms keep their words although a clean-up is due: those of an open case. Told by the features above.

Who is shown at once, in the room itself, whom to call. Told by the features above.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from markupsafe import Markup

from tutoring.accounts.models import User
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.models import Room

Sent = Callable[[str], list[str]]


class Render(Protocol):
    """Gives step 1, 2, 3 … of a thing as HTML that fits below an <h2>."""

    def __call__(
        self, key: str, number: int, language: str, sent: Sent | None, answer_at: str | None, /
    ) -> Markup | None: ...


_renders: dict[str, Render] = {}


def register(kind: str, render: Render) -> None:
    """Show this kind of thing by what `render` gives."""
    _renders[kind] = render


def shown(
    kind: str, key: str, number: int, language: str, sent: Sent | None = None, answer_at: str | None = None
) -> Markup | None:
    """The HTML of one step, or None where there is nothing to show. `sent` gives what was answered in it just now;
    further answers are posted to `answer_at`."""
    render = _renders.get(kind)
    return render(key, number, language, sent, answer_at) if render else None


@dataclass(frozen=True)
class RoomPanel:
    """A part of a room's page that another feature fills. Without `html` it is only a way to a page of its own; without
    `script` nothing of it moves by itself."""

    kind: str
    label: str
    href: str
    html: Markup | None
    going: bool  # something goes on there, so it stands before the lesson
    script: str
    style: str
    words: Mapping[str, str]  # that its script says


MakePart = Callable[[User, Room, RoomFacts, str], RoomPanel | None]
_parts: list[MakePart] = []


def add_part(make: MakePart) -> None:
    """Show what this makes of a room for whoever looks, beside the talk."""
    if make not in _parts:
        _parts.append(make)


def parts(viewer: User, room: Room, known: RoomFacts, language: str) -> list[RoomPanel]:
    """What other features show beside the talk, to this person now."""
    return [part for make in _parts if (part := make(viewer, room, known, language)) is not None]


Rule = Callable[[], sa.Select[Any]]
_rules: list[Rule] = []


def on_legal_hold_query(rule: Rule) -> Rule:
    """Register a query of ids of rooms that nothing may be erased from now."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def rooms_on_legal_hold() -> sa.Select[Any]:
    """Ids of all rooms that are kept."""
    if not _rules:
        return sa.select(Room.id).where(sa.false())
    found = sa.union(*(rule() for rule in _rules)).subquery()  # the few ids themselves: no room is looked at for it
    (one,) = found.columns
    return sa.select(one).where(one.is_not(None))


Asks = Callable[[int, int], bool]  # a room and somebody who takes part in it
_asks: list[Asks] = []


def call_when(asks: Asks) -> Asks:
    """Register who knows that somebody in a room may be in danger now."""
    if asks not in _asks:
        _asks.append(asks)
    return asks


def may_be_in_danger(room_id: int, user_id: int) -> bool:
    """Whether this person is shown the numbers to call without looking for them."""
    return any(asks(room_id, user_id) for asks in _asks)
