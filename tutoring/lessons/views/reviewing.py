"""The second person: reading what somebody wrote on a lesson, publishing it or giving it back; who that may be."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import user
from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Missing, Refusal
from tutoring.lessons import commands, visitors, writing
from tutoring.lessons.forms import ReturnForm
from tutoring.lessons.queries import editing
from tutoring.lessons.views.blueprint import blueprint
from tutoring.lessons.views.writing import about, folder, reviews, seen
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.route("/writing/<int:proposal_id>/review", methods=["GET", "POST"])
def review(proposal_id: int) -> Response | tuple[str, int]:
    row = editing.proposal(proposal_id)
    if not reviews() or row.state == "draft":
        raise Missing
    form, status = ReturnForm(), 200
    if request.method == "POST":
        limits.hit("act", me().id)
        try:
            if request.form.get("act") == "publish":
                if (read := seen()) is None:
                    raise Conflict
                slug = commands.publish_proposal(me(), folder(), proposal_id, read)
                visitors.forget()
                flash(gettext("Đã đăng. Người học thấy bản mới ngay."), "ok")
                return redirect(url_for("lessons.lesson", slug=slug))
            commands.return_proposal(me(), proposal_id, form.note.data or "")
            flash(gettext("Đã trả lại cho người viết."), "ok")
            return redirect(url_for("lessons.writing"))
        except Refusal as refusal:
            if refusal.status == Missing.status:
                raise
            if refusal.field:
                form.refuse(refusal)
            else:
                flash(said(refusal), "bad")
            status = refusal.status
            row = editing.proposal(proposal_id)
    page = render_template(
        "lessons/review.html", form=form, judged=writing.judge(folder(), row), author=user(row.author_id), **about(row)
    )
    return page, status


@blueprint.route("/writing/editors", methods=["GET", "POST"])
def editors() -> Response | str:
    if request.method == "POST":
        limits.hit("act", me().id)
        named = request.form.get("act") == "name"
        commands.name_editor(me(), request.form.get("person", 0, type=whole), named)
        flash(gettext("Đã giao việc duyệt bài.") if named else gettext("Người này thôi duyệt bài."), "ok")
        return redirect(url_for("lessons.editors"))
    return render_template("lessons/editors.html", people=editing.may_be_editors(me().id))
