"""The search page of the lesson catalogue, and title suggestions while typing."""

from flask import jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.text import nfc
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.search import commands as search_commands
from tutoring.lessons.search import queries as search_queries
from tutoring.lessons.search.common_questions import common_questions
from tutoring.lessons.search.hits import Found
from tutoring.safety.free_text import searches_danger
from tutoring.web.auth import require_user
from tutoring.web.i18n import language
from tutoring.web.security import without_token
from tutoring.welfare.cards import age_of


def _typed() -> str:
    """Returns the search text, cut to its maximum length; applies the rate limit."""
    if current_user.is_authenticated:
        rate_limits.hit("search", current_user.id)
    else:
        rate_limits.hit("search_address", request.remote_addr)
    return nfc(request.values.get("q", "")[: search_queries.MAX_QUERY_CHARS])


@blueprint.route("/lessons/search", methods=["GET", "POST"], endpoint="search")
@without_token  # pages for visitors have no token, and a search changes nothing
def search_page() -> Response | str:
    """Shows the search page; searches that mention danger are sent by POST.

    They must not appear in an address or a browser history, and are stored nowhere. All other searches use GET.
    """
    asked = nfc(request.values.get("q", "")[: search_queries.MAX_QUERY_CHARS])
    care = searches_danger(asked)
    if care != (request.method == "POST"):
        return redirect(url_for("welfare.card") if care else url_for("lessons.search", q=asked), 303)
    typed = (asked if care else _typed()) if asked else ""
    found = _find(typed, care)
    if found is None:
        return redirect(url_for("welfare.card"), 303)
    if typed and not found and not care:
        search_commands.record_miss(typed, language())
    return render_template(
        "lessons/search/search.html",
        typed="" if care else typed,
        found=found,
        paths=[] if found else catalogue_queries.paths(language()),
        questions=[] if found else common_questions(),
        care=care,
        age=age_of(require_user() if current_user.is_authenticated else None),
    )


def _find(typed: str, care: bool) -> Found | None:
    """Returns what a search finds; None where only its misspelling hid that it names danger."""
    if not typed:
        return Found()
    if care:
        return search_queries.search_in_danger(typed, language())
    found = search_queries.search(typed, language(), as_typed="as" in request.args)
    return None if found.corrected and searches_danger(found.corrected) else found


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
