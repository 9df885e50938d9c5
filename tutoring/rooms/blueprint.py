"""The blueprint of rooms and helpers its pages share; the pages are in the views modules."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.rooms.labels import (
    found_short,
    found_why,
    held_why,
    reaction_words,
    room_kind,
    room_kind_means,
    room_name,
    room_readers,
    waits_short,
)
from tutoring.rooms.maths.texts import has_formula, in_words, with_mathml
from tutoring.rooms.moderation.undoable import undoable_acts
from tutoring.rooms.pictures.annotation_layers import drawings_on
from tutoring.rooms.risk.queries import kinds_of
from tutoring.rooms.serializers import picture, voice
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import language, translate_error
from tutoring.web.urls import parse_int, safe_redirect_target

blueprint = Blueprint("rooms", __name__)
blueprint.add_app_template_global(found_why, "found_why")
blueprint.add_app_template_global(held_why, "held_why")
blueprint.add_app_template_global(picture, "picture_of")
blueprint.add_app_template_global(voice, "voice_of")
blueprint.add_app_template_global(reaction_words, "reaction_words")
blueprint.add_app_template_global(found_short, "found_short")
blueprint.add_app_template_global(waits_short, "waits_short")
blueprint.add_app_template_global(lambda: undoable_acts(require_user()), "undoable_acts")
blueprint.add_app_template_global(lambda message: kinds_of([message]).get(message.id, []), "risk_kinds")
for word in (room_kind, room_kind_means, room_name, room_readers):
    blueprint.add_app_template_global(word, word.__name__)
blueprint.add_app_template_global(lambda found: drawings_on(require_user(), found), "drawings_on")
blueprint.add_app_template_global(has_formula, "has_formula")
blueprint.add_app_template_filter(lambda text: with_mathml(text, language()), "maths")
blueprint.add_app_template_filter(lambda text: in_words(text, language()), "maths_words")

Page = str | Response | tuple[str, int]


def back(room_id: int, anchor: str = "") -> Response:
    """Redirects to the room's page, or to the page the form came from (the moderation queue)."""
    room = url_for("rooms.show", room_id=room_id, _anchor=anchor or None)
    return redirect(safe_redirect_target(request.form.get("back"), room))


def success_response(room_id: int, anchor: str = "") -> Response:
    """Returns the response to a successful action."""
    return jsonify(ok=True) if wants_json() else back(room_id, anchor)


def form_number(name: str) -> int:
    """Returns a number of the form; raises InvalidInput for anything else."""
    value = request.form.get(name, type=parse_int)
    if value is None:
        raise InvalidInput(field=name)
    return value


def try_command(command: Any, *values: Any) -> bool:
    """Runs one command; returns whether it succeeded.

    A domain error is flashed on the next page, or raised for JSON clients.
    """
    try:
        command(require_user(), *values)
    except NotFound:
        raise
    except DomainError as refusal:
        if wants_json():
            raise
        flash(translate_error(refusal), "bad")
        return False
    return True


def run_moderation_command(room_id: int, command: Any, *values: Any) -> Response:
    """Runs one moderation command; an error is shown on the page the form came from."""
    request.form.get("back")  # an unreadable form is rejected before the command runs
    rate_limits.hit("act", require_user().id)
    try_command(command, room_id, *values)
    return success_response(room_id)


def reason() -> str:
    """Returns the reason given in the form."""
    return request.form.get("reason", "")
