"""A helper takes similar requests together, and the own side of each answers."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel.errors import Conflict
from tutoring.pairing import commands
from tutoring.pairing.routes import blueprint
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.post("/requests/<int:request_id>/group")
def propose_group(request_id: int) -> Response:
    try:
        commands.propose_group(me(), request_id)
        flash(gettext("Đã hỏi từng người. Có hai người đồng ý là phòng mở ngay."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "warn")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/requests/<int:request_id>/group-answer")
def answer_group(request_id: int) -> Response:
    try:
        group = commands.answer_group(me(), request_id, request.form.get("word", ""))
        if group.room_id is not None and request.form.get("word") == "accept":
            return redirect(url_for("rooms.show", room_id=group.room_id))
    except Conflict as refusal:
        flash(said(refusal), "warn")
    return redirect(url_for("pairing.request", request_id=request_id))
