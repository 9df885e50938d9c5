"""The board of live rooms."""

from flask import Blueprint, render_template
from flask_babel import get_locale

from tutoring.lessons import queries as lessons
from tutoring.moderation import queries
from tutoring.web.signin import me

blueprint = Blueprint("moderation", __name__)


@blueprint.get("/board")
def board() -> str:
    person = me()
    return render_template(
        "moderation/board.html",
        rows=queries.live_rooms(person),
        duty=queries.duty_now(person),
        skills=dict(lessons.topics(str(get_locale()))),
    )
