"""The board of live rooms and the one queue of what waits; with them all pages of this feature."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.kernel import clock, outages
from tutoring.lessons import queries as lessons
from tutoring.moderation import (
    act_views,
    appeal_views,
    case_views,
    lock_views,
    queries,
    queue,
    reading_views,
    report_views,
    welfare_views,
    words,
)
from tutoring.moderation import board as rooms
from tutoring.moderation.act_words import DO
from tutoring.moderation.routes import blueprint
from tutoring.moderation.words import GRADES
from tutoring.web.numbers import whole
from tutoring.web.signin import me

__all__ = [
    "act_views",
    "appeal_views",
    "blueprint",
    "board",
    "case_views",
    "lock_views",
    "reading_views",
    "report_views",
    "welfare_views",
]


@blueprint.get("/board")
def board() -> str:
    person = me()
    return render_template(
        "moderation/board.html",
        board=rooms.board(person, request.args.get("show", ""), request.args.get("page", 1, type=whole)),
        duty=queries.duty_now(person),
        down=outages.ways_down(),
        grades=GRADES,
        skills=dict(lessons.topics(str(get_locale()))),
    )


@blueprint.get("/desk")
def desk() -> str:
    found = queue.queue(me(), request.args.get("show", "all"), request.args.get("page", 1, type=whole))
    return render_template("moderation/desk.html", queue=found, words=words, acts_said=DO, now=clock.now())
