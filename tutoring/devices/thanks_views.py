"""Pages of thanks: what I wrote and what came to me, and the desk that reads it first."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.devices import loan_queries, thanking
from tutoring.devices import thanks_queries as queries
from tutoring.devices.loan_forms import RefuseThanksForm, ThanksForm
from tutoring.devices.loan_words import THANKS_KINDS, THANKS_WORDS
from tutoring.devices.routes import blueprint
from tutoring.devices.store_words import KIND_WORDS
from tutoring.kernel.errors import Conflict, Missing, Refusal
from tutoring.kernel.text import N_
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

_WORDS = {"kind_words": KIND_WORDS, "thanks_words": THANKS_WORDS, "thanks_kinds": THANKS_KINDS}
_SEEN = N_("Lời này đã có người xem rồi. Hãy xem lại trang.")


@blueprint.get("/devices/thanks")
def thanks() -> str:
    person = me()
    came = queries.come_to(person)
    answered = queries.standing([row.need_id for row in came if row.side == "family"], "donor")
    return render_template(
        "devices/thanks.html", mine=queries.written_by(person.id), came=came, answered=answered, **_WORDS
    )


@blueprint.route("/device-needs/<int:need_id>/thanks", methods=["GET", "POST"])
def write_thanks(need_id: int) -> Response:
    row = thanking.handed_to(me(), need_id)
    form, refusal = ThanksForm(), None
    if form.validate_on_submit():
        try:
            thanking.thank(me(), need_id, form.words.data or "")
            flash(gettext("Đã gửi. Phường xem rồi chuyển cho người tặng máy."), "ok")
            return redirect(url_for("devices.thanks"))
        except Missing:
            raise
        except Refusal as caught:
            refusal, row = caught, thanking.handed_to(me(), need_id)
    return form_page("devices/write_thanks.html", form, refusal, device=row.device, before=None, **_WORDS)


@blueprint.route("/device-thanks/<int:thanks_id>/answer", methods=["GET", "POST"])
def answer_thanks(thanks_id: int) -> Response:
    row = thanking.to_answer(me(), thanks_id)
    form, refusal = ThanksForm(), None
    if form.validate_on_submit():
        try:
            thanking.answer_thanks(me(), thanks_id, form.words.data or "")
            flash(gettext("Đã gửi. Phường xem rồi chuyển cho gia đình."), "ok")
            return redirect(url_for("devices.thanks"))
        except Missing:
            raise
        except Refusal as caught:
            refusal, row = caught, thanking.to_answer(me(), thanks_id)
    return form_page("devices/write_thanks.html", form, refusal, device=row.device, before=row, **_WORDS)


@blueprint.get("/units/<int:unit_id>/device-thanks")
def unit_thanks(unit_id: int) -> str:
    place = loan_queries.for_staff(me(), unit_id)
    page = queries.thanks_in(unit_id, request.args.get("before", type=whole))
    return render_template("devices/unit_thanks.html", unit=place, page=page, **_WORDS)


@blueprint.post("/device-thanks/<int:thanks_id>/pass")
def pass_thanks(thanks_id: int) -> Response:
    unit_id = thanking.for_desk(me(), thanks_id).device.unit_id
    try:
        thanking.pass_thanks(me(), thanks_id)
        flash(gettext("Đã chuyển lời."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("devices.unit_thanks", unit_id=unit_id))


@blueprint.route("/device-thanks/<int:thanks_id>/refuse", methods=["GET", "POST"])
def refuse_thanks(thanks_id: int) -> Response:
    row = thanking.for_desk(me(), thanks_id)
    unit_id = row.device.unit_id
    if row.state != "waiting":
        raise Conflict(_SEEN)
    form, refusal = RefuseThanksForm(), None
    if form.validate_on_submit():
        try:
            thanking.refuse_thanks(me(), thanks_id, form.reason.data or "")
            flash(gettext("Đã trả lại người viết, kèm lý do."), "ok")
            return redirect(url_for("devices.unit_thanks", unit_id=unit_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal, row = caught, queries.thanks(thanks_id)
    return form_page("devices/refuse_thanks.html", form, refusal, row=row, unit_id=unit_id, **_WORDS)
