"""Runs of people who are signed in: begin, one screen after another, give up; at the end what it showed."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict
from tutoring.policy.practice import may_keep_notebook
from tutoring.practice import bank, commands, forms, queries, showing, simulator
from tutoring.practice.fragments import Play
from tutoring.practice.models import PracticeRun
from tutoring.practice.playing import Step
from tutoring.practice.result_page import result_page
from tutoring.practice.routes import blueprint
from tutoring.practice.scenario import Scenario
from tutoring.practice.simulator import State
from tutoring.web.i18n import language, said
from tutoring.web.pages import own_path
from tutoring.web.signin import me


@blueprint.post("/practice/<scenario>/start")
def start(scenario: str) -> Response:
    limits.hit("act", me().id)
    form = request.form
    run = commands.start_run(
        me().id, scenario, form.get("mode", ""), screen=form.get("screen", ""), again="again" in form
    )
    return _onward(run.id)


@blueprint.get("/practice/runs/<run_id>")
def run(run_id: str) -> Response:
    found = queries.run(me().id, run_id)
    scenario = bank.find_scenario(found.scenario)
    if scenario is None or found.digest != bank.digest(found.scenario):
        return make_response(render_template("practice/changed.html", run=found, scenario=scenario))
    state = simulator.replay(scenario, found.events)
    if found.ended_at is not None:
        return _result(found, scenario, state)
    return _screen(found, scenario, state)


@blueprint.post("/practice/runs/<run_id>")
def play(run_id: str) -> Response:
    limits.hit("act", me().id)
    form = request.form
    typed, event = forms.typed(form), forms.pressed(form)
    try:
        found, state, done = commands.play(me().id, run_id, forms.seen(form), typed, event)
    except Conflict as refusal:
        flash(said(refusal), "warn")
        return _onward(run_id)
    if done.refused:
        return _screen(found, bank.scenario(found.scenario), state, done, typed)
    return _onward(run_id)


@blueprint.post("/practice/runs/<run_id>/give-up")
def give_up(run_id: str) -> Response:
    found = queries.run(me().id, run_id)
    commands.give_up(me().id, run_id)
    return redirect(url_for("practice.scenario", scenario=found.scenario))


def _onward(run_id: str) -> Response:
    """To the screen: on the page where the form stood (a room shows it too), or on its own."""
    own_page = url_for("practice.run", run_id=run_id, _anchor="screen")
    return redirect(own_path(request.form.get("to"), own_page))


def _screen(
    found: PracticeRun, scenario: Scenario, state: State, done: Step | None = None, typed: dict[str, str] | None = None
) -> Response:
    refused = done.refused if done else None
    page = render_template(
        "practice/run.html",
        run=found,
        mode=found.mode,
        scenario=scenario,
        lang=language(),
        screen=showing.shown(scenario, state, found.mode, language(), refused, typed),
        play=Play(url_for("practice.play", run_id=found.id), {"at": state.count}),
        card=showing.card(scenario, language()),
        modes=showing.modes(),
    )
    return make_response(page, 422 if refused else 200)


def _result(found: PracticeRun, scenario: Scenario, state: State) -> Response:
    if not found.done:
        return make_response(render_template("practice/given_up.html", run=found, scenario=scenario, lang=language()))
    return result_page(scenario, state, found.mode, may_keep_notebook(me().kind, is_owner=True), found.in_part)
