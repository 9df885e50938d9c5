"""What the form of a screen sends: fields by name, and one button."""

from werkzeug.datastructures import MultiDict

from tutoring.practice.engine.simulator import Event
from tutoring.web.urls import parse_int

FIELD = "set-"  # before the name of each field, so that none is taken for something else


def typed(form: MultiDict[str, str]) -> dict[str, str]:
    """What was typed and chosen, by field; of a box that is ticked its own value stands last."""
    return {name[len(FIELD) :]: value for name, value in form.items(multi=True) if name.startswith(FIELD)}


def pressed(form: MultiDict[str, str]) -> Event | None:
    """The button that was pressed."""
    for kind in ("do", "choose"):
        if kind in form:
            return {kind: form[kind]}
    return {"back": True} if "back" in form else None


def seen(form: MultiDict[str, str]) -> int:
    """How many events the page had seen; a number that no run has, when that is not said."""
    try:
        return parse_int(form.get("at", ""))
    except ValueError:
        return -1
