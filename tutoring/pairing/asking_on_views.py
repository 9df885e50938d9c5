"""The page on which the learner's side asks the same helper on; pages of rooms lead here."""

from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.kernel.errors import Missing, Refusal
from tutoring.pairing import commands
from tutoring.pairing.asking_on import pair_to_go_on
from tutoring.pairing.eligibility import home_unit, open_hours
from tutoring.pairing.forms import AskOnForm
from tutoring.pairing.routes import blueprint
from tutoring.rooms import queries as rooms
from tutoring.rooms.models import Room
from tutoring.rooms.pages import room_title
from tutoring.rooms.recap import on_follow_up
from tutoring.web.signin import me


def _where(viewer: User, room: Room) -> str | None:
    return url_for("pairing.ask_on", room_id=room.id) if pair_to_go_on(viewer, room) else None


on_follow_up(_where)


@blueprint.route("/rooms/<int:room_id>/again", methods=["GET", "POST"])
def ask_on(room_id: int) -> Response | tuple[str, int]:
    room = rooms.room(room_id)
    pair = pair_to_go_on(me(), room)
    if pair is None:
        raise Missing
    form, status = AskOnForm(), 200
    name = pair.helper.said_name
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                asked, first = commands.ask_on(me(), room_id, form.words.data or "")
                if first:
                    flash(gettext("Đã hỏi %(name)s trước.", name=name), "ok")
                else:
                    flash(gettext("Lúc này %(name)s chưa nhận được, nên ai rảnh sẽ giúp.", name=name), "warn")
                return redirect(url_for("pairing.request", request_id=asked.id))
        except Missing:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    page = render_template(
        "pairing/ask_on.html", form=form, room=room, pair=pair, title=room_title(room, str(get_locale())),
        open_hours=open_hours(home_unit(pair.learner.id)) if pair.learner.is_minor else None,
    )  # fmt: skip
    return page, status
