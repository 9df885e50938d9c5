"""Pages of lessons for the frames of other sites, their style sheet, and the oEmbed endpoint.

The pages are the same for everybody: `cookieless.py` takes cookies away, and the language is that of the address.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, json, make_response, render_template, request, url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.kernel.errors import NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.embeds import addresses, oembed
from tutoring.lessons.embeds.addresses import Place
from tutoring.web.i18n import language
from tutoring.web.security import FOR_EVER, as_data
from tutoring.web.visitor_cache import cached_for_visitors

SHARED_SECONDS = 600  # as long as a retired lesson may still be shown by a shared cache


def _policy() -> str:
    """Returns the policy of a page in a frame. It names addresses, because a sandboxed page has no origin."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {absolute_url('/embed/')}",
            f"img-src {absolute_url('/lessons/')} data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors *",
            f"sandbox {addresses.SANDBOX}",
        ]
    )


def _embedded(view: Callable[..., str]) -> Callable[..., Response]:
    """Marks a view whose page may stand in the frames of other sites; a missing lesson is a small page there."""

    @wraps(view)
    def show(**values: Any) -> Response:
        try:
            response = make_response(view(**values))
            response.headers["Cache-Control"] = f"public, max-age={SHARED_SECONDS}"
        except NotFound:
            response = make_response(render_template("lessons/embeds/missing.html", **_frame()), 404)
            response.headers["Cache-Control"] = "no-cache"
        response.headers["Content-Security-Policy"] = _policy()
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return show


def _frame() -> dict[str, Any]:
    return {
        "lang": language(),
        "site": absolute_url(url_for("lessons.index")),
        "sheet": absolute_url(url_for("lessons.embed_sheet", v=addresses.sheet_version())),
    }


@blueprint.get("/embed/lessons/<slug>")
@cached_for_visitors
@_embedded
def embedded_lesson(slug: str) -> str:
    found, here = catalogue_queries.lesson(slug), Place(slug, None, language())
    steps = [Place(slug, number, language()).frame for number in range(1, found.step_count + 1)]
    return render_template("lessons/embeds/lesson.html", lesson=found, here=here, steps=steps, **_frame())


@blueprint.get("/embed/lessons/<slug>/<int:number>")
@cached_for_visitors
@_embedded
def embedded_step(slug: str, number: int) -> str:
    found, text, _path = catalogue_queries.step_page(slug, number, language())
    around = {
        "overview": Place(slug, None, language()).frame,
        "before": Place(slug, number - 1, language()).frame if number > 1 else "",
        "after": Place(slug, number + 1, language()).frame if number < found.step_count else "",
    }
    here = Place(slug, number, language())
    return render_template("lessons/embeds/step.html", lesson=found, step=text, here=here, **around, **_frame())


@blueprint.get("/embed/style.css")
def embed_sheet() -> Response:
    response = Response(addresses.sheet(), mimetype="text/css")
    if request.args.get("v") == addresses.sheet_version():
        response.headers["Cache-Control"] = FOR_EVER
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    as_data(response)
    return response


@blueprint.get("/oembed")
def oembed_answer() -> Response:
    """Answers by oEmbed: 404 for an address without a lesson, 501 for a format other than JSON."""
    if request.args.get("format", "json") != "json":
        response = Response("", 501, mimetype="text/plain")
    else:
        place = oembed.place_of(request.args.get("url", ""))
        found = oembed.described(place, catalogue_queries.lesson(place.slug), request.args)
        response = Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")
        response.headers["Cache-Control"] = f"public, max-age={SHARED_SECONDS}"
    # Editors in browsers ask from their own sites. The answer is public and the same for everybody.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    as_data(response)
    return response
