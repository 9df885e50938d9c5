"""Pages of the practice portal that store nothing: the list, a scenario, the demonstration."""

from flask import render_template, request
from flask_login import current_user

from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.practice import scenarios
from tutoring.practice.blueprint import blueprint
from tutoring.practice.engine import simulator, solver
from tutoring.practice.offline import manifest
from tutoring.practice.runs import queries
from tutoring.practice.screens import screen as screens_screen
from tutoring.practice.screens import walkthrough
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int


@blueprint.get("/practice")
def index() -> str:
    known = current_user.is_authenticated
    found = scenarios.scenarios().values()
    return render_template(
        "practice/index.html",
        scenarios=found,
        looks=catalogue_queries.looks_of({one.lesson for one in found}),
        lang=language(),
        passed=queries.passed(current_user.id) if known else set(),
        open={one.scenario: one for one in reversed(queries.open_runs(current_user.id))} if known else {},
    )


@blueprint.get("/practice/<scenario>")
def scenario(scenario: str) -> str:
    found = scenarios.scenario(scenario)
    known = current_user.is_authenticated
    screen = found.screens.get(request.args.get("screen", "")) if known else None
    open_runs = queries.open_runs(current_user.id) if known else []
    return render_template(
        "practice/scenario.html",
        scenario=found,
        lang=language(),
        card=screens_screen.card(found, language()),
        open={one.mode: one for one in open_runs if one.scenario == scenario},
        passed=known and scenario in queries.passed(current_user.id),
        modes=screens_screen.modes(),
        mark=manifest.mark(found, language()),
        size=manifest.size(found),
        screen=request.args.get("screen") if screen else "",
        screen_title=screen.title.in_(language()) if screen else "",
    )


@blueprint.get("/practice/<scenario>/watch")
def watch(scenario: str) -> str:
    found = scenarios.scenario(scenario)
    walk = found.events(solver.example(found))
    at = min(max(request.args.get("at", 0, type=parse_int), 0), len(walk))
    state = simulator.replay(found, walk[:at])
    following = walk[at] if at < len(walk) else None
    screen = screens_screen.shown(found, state, "watch", language(), following=following)
    return render_template(
        "practice/watch.html",
        scenario=found,
        lang=language(),
        at=at,
        of=len(walk),
        screen=screen,
        told=walkthrough.describe_event(found, state, following, language()) if following else "",
        card=screens_screen.card(found, language()),
    )
