"""The board of live rooms."""

from flask import Blueprint, render_template
from flask_babel import get_locale

from tutoring.community.queries import on_duty, units_of
from tutoring.lessons import queries as lessons
from tutoring.moderation import queries
from tutoring.policy.access import STAFF
from tutoring.web.signin import me

blueprint = Blueprint("moderation", __name__)


@blueprint.get("/board")
def board() -> str:
    person = me()
    units = units_of(person.id, STAFF)
    return render_template(
        "moderation/board.html",
        rows=queries.live_rooms(person),
        duty={unit: on_duty(unit.id, minors=False) for unit in units},
        skills=dict(lessons.topics(str(get_locale()))),
    )
