"""Pages of the reviewer: read a proposal, publish or return it; name the editors."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import user
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.forms import ReturnForm
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.proposal_page import about, folder, reviews, seen
from tutoring.web import visitor_cache
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


@blueprint.route("/writing/<int:proposal_id>/review", methods=["GET", "POST"])
def review(proposal_id: int) -> Response | tuple[str, int]:
    row = proposals_queries.proposal(proposal_id)
    if not reviews() or row.state == "draft":
        raise NotFound
    form, status = ReturnForm(), 200
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        try:
            if request.form.get("act") == "publish":
                if (read := seen()) is None:
                    raise Conflict
                slug = proposals_commands.publish_proposal(require_user(), folder(), proposal_id, read)
                visitor_cache.forget()
                flash(gettext("Đã đăng. Người học thấy bản mới ngay."), "ok")
                return redirect(url_for("lessons.lesson", slug=slug))
            proposals_commands.return_proposal(require_user(), proposal_id, form.note.data or "")
            flash(gettext("Đã trả lại cho người viết."), "ok")
            return redirect(url_for("lessons.writing"))
        except DomainError as refusal:
            if refusal.status == NotFound.status:
                raise
            if refusal.field:
                form.refuse(refusal)
            else:
                flash(translate_error(refusal), "bad")
            status = refusal.status
            row = proposals_queries.proposal(proposal_id)
    page = render_template(
        "lessons/proposals/review.html",
        form=form,
        judged=preview.check_proposal(folder(), row),
        author=user(row.author_id),
        **about(row),
    )
    return page, status


@blueprint.route("/writing/editors", methods=["GET", "POST"])
def editors() -> Response | str:
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        named = request.form.get("act") == "name"
        proposals_commands.name_editor(require_user(), request.form.get("person", 0, type=parse_int), named)
        flash(gettext("Đã giao việc duyệt bài.") if named else gettext("Người này thôi duyệt bài."), "ok")
        return redirect(url_for("lessons.editors"))
    return render_template(
        "lessons/proposals/editors.html", people=proposals_queries.list_editor_candidates(require_user().id)
    )
