"""What trainers print: persona cards to cut out, and a sheet for a class. For everybody; nothing on it is anybody's."""

from flask import render_template, request

from tutoring.accounts.pages import full_url, qr
from tutoring.practice import bank, telling
from tutoring.practice.routes import blueprint
from tutoring.practice.scenario import Scenario
from tutoring.web.i18n import language
from tutoring.web.numbers import whole

ON_A_SHEET, MOST_CARDS = 8, 40


@blueprint.get("/practice/<name>/cards")
def cards(name: str) -> str:
    scenario = bank.scenario(name)
    asked = request.args.get("n", ON_A_SHEET, type=whole)
    return render_template(
        "practice/cards.html",
        scenario=scenario,
        lang=language(),
        persona=telling.card(scenario, language()),
        number=max(1, min(asked, MOST_CARDS)),
        most=MOST_CARDS,
        **_address(scenario),
    )


@blueprint.get("/practice/<name>/handout")
def handout(name: str) -> str:
    scenario = bank.scenario(name)
    trainer = request.args.get("for") == "trainer"
    return render_template(
        "practice/handout.html",
        scenario=scenario,
        lang=language(),
        trainer=trainer,
        persona=telling.card(scenario, language()),
        stops=telling.right_way(scenario, language(), answers=trainer),
        questions=telling.questions(scenario, language()),
        turns=telling.wrong_turns(scenario, language()) if trainer else (),
        **_address(scenario),
    )


def _address(scenario: Scenario) -> dict[str, str]:
    """Where it is rehearsed, to be typed or photographed."""
    address = full_url(f"/practice/{scenario.id}")
    return {"address": address.partition("://")[2], "code": qr(address)}
