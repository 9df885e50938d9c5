"""Hooks that higher features register with rooms; app.py wires them.

They render shared activities such as lessons, add panels to a room's page, and put rooms on legal hold. They also say
who is shown the emergency numbers at once.
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
    """Renders step 1, 2, 3 … of an activity as HTML that fits below an <h2>."""

    def __call__(
        self, key: str, number: int, language: str, sent: Sent | None, answer_at: str | None, /
    ) -> Markup | None: ...


_renders: dict[str, Render] = {}


def register(kind: str, render: Render) -> None:
    """Registers the renderer of one kind of activity."""
    _renders[kind] = render


def shown(
    kind: str, key: str, number: int, language: str, sent: Sent | None = None, answer_at: str | None = None
) -> Markup | None:
    """Returns the HTML of one step, or None where there is nothing to show.

    `sent` gives the answers just submitted; further answers are posted to `answer_at`.
    """
    render = _renders.get(kind)
    return render(key, number, language, sent, answer_at) if render else None


@dataclass(frozen=True)
class RoomPanel:
    """A panel on a room's page that another feature fills.

    Without `html` it is only a link to its own page. Without `script` it does not update by itself.
    """

    kind: str
    label: str
    href: str
    html: Markup | None
    going: bool  # the activity is under way, so the panel comes before the lesson
    script: str
    style: str
    words: Mapping[str, str]  # labels for its script


MakePart = Callable[[User, Room, RoomFacts, str], RoomPanel | None]
_parts: list[MakePart] = []


def add_part(make: MakePart) -> None:
    """Registers a function that makes a panel of a room for the current viewer."""
    if make not in _parts:
        _parts.append(make)


def parts(viewer: User, room: Room, known: RoomFacts, language: str) -> list[RoomPanel]:
    """Returns the panels of other features for this user now."""
    return [part for make in _parts if (part := make(viewer, room, known, language)) is not None]


Rule = Callable[[], sa.Select[Any]]
_rules: list[Rule] = []


def on_legal_hold_query(rule: Rule) -> Rule:
    """Registers a query of room ids on legal hold: nothing may be erased from these rooms."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def rooms_on_legal_hold() -> sa.Select[Any]:
    """Returns a query of the ids of all rooms on legal hold."""
    if not _rules:
        return sa.select(Room.id).where(sa.false())
    found = sa.union(*(rule() for rule in _rules)).subquery()  # the few ids themselves, without a scan of rooms
    (one,) = found.columns
    return sa.select(one).where(one.is_not(None))


Asks = Callable[[int, int], bool]  # a room and a participant in it
_asks: list[Asks] = []


def register_danger_check(asks: Asks) -> Asks:
    """Registers a check for whether a participant may be in danger now."""
    if asks not in _asks:
        _asks.append(asks)
    return asks


def may_be_in_danger(room_id: int, user_id: int) -> bool:
    """Returns whether this user is shown the emergency numbers without asking for them."""
    return any(asks(room_id, user_id) for asks in _asks)
