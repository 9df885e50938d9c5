"""The board of live rooms; with it all pages of this feature."""

from flask import render_template
from flask_babel import get_locale

from tutoring.lessons import queries as lessons
from tutoring.moderation import appeal_views, case_views, lock_views, queries, reading_views, report_views
from tutoring.moderation.routes import blueprint
from tutoring.rooms import waiting
from tutoring.web.signin import me

__all__ = ["appeal_views", "blueprint", "board", "case_views", "lock_views", "reading_views", "report_views"]


@blueprint.get("/board")
def board() -> str:
    person = me()
    return render_template(
        "moderation/board.html",
        rows=queries.live_rooms(person),
        duty=queries.duty_now(person),
        skills=dict(lessons.topics(str(get_locale()))),
    )


@blueprint.get("/desk")
def desk() -> str:
    person = me()
    return render_template(
        "moderation/desk.html", held=waiting.held_for(person), appeals=waiting.appeals_for(person), most=waiting.MOST
    )
