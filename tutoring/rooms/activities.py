"""Things done together in a room and shown beside the talk; app.py fills them in from their features."""

from collections.abc import Callable
from typing import Protocol

from markupsafe import Markup

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
