"""The links to the list of a class or school on its tabs, once the basis is recorded."""

from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.accounts.models import User
from tutoring.community.class_lists import queries
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.policy import class_lists as policy


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
