"""The answers of a step as everybody reads them, "I had this too", and the endorsements of teachers."""

from collections.abc import Callable

from flask import render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.queries import lesson
from tutoring.policy.published_answers import may_endorse
from tutoring.published_answers import labels, queries, releases
from tutoring.published_answers.blueprint import blueprint
from tutoring.published_answers.models import PublishedAnswer
from tutoring.web import visitor_cache
from tutoring.web.auth import current_roles, require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language


@blueprint.get("/lessons/<slug>/<int:number>/answers")
@visitor_cache.cached_for_visitors
def of_step(slug: str, number: int) -> str:
    found = lesson(slug)
    step_id = found.step_id(number)
    if step_id is None:
        raise NotFound
    reader = require_user() if current_user.is_authenticated else None
    return render_template(
        "published_answers/of_step.html",
        lesson=found,
        number=number,
        title=found.step_titles(language())[number - 1],
        answers=queries.answers_on(slug, step_id, reader),
        teaches=reader is not None and may_endorse(current_roles(), False),
        lang=language(),
        written_by=labels.written_by,
    )


def _back(found: PublishedAnswer) -> str:
    """Returns the page of an answer's step, at the answer."""
    _lesson, number = queries.place_of(found)
    if number is None:
        raise NotFound
    return url_for("published_answers.of_step", slug=found.lesson_slug, number=number, _anchor=f"answer-{found.id}")


@blueprint.post("/answers/<int:published_id>/mark")
def mark(published_id: int) -> Response:
    return _press(releases.mark, published_id, gettext("Đã ghi là bạn cũng bị vậy."))


@blueprint.post("/answers/<int:published_id>/endorse")
def endorse(published_id: int) -> Response:
    return _press(releases.endorse, published_id, gettext("Đã ghi là thầy cô đã đọc và thấy đúng."))


def _press(act: Callable[..., PublishedAnswer], published_id: int, say: str) -> Response:
    user: User = require_user()
    undo = request.form.get("undo") == "1"
    found = queries.public_answer(published_id)
    say = gettext("Đã bỏ.") if undo else say
    return run_action(lambda: act(user, published_id, undo=undo), say, _back(found))
