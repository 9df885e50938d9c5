"""Pages of the form: a lesson with its steps, one step, and the draft that is saved while the author types."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.content import SOURCE_FILE
from tutoring.lessons.content.form import document as documents
from tutoring.lessons.content.form.document import Document, Unreadable
from tutoring.lessons.content.form.lesson_fields import HEAD, STEP
from tutoring.lessons.content.form.steps import RAW
from tutoring.lessons.content.form.values import Values
from tutoring.lessons.forms import NoteForm
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import form_check, form_page, preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.form_check import FormCheck, Note
from tutoring.lessons.proposals.form_page import Refusal
from tutoring.lessons.proposals.models import Proposal
from tutoring.lessons.proposals.proposal_page import about, folder
from tutoring.web.auth import require_user
from tutoring.web.i18n import language, translate_error
from tutoring.web.security import takes_fields
from tutoring.web.urls import parse_int

# Of a form. The usual step has a hundred fields; one with three pictures of nine parts has some hundred.
MAX_BYTES, MAX_FIELDS = 128 * 1024, 900


def open_proposal(proposal_id: int, file: str = SOURCE_FILE) -> Proposal:
    """Returns an own proposal for this file that can be edited; raises NotFound or Conflict."""
    person, row = require_user(), proposals_queries.proposal(proposal_id)
    if row.author_id != person.id or row.file != file:
        raise NotFound
    if row.state not in proposals_queries.OPEN:
        raise Conflict
    return row


def as_text(row: Proposal, why: Unreadable | None = None) -> Response:
    """Sends the author to the text where the form cannot show it."""
    if why is not None:
        line = gettext("Dòng %(n)s: %(say)s.", n=why.line, say=why.say)
        flash(gettext("Mẫu điền chưa mở được bài này. %(line)s", line=line), "bad")
    return redirect(url_for("lessons.write", proposal_id=row.id, text=1))


@blueprint.route("/writing/<int:proposal_id>/steps/<int:number>", methods=["GET", "POST"])
@takes_fields(MAX_BYTES, MAX_FIELDS)
def write_step(proposal_id: int, number: int) -> Response | tuple[str, int]:
    row = open_proposal(proposal_id)
    try:
        document = documents.read(row.text, row.step_id is None)
    except Unreadable as why:
        return as_text(row, why)
    if request.method == "GET":
        return _step_page(row, document, number)
    rate_limits.hit("act", require_user().id)
    try:
        saved = form_page.save_step(
            require_user(), row, number, request.form.items(multi=True), request.form.get("base", "")
        )
    except Refusal as refusal:
        return _step_page(open_proposal(proposal_id), document, number, refusal)
    if request.form.get("act") == "submit":
        return submit(row, url_for("lessons.write_step", proposal_id=row.id, number=saved.number))
    flash(gettext("Đã lưu."), "ok")
    anchor = form_page.anchor_of(saved.at)
    return redirect(url_for("lessons.write_step", proposal_id=row.id, number=saved.number, _anchor=anchor))


@blueprint.route("/writing/<int:proposal_id>/lesson", methods=["GET", "POST"])
@takes_fields(MAX_BYTES, MAX_FIELDS)
def write_lesson(proposal_id: int) -> Response | tuple[str, int]:
    row = open_proposal(proposal_id)
    if row.step_id is not None:
        return redirect(url_for("lessons.write_step", proposal_id=row.id, number=1))
    try:
        document = documents.read(row.text, whole=True)
    except Unreadable as why:
        return as_text(row, why)
    if not documents.fits(document):
        return as_text(row, Unreadable(gettext("phần đầu bài có mục mà mẫu điền chưa có"), 2))
    if request.method == "GET":
        return _lesson_page(row, document)
    rate_limits.hit("act", require_user().id)
    try:
        saved = form_page.save_head(require_user(), row, request.form.items(multi=True), request.form.get("base", ""))
    except Refusal as refusal:
        return _lesson_page(open_proposal(proposal_id), document, refusal)
    here = url_for("lessons.write_lesson", proposal_id=row.id)
    act = request.form.get("act", "")
    if act == "submit":
        return submit(row, here)
    if act.startswith("add-step:") and saved.at.startswith("step-"):
        number = int(saved.at.removeprefix("step-"))
        return redirect(url_for("lessons.write_step", proposal_id=row.id, number=number))
    flash(gettext("Đã lưu."), "ok")
    anchor = form_page.anchor_of(saved.at)
    return redirect(url_for("lessons.write_lesson", proposal_id=row.id, _anchor=anchor))


def submit(row: Proposal, here: str) -> Response:
    try:
        proposals_commands.submit_proposal(require_user(), folder(), row.id)
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(here)
    flash(gettext("Đã gửi. Một người biên tập sẽ đọc và trả lời bạn."), "ok")
    return redirect(url_for("lessons.write", proposal_id=row.id))


def _step_page(
    row: Proposal, document: Document, number: int, refusal: Refusal | None = None
) -> Response | tuple[str, int]:
    if not 1 <= number <= len(document.steps):
        if refusal is None:
            raise NotFound
        number = len(document.steps)
    stands = document.step(number)
    if RAW in stands and refusal is None:
        flash(gettext("Bước này viết theo cách mà mẫu điền chưa có. Sửa ở đây."), "bad")
        return as_text(row)
    checked = form_check.check_step(folder(), row, document, number)
    return _page("lessons/proposals/write_step.html", row, document, stands, checked, STEP, number, refusal)


def _lesson_page(row: Proposal, document: Document, refusal: Refusal | None = None) -> tuple[str, int]:
    checked = form_check.check_head(folder(), row, document)
    return _page("lessons/proposals/write_lesson.html", row, document, document.head(), checked, HEAD, 0, refusal)


def _page(
    template: str, row: Proposal, document: Document, stands: Values, checked: FormCheck, fields: object, number: int,
    refusal: Refusal | None,
) -> tuple[str, int]:  # fmt: skip
    note = NoteForm(formdata=None, note=row.note)
    if refusal is not None:
        checked.notes = {refusal.about: [Note(translate_error(refusal.error), True)]} if refusal.about else {}
        if "note" in request.form:
            note.note.data = request.form["note"]
    stale = preview.base_of(preview.text_now(folder(), row)) != row.base_hash
    page = render_template(
        template,
        values=refusal.values if refusal else stands,
        base=(refusal.base if refusal else "") or form_page.base_of(stands),
        steps_base=form_page.steps_base(document),
        refused=translate_error(refusal.error) if refusal else "",
        newer=refusal.newer if refusal else {},
        fields=fields,
        number=number,
        document=document,
        checked=checked,
        notes=checked.notes,
        known=form_page.choices(folder(), row, document, language()),
        facts=form_page.facts(folder()) if number else (),
        note_form=note,
        stale=stale,
        **{name: value for name, value in about(row).items() if name != "number"},
    )
    return page, refusal.error.status if refusal else 200


@blueprint.post("/writing/<int:proposal_id>/form")
@takes_fields(MAX_BYTES, MAX_FIELDS)
def keep_form(proposal_id: int) -> dict[str, object] | tuple[dict[str, object], int]:
    """Saves a form in the background and returns its check (for static/lessons/proposals/write.js)."""
    row, author = open_proposal(proposal_id), require_user()
    rate_limits.hit("draft", author.id)
    posted, base = list(request.form.items(multi=True)), request.form.get("base", "")
    number = request.form.get("number", 0, type=parse_int) or 0
    try:
        if number:
            saved = form_page.save_step(author, row, number, posted, base)
        else:
            saved = form_page.save_head(author, row, posted, base)
    except Unreadable:
        raise Conflict from None
    except Refusal as refusal:
        return {"say": translate_error(refusal.error)}, refusal.error.status
    row = open_proposal(proposal_id)
    if number:
        checked = form_check.check_step(folder(), row, saved.document, saved.number)
    else:
        checked = form_check.check_head(folder(), row, saved.document)
    stands = saved.document.step(saved.number) if number else saved.document.head()
    return {
        "say": gettext("Đã lưu."),
        # A new step has its id from now on: without it the next save would be refused as one of a step that went.
        "fields": {"base": form_page.base_of(stands), **({"id": stands["id"]} if number else {})},
        "notes": {name: [[note.say, note.fault] for note in found] for name, found in checked.notes.items()},
        "page": render_template("lessons/proposals/_form_check.html", checked=checked, number=number, **_shown(row)),
    }


def _shown(row: Proposal) -> dict[str, object]:
    return {name: value for name, value in about(row).items() if name != "number"}
