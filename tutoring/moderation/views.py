"""The board of live rooms; with it all pages of this feature."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.lessons import queries as lessons
from tutoring.moderation import board as rooms
from tutoring.moderation import case_views, queries, report_views
from tutoring.moderation.routes import blueprint
from tutoring.moderation.words import GRADES
from tutoring.rooms import waiting
from tutoring.web.numbers import whole
from tutoring.web.signin import me

__all__ = ["blueprint", "board", "case_views", "report_views"]


@blueprint.get("/board")
def board() -> str:
    person = me()
    return render_template(
        "moderation/board.html",
        board=rooms.board(person, request.args.get("show", ""), request.args.get("page", 1, type=whole)),
        duty=queries.duty_now(person),
        grades=GRADES,
        skills=dict(lessons.topics(str(get_locale()))),
    )


@blueprint.get("/desk")
def desk() -> str:
    person = me()
    return render_template(
        "moderation/desk.html", held=waiting.held_for(person), appeals=waiting.appeals_for(person), most=waiting.MOST
    )
