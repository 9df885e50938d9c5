"""The search of the lesson bank: its page, and titles to go to while somebody types."""

from flask import jsonify, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.lessons import commands, queries, search
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.i18n import language


def _typed() -> str:
    """What was typed, within its limit of length and of how often one may ask."""
    if current_user.is_authenticated:
        limits.hit("search", current_user.id)
    else:
        limits.hit("search_address", request.remote_addr)
    return request.args.get("q", "")[: search.LONGEST]


@blueprint.get("/lessons/search", endpoint="search")
def search_page() -> str:
    typed = _typed() if request.args.get("q", "").strip() else ""
    hits = search.search(typed, language()) if typed else []
    if typed and not hits:
        commands.record_miss(typed, language())
    return render_template("lessons/search.html", typed=typed, hits=hits, paths=queries.paths(language()))


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
            for one in search.suggest(_typed(), language())
        ]
    )
