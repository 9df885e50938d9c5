"""Who leads in a circle keeps it in order: an answer pinned, words hidden with a reason and shown again."""

from flask import flash
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.circles import commands
from tutoring.circles.forms import HideForm
from tutoring.circles.models import Answer, Topic
from tutoring.circles.places import Circle, answer_for, topic_for
from tutoring.circles.routes import back_to, blueprint, refused, undo
from tutoring.kernel.errors import Missing, NotAllowed, Refusal
from tutoring.policy.circles import may_hide
from tutoring.web.signin import me


@blueprint.post("/circles/answers/<int:answer_id>/pin")
def pin(answer_id: int) -> Response:
    _row, found, _circle = answer_for(me(), answer_id)
    try:
        commands.pin(me(), answer_id, not undo())
    except Refusal as refusal:
        return refused(refusal, found, f"a{answer_id}")
    return back_to(found, f"a{answer_id}")


@blueprint.route("/circles/topics/<int:topic_id>/hide", methods=["GET", "POST"])
def hide_topic(topic_id: int) -> Response:
    found, here = topic_for(me(), topic_id)
    return _hide(found, here, None)


@blueprint.route("/circles/answers/<int:answer_id>/hide", methods=["GET", "POST"])
def hide_answer(answer_id: int) -> Response:
    row, found, here = answer_for(me(), answer_id)
    return _hide(found, here, row)


def _hide(found: Topic, here: Circle, row: Answer | None) -> Response:
    if not may_hide(here.about(me(), found, row)):
        raise NotAllowed
    form, refusal, anchor = HideForm(), None, f"a{row.id}" if row is not None else ""
    if undo() or form.validate_on_submit():
        why = "" if undo() else form.reason.data or ""
        try:
            if row is not None:
                commands.hide_answer(me(), row.id, not undo(), why)
            else:
                commands.hide_topic(me(), found.id, not undo(), why)
            flash(gettext("Mọi người lại thấy.") if undo() else gettext("Đã ẩn. Người viết được báo."), "ok")
            return back_to(found, anchor)
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            found, here = topic_for(me(), found.id)
    return form_page("circles/hide.html", form, refusal, circle=here, topic=found, answer=row)
