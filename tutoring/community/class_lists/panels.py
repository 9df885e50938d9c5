"""The links to the list of a class or school on its tabs, and the question for the full name of a pupil."""

from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.accounts.hooks import Panel, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.community.class_lists import queries
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.community.queries import memberships
from tutoring.policy import class_lists as policy
from tutoring.web.auth import require_user


@unit_links.register
def _class_list(tab: str, _viewer: User, place: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab not in ("members", "classes") or not policy.may_import_class_list(held, place.kind, has_basis=True):
        return None
    if queries.basis_of(place) is None:
        return None
    staged = queries.staged_count(place)
    waiting = ngettext("%(num)d em chờ ba mẹ", "%(num)d em chờ ba mẹ", staged) if staged else ""
    label = gettext("Danh sách lớp và thẻ cho ba mẹ")
    return UnitLink(label, url_for("community.class_list", unit_id=place.id), "people", waiting)


@child_panels.register
def _full_name(child: User) -> Panel | None:
    """Asks the guardian of a pupil whose account has the called name alone, as one who left it out on the card."""
    if child.full_name != child.called_name or not is_guardian(require_user().id, child.id):
        return None
    if not any(one.role == "learner" and one.unit.kind == "class" for one in memberships(child.id)):
        return None
    return Panel("community/class_lists/_ask_full_name.html", {"child": child})
