"""Pages of a lesson's quiz: its first page, one try, the result. No key is ever sent."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes import queries as quizzes_queries
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills import queries as skills_queries
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import language, translate_error


@blueprint.route("/lessons/<slug>/quiz", methods=["GET", "POST"])
def quiz(slug: str) -> Response | tuple[str, int, dict[str, str]]:
    found, size = catalogue_queries.lesson(slug), quizzes_queries.quiz_size(slug)
    refused, status, headers = "", 200, {}
    if request.method == "POST":
        try:
            return _to(quizzes_commands.begin_quiz(require_user().id, slug).id)
        except RateLimited as refusal:
            refused, status, headers = translate_error(refusal), 429, {"Retry-After": str(refusal.retry_after)}
    mine = quizzes_queries.tries(require_user().id, slug, 1)
    if not size and not mine:
        raise NotFound
    page = render_template(
        "lessons/quizzes/quiz.html",
        lesson=found,
        lang=language(),
        size=size,
        translated=quizzes_queries.is_translated(slug, language()),
        needed=grading.needed(size, found.path_slug),
        last=mine[0] if mine else None,
        progress=progress_queries.progress_in(require_user().id, slug),
        refused=refused,
    )
    return page, status, headers


def _to(try_id: int) -> Response:
    return redirect(url_for("lessons.quiz_try", try_id=try_id))


@blueprint.route("/quizzes/<int:try_id>", methods=["GET", "POST"])
def quiz_try(try_id: int) -> Any:
    row = quizzes_queries.own_try(require_user().id, try_id)
    if request.method == "GET":
        return _result(row) if row.closed_at else _questions(row)
    rate_limits.hit("act", require_user().id)
    sent = {question["id"]: request.form.getlist(question["id"]) for question in row.questions}
    try:
        if request.form.get("act") == "save":
            row = quizzes_commands.save_answers(require_user().id, try_id, sent)
            return ("", 204) if wants_json() else redirect(url_for("lessons.lesson", slug=row.lesson_slug))
        quizzes_commands.hand_in(require_user().id, try_id, sent)
    except Conflict as refusal:
        if refusal.code != "closed" or wants_json():
            raise
    except InvalidInput as refusal:
        if wants_json():
            raise
        row = quizzes_commands.save_answers(require_user().id, try_id, sent)
        return _questions(row, translate_error(refusal)), 422
    return _to(try_id)


def _questions(row: QuizTry, refused: str = "") -> str:
    found = catalogue_queries.lesson(row.lesson_slug)
    return render_template(
        "lessons/quizzes/quiz_try.html",
        lesson=found,
        lang=language(),
        row=row,
        questions=quizzes_queries.shown_questions(row, language()),
        needed=grading.needed(len(row.questions), found.path_slug),
        refused=refused,
        missing=grading.unanswered(row.questions, row.answers) if refused else [],
    )


def _result(row: QuizTry) -> str:
    found = catalogue_queries.lesson(row.lesson_slug)
    teaches = found.facts["teaches"]
    held, gone = (
        skills_queries.skills_of(require_user().id),
        skills_queries.find_revoked_skills(require_user().id, teaches),
    )
    return render_template(
        "lessons/quizzes/quiz_result.html",
        lesson=found,
        lang=language(),
        row=row,
        marked=quizzes_queries.marked(row, found, language()),
        needed=grading.needed(len(row.questions), found.path_slug),
        held=skills_queries.skill_names([one for one in teaches if one in held], language()),
        gone=skills_queries.skill_names([one for one in teaches if one in gone], language()),
        again=quizzes_queries.quiz_size(found.slug),
        after=catalogue_queries.path_of(found, language()).after(found.slug) if row.passed else None,
    )
