"""What is held of oneself or of one's child: seen, put right, taken along, erased."""

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.erasing import left_alone
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.accounts.panels import on_account_page, on_child_page
from tutoring.accounts.queries import guardian_ids
from tutoring.kernel import clock, files
from tutoring.kernel.errors import Missing, NotAllowed, Refusal
from tutoring.privacy import commands, queries
from tutoring.privacy.forms import AskForm, DeleteForm, PlainForm, typed_label
from tutoring.privacy.purposes import BASES
from tutoring.privacy.routes import blueprint
from tutoring.web import i18n
from tutoring.web.i18n import said
from tutoring.web.signin import me


def _page(subject: User) -> str:
    viewer = me()
    own = viewer.id == subject.id
    return render_template(
        "privacy/person.html",
        subject=subject,
        own=own,
        uses=queries.uses_rights(viewer, subject),
        amounts=queries.amounts(subject.id, not own),
        bases=BASES,
        requests=queries.requests_of(viewer, subject.id),
        needed=_needed(subject),
        now=clock.now(),
    )


def _needed(subject: User) -> str:
    """Why somebody cannot be erased yet, in words; empty for nearly everybody."""
    try:
        commands.refuse_who_is_needed(subject)
    except NotAllowed as refusal:
        return said(refusal)
    return ""


def _back(subject: User) -> Response:
    if subject.id == me().id:
        return redirect(url_for("privacy.mine"))
    return redirect(url_for("privacy.person", user_id=subject.id))


@blueprint.get("/privacy")
def mine() -> str:
    return _page(queries.person(me(), me().id))


@blueprint.get("/privacy/people/<int:user_id>")
def person(user_id: int) -> str:
    return _page(queries.person(me(), user_id))


@blueprint.post("/privacy/people/<int:user_id>/export")
def export(user_id: int) -> Response:
    subject, form = queries.for_rights(me(), user_id), PlainForm()
    if form.validate_on_submit():
        try:
            commands.ask_export(me(), subject.id)
            flash(gettext("Đang làm bản sao. Xong thì có thông báo, bạn tải về ở trang này."), "ok")
        except Missing:
            raise
        except Refusal as refusal:
            flash(said(refusal), "warn")
    return _back(subject)


@blueprint.get("/privacy/exports/<int:data_request_id>")
def download(data_request_id: int) -> Response:
    name = commands.taken(me(), data_request_id)
    if files.path_of(name).exists():
        response = send_file(
            files.path_of(name), "application/zip", as_attachment=True,
            download_name=f"cung-hoc-{clock.today():%Y-%m-%d}.zip", conditional=False,
        )  # fmt: skip
        response.headers["Cache-Control"] = "private, no-store"
        return response
    raise Missing


@blueprint.route("/privacy/people/<int:user_id>/delete", methods=["GET", "POST"])
def delete(user_id: int) -> Response:
    subject = queries.for_rights(me(), user_id)
    form = typed_label(DeleteForm(), subject.called_name)
    own = subject.id == me().id
    others = [one for one in guardian_ids(subject.id) if one != me().id]
    facts = {"subject": subject, "own": own, "alone": left_alone(subject.id) if own else [], "others": bool(others)}
    try:
        commands.refuse_who_is_needed(subject)
        if form.validate_on_submit():
            commands.ask_deletion(me(), subject.id, form.typed.data or "")
            flash(gettext("Đã ghi yêu cầu xoá. Trong 24 giờ bạn còn lấy lại được ở trang này."), "ok")
            return _back(subject)
    except Missing:
        raise
    except Refusal as refusal:
        return form_page("privacy/delete.html", form, refusal, **facts)
    return form_page("privacy/delete.html", form, **facts)


@blueprint.route("/privacy/people/<int:user_id>/ask", methods=["GET", "POST"])
def ask(user_id: int) -> Response:
    subject = queries.for_rights(me(), user_id)
    form = AskForm()
    if form.validate_on_submit():
        try:
            made = commands.ask(me(), subject.id, form.kind.data or "", form.reason.data or "")
        except Refusal as refusal:
            return form_page("privacy/ask.html", form, refusal, subject=subject)
        day = i18n.day(clock.local(made.due_by), "short")
        flash(gettext("Đã nhận yêu cầu. Người quản trị trả lời chậm nhất ngày %(day)s.", day=day), "ok")
        return _back(subject)
    return form_page("privacy/ask.html", form, subject=subject)


@blueprint.post("/privacy/requests/<int:data_request_id>/take-back")
def take_back(data_request_id: int) -> Response:
    row = commands.take_back(me(), data_request_id)
    flash(gettext("Đã lấy lại: không có gì bị xoá. Các máy khác đăng nhập lại như thường."), "ok")
    return _back(row.subject)


def _nothing(_user: User) -> dict[str, object]:
    return {}


on_account_page("privacy/_own_panel.html", _nothing)
on_child_page("privacy/_child_panel.html", lambda child: {"child": child})
