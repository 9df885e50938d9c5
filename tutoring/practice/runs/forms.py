"""Parses the form of a screen: fields by name, and one button."""

from werkzeug.datastructures import MultiDict

from tutoring.practice.engine.simulator import Event
from tutoring.web.urls import parse_int

FIELD = "set-"  # the prefix of field names, so that a field is never confused with a button


def typed(form: MultiDict[str, str]) -> dict[str, str]:
    """Returns the submitted values by field; for a ticked box its own value comes last."""
    return {name[len(FIELD) :]: value for name, value in form.items(multi=True) if name.startswith(FIELD)}


def pressed(form: MultiDict[str, str]) -> Event | None:
    """Returns the event of the pressed button, or None."""
    for kind in ("do", "choose"):
        if kind in form:
            return {kind: form[kind]}
    return {"back": True} if "back" in form else None


def seen(form: MultiDict[str, str]) -> int:
    """Returns the number of events that the page had seen; -1 when it is missing."""
    try:
        return parse_int(form.get("at", ""))
    except ValueError:
        return -1
