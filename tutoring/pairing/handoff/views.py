"""Views of a handoff: an observer asks one of the possible helpers, or any free one."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.queries import user
from tutoring.accounts.reader_names import shown_to_reader
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.lessons.skills.queries import topic_names
from tutoring.pairing.blueprint import blueprint
from tutoring.pairing.handoff import commands as handoff_commands
from tutoring.pairing.handoff.queries import can_hand_over, helpers_for, request_to_hand_over
from tutoring.pairing.labels import reason_words
from tutoring.pairing.offers.helper_selection import RankedHelper
from tutoring.pairing.presence import presences
from tutoring.pairing.requests.forms import HandOverForm
from tutoring.web.auth import require_user

blueprint.add_app_template_global(can_hand_over, "can_hand_over")
ANYBODY = "0"


def _said(found: list[RankedHelper]) -> list[SelectChoice]:
    """Returns a choice for each helper with the reasons, and a last one for any free helper."""
    there = presences([one.helper_id for one in found])
    made = []
    for one in found:
        words = [gettext(word) for word in reason_words(one.reasons)]
        here = there[one.helper_id] in {"active", "passive"}
        words.append(gettext("đang mở trang") if here else gettext("đang trực, chưa mở trang"))
        made.append(SelectChoice(str(one.helper_id), shown_to_reader(user(one.helper_id)), {"hint": ", ".join(words)}))
    hint = gettext("Ai rảnh và hợp với việc này thì nhận.")
    return [*made, SelectChoice(ANYBODY, gettext("Về đầu hàng chờ"), {"hint": hint})]


@blueprint.route("/rooms/<int:room_id>/hand-over", methods=["GET", "POST"])
def hand_over(room_id: int) -> Response | tuple[str, int]:
    asked = request_to_hand_over(require_user(), room_id)
    found = helpers_for(asked, require_user())
    form, status = HandOverForm(), 200
    form.to.choices = _said(found)
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        try:
            if form.validate():
                to_id = int(form.to.data or ANYBODY) or None
                handoff_commands.hand_over(require_user(), room_id, form.reason.data or "", to_id)
                flash(gettext("Đã chuyển. Người học ở đầu hàng chờ, yêu cầu và ảnh còn nguyên."), "ok")
                return redirect(url_for("rooms.show", room_id=room_id))
            status = 422
        except (InvalidInput, Conflict) as refusal:
            form.refuse(refusal)
            status = refusal.status
    page = render_template(
        "pairing/handoff/hand_over.html", form=form, asked=asked, room_id=room_id, nobody=not found,
        skill=topic_names(str(get_locale())).get(asked.topic, asked.topic),
    )  # fmt: skip
    return page, status
