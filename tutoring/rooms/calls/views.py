"""The page before a call: whether and whom the user may call, the open call, ICE servers."""

from flask import jsonify, render_template
from flask_babel import gettext

from tutoring.rooms import queries
from tutoring.rooms.blueprint import Page, blueprint
from tutoring.rooms.calls import queries as calls_queries
from tutoring.rooms.calls import signaling
from tutoring.rooms.calls.commands import SAYS
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json


@blueprint.get("/rooms/<int:room_id>/call")
def call(room_id: int) -> Page:
    person = require_user()
    room, _known = queries.readable_room(person, room_id)
    why = calls_queries.find_refusal_code(room, [person])
    others = [] if why else calls_queries.others(room, person)
    if not wants_json():
        say = SAYS.get(why or "alone", "")
        return render_template("rooms/calls/call.html", room=room, may=bool(others), why=gettext(say) if say else "")
    found = calls_queries.open_in(room_id)
    mine = found if found is not None and found.side_of(person.id) else None
    return jsonify(
        call=calls_queries.shape_for(mine, person, None) if mine else None,
        may=bool(others),
        why=why or ("" if others else "alone"),
        others=[calls_queries.person(one) for one in others],
        ice=signaling.servers(person.id) if others else [],
    )
