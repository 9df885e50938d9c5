"""Links from the tabs of a unit to what its staff do about help there."""

from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.accounts.models import User
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.pairing.awaiting_device.queries import count_parked
from tutoring.pairing.rounds.problem import KINDS
from tutoring.policy.pairing.awaiting_device import may_see_awaiting_device
from tutoring.policy.pairing.offers import may_see_waiting
from tutoring.policy.pairing.requests import may_run_rounds
from tutoring.policy.rooms.volunteer_minutes import may_see_minutes


@unit_links.register
def _waiting(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "today" or not may_see_waiting(held):
        return None
    return UnitLink(gettext("Ai đang chờ giúp"), url_for("pairing.waiting", unit_id=unit.id), "hand")


@unit_links.register
def _parked(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "today" or not may_see_awaiting_device(held):
        return None
    count = count_parked(unit.id)
    waiting = ngettext("%(num)s yêu cầu", "%(num)s yêu cầu", count) if count else ""
    return UnitLink(gettext("Chờ máy, chờ mạng"), url_for("pairing.parked", unit_id=unit.id), "off", waiting)


@unit_links.register
def _minutes(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "members" or not (may_see_minutes(held, True) or may_see_minutes(held, False)):
        return None
    return UnitLink(gettext("Giờ giúp"), url_for("pairing.unit_minutes", unit_id=unit.id), "clock")


@unit_links.register
def _rounds(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or unit.kind not in KINDS or not may_run_rounds(held):
        return None
    return UnitLink(gettext("Ghép cặp hằng tuần"), url_for("pairing.rounds"), "hand")
