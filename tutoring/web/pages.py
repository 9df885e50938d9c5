"""Small pages that belong to no feature: language, health."""

import re
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from tutoring.kernel.db import db
from tutoring.web.i18n import COOKIE, LANGUAGES
from tutoring.web.security import without_token

blueprint = Blueprint("web", __name__)

_ASTRAY = re.compile(r"[\x00-\x20\x7f\\]")


def own_path(target: str | None, otherwise: str = "/") -> str:
    """A path of this site to go on to; anything else becomes `otherwise`."""
    # Browsers drop tabs and line ends and read \ as /, so "/<tab>/elsewhere" would lead away.
    if target and target.startswith("/") and not target.startswith("//") and not _ASTRAY.search(target):
        return target
    return otherwise


@blueprint.post("/language")
@without_token  # choosing a language harms nobody, and visitors have no session to keep a token in
def language() -> Response:
    response = redirect(own_path(request.form.get("next")))
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE, chosen, max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


@blueprint.get("/healthz")
def health() -> Any:
    db.session.execute(sa.text("SELECT 1"))
    return {"ok": True}
