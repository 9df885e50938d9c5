"""The public page of the safety card, and the button that hides it on a shared phone."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.community.queries import duty_phones_of
from tutoring.safety.free_text import SaidDanger
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.urls import safe_redirect_target
from tutoring.welfare import cards, commands, queries
from tutoring.welfare.cards import Card

blueprint = Blueprint("welfare", __name__)
ASKING = frozenset({"pairing.ask", "pairing.add_words"})


@blueprint.get("/safety")
def card() -> str:
    """Shows whom to call. Authors of a disclosure also see who reads it and what happened since."""
    person = require_user() if current_user.is_authenticated else None
    shown = _own_card(person) if person is not None else None
    duty = duty_phones_of(person.id) if person is not None else []
    return render_template("welfare/card.html", card=shown, age=cards.age_of(person), duty=duty)


def _own_card(person: User) -> Card | None:
    """Returns the card for disclosures outside of rooms.

    It also names the usual readers who do not see the text.
    """
    written = queries.own_shown(person.id)
    unseen_by = []
    if written and written[0].door in ("ask", "feedback"):
        unseen_by = [gettext("người giúp và ba mẹ") if person.is_minor else gettext("người giúp")]
    return cards.card_for(person, written, unseen_by)


@blueprint.app_errorhandler(SaidDanger)
def handle_disclosure(said: SaidDanger) -> Response | tuple[Response, int]:
    """Handles a disclosure in any form.

    Stores it encrypted for the staff in charge, and shows the card.
    """
    if current_user.is_authenticated:
        door = "ask" if request.endpoint in ASKING else "circle" if request.blueprint == "circles" else "feedback"
        commands.disclose(require_user(), door, said.text, said.hits)
    if wants_json():
        return jsonify(ok=False, error="care", say=gettext(commands.HEARD)), 409
    return redirect(url_for("welfare.card"), 303)


@blueprint.post("/safety/hide")
def hide() -> Response:
    commands.hide(require_user())
    return redirect(safe_redirect_target(request.form.get("back"), "/"), 303)
