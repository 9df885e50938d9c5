"""Things done together in a room and shown beside the talk; app.py fills them in from their features."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from tutoring.accounts.models import User
from tutoring.policy.rooms import Facts
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
class Part:
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


MakePart = Callable[[User, Room, Facts, str], Part | None]
_parts: list[MakePart] = []


def add_part(make: MakePart) -> None:
    """Show what this makes of a room for whoever looks, beside the talk."""
    if make not in _parts:
        _parts.append(make)


def parts(viewer: User, room: Room, known: Facts, language: str) -> list[Part]:
    """What other features show beside the talk, to this person now."""
    return [part for make in _parts if (part := make(viewer, room, known, language)) is not None]
