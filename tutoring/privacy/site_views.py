"""For whoever runs the site: requests to be answered, the log of breaches with its letters, the papers of the law."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.kernel import clock
from tutoring.kernel.errors import Missing, Refusal
from tutoring.privacy import breaches as log
from tutoring.privacy import commands, papers, queries
from tutoring.privacy.forms import AnswerForm, BreachForm, StepForm
from tutoring.privacy.routes import blueprint
from tutoring.web.signin import me

LETTERS = ("authority", "people")


@blueprint.get("/privacy/requests")
def requests() -> str:
    return render_template("privacy/requests.html", rows=queries.waiting(), now=clock.now())


@blueprint.route("/privacy/requests/<int:data_request_id>/answer", methods=["GET", "POST"])
def answer(data_request_id: int) -> Response:
    form, row = AnswerForm(), queries.request(data_request_id)
    if row.kind not in ("correct", "restrict"):
        raise Missing
    if form.validate_on_submit():
        try:
            commands.answer(me(), row.id, form.done.data == "yes", form.reason.data or "")
        except Refusal as refusal:
            return form_page("privacy/answer.html", form, refusal, row=row)
        flash(gettext("Đã trả lời."), "ok")
        return redirect(url_for("privacy.requests"))
    return form_page("privacy/answer.html", form, row=row)


@blueprint.route("/privacy/breaches", methods=["GET", "POST"])
def breaches() -> Response:
    form = BreachForm()
    if form.validate_on_submit() and form.discovered_at.data is not None:
        found_at = form.discovered_at.data.replace(tzinfo=clock.LOCAL)
        said = (form.what.data or "", form.categories.data or "", form.people.data or 0, form.reason.data or "")
        try:
            made = log.note(me(), found_at, *said)
        except Refusal as refusal:
            return form_page("privacy/breaches.html", form, refusal, rows=queries.breaches())
        return redirect(url_for("privacy.breach", breach_id=made.id))
    return form_page("privacy/breaches.html", form, rows=queries.breaches())


@blueprint.route("/privacy/breaches/<int:breach_id>", methods=["GET", "POST"])
def breach(breach_id: int) -> Response:
    found, form = queries.breach(breach_id), StepForm()
    if form.validate_on_submit():
        try:
            log.take_step(me(), breach_id, form.step.data or "", form.reason.data or "")
        except Refusal as refusal:
            return form_page("privacy/breach.html", form, refusal, breach=found)
        flash(gettext("Đã ghi lại."), "ok")
        return redirect(url_for("privacy.breach", breach_id=breach_id))
    return form_page("privacy/breach.html", form, breach=found)


@blueprint.get("/privacy/breaches/<int:breach_id>/letters/<to>")
def letter(breach_id: int, to: str) -> str:
    found = queries.breach(breach_id)
    if to not in LETTERS:
        raise Missing
    return render_template("privacy/letter.html", breach=found, to=to, today=clock.today())


@blueprint.get("/privacy/record")
def record() -> str:
    return render_template("privacy/record.html", parts=papers.parts(), today=clock.today(), days=papers.unconfirmed())


@blueprint.get("/privacy/assessment")
def assessment() -> str:
    return render_template("privacy/assessment.html", parts=papers.parts(), risks=papers.RISKS, today=clock.today())
