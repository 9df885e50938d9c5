"""The page at the end of a run, of somebody signed in or not."""

from flask import make_response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.lessons import queries as lessons
from tutoring.practice import filing, showing
from tutoring.practice.outcome import outcome
from tutoring.practice.scenario import Scenario
from tutoring.practice.simulator import State
from tutoring.web.i18n import language


def result_page(scenario: Scenario, state: State, mode: str, notebook: bool = False, in_part: bool = False) -> Response:
    """What the run showed, and how to go on to the real thing."""
    names = dict(lessons.topics(language()))
    page = render_template(
        "practice/result.html",
        scenario=scenario,
        mode=mode,
        lang=language(),
        modes=showing.modes(),
        outcome=outcome(scenario, state, mode, names, language(), in_part),
        known=current_user.is_authenticated,
        notebook=notebook,
        first_on=filing.said_on(current_user) if notebook else None,
    )
    return make_response(page)
