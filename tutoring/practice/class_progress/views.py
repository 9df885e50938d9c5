"""The page on which teachers see their class practise, and its link on the class page."""

from flask import render_template, url_for
from flask_babel import get_locale, gettext

from tutoring.accounts.models import User
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.policy.practice.shared_runs import may_see_group
from tutoring.practice import scenarios
from tutoring.practice.blueprint import blueprint
from tutoring.practice.class_progress import page
from tutoring.practice.labels import MODES
from tutoring.web.auth import require_user


@blueprint.get("/units/<int:unit_id>/practice")
def group_page(unit_id: int) -> str:
    unit = page.class_of(require_user(), unit_id)
    language = str(get_locale())
    rows = page.at_work(unit, language)
    offered = [(one.id, one.title.in_(language)) for one in scenarios.scenarios().values()] if not rows else []
    return render_template("practice/class_progress/group.html", unit=unit, rows=rows, modes=MODES, offered=offered)


@unit_links.register
def _of_unit(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or unit.kind != "class" or not may_see_group(held):
        return None
    return UnitLink(gettext("Lớp đang tập luyện"), url_for("practice.group_page", unit_id=unit.id), "eye")
