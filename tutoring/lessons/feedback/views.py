"""The form "Was this useful?" below a step; it needs neither a sign-in nor scripts."""

import uuid

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.feedback import commands as feedback_commands
from tutoring.lessons.feedback.labels import WHY
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import language
from tutoring.web.security import without_token


@blueprint.post("/lessons/<slug>/<int:number>/useful")
@without_token  # the feedback holds no user, and pages for visitors have no token
def useful(slug: str, number: int) -> Response | dict[str, bool]:
    rate_limits.hit("useful_address", request.remote_addr)
    said = request.form.get("useful", "")
    name = request.form.get("id") or str(uuid.uuid4())
    feedback_commands.record_feedback(name, slug, number, said == "yes", request.form.get("reason", ""))
    if wants_json():
        return {"ok": True}
    asked = said == "no" and "reason" not in request.form
    return redirect(url_for("lessons.thanks", slug=slug, number=number, id=name if asked else None), 303)


@blueprint.get("/lessons/<slug>/<int:number>/useful")
def thanks(slug: str, number: int) -> str:
    found = catalogue_queries.lesson(slug)
    if found.step_id(number) is None:
        raise NotFound
    return render_template(
        "lessons/feedback/useful.html",
        lesson=found,
        lang=language(),
        number=number,
        name=request.args.get("id", ""),
        why=WHY,
    )
