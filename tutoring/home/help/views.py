"""Help pages, the guided tour of the demonstration, and the site status page."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.config import Settings
from tutoring.home import demo_accounts
from tutoring.home import site_status as looks
from tutoring.home.help import catalogue
from tutoring.home.help import tour as help_tour
from tutoring.home.help.questions import answered_questions
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.lessons.catalogue.structured_data import question_page
from tutoring.web.auth import current_roles
from tutoring.web.i18n import LANGUAGES, language

blueprint = Blueprint("help", __name__)
YEAR = 365 * 86400


def _saves_data() -> bool:
    """Returns whether the browser asks to save data; pictures then load on request only."""
    return request.headers.get("Save-Data", "").lower() == "on"


@blueprint.get("/help/<slug>")
def page(slug: str) -> Response:
    found = catalogue.page(slug)
    visitor = not current_user.is_authenticated
    roles = frozenset() if visitor else current_roles()
    lang = str(get_locale())
    shown_in = lang if lang in found.texts else SOURCE
    text = found.texts[shown_in]
    shown = render_template(
        "home/help/help_page.html",
        page=found,
        text=text,
        folded=_saves_data(),
        questions=question_page(answered_questions(text), shown_in) if visitor else "",
        others=[one for one in catalogue.pages("topic", roles) if one is not found],
    )
    response = current_app.make_response(shown)
    response.vary.add("Save-Data")
    return response


@blueprint.get("/help/<slug>/<name>")
def picture(slug: str, name: str) -> Response:
    found = catalogue.picture(slug, name)
    versioned = request.args.get("v", "") != ""
    response = send_file(found.file, mimetype="image/webp", max_age=YEAR if versioned else None)
    if versioned:
        response.cache_control.public = True
        response.cache_control.immutable = True
    return response


@blueprint.get("/giup-do", defaults={"slug": ""})
@blueprint.get("/giup-do/<slug>")
def in_vietnamese(slug: str) -> Response:
    """Redirects the published Vietnamese address to the help pages."""
    return redirect(url_for("help.page", slug=slug) if slug else url_for("home.help"))


@blueprint.get("/tour", defaults={"slug": ""})
@blueprint.get("/tour/<slug>")
def tour(slug: str) -> str:
    cards = {card.username: card for card in demo_accounts.cards()}
    if not cards:
        raise NotFound
    lang = str(get_locale())
    if not slug:
        return render_template("home/help/tours.html", tours=catalogue.tours(), lang=lang)
    found = catalogue.tour(slug)
    stops = help_tour.stops(found, lang, demo_accounts.places())
    return render_template("home/help/tour.html", tour=found, stops=stops, cards=cards, lang=lang)


@blueprint.get("/status")
def status() -> Response:
    """The status page, rendered without the usual frame.

    The frame queries the database, and this page reports whether the database answers.
    """
    settings: Settings = current_app.config["SETTINGS"]
    told: dict[str, Any] = {
        "standing": looks.standing(current_app._get_current_object()),  # type: ignore[attr-defined]
        "channels": looks.channels(),
        "version": looks.VERSION,
    }
    template = current_app.jinja_env.get_template("home/help/status.html")
    shown = template.render(request=request, locale=language(), languages=LANGUAGES, settings=settings, **told)
    response = Response(shown, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response
