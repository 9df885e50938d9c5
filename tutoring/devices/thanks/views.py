"""Pages of thanks: a user's messages, and the queue in which staff read them first."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.devices.blueprint import blueprint
from tutoring.devices.labels import KIND_WORDS, THANKS_KINDS, THANKS_WORDS
from tutoring.devices.loans import queries as loans_queries
from tutoring.devices.loans.forms import RefuseThanksForm, ThanksForm
from tutoring.devices.thanks import commands as thanks_commands
from tutoring.devices.thanks import queries
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.kernel.text import N_
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int

_WORDS = {"kind_words": KIND_WORDS, "thanks_words": THANKS_WORDS, "thanks_kinds": THANKS_KINDS}
_SEEN = N_("Lời này đã có người xem rồi. Hãy xem lại trang.")


@blueprint.get("/devices/thanks")
def thanks() -> str:
    person = require_user()
    came = queries.list_received_thanks(person)
    answered = queries.standing([row.need_id for row in came if row.side == "family"], "donor")
    return render_template(
        "devices/thanks/thanks.html", mine=queries.written_by(person.id), came=came, answered=answered, **_WORDS
    )


@blueprint.route("/device-needs/<int:need_id>/thanks", methods=["GET", "POST"])
def write_thanks(need_id: int) -> Response:
    row = thanks_commands.handed_to(require_user(), need_id)
    form, refusal = ThanksForm(), None
    if form.validate_on_submit():
        try:
            thanks_commands.thank(require_user(), need_id, form.words.data or "")
            flash(gettext("Đã gửi. Phường xem rồi chuyển cho người tặng máy."), "ok")
            return redirect(url_for("devices.thanks"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, thanks_commands.handed_to(require_user(), need_id)
    return render_form("devices/thanks/write_thanks.html", form, refusal, device=row.device, before=None, **_WORDS)


@blueprint.route("/device-thanks/<int:thanks_id>/answer", methods=["GET", "POST"])
def answer_thanks(thanks_id: int) -> Response:
    row = thanks_commands.to_answer(require_user(), thanks_id)
    form, refusal = ThanksForm(), None
    if form.validate_on_submit():
        try:
            thanks_commands.answer_thanks(require_user(), thanks_id, form.words.data or "")
            flash(gettext("Đã gửi. Phường xem rồi chuyển cho gia đình."), "ok")
            return redirect(url_for("devices.thanks"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, thanks_commands.to_answer(require_user(), thanks_id)
    return render_form("devices/thanks/write_thanks.html", form, refusal, device=row.device, before=row, **_WORDS)


@blueprint.get("/units/<int:unit_id>/device-thanks")
def unit_thanks(unit_id: int) -> str:
    place = loans_queries.for_staff(require_user(), unit_id)
    page = queries.thanks_in(unit_id, request.args.get("before", type=parse_int))
    return render_template("devices/thanks/unit_thanks.html", unit=place, page=page, **_WORDS)


@blueprint.post("/device-thanks/<int:thanks_id>/pass")
def pass_thanks(thanks_id: int) -> Response:
    unit_id = thanks_commands.get_thanks_for_staff(require_user(), thanks_id).device.unit_id
    try:
        thanks_commands.pass_thanks(require_user(), thanks_id)
        flash(gettext("Đã chuyển lời cảm ơn."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("devices.unit_thanks", unit_id=unit_id))


@blueprint.route("/device-thanks/<int:thanks_id>/refuse", methods=["GET", "POST"])
def refuse_thanks(thanks_id: int) -> Response:
    row = thanks_commands.get_thanks_for_staff(require_user(), thanks_id)
    unit_id = row.device.unit_id
    if row.state != "waiting":
        raise Conflict(_SEEN)
    form, refusal = RefuseThanksForm(), None
    if form.validate_on_submit():
        try:
            thanks_commands.refuse_thanks(require_user(), thanks_id, form.reason.data or "")
            flash(gettext("Đã trả lại người viết, kèm lý do."), "ok")
            return redirect(url_for("devices.unit_thanks", unit_id=unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, queries.thanks(thanks_id)
    return render_form("devices/thanks/refuse_thanks.html", form, refusal, row=row, unit_id=unit_id, **_WORDS)
