"""Pages of emergency access to a room: ask, approve, read."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.emergency_access import commands
from tutoring.moderation.emergency_access import queries as emergency_access_queries
from tutoring.moderation.forms import EmergencyAccessForm
from tutoring.policy.moderation.emergency_access import may_agree_to_read, may_read_opened
from tutoring.rooms.queries import seats
from tutoring.rooms.room_page import SEAT_ROLE_LABELS
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


@blueprint.get("/desk/readings", endpoint="readings")
def readings_list() -> Response:
    return _page(EmergencyAccessForm(formdata=None))


def _page(form: EmergencyAccessForm, refusal: InvalidInput | Conflict | Forbidden | None = None) -> Response:
    return render_form(
        "moderation/emergency_access/list.html",
        form,
        refusal,
        readings=emergency_access_queries.listed(require_user()),
        person=require_user(),
    )


@blueprint.post("/desk/readings")
def ask_reading() -> Response:
    rate_limits.hit("act", require_user().id)
    form = EmergencyAccessForm()
    if not form.validate():
        return _page(form)
    try:
        made = commands.ask_reading(require_user(), int(form.room.data or 0), form.reason.data or "")
    except (Conflict, InvalidInput, Forbidden) as refusal:
        return _page(form, refusal)
    flash(gettext("Đã gửi yêu cầu. Khi người thứ hai đồng ý, bạn đọc được trong một giờ."), "ok")
    return redirect(url_for("moderation.reading", reading_id=made.id))


@blueprint.get("/desk/readings/<int:reading_id>")
def reading(reading_id: int) -> str:
    found, known = emergency_access_queries.emergency_access_for(require_user(), reading_id)
    waits = found.agreed_at is None and found.declined_at is None
    return render_template(
        "moderation/emergency_access/emergency_access.html",
        reading=found,
        waits=waits,
        asked_it=known.is_asker,
        may_agree=waits and may_agree_to_read(known),
        may_read=may_read_opened(known),
    )


@blueprint.post("/desk/readings/<int:reading_id>/agree")
def agree_reading(reading_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        commands.agree_reading(require_user(), reading_id)
        flash(gettext("Đã đồng ý. Người xin đọc được phòng này trong một giờ."), "ok")
    except (Conflict, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.reading", reading_id=reading_id))


@blueprint.post("/desk/readings/<int:reading_id>/decline")
def decline_reading(reading_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        commands.decline_reading(require_user(), reading_id)
        flash(gettext("Yêu cầu này đã đóng. Không ai đọc phòng."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.reading", reading_id=reading_id))


@blueprint.get("/desk/readings/<int:reading_id>/room")
def read_room(reading_id: int) -> str:
    before = request.args.get("before", type=int)
    found, page = commands.read_room(require_user(), reading_id, before if before and 0 < before < 2**31 else None)
    roles = {seat.user_id: SEAT_ROLE_LABELS.get(seat.role, "") for seat in seats(found.room_id)}
    return render_template("moderation/emergency_access/room_history.html", reading=found, page=page, roles=roles)
