"""Things done together in a room and shown beside the talk; app.py fills them in from their features."""

from collections.abc import Callable

from markupsafe import Markup

Render = Callable[[str, int, str], Markup | None]
_renders: dict[str, Render] = {}


def register(kind: str, render: Render) -> None:
    """`render(key, number, language)` gives step 1, 2, 3 … of a thing as HTML that fits below an <h2>."""
    _renders[kind] = render


def shown(kind: str, key: str, number: int, language: str) -> Markup | None:
    """The HTML of one step, or None where there is nothing to show."""
    render = _renders.get(kind)
    return render(key, number, language) if render else None
