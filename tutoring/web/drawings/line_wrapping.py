"""Wraps a text to lines of a width. Pure."""

from collections.abc import Callable


def wrapped(text: str, width: float, width_of: Callable[[str], float], cut: bool = False) -> list[str]:
    """Wraps a text to a width; a single word that is wider stays whole, or is cut with `cut`."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
        while cut and len(lines[-1]) > 1 and width_of(lines[-1]) > width:
            last = lines[-1]
            fits = next(n for n in range(len(last) - 1, 0, -1) if n == 1 or width_of(last[:n]) <= width)
            lines[-1:] = [last[:fits], last[fits:]]
    return lines
