"""Looking for words in a room. What was looked for is written down nowhere."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.kernel import limits
from tutoring.rooms import finding, queries
from tutoring.rooms.pages import room_title
from tutoring.rooms.routes import Page, blueprint
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/search")
def search(room_id: int) -> Page:
    room, _known = queries.readable(me(), room_id)
    typed = request.args.get("q", "")[: finding.LONGEST]
    looked_for, found = finding.words_of(typed), None
    if looked_for:
        limits.hit("search", me().id)
        found = finding.find(room_id, looked_for, request.args.get("before", type=whole))
    return render_template(
        "rooms/search.html", room=room, title=room_title(room, str(get_locale())), typed=typed, found=found,
        before_for=lambda seq: finding.before_for(room, seq),
    )  # fmt: skip
