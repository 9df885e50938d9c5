"""Requests that the neighbourhood's desk keeps: the list of its staff, and what the own side does with one."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.pairing import commands
from tutoring.pairing.parked import desk_of
from tutoring.pairing.parked_words import KIND_WORDS, LACK_WORDS, NEED_WORDS, NO_NEED
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me


def parked_words() -> dict[str, object]:
    """What pages of such requests speak with."""
    return {"lack_words": LACK_WORDS, "need_kinds": KIND_WORDS, "need_words": NEED_WORDS, "no_need": NO_NEED}


@blueprint.get("/units/<int:unit_id>/parked")
def parked(unit_id: int) -> str:
    return _desk(unit_id)


def _desk(unit_id: int, refused: int = 0, reason: str = "", why: str = "") -> str:
    """The list, with what was typed for one of its requests and why that was not taken."""
    desk = desk_of(me(), unit_id, request.args.get("after", type=whole) or 0)
    return render_template(
        "pairing/parked.html", desk=desk, skills=skill_names(), refused=refused, reason=reason, why=why,
        **parked_words(),
    )  # fmt: skip


@blueprint.post("/requests/<int:request_id>/helped-there")
def helped_there(request_id: int) -> Response | tuple[str, int]:
    unit_id, reason = request.form.get("unit", type=whole) or 0, request.form.get("reason", "")
    try:
        commands.helped_there(me(), request_id, reason)
        flash(gettext("Đã ghi: được giúp tại điểm. Gia đình được báo."), "ok")
    except Invalid as refusal:
        return _desk(unit_id, request_id, reason if refusal.code != "private" else "", said(refusal)), refusal.status
    except (Conflict, NotAllowed) as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("pairing.parked", unit_id=unit_id))


@blueprint.post("/requests/<int:request_id>/unpark")
def unpark(request_id: int) -> Response:
    commands.unpark(me(), request_id)
    flash(gettext("Lời nhờ đã vào hàng chờ. Có người nhận là bạn được báo."), "ok")
    return redirect(url_for("pairing.request", request_id=request_id))
