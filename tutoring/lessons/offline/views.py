"""Lessons saved on a device: the manifest, the service worker and the offline page.

Progress stored on a device is merged into the account of the user who signs in there.
"""

from pathlib import Path
from typing import Any

from flask import Response, current_app, render_template, request
from flask_babel import gettext, ngettext

from tutoring.kernel import rate_limits
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.offline import commands as offline_commands
from tutoring.lessons.offline import manifest
from tutoring.lessons.offline import schemas as offline_schemas
from tutoring.web import visitor_cache
from tutoring.web.assets import release
from tutoring.web.auth import require_user
from tutoring.web.i18n import language
from tutoring.web.security import takes_json


@blueprint.get("/lessons/<slug>/keep.json")
def keep(slug: str) -> Response:
    found = manifest.manifest(catalogue_queries.lesson(slug), catalogue_queries.steps(slug, language()), language())
    return Response(manifest.body(found), mimetype="application/json")


@blueprint.get("/lessons/offline")
@visitor_cache.cached_for_visitors
def offline() -> str:
    return render_template("lessons/offline/offline.html")


@blueprint.get("/worker.js")
def worker() -> Response:
    script = (Path(str(current_app.static_folder)) / "app" / "service-worker.js").read_text("utf-8")
    # Browsers compare the whole script: the release in it tells pages that a new version is live
    # (static/app/page-status.js).
    response = Response(f"// {release()}\n{script}", mimetype="text/javascript")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    response.make_conditional(request)
    return response


@blueprint.post("/lessons/merge")
@takes_json
def merge() -> dict[str, Any]:
    rate_limits.hit("act", require_user().id)
    lessons, answers = offline_commands.merge_device(
        require_user().id, *offline_schemas.read_device(request.get_json(silent=True))
    )
    return {"ok": True, "lessons": lessons, "answers": answers, "say": _said(sum(lessons), sum(answers))}


def _said(lessons: int, answers: int) -> str:
    kept = []
    if lessons:
        kept.append(ngettext("%(num)d bài học", "%(num)d bài học", lessons))
    if answers:
        kept.append(ngettext("%(num)d câu trả lời", "%(num)d câu trả lời", answers))
    return gettext("Đã lưu vào tài khoản của bạn: %(kept)s.", kept=", ".join(kept)) if kept else ""
