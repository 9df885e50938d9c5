"""The page at the end of a run, of somebody signed in or not.

A screen of a rehearsal as a piece of HTML, for its own page and for pages of other features such as the room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app, make_response, render_template
from flask_babel import force_locale
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from tutoring.lessons.skills import queries as skills_queries
from tutoring.notebook import first_dossier
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import State
from tutoring.practice.screens import screen
from tutoring.practice.screens.outcome import outcome
from tutoring.practice.screens.screen import ShownScreen
from tutoring.web.i18n import language


def result_page(scenario: Scenario, state: State, mode: str, notebook: bool = False, in_part: bool = False) -> Response:
    """What the run showed, and how to go on to the real thing."""
    names = dict(skills_queries.topics(language()))
    page = render_template(
        "practice/result.html",
        scenario=scenario,
        mode=mode,
        lang=language(),
        modes=screen.modes(),
        outcome=outcome(scenario, state, mode, names, language(), in_part),
        known=current_user.is_authenticated,
        notebook=notebook,
        first_on=first_dossier.said_on(current_user) if notebook else None,
    )
    return make_response(page)


@dataclass(frozen=True)
class Play:
    """Where a screen's form is sent, and what goes with it unseen; `token` for people who are signed in."""

    action: str
    hidden: Mapping[str, str | int] = field(default_factory=dict)
    token: bool = True


def screen_fragment(screen: ShownScreen, language: str, play: Play | None = None) -> Markup:
    """A screen below an <h2>: its own title is an <h3>. Without `play` it is only looked at: no control is one.

    Controls carry data-control: the field's id, or do:, choose: and the id of what is pressed, or back.
    """
    template = current_app.jinja_env.get_template("practice/_screen.html")
    with force_locale(language):
        return Markup(template.render(screen=screen, play=play, part=True))
