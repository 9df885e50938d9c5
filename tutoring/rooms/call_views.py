"""What a page asks before a call: whether one may be here, whom, what goes on, and how browsers find one another."""

from flask import jsonify, render_template
from flask_babel import gettext

from tutoring.rooms import calls, ice, queries
from tutoring.rooms.commands.calling import SAYS
from tutoring.rooms.routes import Page, blueprint
from tutoring.web.errors import wants_json
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/call")
def call(room_id: int) -> Page:
    person = me()
    room, _known = queries.readable(person, room_id)
    why = calls.why_not(room, [person])
    others = [] if why else calls.others(room, person)
    if not wants_json():
        say = SAYS.get(why or "alone", "")
        return render_template("rooms/call.html", room=room, may=bool(others), why=gettext(say) if say else "")
    found = calls.open_in(room_id)
    mine = found if found is not None and found.side_of(person.id) else None
    return jsonify(
        call=calls.shape_for(mine, person, None) if mine else None,
        may=bool(others),
        why=why or ("" if others else "alone"),
        others=[calls.person(one) for one in others],
        ice=ice.servers(person.id) if others else [],
    )
