"""Pages of both sides: write an answer, read it, say yes or no, withdraw it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import find_step
from tutoring.published_answers import commands as answers_commands
from tutoring.published_answers import labels, queries
from tutoring.published_answers.blueprint import blueprint
from tutoring.published_answers.eligibility import solved_request, solved_requests
from tutoring.published_answers.forms import AnswerForm
from tutoring.published_answers.models import ENDED, PublishedAnswer
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int


@blueprint.get("/answers")
def own() -> str:
    user = require_user()
    return render_template(
        "published_answers/own.html",
        found=queries.own_answers(user),
        solved=solved_requests(user),
        lang=language(),
        labels=labels,
        due=queries.is_due,
    )


@blueprint.route("/requests/<int:request_id>/published-answer", methods=["GET", "POST"])
def write(request_id: int) -> Response | tuple[str, int]:
    user, before = require_user(), queries.answer_of_request(request_id)
    lesson, number = _place(user, request_id, before)
    form, status = AnswerForm(), 200
    form.begin(before)
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                made = answers_commands.write_answer(user, request_id, form.problem.data or "", form.answer.data or "")
                flash(gettext("Đã gửi. Bên được giúp đọc và đồng ý rồi thì thầy cô đọc, xong mới lên trang."), "ok")
                return redirect(url_for("published_answers.show", published_id=made.id))
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
    page = render_template(
        "published_answers/write.html", form=form, found=before, lesson=lesson, number=number,
        step=find_step(lesson.slug, number, language()), lang=language(),
    )  # fmt: skip
    return page, status


def _place(user: User, request_id: int, before: PublishedAnswer | None) -> tuple[Lesson, int]:
    """Returns lesson and step of an answer that this user may write or mend; raises NotFound."""
    if before is not None:
        lesson, number = queries.place_of(before)
        if before.author_id != user.id or before.state not in ("asking", "returned") or lesson is None:
            raise NotFound
        return lesson, number or 1
    solved = solved_request(user, request_id)
    if solved is None:
        raise NotFound
    return solved.lesson, solved.number


@blueprint.get("/answers/<int:published_id>")
def show(published_id: int) -> str:
    user, found = require_user(), queries.find_answer(published_id)
    subjects = queries.subjects_for(user, found)
    if not subjects or (found.state in ENDED and found.author_id != user.id):
        raise NotFound
    said = {one.subject_id: one.yes for one in queries.words_on(found.id) if one.by_id == user.id}
    lesson, number = queries.place_of(found)
    return render_template(
        "published_answers/show.html",
        found=found,
        lesson=lesson,
        number=number,
        asked=[one for one in subjects if one.id != found.author_id or one.id != user.id],
        said=said,
        own=found.author_id == user.id,
        lang=language(),
        labels=labels,
        due=queries.is_due(found),
    )


@blueprint.post("/answers/<int:published_id>/agree")
def agree(published_id: int) -> Response:
    user, word = require_user(), request.form.get("word", "")
    say = gettext("Cảm ơn bạn đã đồng ý.") if word == "yes" else gettext("Đã ghi là không. Không ai hỏi lý do.")
    subject_id = request.form.get("subject", type=parse_int) or _first_subject(user, published_id)
    then = url_for("published_answers.show", published_id=published_id)
    return run_action(lambda: answers_commands.agree(user, published_id, subject_id, word), say, then)


def _first_subject(user: User, published_id: int) -> int:
    subjects = queries.subjects_for(user, queries.find_answer(published_id))
    return subjects[0].id if subjects else 0


@blueprint.post("/answers/<int:published_id>/withdraw")
def withdraw(published_id: int) -> Response:
    user = require_user()
    say, then = gettext("Đã rút lời giải. Trang không giữ lại gì."), url_for("published_answers.own")
    return run_action(lambda: answers_commands.withdraw_answer(user, published_id), say, then)
