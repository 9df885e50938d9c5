"""Pages of the form for the questions of a lesson's quiz, and the draft that is saved while the author types."""

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.content import QUIZ_FILE
from tutoring.lessons.content.form import quiz
from tutoring.lessons.content.form.document import Unreadable
from tutoring.lessons.content.form.quiz import QUIZ, Quiz
from tutoring.lessons.forms import NoteForm
from tutoring.lessons.proposals import form_check, form_page, preview
from tutoring.lessons.proposals.form_check import Note
from tutoring.lessons.proposals.form_page import Refusal
from tutoring.lessons.proposals.form_views import MAX_BYTES, MAX_FIELDS, as_text, open_proposal, submit
from tutoring.lessons.proposals.models import Proposal
from tutoring.lessons.proposals.proposal_page import about, folder
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.security import takes_fields


@blueprint.route("/writing/<int:proposal_id>/quiz", methods=["GET", "POST"])
@takes_fields(MAX_BYTES, MAX_FIELDS)
def write_quiz(proposal_id: int) -> Response | tuple[str, int]:
    row = open_proposal(proposal_id, QUIZ_FILE)
    try:
        questions = quiz.read(row.text)
    except Unreadable as why:
        return as_text(row, why)
    if request.method == "GET":
        return _page(row, questions)
    rate_limits.hit("act", require_user().id)
    try:
        _, at = form_page.save_quiz(require_user(), row, request.form.items(multi=True), request.form.get("base", ""))
    except Refusal as refusal:
        return _page(open_proposal(proposal_id, QUIZ_FILE), questions, refusal)
    if request.form.get("act") == "submit":
        return submit(row, url_for("lessons.write_quiz", proposal_id=row.id))
    flash(gettext("Đã lưu."), "ok")
    anchor = form_page.anchor_of(at)
    return redirect(url_for("lessons.write_quiz", proposal_id=row.id, at=at or None, _anchor=anchor))


def _page(row: Proposal, questions: Quiz, refusal: Refusal | None = None) -> tuple[str, int]:
    note, checked = NoteForm(formdata=None, note=row.note), form_check.check_quiz(folder(), row, questions)
    if refusal is not None:
        checked.notes = {refusal.about: [Note(translate_error(refusal.error), True)]} if refusal.about else {}
        note.note.data = request.form.get("note", row.note)
    wrong = Counter(form_page.row_of(name) for name, found in checked.notes.items() for one in found if one.fault)
    newer = refusal.newer if refusal else {}
    page = render_template(
        "lessons/proposals/write_quiz.html",
        values=refusal.values if refusal else questions.values,
        base=(refusal.base if refusal else "") or form_page.base_of(questions.values),
        refused=translate_error(refusal.error) if refusal else "",
        newer=newer,
        faulty_rows=wrong,
        opened_rows={*wrong, *map(form_page.row_of, newer), form_page.row_of(request.args.get("at", ""))},
        fields=QUIZ,
        questions=refusal.values["questions"] if refusal else questions.questions,
        checked=checked,
        notes=checked.notes,
        known={"steps": form_page.steps(folder(), row)},
        note_form=note,
        stale=preview.base_of(preview.text_now(folder(), row)) != row.base_hash,
        **about(row),
    )
    return page, refusal.error.status if refusal else 200


@blueprint.post("/writing/<int:proposal_id>/quiz/draft")
@takes_fields(MAX_BYTES, MAX_FIELDS)
def keep_quiz(proposal_id: int) -> dict[str, object] | tuple[dict[str, object], int]:
    """Saves the questions in the background and returns their check (for static/lessons/proposals/write.js)."""
    row, author = open_proposal(proposal_id, QUIZ_FILE), require_user()
    rate_limits.hit("draft", author.id)
    try:
        made, _ = form_page.save_quiz(author, row, request.form.items(multi=True), request.form.get("base", ""))
    except Unreadable:
        raise Conflict from None
    except Refusal as refusal:
        return {"say": translate_error(refusal.error)}, refusal.error.status
    checked = form_check.check_quiz(folder(), row, made)
    page = render_template("lessons/proposals/_quiz_check.html", checked=checked, questions=made.questions, number=0)
    return {
        "say": gettext("Đã lưu."),
        "fields": {"base": form_page.base_of(made.values)},
        "notes": {name: [[note.say, note.fault] for note in found] for name, found in checked.notes.items()},
        "page": page,
    }
