"""One step a page.

Reading never writes. A signed-in person's place is noted when a button sends them on (works without
scripts); opening a step by a link is noted by a small request of static/lessons/step.js, and where there are
no scripts by the next press of "Bước tiếp theo". Visitors get the same pages without buttons that send.
"""

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid, Missing
from tutoring.lessons import commands, queries, visitors
from tutoring.lessons.fragments import Answers, answers_to, step_fragment
from tutoring.lessons.models import Lesson
from tutoring.lessons.texts import PathText, StepText
from tutoring.lessons.views.blueprint import blueprint
from tutoring.lessons.views.useful import WHY
from tutoring.web.i18n import language
from tutoring.web.numbers import whole
from tutoring.web.signin import me


def _step_page(found: Lesson, text: StepText, path: PathText, answers: Answers) -> str:
    signed_in = current_user.is_authenticated
    return render_template(
        "lessons/step.html",
        lesson=found,
        lang=language(),
        step=text,
        answers=answers,
        outline={entry["id"]: place for place, entry in enumerate(found.outline, 1)},
        path=path,
        why=WHY,
        attempt=str(uuid.uuid4()) if signed_in else "",
        signed_in=signed_in,
        as_pupil="hoc-sinh" in found.facts["audience"] if not signed_in else current_user.kind != "adult",
    )


@blueprint.post("/lessons/<slug>/start")
def start(slug: str) -> Response:
    limits.hit("act", me().id)
    found = queries.lesson(slug)
    progress = queries.progress_in(me().id, slug)
    again = progress is not None and progress.state == "finished"
    number = 1 if again else queries.resume_number(me().id, found, progress)
    commands.reach_step(me().id, slug, number)
    return redirect(url_for("lessons.step", slug=slug, number=number))


@blueprint.get("/lessons/<slug>/<int:number>")
@visitors.shared
def step(slug: str, number: int) -> str:
    if request.args.get("part") == "step":
        part = step_fragment(slug, number, language(), request.args.getlist)
        if part is None:
            raise Missing
        return str(part)
    found, text, path = queries.step_page(slug, number, language())
    return _step_page(found, text, path, answers_to(text, request.args.getlist))


@blueprint.post("/lessons/<slug>/<int:number>/next")
def onward(slug: str, number: int) -> Response:
    limits.hit("act", me().id)
    if commands.go_on(me().id, slug, number):
        return redirect(url_for("lessons.step", slug=slug, number=number + 1))
    return redirect(url_for("lessons.done", slug=slug))


@blueprint.post("/lessons/<slug>/<int:number>/here")
def here(slug: str, number: int) -> tuple[str, int]:
    limits.hit("act", me().id)
    commands.reach_step(me().id, slug, number)
    return "", 204


@blueprint.post("/lessons/<slug>/<int:number>/answer")
def answer(slug: str, number: int) -> Response:
    limits.hit("act", me().id)
    checkpoint = request.form.get("checkpoint", "")
    chosen = request.form.getlist(checkpoint)
    hints = request.form.get("hints", 0, type=whole)
    try:
        commands.record_attempt(me().id, request.form.get("attempt", ""), slug, number, checkpoint, chosen, hints)
    except Invalid as refusal:
        if refusal.code != "empty":
            raise
    shown: dict[str, Any] = {checkpoint: chosen or ""}
    return redirect(url_for("lessons.step", slug=slug, number=number, **shown) + f"#{checkpoint}")
