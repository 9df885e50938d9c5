"""Small pages that belong to no feature: language, colour scheme, what the site looks like, and health."""

import re
from typing import Any

from flask import Blueprint, jsonify, redirect, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from tutoring.kernel import site_identity as kernel_site_identity
from tutoring.kernel.errors import NotFound
from tutoring.web import site_identity
from tutoring.web.assets import SCHEME_COOKIE, SCHEMES
from tutoring.web.i18n import COOKIE, LANGUAGES
from tutoring.web.security import FOR_EVER, as_picture, without_token
from tutoring.web.urls import safe_redirect_target

blueprint = Blueprint("web", __name__)
_HEX = re.compile(r"[0-9a-f]{6}")


@blueprint.post("/language")
@without_token  # choosing a language is harmless, and visitors have no session for a token
def language() -> Response:
    response = redirect(safe_redirect_target(request.form.get("next")))
    for cookie, field, known in ((COOKIE, "language", LANGUAGES), (SCHEME_COOKIE, "scheme", SCHEMES)):
        if (chosen := request.form.get(field, "")) in known:
            response.set_cookie(
                cookie, chosen, max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure
            )
    return response


@blueprint.get("/site.webmanifest")
def manifest() -> Response:
    """Answers what a phone needs to put the site on its screen, with the site's own name and look."""
    response = jsonify(site_identity.manifest())
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/site/logo/<digest>")
def logo(digest: str) -> Response:
    """Answers a logo; its address changes with its content."""
    found = kernel_site_identity.logo(digest)
    response = as_picture(found.data if found else None)
    response.headers["Cache-Control"] = FOR_EVER
    return response


@blueprint.get("/site/colours/<colour>/<kind>")
def colours(colour: str, kind: str) -> Response:
    """Answers the site's own colours as a style sheet; only colours that are read well have one."""
    if kind not in SCHEMES or not _HEX.fullmatch(colour):
        raise NotFound
    if kernel_site_identity.dark_enough(f"#{colour}") != f"#{colour}":
        raise NotFound
    response = FlaskResponse(site_identity.colours_css(f"#{colour}", kind), mimetype="text/css")
    response.headers["Cache-Control"] = FOR_EVER
    return response


@blueprint.get("/healthz")
def health() -> Any:
    """Answers that this process lives.

    It checks nothing else: killing a process because its database is down repairs nothing.
    """
    return {"ok": True}, 200, {"Cache-Control": "no-store"}
