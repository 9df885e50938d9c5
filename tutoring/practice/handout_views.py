"""Printouts for trainers: persona cards and a class sheet.

They are public and hold no personal data.
"""

from flask import render_template, request, url_for

from tutoring.accounts.sign_ins.flow import absolute_url, svg
from tutoring.practice import scenarios
from tutoring.practice.blueprint import blueprint
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.screens import screen, walkthrough
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int

ON_A_SHEET, MOST_CARDS = 8, 40


@blueprint.get("/practice/<scenario>/cards")
def cards(scenario: str) -> str:
    found = scenarios.scenario(scenario)
    asked = request.args.get("n", ON_A_SHEET, type=parse_int)
    return render_template(
        "practice/cards.html",
        scenario=found,
        lang=language(),
        card=screen.card(found, language()),
        number=max(1, min(asked, MOST_CARDS)),
        most=MOST_CARDS,
        **_address(found),
    )


@blueprint.get("/practice/<scenario>/handout")
def handout(scenario: str) -> str:
    found = scenarios.scenario(scenario)
    trainer = request.args.get("for") == "trainer"
    return render_template(
        "practice/handout.html",
        scenario=found,
        lang=language(),
        trainer=trainer,
        card=screen.card(found, language()),
        stops=walkthrough.describe_solution(found, language(), answers=trainer),
        questions=walkthrough.questions(found, language()),
        turns=walkthrough.list_wrong_buttons(found, language()) if trainer else (),
        **_address(found),
    )


def _address(scenario: Scenario) -> dict[str, str]:
    """Returns the address of the scenario, as text and as a QR code."""
    address = absolute_url(url_for("practice.scenario", scenario=scenario.id))
    return {"address": address.partition("://")[2], "code": svg(address)}
