"""The link to the end of the school year on the tab of a school's classes."""

from flask import url_for
from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.policy import year_ends as policy


@unit_links.register
def _year_end(tab: str, _viewer: User, place: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or place.effective_to is not None or not policy.may_end_year(held, place.kind):
        return None
    return UnitLink(
        gettext("Hết năm học: cho các lớp lên lớp"), url_for("community.year_end", unit_id=place.id), "calendar"
    )
