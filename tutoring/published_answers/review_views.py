"""Pages of teachers: what waits to be read, one answer beside its step, the decision."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel.errors import DomainError, NotFound
from tutoring.lessons.catalogue.queries import find_step, found_lessons
from tutoring.published_answers import labels, queries, releases
from tutoring.published_answers.blueprint import blueprint
from tutoring.published_answers.models import RELEASED, WAITING
from tutoring.web.auth import require_user
from tutoring.web.i18n import language, translate_error


@blueprint.get("/answers/review")
def review() -> str:
    waiting, due, public = queries.to_review(require_user())
    return render_template(
        "published_answers/review.html",
        waiting=waiting,
        due=due,
        public=public,
        lessons=found_lessons({one.lesson_slug for one in (*waiting, *due, *public)}),
        lang=language(),
    )


@blueprint.get("/answers/<int:published_id>/review")
def read(published_id: int) -> str:
    user, found = require_user(), queries.find_answer(published_id)
    if not queries.may_decide(user, found) or found.state not in (WAITING, RELEASED):
        raise NotFound
    lesson, number = queries.place_of(found)
    return render_template(
        "published_answers/read.html",
        found=found,
        lesson=lesson,
        number=number,
        step=find_step(found.lesson_slug, number, "vi") if number else None,
        digest=queries.step_digest(found.lesson_slug, found.step_id),
        due=queries.is_due(found),
        most=releases.MAX_REASON_CHARS,
        lang=language(),
        labels=labels,
    )


@blueprint.post("/answers/<int:published_id>/decide")
def decide(published_id: int) -> Response:
    user, what = require_user(), request.form.get("what", "")
    digest, reason = request.form.get("digest", ""), request.form.get("reason", "")
    try:
        releases.decide(user, published_id, what, digest, reason)
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("published_answers.read", published_id=published_id))
    flash(gettext(labels.DONE[what]), "ok")
    return redirect(url_for("published_answers.review"))
