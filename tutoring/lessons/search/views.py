"""The search of the lesson bank: its page, and titles to go to while somebody types."""

from flask import jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.search import commands as search_commands
from tutoring.lessons.search import queries as search_queries
from tutoring.safety.free_text import says_danger
from tutoring.web.auth import require_user
from tutoring.web.i18n import language
from tutoring.web.security import without_token
from tutoring.welfare.cards import age_of


def _typed() -> str:
    """What was typed, within its limit of length and of how often one may ask."""
    if current_user.is_authenticated:
        rate_limits.hit("search", current_user.id)
    else:
        rate_limits.hit("search_address", request.remote_addr)
    return request.values.get("q", "")[: search_queries.LONGEST]


@blueprint.route("/lessons/search", methods=["GET", "POST"], endpoint="search")
@without_token  # visitors' pages hold no token, and to search harms nobody
def search_page() -> Response | str:
    """It comes by POST, so that words of danger stand in no address and no history; all others get an address."""
    asked = request.values.get("q", "")[: search_queries.LONGEST]
    care = says_danger(asked)
    if care != (request.method == "POST"):
        return redirect(url_for("welfare.card") if care else url_for("lessons.search", q=asked), 303)
    typed = (asked if care else _typed()) if asked.strip() else ""
    hits = search_queries.search(typed, language()) if typed else []
    if typed and not hits and not care:
        search_commands.record_miss(typed, language())
    return render_template(
        "lessons/search.html",
        typed="" if care else typed,
        hits=hits,
        paths=catalogue_queries.paths(language()),
        care=care,
        age=age_of(require_user() if current_user.is_authenticated else None),
    )


@blueprint.get("/lessons/suggest", endpoint="suggest")
def suggestions() -> Response:
    return jsonify(
        [
            {
                "title": one.title,
                "href": url_for("lessons.step", slug=one.slug, number=one.number)
                if one.number
                else url_for("lessons.lesson", slug=one.slug),
            }
            for one in search_queries.suggest(_typed(), language())
        ]
    )
