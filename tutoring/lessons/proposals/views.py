"""Pages of the author: own proposals, a new lesson, the editor.

Drafts are saved while the author types.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.kernel.text import nfc
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.content import QUIZ_FILE
from tutoring.lessons.content.form import document as documents
from tutoring.lessons.content.form.steps import RAW
from tutoring.lessons.content.screens import gallery
from tutoring.lessons.forms import NewLessonForm, WriteForm
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.models import Proposal
from tutoring.lessons.proposals.proposal_page import about, folder, reviews, seen
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy import lessons as policy
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import language, translate_error
from tutoring.web.urls import parse_int


@blueprint.app_template_global()
def writes_lessons() -> bool:
    """Returns whether the current user may propose changes; lesson pages check it."""
    return policy.may_propose(current_roles())


def _has_other_reviewer() -> bool:
    """Returns whether another editor can review: no user may review the own text."""
    return any(one != require_user().id for one in proposals_queries.editor_ids())


@blueprint.get("/writing", endpoint="writing")
def own() -> str:
    rows = proposals_queries.own_proposals(require_user().id)
    to_review = proposals_queries.waiting_proposals(require_user().id) if reviews() else None
    slugs = {row.lesson_slug for row in (*rows, *(to_review or ()))}
    return render_template(
        "lessons/proposals/writing.html",
        rows=rows,
        to_review=to_review,
        titles=catalogue_queries.titles(slugs, language()),
        writers=proposals_queries.authors_of(to_review or ()),
        published=proposals_queries.all_published() if to_review is not None else (),
        coordinates="coordinator" in current_roles(),
        someone=_has_other_reviewer(),
    )


@blueprint.get("/writing/screens")
def screens() -> str:
    require_user()
    paths = catalogue_queries.paths(language())
    chosen = next((path for path in paths if path.slug == request.args.get("path")), paths[0] if paths else None)
    steps = catalogue_queries.steps_of_path(chosen.slug, language()) if chosen else []
    pictures = {
        (step.lesson_slug, step.number): [
            (Markup(one), gallery.alt_text(one)) for one in gallery.figures(str(step.html))
        ]
        for step in steps  # sanitised when it was loaded
    }
    without = sum("<figure" not in step.html for step in steps)
    return render_template(
        "lessons/proposals/screens.html", paths=paths, chosen=chosen, steps=steps, pictures=pictures, without=without
    )


@blueprint.post("/writing")
def propose() -> Response:
    rate_limits.hit("act", require_user().id)
    slug, number = nfc(request.form.get("lesson", "")), request.form.get("step", None, type=parse_int)
    if request.form.get("file") == QUIZ_FILE:
        made = proposals_commands.propose_quiz(require_user(), folder(), slug)
    else:
        made = proposals_commands.propose_change(require_user(), folder(), slug, number)
    return redirect(url_for("lessons.write", proposal_id=made))


@blueprint.route("/writing/new", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    form = NewLessonForm()
    form.path.choices = [SelectChoice(row.slug, row.title) for row in catalogue_queries.paths(language())]
    form.skill.choices = [SelectChoice(*topic) for topic in skills_queries.topics(language())]
    if form.validate_on_submit():
        rate_limits.hit("act", require_user().id)
        try:
            made = proposals_commands.propose_lesson(
                require_user(), form.slug.data or "", form.title.data or "", form.path.data, form.skill.data
            )
            return redirect(url_for("lessons.write", proposal_id=made))
        except DomainError as refusal:
            form.refuse(refusal)
    page = render_template("lessons/proposals/new.html", form=form)
    return (page, 422) if form.is_submitted() else page


def _own(proposal_id: int) -> Proposal:
    row = proposals_queries.proposal(proposal_id)
    if row.author_id != require_user().id:
        raise NotFound
    return row


def _page(row: Proposal, form: WriteForm, status: int = 200, unsaved: bool = False) -> tuple[str, int]:
    judged = preview.check_proposal(folder(), row)
    page = render_template(
        "lessons/proposals/write.html",
        form=form,
        judged=judged,
        unsaved=unsaved,
        someone=_has_other_reviewer(),
        **about(row),
    )
    return page, status


def _fresh(row: Proposal) -> WriteForm:
    return WriteForm(formdata=None, text=row.text, note=row.note, seen=row.updated_at.isoformat())


def _save(proposal_id: int) -> str:
    """Saves the submitted text; returns the message for the user."""
    sent = request.form.get("text", ""), request.form.get("note", "")
    dropped = proposals_commands.save_proposal(require_user(), proposal_id, *sent, seen())
    return str(gettext("Đã lưu. Đã bỏ %(n)s ký tự ẩn không thấy được.", n=dropped) if dropped else gettext("Đã lưu."))


@blueprint.route("/writing/<int:proposal_id>", methods=["GET", "POST"])
def write(proposal_id: int) -> Response | tuple[str, int]:
    row = _own(proposal_id)
    if request.method == "GET":
        form = None if "text" in request.args else _form_address(row)
        return redirect(form) if form else _page(row, _fresh(row))
    rate_limits.hit("act", require_user().id)
    act = request.form.get("act", "save")
    try:
        if act in ("save", "submit"):
            flash(_save(proposal_id), "ok")
        if act != "save":
            flash(_act(act, proposal_id), "ok")
    except DomainError as refusal:
        if refusal.status == NotFound.status:
            raise
        if act in ("save", "submit") and refusal.field:  # not saved: the page keeps the submitted text
            form = WriteForm()
            form.refuse(refusal)
            return _page(_own(proposal_id), form, refusal.status, unsaved=True)
        flash(translate_error(refusal), "bad")
    if act == "withdraw":
        return redirect(url_for("lessons.writing"))
    as_text = 1 if act in ("save", "on_present") else None
    return redirect(url_for("lessons.write", proposal_id=row.id, text=as_text))


def _form_address(row: Proposal) -> str | None:
    """Returns the page of the form, or None where it cannot show the proposal."""
    if row.state not in proposals_queries.OPEN:
        return None
    if row.file == QUIZ_FILE:
        return url_for("lessons.write_quiz", proposal_id=row.id) if preview.quiz_in(row.text) else None
    try:
        found = documents.read(row.text, row.step_id is None)
    except documents.Unreadable:
        return None
    if row.step_id is None:
        return url_for("lessons.write_lesson", proposal_id=row.id) if documents.fits(found) else None
    shown = RAW not in found.step(1)
    return url_for("lessons.write_step", proposal_id=row.id, number=1) if shown else None


def _act(act: str, proposal_id: int) -> str:
    """Runs the action of the button; returns the message for the user."""
    match act:
        case "submit":
            proposals_commands.submit_proposal(require_user(), folder(), proposal_id)
            return str(gettext("Đã gửi. Một người biên tập sẽ đọc và trả lời bạn."))
        case "take_back":
            proposals_commands.take_back_proposal(require_user(), proposal_id)
            return str(gettext("Đã lấy lại để viết tiếp."))
        case "on_present":
            proposals_commands.build_on_present(require_user(), folder(), proposal_id)
            return str(gettext("Đã ghi nhận. Giờ có thể gửi."))
        case "withdraw":
            proposals_commands.withdraw_proposal(require_user(), proposal_id)
            return str(gettext("Đã rút đề nghị. Chữ bạn viết vẫn còn, mở lại lúc nào cũng được."))
        case "reopen":
            proposals_commands.reopen_proposal(require_user(), proposal_id)
            return str(gettext("Đã mở lại để viết tiếp."))
    raise InvalidInput


@blueprint.post("/writing/<int:proposal_id>/draft")
def keep_draft(proposal_id: int) -> dict[str, object]:
    """Saves a draft in the background and returns its check (for static/lessons/proposals/write.js)."""
    rate_limits.hit("draft", require_user().id)
    told = _save(proposal_id)
    row = _own(proposal_id)
    page = render_template(
        "lessons/proposals/_check_result.html", judged=preview.check_proposal(folder(), row), **about(row)
    )
    return {"say": told, "fields": {"seen": row.updated_at.isoformat()}, "page": page}
