"""Review pages for teachers and coordinators: the list of scenarios, and one scenario."""

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.queries import titles
from tutoring.practice import scenarios as practice_scenarios
from tutoring.practice.blueprint import blueprint
from tutoring.practice.content import diagram
from tutoring.practice.content.condition_labels import describe_condition
from tutoring.practice.content.svg_diagram import Drawing, svg
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.review import walkthroughs
from tutoring.practice.screens import walkthrough
from tutoring.web.i18n import language


def _say(msgid: str) -> str:
    return str(gettext(msgid))


@blueprint.get("/practice/scenarios")
def scenarios() -> str:
    read = practice_scenarios.readings()
    whole = [one.scenario for one in read if one.scenario]
    return render_template(
        "practice/review/scenarios.html",
        read=read,
        lang=language(),
        lessons=titles({one.lesson for one in whole}, language()),
        endings={one.id: walkthroughs.endings(one, language()) for one in whole},
    )


@blueprint.get("/practice/scenarios/<scenario>")
def scenario_review(scenario: str) -> str:
    found = next((one for one in practice_scenarios.readings() if one.path.stem == scenario), None)
    if found is None:
        raise NotFound
    more = _laid_open(found.scenario) if found.scenario else {}
    return render_template("practice/review/scenario_review.html", read=found, name=scenario, lang=language(), **more)


def _laid_open(scenario: Scenario) -> dict[str, object]:
    lang = language()
    return {
        "scenario": scenario,
        "lesson": titles({scenario.lesson}, lang).get(scenario.lesson, ""),
        "screens": _drawn(diagram.screens_drawn(scenario, lang, _say), gettext("Sơ đồ các màn hình")),
        "passages": diagram.screens(scenario, lang, _say),
        "dossier": _drawn(diagram.dossier_drawn(scenario, lang, _say), gettext("Sơ đồ hồ sơ")),
        "moves": diagram.dossier(scenario, lang, _say),
        "goals": [
            (one.text.in_(lang), describe_condition(scenario, one.met, lang, _say)) for one in scenario.goals.values()
        ],
        "walks": [
            (one, walkthrough.describe_events(scenario, scenario.events(one.walk), lang))
            for one in walkthroughs.endings(scenario, lang)
        ],
        "texts": walkthroughs.texts(scenario),
    }


def _drawn(drawing: Drawing | None, title: str) -> Markup:
    """Returns the diagram as SVG; all texts in it are escaped."""
    return Markup(svg(drawing, title)) if drawing else Markup()
