"""Rehearsing without an account: nothing is stored anywhere, the page itself carries the run."""

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.practice import bank, forms, playing, showing, simulator, trying
from tutoring.practice.fragments import Play
from tutoring.practice.models import MODES
from tutoring.practice.result_page import result_page
from tutoring.practice.routes import blueprint
from tutoring.practice.trying import Forged
from tutoring.web.i18n import language
from tutoring.web.security import without_token


@blueprint.post("/practice/<scenario>/try")
@without_token  # visitors have no session to keep a token in, and nothing is changed
def try_out(scenario: str) -> Response:
    found, form = bank.scenario(scenario), request.form
    mode, typed = form.get("mode", ""), forms.typed(form)
    try:
        if mode not in MODES:
            raise Forged
        state, kept = trying.opened(found, form.get("events", ""))
    except Forged:
        return make_response(render_template("practice/changed.html", scenario=found, run=None), 422)
    event = forms.pressed(form)
    done = playing.step(found, state, typed, event) if typed or event else playing.Step()
    if simulator.ended(found, state):
        return result_page(found, state, mode)
    page = render_template(
        "practice/run.html",
        run=None,
        mode=mode,
        scenario=found,
        lang=language(),
        screen=showing.shown(found, state, mode, language(), done.refused, typed),
        play=Play(
            url_for("practice.try_out", scenario=found.id, _anchor="screen"),
            {"mode": mode, "events": trying.carried([*kept, *done.kept])},
            token=False,
        ),
        card=showing.card(found, language()),
        modes=showing.modes(),
    )
    return make_response(page, 422 if done.refused else 200)
