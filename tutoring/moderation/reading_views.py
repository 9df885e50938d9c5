"""Pages on which a room is opened for reading in an emergency: ask, agree, read."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.moderation import readings
from tutoring.moderation.commands import opening as commands
from tutoring.moderation.routes import blueprint
from tutoring.moderation.second_forms import AskReadingForm
from tutoring.policy.readings import may_agree_to_read, may_read_opened
from tutoring.rooms.pages import ROLES
from tutoring.rooms.queries import seats
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.get("/desk/readings", endpoint="readings")
def readings_list() -> Response:
    return _page(AskReadingForm(formdata=None))


def _page(form: AskReadingForm, refusal: Invalid | Conflict | NotAllowed | None = None) -> Response:
    return form_page("moderation/readings.html", form, refusal, readings=readings.listed(me()), person=me())


@blueprint.post("/desk/readings")
def ask_reading() -> Response:
    limits.hit("act", me().id)
    form = AskReadingForm()
    if not form.validate():
        return _page(form)
    try:
        made = commands.ask_reading(me(), int(form.room.data or 0), form.reason.data or "")
    except (Conflict, Invalid, NotAllowed) as refusal:
        return _page(form, refusal)
    flash(gettext("Đã gửi lời xin. Khi người thứ hai đồng ý, bạn đọc được trong một giờ."), "ok")
    return redirect(url_for("moderation.reading", reading_id=made.id))


@blueprint.get("/desk/readings/<int:reading_id>")
def reading(reading_id: int) -> str:
    found, known = readings.reading_for(me(), reading_id)
    waits = found.agreed_at is None and found.declined_at is None
    return render_template(
        "moderation/reading.html",
        reading=found,
        waits=waits,
        asked_it=known.is_asker,
        may_agree=waits and may_agree_to_read(known),
        may_read=may_read_opened(known),
    )


@blueprint.post("/desk/readings/<int:reading_id>/agree")
def agree_reading(reading_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.agree_reading(me(), reading_id)
        flash(gettext("Đã đồng ý. Người xin đọc được phòng này trong một giờ."), "ok")
    except (Conflict, NotAllowed) as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("moderation.reading", reading_id=reading_id))


@blueprint.post("/desk/readings/<int:reading_id>/decline")
def decline_reading(reading_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.decline_reading(me(), reading_id)
        flash(gettext("Lời xin này đã khép lại. Không ai đọc phòng."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("moderation.reading", reading_id=reading_id))


@blueprint.get("/desk/readings/<int:reading_id>/room")
def read_room(reading_id: int) -> str:
    before = request.args.get("before", type=int)
    found, page = commands.read_room(me(), reading_id, before if before and 0 < before < 2**31 else None)
    roles = {seat.user_id: ROLES.get(seat.role, "") for seat in seats(found.room_id)}
    return render_template("moderation/read_room.html", reading=found, page=page, roles=roles)
