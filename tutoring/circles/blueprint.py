"""The blueprint of parent circles; its pages are in the modules named *views."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from tutoring.circles.models import Topic
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.web.i18n import translate_error

blueprint = Blueprint("circles", __name__)


def back_to(topic: Topic, anchor: str = "") -> Response:
    """Redirects to the page of a topic, at one of its answers."""
    place = url_for("circles.topic", unit_id=topic.unit_id, topic_id=topic.id, _anchor=anchor or None)
    return redirect(place)


def refused(refusal: DomainError, topic: Topic, anchor: str = "") -> Response:
    """Redirects to the topic with the error message; a NotFound is raised again."""
    if refusal.status == NotFound.status:
        raise refusal
    flash(translate_error(refusal), "bad")
    return back_to(topic, anchor)


def undo() -> bool:
    """Returns whether the pressed button undoes something."""
    return request.form.get("undo") == "1"
