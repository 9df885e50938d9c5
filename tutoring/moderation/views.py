"""Pages of the live dashboard and the moderation queue."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask_babel import get_locale

from tutoring.kernel import clock
from tutoring.kernel.monitoring import outages
from tutoring.kernel.text import nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.moderation import duty_queries, queue
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation import live_dashboard as rooms
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.chosen_room import chosen_room
from tutoring.moderation.labels import DO
from tutoring.moderation.room_states import states_of
from tutoring.web.auth import require_user
from tutoring.web.tables.table import MOST_CHARS
from tutoring.web.urls import parse_int


@blueprint.get("/board")
def board() -> str:
    person, language, args = require_user(), str(get_locale()), request.args
    typed = nfc(args.get("q", ""))[:MOST_CHARS]
    found = rooms.board(
        person, args.get("show", ""), args.get("page", 1, type=parse_int), args.get("room", type=parse_int), typed=typed
    )
    slugs = {row.room.lesson_slug for row in (*found.rows, *([found.chosen] if found.chosen else []))}
    return render_template(
        "moderation/live_dashboard.html",
        board=found,
        chosen=chosen_room(person, found.chosen) if found.chosen else None,
        asked="room" in args,
        here=partial(_here, found, q=typed or None),
        typed=typed,
        lesson_titles=catalogue_queries.titles(
            {slug for slug in (*slugs, *(one.asked.lesson_slug for one in found.waiting)) if slug}, language
        ),
        duty=duty_queries.duty_now(person),
        down=outages.failing_channels(),
        failing_channels=moderation_labels.FAILING_CHANNELS,
        states_of=states_of,
        skills=skills_queries.topic_names(language),
    )


def _here(found: rooms.Board, **more: Any) -> str:
    """Returns the address of this page of the dashboard, with other values where given."""
    where: dict[str, Any] = {
        "show": found.show if found.show != "all" else None, "page": found.page if found.page > 1 else None, **more,
    }  # fmt: skip
    return url_for("moderation.board", **where)


@blueprint.get("/desk")
def desk() -> str:
    args = request.args
    found = queue.queue(
        require_user(), args.get("show", "all"), args.get("page", 1, type=parse_int), args.get("item", "")
    )
    return render_template(
        "moderation/queue.html",
        queue=found,
        here=partial(_place_in, found),
        asked="item" in args,
        words=moderation_labels,
        acts_said=DO,
        now=clock.now(),
    )


def _place_in(found: queue.Queue, item: queue.Item | None = None) -> str:
    """Returns the address of an entry in this list, or of the list."""
    return url_for(
        "moderation.desk", show=found.which if found.which != "all" else None, item=item.key if item else None
    )
