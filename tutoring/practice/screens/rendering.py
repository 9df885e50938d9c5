"""Renders the result page of a run, and a screen as an HTML fragment.

Users with and without an account get the result page. The fragment fits its own page and pages of other features
such as the room.
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
    """Returns the page with the outcome of the run and the way to the real service."""
    names = dict(skills_queries.topics(language()))
    page = render_template(
        "practice/screens/result.html",
        scenario=scenario,
        mode=mode,
        lang=language(),
        modes=screen.modes(),
        outcome=outcome(scenario, state, mode, names, language(), in_part),
        known=current_user.is_authenticated,
        notebook=notebook,
        first_on=first_dossier.first_dossier_day(current_user) if notebook else None,
    )
    return make_response(page)


@dataclass(frozen=True)
class Play:
    """The address and hidden values of a screen's form; `token` is set for signed-in users."""

    action: str
    hidden: Mapping[str, str | int] = field(default_factory=dict)
    token: bool = True


def screen_fragment(screen: ShownScreen, language: str, play: Play | None = None) -> Markup:
    """Renders a screen that fits below an <h2>: its own title is an <h3>.

    Without `play` the screen is read-only and has no controls. Controls carry data-control: the field's id; do: or
    choose: with an id; or back.
    """
    template = current_app.jinja_env.get_template("practice/screens/_screen.html")
    with force_locale(language):
        return Markup(template.render(screen=screen, play=play, part=True))
