"""Views of requests that wait for a device: the staff list and the actions on one request."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.pairing.awaiting_device import commands as awaiting_device_commands
from tutoring.pairing.awaiting_device.queries import desk_of
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.labels import AWAITING_DEVICE_WORDS
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


@blueprint.get("/units/<int:unit_id>/parked")
def parked(unit_id: int) -> str:
    return _desk(unit_id)


def _desk(unit_id: int, refused: int = 0, reason: str = "", why: str = "") -> str:
    """Renders the list, with the rejected input of one request and the reason it was rejected."""
    desk = desk_of(require_user(), unit_id, request.args.get("after", type=parse_int) or 0)
    return render_template(
        "pairing/awaiting_device/awaiting_device.html",
        desk=desk, skills=skill_names(), refused=refused, reason=reason, why=why,
        **AWAITING_DEVICE_WORDS,
    )  # fmt: skip


@blueprint.post("/requests/<int:request_id>/helped-there")
def helped_there(request_id: int) -> Response | tuple[str, int]:
    unit_id, reason = request.form.get("unit", type=parse_int) or 0, request.form.get("reason", "")
    try:
        awaiting_device_commands.helped_there(require_user(), request_id, reason)
        flash(gettext("Đã ghi: được giúp tận nơi. Gia đình được báo."), "ok")
    except InvalidInput as refusal:
        return _desk(
            unit_id, request_id, reason if refusal.code != "private" else "", translate_error(refusal)
        ), refusal.status
    except (Conflict, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("pairing.parked", unit_id=unit_id))


@blueprint.post("/requests/<int:request_id>/unpark")
def unpark(request_id: int) -> Response:
    if awaiting_device_commands.unpark(require_user(), request_id).stage == "deferred":
        flash(gettext("Đã ghi. Việc đang nhờ xong thì yêu cầu này vào hàng chờ."), "ok")
    else:
        flash(gettext("Yêu cầu đã vào hàng chờ. Có người nhận là bạn được báo."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id))
