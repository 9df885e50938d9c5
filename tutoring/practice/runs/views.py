"""Pages of a run: begin, one screen after another, give up, and the result.

Runs without an account are not stored: the page itself carries their events.
"""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict
from tutoring.policy.practice.portal import may_keep_notebook
from tutoring.practice import scenarios
from tutoring.practice.blueprint import blueprint
from tutoring.practice.engine import anonymous_run, simulator, step
from tutoring.practice.engine.anonymous_run import ForgedRun
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import State
from tutoring.practice.engine.step import Step
from tutoring.practice.runs import commands, forms, queries
from tutoring.practice.runs.models import MODES, PracticeRun
from tutoring.practice.screens import screen
from tutoring.practice.screens.rendering import Play, result_page
from tutoring.web.auth import require_user
from tutoring.web.i18n import language, translate_error
from tutoring.web.security import without_token
from tutoring.web.urls import safe_redirect_target


@blueprint.post("/practice/<scenario>/start")
def start(scenario: str) -> Response:
    rate_limits.hit("act", require_user().id)
    form = request.form
    run = commands.start_run(
        require_user().id, scenario, form.get("mode", ""), screen=form.get("screen", ""), again="again" in form
    )
    return _onward(run.id)


@blueprint.get("/practice/runs/<run_id>")
def run(run_id: str) -> Response:
    found = queries.run(require_user().id, run_id)
    scenario = scenarios.find_scenario(found.scenario)
    if scenario is None or found.digest != scenarios.digest(found.scenario):
        return make_response(render_template("practice/runs/scenario_changed.html", run=found, scenario=scenario))
    state = simulator.replay(scenario, found.events)
    if found.ended_at is not None:
        return _result(found, scenario, state)
    return _screen(found, scenario, state)


@blueprint.post("/practice/runs/<run_id>")
def play(run_id: str) -> Response:
    rate_limits.hit("act", require_user().id)
    form = request.form
    typed, event = forms.typed(form), forms.pressed(form)
    try:
        found, state, done = commands.play(require_user().id, run_id, forms.seen(form), typed, event)
    except Conflict as refusal:
        flash(translate_error(refusal), "warn")
        return _onward(run_id)
    if done.refused:
        return _screen(found, scenarios.scenario(found.scenario), state, done, typed)
    return _onward(run_id)


@blueprint.post("/practice/runs/<run_id>/give-up")
def give_up(run_id: str) -> Response:
    found = queries.run(require_user().id, run_id)
    commands.give_up(require_user().id, run_id)
    return redirect(url_for("practice.scenario", scenario=found.scenario))


def _onward(run_id: str) -> Response:
    """Redirects to the screen: on the page with the form (such as a room), or on its own page."""
    own_page = url_for("practice.run", run_id=run_id, _anchor="screen")
    return redirect(safe_redirect_target(request.form.get("to"), own_page))


def _screen(
    found: PracticeRun, scenario: Scenario, state: State, done: Step | None = None, typed: dict[str, str] | None = None
) -> Response:
    refused = done.refused if done else None
    page = render_template(
        "practice/runs/run.html",
        run=found,
        mode=found.mode,
        scenario=scenario,
        lang=language(),
        screen=screen.shown(scenario, state, found.mode, language(), refused, typed),
        play=Play(url_for("practice.play", run_id=found.id), {"at": state.count}),
        card=screen.card(scenario, language()),
        modes=screen.modes(),
    )
    return make_response(page, 422 if refused else 200)


def _result(found: PracticeRun, scenario: Scenario, state: State) -> Response:
    if not found.done:
        return make_response(
            render_template("practice/runs/given_up.html", run=found, scenario=scenario, lang=language())
        )
    return result_page(
        scenario, state, found.mode, may_keep_notebook(require_user().kind, is_owner=True), found.in_part
    )


@blueprint.post("/practice/<scenario>/try")
@without_token  # visitors have no session for a token, and the request changes nothing
def try_out(scenario: str) -> Response:
    found, form = scenarios.scenario(scenario), request.form
    mode, typed = form.get("mode", ""), forms.typed(form)
    try:
        if mode not in MODES:
            raise ForgedRun
        state, kept = anonymous_run.opened(found, form.get("events", ""))
    except ForgedRun:
        return make_response(render_template("practice/runs/scenario_changed.html", scenario=found, run=None), 422)
    event = forms.pressed(form)
    done = step.step(found, state, typed, event) if typed or event else step.Step()
    if simulator.ended(found, state):
        return result_page(found, state, mode)
    page = render_template(
        "practice/runs/run.html",
        run=None,
        mode=mode,
        scenario=found,
        lang=language(),
        screen=screen.shown(found, state, mode, language(), done.refused, typed),
        play=Play(
            url_for("practice.try_out", scenario=found.id, _anchor="screen"),
            {"mode": mode, "events": anonymous_run.carried([*kept, *done.kept])},
            token=False,
        ),
        card=screen.card(found, language()),
        modes=screen.modes(),
    )
    return make_response(page, 422 if done.refused else 200)
