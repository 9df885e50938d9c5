"""Pages of the live dashboard and the moderation queue."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.kernel import clock
from tutoring.kernel.monitoring import outages
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.moderation import duty_queries, queue
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation import live_dashboard as rooms
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.labels import DO, on_board
from tutoring.web.auth import require_user
from tutoring.web.urls import parse_int


@blueprint.get("/board")
def board() -> str:
    person, language = require_user(), str(get_locale())
    found = rooms.board(person, request.args.get("show", ""), request.args.get("page", 1, type=parse_int))
    return render_template(
        "moderation/live_dashboard.html",
        board=found,
        lesson_titles=catalogue_queries.titles(
            {row.room.lesson_slug for row in found.rows if row.room.lesson_slug}, language
        ),
        duty=duty_queries.duty_now(person),
        down=outages.failing_channels(),
        said_of=on_board,
        skills=dict(skills_queries.topics(language)),
    )


@blueprint.get("/desk")
def desk() -> str:
    found = queue.queue(require_user(), request.args.get("show", "all"), request.args.get("page", 1, type=parse_int))
    return render_template("moderation/queue.html", queue=found, words=moderation_labels, acts_said=DO, now=clock.now())
