"""Small pages that belong to no feature: language, colour scheme and health."""

from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from tutoring.web.assets import SCHEME_COOKIE, SCHEMES
from tutoring.web.i18n import COOKIE, LANGUAGES
from tutoring.web.security import without_token
from tutoring.web.urls import safe_redirect_target

blueprint = Blueprint("web", __name__)


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


@blueprint.get("/healthz")
def health() -> Any:
    """Answers that this process lives.

    It checks nothing else: killing a process because its database is down repairs nothing.
    """
    return {"ok": True}, 200, {"Cache-Control": "no-store"}
