"""Pages of the practice portal that keep nothing: the list, one scenario, watching it, and trying it without a name."""

from flask import render_template, request
from flask_login import current_user

from tutoring.practice import bank, guide, keeping, queries, showing, simulator, telling
from tutoring.practice.routes import blueprint
from tutoring.web.i18n import language
from tutoring.web.numbers import whole


@blueprint.get("/practice")
def index() -> str:
    known = current_user.is_authenticated
    return render_template(
        "practice/index.html",
        scenarios=bank.scenarios().values(),
        lang=language(),
        passed=queries.passed(current_user.id) if known else set(),
        open={one.scenario: one for one in reversed(queries.open_runs(current_user.id))} if known else {},
    )


@blueprint.get("/practice/<scenario>")
def scenario(scenario: str) -> str:
    found = bank.scenario(scenario)
    known = current_user.is_authenticated
    screen = found.screens.get(request.args.get("screen", "")) if known else None
    open_runs = queries.open_runs(current_user.id) if known else []
    return render_template(
        "practice/scenario.html",
        scenario=found,
        lang=language(),
        card=showing.card(found, language()),
        open={one.mode: one for one in open_runs if one.scenario == scenario},
        passed=known and scenario in queries.passed(current_user.id),
        modes=showing.modes(),
        mark=keeping.mark(found, language()),
        size=keeping.size(found),
        screen=request.args.get("screen") if screen else "",
        screen_title=screen.title.in_(language()) if screen else "",
    )


@blueprint.get("/practice/<scenario>/watch")
def watch(scenario: str) -> str:
    found = bank.scenario(scenario)
    walk = found.events(guide.example(found))
    at = min(max(request.args.get("at", 0, type=whole), 0), len(walk))
    state = simulator.replay(found, walk[:at])
    following = walk[at] if at < len(walk) else None
    screen = showing.shown(found, state, "watch", language(), following=following)
    return render_template(
        "practice/watch.html",
        scenario=found,
        lang=language(),
        at=at,
        of=len(walk),
        screen=screen,
        told=telling.line(found, state, following, language()) if following else "",
        card=showing.card(found, language()),
    )
