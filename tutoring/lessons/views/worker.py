"""Lessons saved on a device: what is to be saved, the worker that serves it, the page for what is not there."""

from pathlib import Path

from flask import Response, current_app, render_template, request

from tutoring.lessons import keeping, queries, visitors
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.i18n import language
from tutoring.web.release import release


@blueprint.get("/lessons/<slug>/keep.json")
def keep(slug: str) -> Response:
    found = keeping.manifest(queries.lesson(slug), queries.steps(slug, language()), language())
    return Response(keeping.body(found), mimetype="application/json")


@blueprint.get("/lessons/offline")
@visitors.shared
def offline() -> str:
    return render_template("lessons/offline.html")


@blueprint.get("/worker.js")
def worker() -> Response:
    script = (Path(str(current_app.static_folder)) / "app" / "worker.js").read_text("utf-8")
    # Browsers compare the whole file: pages hear of a new version of the site by it (static/app/stay.js).
    response = Response(f"// {release()}\n{script}", mimetype="text/javascript")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    response.make_conditional(request)
    return response
