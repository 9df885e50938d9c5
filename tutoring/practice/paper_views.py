"""What trainers print: persona cards to cut out, and a sheet for a class. For everybody; nothing on it is anybody's."""

from flask import render_template, request, url_for

from tutoring.accounts.pages import full_url, qr
from tutoring.practice import bank, showing, telling
from tutoring.practice.routes import blueprint
from tutoring.practice.scenario import Scenario
from tutoring.web.i18n import language
from tutoring.web.numbers import whole

ON_A_SHEET, MOST_CARDS = 8, 40


@blueprint.get("/practice/<scenario>/cards")
def cards(scenario: str) -> str:
    found = bank.scenario(scenario)
    asked = request.args.get("n", ON_A_SHEET, type=whole)
    return render_template(
        "practice/cards.html",
        scenario=found,
        lang=language(),
        card=showing.card(found, language()),
        number=max(1, min(asked, MOST_CARDS)),
        most=MOST_CARDS,
        **_address(found),
    )


@blueprint.get("/practice/<scenario>/handout")
def handout(scenario: str) -> str:
    found = bank.scenario(scenario)
    trainer = request.args.get("for") == "trainer"
    return render_template(
        "practice/handout.html",
        scenario=found,
        lang=language(),
        trainer=trainer,
        card=showing.card(found, language()),
        stops=telling.right_way(found, language(), answers=trainer),
        questions=telling.questions(found, language()),
        turns=telling.wrong_turns(found, language()) if trainer else (),
        **_address(found),
    )


def _address(scenario: Scenario) -> dict[str, str]:
    """Where it is rehearsed, to be typed or photographed."""
    address = full_url(url_for("practice.scenario", scenario=scenario.id))
    return {"address": address.partition("://")[2], "code": qr(address)}
