"""Pages that show one step each, and the parent's teach-back list.

GET requests never write. A button press stores the position of a signed-in user and needs no scripts. When a step
is opened by a link, static/lessons/progress/step.js sends a small request; without scripts the next press of "Bước tiếp
theo" stores the position. Visitors get the same pages without buttons that send.
"""

import uuid
from dataclasses import replace
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.fragments import Answers, answers_to, step_fragment
from tutoring.lessons.catalogue.localized import PathText, StepText
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.embeds import oembed
from tutoring.lessons.embeds.addresses import Place
from tutoring.lessons.feedback.labels import WHY
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import queries as progress_queries
from tutoring.web import visitor_cache
from tutoring.web.auth import require_user
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int


def _as_pupil(found: Lesson) -> bool:
    """Returns whether the page speaks to a pupil; of a visitor the audience of the lesson tells it."""
    if current_user.is_authenticated:
        return bool(current_user.kind != "adult")
    return "hoc-sinh" in found.facts["audience"] and "nguoi-dan" not in found.facts["audience"]


def _step_page(found: Lesson, text: StepText, path: PathText, answers: Answers) -> str:
    signed_in = current_user.is_authenticated
    return render_template(
        "lessons/progress/step.html",
        lesson=found,
        lang=language(),
        step=replace(text, learner=str(current_user.id)) if signed_in else text,
        answers=answers,
        outline={entry["id"]: place for place, entry in enumerate(found.outline, 1)},
        path=path,
        why=WHY,
        attempt=str(uuid.uuid4()) if signed_in else "",
        signed_in=signed_in,
        as_pupil=_as_pupil(found),
    )


@blueprint.post("/lessons/<slug>/start")
def start(slug: str) -> Response:
    rate_limits.hit("act", require_user().id)
    found = catalogue_queries.lesson(slug)
    progress = progress_queries.progress_in(require_user().id, slug)
    again = progress is not None and progress.state == "finished"
    number = 1 if again else progress_queries.resume_number(require_user().id, found, progress)
    progress_commands.reach_step(require_user().id, slug, number)
    return redirect(url_for("lessons.step", slug=slug, number=number))


@blueprint.get("/lessons/<slug>/<int:number>")
@visitor_cache.cached_for_visitors
def step(slug: str, number: int) -> str | Response:
    if request.args.get("part") == "step":
        part = step_fragment(slug, number, language(), request.args.getlist)
        if part is None:
            raise NotFound
        return str(part)
    found, text, path = catalogue_queries.step_page(slug, number, language())
    response = make_response(_step_page(found, text, path, answers_to(text, request.args.getlist)))
    described = oembed.discovery_address(Place(slug, number, language()))
    # A header, because each byte of this page counts.
    response.headers["Link"] = f'<{described}>; rel="alternate"; type="application/json+oembed"'
    return response


def _shown_number(slug: str, number: int) -> int:
    """Returns the present number of the step that the page showed: an update may have moved it since."""
    return catalogue_queries.lesson(slug).number_of(request.values.get("step", "")) or number


@blueprint.post("/lessons/<slug>/<int:number>/next")
def onward(slug: str, number: int) -> Response:
    rate_limits.hit("act", require_user().id)
    number = _shown_number(slug, number)
    if progress_commands.advance_step(require_user().id, slug, number):
        return redirect(url_for("lessons.step", slug=slug, number=number + 1))
    return redirect(url_for("lessons.done", slug=slug))


@blueprint.post("/lessons/<slug>/<int:number>/here")
def here(slug: str, number: int) -> tuple[str, int]:
    rate_limits.hit("act", require_user().id)
    progress_commands.reach_step(require_user().id, slug, _shown_number(slug, number))
    return "", 204


@blueprint.post("/lessons/<slug>/<int:number>/answer")
def answer(slug: str, number: int) -> Response:
    rate_limits.hit("act", require_user().id)
    number = _shown_number(slug, number)
    checkpoint = request.form.get("checkpoint", "")
    chosen = request.form.getlist(checkpoint)
    hints = request.form.get("hints", 0, type=parse_int)
    try:
        progress_commands.record_attempt(
            require_user().id, request.form.get("attempt", ""), slug, number, checkpoint, chosen, hints
        )
    except InvalidInput as refusal:
        if refusal.code != "empty":
            raise
    shown: dict[str, Any] = {checkpoint: chosen or ""}
    return redirect(url_for("lessons.step", slug=slug, number=number, **shown) + f"#{checkpoint}")


@blueprint.post("/lessons/<slug>/taught")
def taught(slug: str) -> Response:
    rate_limits.hit("act", require_user().id)
    progress_commands.tick_taught(require_user().id, slug, request.form.getlist("line"))
    flash(gettext("Đã lưu những việc con đã làm được."), "ok")
    return redirect(url_for("lessons.done", slug=slug) + "#teach-back")
