"""Lessons saved on a device: what is to be saved, the worker that serves it, the page for what is not there."""

from flask import Response, current_app, render_template

from tutoring.lessons import keeping, queries, visitors
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.i18n import language


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
    response = current_app.send_static_file("app/worker.js")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response
