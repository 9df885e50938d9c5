"""Family mode: what a parent has taught back at home."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.lessons import commands
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.signin import me


@blueprint.post("/lessons/<slug>/taught")
def taught(slug: str) -> Response:
    limits.hit("act", me().id)
    commands.tick_taught(me().id, slug, request.form.getlist("line"))
    flash(gettext("Đã lưu những việc con đã làm được."), "ok")
    return redirect(url_for("lessons.done", slug=slug) + "#teach-back")
