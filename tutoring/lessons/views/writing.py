"""Writing on lessons in the browser: what one began, a new lesson, the page to write on. What is typed is kept."""

from datetime import datetime
from pathlib import Path

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.config import Settings
from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid, Missing, Refusal
from tutoring.kernel.text import nfc
from tutoring.lessons import commands, queries, writing
from tutoring.lessons.forms import NewLessonForm, WriteForm
from tutoring.lessons.models import Proposal
from tutoring.lessons.queries import editing
from tutoring.lessons.views.blueprint import blueprint
from tutoring.policy import lessons as policy
from tutoring.web.i18n import language, said
from tutoring.web.numbers import whole
from tutoring.web.signin import held_roles, me


def folder() -> Path:
    """Where the files of the lessons lie."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.content


@blueprint.app_template_global()
def writes_lessons() -> bool:
    """Whether the present person may propose changes; pages of lessons ask before they offer it."""
    return policy.may_propose(held_roles())


def reviews() -> bool:
    """Whether the present person reviews what others wrote."""
    return policy.may_review(held_roles(), queries.is_editor(me().id))


def about(row: Proposal) -> dict[str, object]:
    """What every page about a proposal shows of it: the lesson and step as they stand now, if they do."""
    found = queries.find_lesson(row.lesson_slug)
    number = found.number_of(row.step_id) if found and row.step_id else None
    return {"row": row, "lesson": found, "number": number, "lang": language()}


def _somebody_reviews() -> bool:
    """Whether there is an editor who may review what the present person writes: nobody reviews their own text."""
    return any(one != me().id for one in editing.editor_ids())


@blueprint.get("/writing", endpoint="writing")
def own() -> str:
    rows = editing.own_proposals(me().id)
    to_review = editing.waiting_proposals(me().id) if reviews() else None
    slugs = {row.lesson_slug for row in (*rows, *(to_review or ()))}
    return render_template(
        "lessons/writing.html",
        rows=rows,
        to_review=to_review,
        titles=queries.titles(slugs, language()),
        writers=editing.authors_of(to_review or ()),
        published=editing.all_published() if to_review is not None else (),
        coordinates="coordinator" in held_roles(),
        someone=_somebody_reviews(),
    )


@blueprint.post("/writing")
def propose() -> Response:
    limits.hit("act", me().id)
    number = request.form.get("step", None, type=whole)
    made = commands.propose_change(me(), folder(), nfc(request.form.get("lesson", "")), number)
    return redirect(url_for("lessons.write", proposal_id=made))


@blueprint.route("/writing/new", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    form = NewLessonForm()
    form.path.choices = [SelectChoice(row.slug, row.title) for row in queries.paths(language())]
    form.skill.choices = [SelectChoice(*topic) for topic in queries.topics(language())]
    if form.validate_on_submit():
        limits.hit("act", me().id)
        try:
            made = commands.propose_lesson(
                me(), form.slug.data or "", form.title.data or "", form.path.data, form.skill.data
            )
            return redirect(url_for("lessons.write", proposal_id=made))
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("lessons/new.html", form=form)
    return (page, 422) if form.is_submitted() else page


def seen() -> datetime | None:
    """When the text was last changed, as the page knows it that was sent back."""
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None


def _own(proposal_id: int) -> Proposal:
    row = editing.proposal(proposal_id)
    if row.author_id != me().id:
        raise Missing
    return row


def _page(row: Proposal, form: WriteForm, status: int = 200, unsaved: bool = False) -> tuple[str, int]:
    judged = writing.judge(folder(), row)
    page = render_template(
        "lessons/write.html", form=form, judged=judged, unsaved=unsaved, someone=_somebody_reviews(), **about(row)
    )
    return page, status


def _fresh(row: Proposal) -> WriteForm:
    return WriteForm(formdata=None, text=row.text, note=row.note, seen=row.updated_at.isoformat())


def _save(proposal_id: int) -> str:
    """Keep what was typed; what to say about it."""
    sent = request.form.get("text", ""), request.form.get("note", "")
    dropped = commands.save_proposal(me(), proposal_id, *sent, seen())
    return str(gettext("Đã lưu. Đã bỏ %(n)s ký tự ẩn không thấy được.", n=dropped) if dropped else gettext("Đã lưu."))


@blueprint.route("/writing/<int:proposal_id>", methods=["GET", "POST"])
def write(proposal_id: int) -> Response | tuple[str, int]:
    row = _own(proposal_id)
    if request.method == "GET":
        return _page(row, _fresh(row))
    limits.hit("act", me().id)
    act = request.form.get("act", "save")
    try:
        if act in ("save", "submit"):
            flash(_save(proposal_id), "ok")
        if act != "save":
            flash(_act(act, proposal_id), "ok")
    except Refusal as refusal:
        if refusal.status == Missing.status:
            raise
        if act in ("save", "submit") and refusal.field:  # not kept: the page holds what was typed
            form = WriteForm()
            form.refuse(refusal)
            return _page(_own(proposal_id), form, refusal.status, unsaved=True)
        flash(said(refusal), "bad")
    return redirect(url_for("lessons.writing") if act == "withdraw" else url_for("lessons.write", proposal_id=row.id))


def _act(act: str, proposal_id: int) -> str:
    """Do what the button said; what to tell about it."""
    match act:
        case "submit":
            commands.submit_proposal(me(), folder(), proposal_id)
            return str(gettext("Đã gửi. Một người biên tập sẽ đọc và trả lời bạn."))
        case "take_back":
            commands.take_back_proposal(me(), proposal_id)
            return str(gettext("Đã lấy lại để viết tiếp."))
        case "on_present":
            commands.build_on_present(me(), folder(), proposal_id)
            return str(gettext("Đã ghi nhận. Giờ có thể gửi."))
        case "withdraw":
            commands.withdraw_proposal(me(), proposal_id)
            return str(gettext("Đã rút đề nghị. Chữ bạn viết vẫn còn, mở lại lúc nào cũng được."))
        case "reopen":
            commands.reopen_proposal(me(), proposal_id)
            return str(gettext("Đã mở lại để viết tiếp."))
    raise Invalid


@blueprint.post("/writing/<int:proposal_id>/draft")
def keep_draft(proposal_id: int) -> dict[str, str]:
    """Keep what was typed so far, and say how it stands (for static/lessons/write.js)."""
    limits.hit("draft", me().id)
    told = _save(proposal_id)
    row = _own(proposal_id)
    page = render_template("lessons/_judged.html", judged=writing.judge(folder(), row), **about(row))
    return {"say": told, "seen": row.updated_at.isoformat(), "page": page}
