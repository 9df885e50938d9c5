"""All pages of data rights.

Users see, correct, export and erase the data about themselves or their child. Site admins answer requests, and handle
the log of breaches with its letters and the documents the law asks for.
"""

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.erasure import left_alone
from tutoring.accounts.hooks import Panel, account_panels, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import guardian_ids
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel import clock, file_storage
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.privacy import breaches as log
from tutoring.privacy import commands, processing_record, queries
from tutoring.privacy.blueprint import blueprint
from tutoring.privacy.forms import AnswerForm, AskForm, BreachForm, DeleteForm, PlainForm, StepForm, typed_label
from tutoring.privacy.purposes import BASES
from tutoring.web import i18n
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


def _page(subject: User) -> str:
    viewer = require_user()
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
    """Returns why a user cannot be erased yet, as text; empty for almost all users."""
    try:
        commands.refuse_who_is_needed(subject)
    except Forbidden as refusal:
        return translate_error(refusal)
    return ""


def _back(subject: User) -> Response:
    if subject.id == require_user().id:
        return redirect(url_for("privacy.mine"))
    return redirect(url_for("privacy.person", user_id=subject.id))


@blueprint.get("/privacy")
def mine() -> str:
    return _page(queries.person(require_user(), require_user().id))


@blueprint.get("/privacy/people/<int:user_id>")
def person(user_id: int) -> str:
    return _page(queries.person(require_user(), user_id))


@blueprint.post("/privacy/people/<int:user_id>/export")
def export(user_id: int) -> Response:
    subject, form = queries.for_rights(require_user(), user_id), PlainForm()
    if form.validate_on_submit():
        try:
            commands.ask_export(require_user(), subject.id)
            flash(gettext("Đang làm bản sao. Xong thì có thông báo, bạn tải về ở trang này."), "ok")
        except NotFound:
            raise
        except DomainError as refusal:
            flash(translate_error(refusal), "warn")
    return _back(subject)


@blueprint.get("/privacy/exports/<int:data_request_id>")
def download(data_request_id: int) -> Response:
    name = commands.taken(require_user(), data_request_id)
    if file_storage.path_of(name).exists():
        response = send_file(
            file_storage.path_of(name), "application/zip", as_attachment=True,
            download_name=f"cung-hoc-{clock.today():%Y-%m-%d}.zip", conditional=False,
        )  # fmt: skip
        response.headers["Cache-Control"] = "private, no-store"
        return response
    raise NotFound


@blueprint.route("/privacy/people/<int:user_id>/delete", methods=["GET", "POST"])
def delete(user_id: int) -> Response:
    subject = queries.for_rights(require_user(), user_id)
    form = typed_label(DeleteForm(), subject.called_name)
    own = subject.id == require_user().id
    others = [one for one in guardian_ids(subject.id) if one != require_user().id]
    facts = {"subject": subject, "own": own, "alone": left_alone(subject.id) if own else [], "others": bool(others)}
    try:
        commands.refuse_who_is_needed(subject)
        if form.validate_on_submit():
            commands.ask_deletion(require_user(), subject.id, form.typed.data or "")
            flash(gettext("Đã ghi yêu cầu xoá. Trong 24 giờ bạn còn lấy lại được ở trang này."), "ok")
            return _back(subject)
    except NotFound:
        raise
    except DomainError as refusal:
        return render_form("privacy/delete.html", form, refusal, **facts)
    return render_form("privacy/delete.html", form, **facts)


@blueprint.route("/privacy/people/<int:user_id>/ask", methods=["GET", "POST"])
def ask(user_id: int) -> Response:
    subject = queries.for_rights(require_user(), user_id)
    form = AskForm()
    if form.validate_on_submit():
        try:
            made = commands.ask(require_user(), subject.id, form.kind.data or "", form.reason.data or "")
        except DomainError as refusal:
            return render_form("privacy/ask.html", form, refusal, subject=subject)
        day = i18n.day(clock.local(made.due_by), "short")
        flash(gettext("Đã nhận yêu cầu. Người quản trị trả lời chậm nhất ngày %(day)s.", day=day), "ok")
        return _back(subject)
    return render_form("privacy/ask.html", form, subject=subject)


@blueprint.post("/privacy/requests/<int:data_request_id>/take-back")
def take_back(data_request_id: int) -> Response:
    row = commands.take_back(require_user(), data_request_id)
    flash(gettext("Đã lấy lại: không có gì bị xoá. Các máy khác đăng nhập lại như thường."), "ok")
    return _back(row.subject)


@account_panels.register
def _own_panel(_user: User) -> Panel:
    return Panel("privacy/_own_panel.html")


@child_panels.register
def _child_panel(child: User) -> Panel:
    return Panel("privacy/_child_panel.html", {"child": child})


LETTERS = ("authority", "people")


@blueprint.get("/privacy/requests")
def requests() -> str:
    return render_template("privacy/requests.html", rows=queries.waiting(), now=clock.now())


@blueprint.route("/privacy/requests/<int:data_request_id>/answer", methods=["GET", "POST"])
def answer(data_request_id: int) -> Response:
    form, row = AnswerForm(), queries.request(data_request_id)
    if row.kind not in ("correct", "restrict"):
        raise NotFound
    if form.validate_on_submit():
        try:
            commands.answer(require_user(), row.id, form.done.data == "yes", form.reason.data or "")
        except DomainError as refusal:
            return render_form("privacy/answer.html", form, refusal, row=row)
        flash(gettext("Đã trả lời."), "ok")
        return redirect(url_for("privacy.requests"))
    return render_form("privacy/answer.html", form, row=row)


@blueprint.route("/privacy/breaches", methods=["GET", "POST"])
def breaches() -> Response:
    form = BreachForm()
    if form.validate_on_submit() and form.discovered_at.data is not None:
        found_at = form.discovered_at.data.replace(tzinfo=clock.LOCAL)
        said = (form.what.data or "", form.categories.data or "", form.people.data or 0, form.reason.data or "")
        try:
            made = log.note(require_user(), found_at, *said)
        except DomainError as refusal:
            return render_form("privacy/breaches.html", form, refusal, rows=queries.breaches())
        return redirect(url_for("privacy.breach", breach_id=made.id))
    return render_form("privacy/breaches.html", form, rows=queries.breaches())


@blueprint.route("/privacy/breaches/<int:breach_id>", methods=["GET", "POST"])
def breach(breach_id: int) -> Response:
    found, form = queries.breach(breach_id), StepForm()
    if form.validate_on_submit():
        try:
            log.take_step(require_user(), breach_id, form.step.data or "", form.reason.data or "")
        except DomainError as refusal:
            return render_form("privacy/breach.html", form, refusal, breach=found)
        flash(gettext("Đã ghi lại."), "ok")
        return redirect(url_for("privacy.breach", breach_id=breach_id))
    return render_form("privacy/breach.html", form, breach=found)


@blueprint.get("/privacy/breaches/<int:breach_id>/letters/<to>")
def letter(breach_id: int, to: str) -> str:
    found = queries.breach(breach_id)
    if to not in LETTERS:
        raise NotFound
    return render_template("privacy/letter.html", breach=found, to=to, today=clock.today())


@blueprint.get("/privacy/record")
def record() -> str:
    return render_template(
        "privacy/record.html",
        parts=processing_record.parts(),
        today=clock.today(),
        days=processing_record.unconfirmed(),
    )


@blueprint.get("/privacy/assessment")
def assessment() -> str:
    return render_template(
        "privacy/assessment.html", parts=processing_record.parts(), risks=processing_record.RISKS, today=clock.today()
    )
