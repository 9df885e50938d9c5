"""The page on which whoever teaches a class sees it practise, and the way to it from the page of the class."""

from flask import render_template
from flask_babel import get_locale

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.panels import on_unit_page
from tutoring.policy.rehearsing import may_see_group
from tutoring.practice import bank, group
from tutoring.practice.routes import blueprint
from tutoring.practice.words import MODES
from tutoring.web.signin import me


@blueprint.get("/units/<int:unit_id>/practice")
def group_page(unit_id: int) -> str:
    unit = group.class_of(me(), unit_id)
    language = str(get_locale())
    rows = group.at_work(unit, language)
    offered = [(one.id, one.title.in_(language)) for one in bank.scenarios().values()] if not rows else []
    return render_template("practice/group.html", unit=unit, rows=rows, modes=MODES, offered=offered)


def _panel(_person: User, unit: Unit, held: frozenset[str]) -> dict[str, object]:
    return {"unit": unit, "may": unit.kind == "class" and may_see_group(held)}


on_unit_page("practice/_unit_panel.html", _panel)
