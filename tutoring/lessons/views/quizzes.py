"""The quiz of a lesson: its first page, one try with all its questions, and what came of it. No key is ever sent."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Invalid, Missing, TooMany
from tutoring.lessons import commands, queries, quizzing
from tutoring.lessons.models import QuizTry
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.errors import wants_json
from tutoring.web.i18n import language, said
from tutoring.web.signin import me


@blueprint.route("/lessons/<slug>/quiz", methods=["GET", "POST"])
def quiz(slug: str) -> Response | tuple[str, int, dict[str, str]]:
    found, size = queries.lesson(slug), queries.quiz_size(slug)
    refused, status, headers = "", 200, {}
    if request.method == "POST":
        try:
            return _to(commands.begin_quiz(me().id, slug).id)
        except TooMany as refusal:
            refused, status, headers = said(refusal), 429, {"Retry-After": str(refusal.retry_after)}
    mine = queries.tries(me().id, slug, 1)
    if not size and not mine:
        raise Missing
    page = render_template(
        "lessons/quiz.html",
        lesson=found,
        lang=language(),
        size=size,
        needed=quizzing.needed(size, found.path_slug),
        last=mine[0] if mine else None,
        progress=queries.progress_in(me().id, slug),
        refused=refused,
    )
    return page, status, headers


def _to(try_id: int) -> Response:
    return redirect(url_for("lessons.quiz_try", try_id=try_id))


@blueprint.route("/quizzes/<int:try_id>", methods=["GET", "POST"])
def quiz_try(try_id: int) -> Any:
    row = queries.own_try(me().id, try_id)
    if request.method == "GET":
        return _result(row) if row.closed_at else _questions(row)
    limits.hit("act", me().id)
    sent = {question["id"]: request.form.getlist(question["id"]) for question in row.questions}
    try:
        if request.form.get("act") == "save":
            row = commands.save_answers(me().id, try_id, sent)
            return ("", 204) if wants_json() else redirect(url_for("lessons.lesson", slug=row.lesson_slug))
        commands.hand_in(me().id, try_id, sent)
    except Conflict as refusal:
        if refusal.code != "closed" or wants_json():
            raise
    except Invalid as refusal:
        if wants_json():
            raise
        row = commands.save_answers(me().id, try_id, sent)
        return _questions(row, said(refusal)), 422
    return _to(try_id)


def _questions(row: QuizTry, refused: str = "") -> str:
    found = queries.lesson(row.lesson_slug)
    return render_template(
        "lessons/quiz_try.html",
        lesson=found,
        lang=language(),
        row=row,
        questions=queries.shown_questions(row),
        needed=quizzing.needed(len(row.questions), found.path_slug),
        refused=refused,
        missing=quizzing.unanswered(row.questions, row.answers) if refused else [],
    )


def _result(row: QuizTry) -> str:
    found = queries.lesson(row.lesson_slug)
    teaches = found.facts["teaches"]
    held, gone = queries.skills_of(me().id), queries.skills_taken_back(me().id, teaches)
    return render_template(
        "lessons/quiz_result.html",
        lesson=found,
        lang=language(),
        row=row,
        marked=queries.marked(row, found),
        needed=quizzing.needed(len(row.questions), found.path_slug),
        held=queries.skill_names([one for one in teaches if one in held], language()),
        gone=queries.skill_names([one for one in teaches if one in gone], language()),
        again=queries.quiz_size(found.slug),
    )
