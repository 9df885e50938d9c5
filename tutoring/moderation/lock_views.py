"""What the page of a case says of a picture that nobody may see, and the hand that takes its lock off."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.moderation.cases import Viewer
from tutoring.moderation.commands.lifting import lift_picture_lock
from tutoring.moderation.models import Case
from tutoring.moderation.routes import blueprint
from tutoring.policy.moderation import may_lift_lock
from tutoring.rooms.pictures import is_locked
from tutoring.web.i18n import said
from tutoring.web.signin import me


@dataclass(frozen=True)
class Lock:
    """The lock on the picture of a case; `may_lift` once the case is decided."""

    may_lift: bool


@blueprint.app_template_global("picture_lock")
def picture_lock(case: Case) -> Lock | None:
    """The lock on the picture that this case is about, if there is one."""
    if case.kind != "message" or case.room_id is None:
        return None
    if not is_locked(case.room_id, case.seq):
        return None
    return Lock(case.state == "decided" and may_lift_lock(Viewer(me()).facts(case)))


@blueprint.post("/desk/cases/<int:case_id>/picture")
def lift_lock(case_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        lift_picture_lock(me(), case_id, request.form.get("reason", ""))
        flash(gettext("Đã bỏ khoá ảnh. Ảnh sẽ bị xoá như mọi ảnh đã ẩn."), "ok")
    except (Conflict, Invalid, NotAllowed) as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))
