"""One message on a page of its own: why it was masked or held, a second look, and its original for watchers."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Missing, Refusal
from tutoring.policy.rooms import may_appeal, may_judge_held
from tutoring.rooms import commands, payloads, queries, waiting
from tutoring.rooms.forms import AppealForm
from tutoring.rooms.routes import Page, act, blueprint, reason
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/messages/<int:seq>")
def message(room_id: int, seq: int) -> Page:
    return _page(room_id, seq, AppealForm(formdata=None))


def _page(room_id: int, seq: int, form: AppealForm, original: str | None = None) -> str:
    room = queries.room(room_id)
    known, found = queries.facts(room, me()), queries.message(room_id, seq)
    own = found.author_id == me().id
    judges = may_judge_held(known, own)
    if not (judges or may_appeal(known, own)):
        raise Missing
    return render_template(
        "rooms/message.html", room=room, message=found, own=own, judges=judges, form=form, original=original,
        shown=payloads.posted(found, held_too=True), appeal=waiting.appeal_of(found.id),
        has_original=waiting.has_original(found.id),
        appealable=found.status in {"masked", "hidden"},
    )  # fmt: skip


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/original")
def original(room_id: int, seq: int) -> Page:
    limits.hit("act", me().id)
    try:
        text = commands.read_original(me(), room_id, seq, reason())
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("rooms.message", room_id=room_id, seq=seq))
    return _page(room_id, seq, AppealForm(formdata=None), text)


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/appeal")
def appeal(room_id: int, seq: int) -> Page:
    form = AppealForm()
    try:
        commands.appeal(me(), room_id, seq, form.words.data or "")
    except Missing:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(room_id, seq, form), refusal.status
    flash(gettext("Đã nhờ xem lại. Một thầy cô khác sẽ xem trong 5 ngày và báo trong hộp thông báo."), "ok")
    return redirect(url_for("rooms.message", room_id=room_id, seq=seq))


@blueprint.post("/rooms/<int:room_id>/messages/<int:seq>/decide")
def decide_appeal(room_id: int, seq: int) -> Response:
    return act(room_id, commands.decide_appeal, seq, request.form.get("overturned") == "1", reason())
