"""What pages of a unit and of its members show of its readiness."""

from dataclasses import dataclass
from typing import Any

from tutoring.accounts.models import User
from tutoring.community import queries
from tutoring.community.alarm_tests.readiness import Readiness, looks_after_children, readiness_of, tried_lately
from tutoring.community.duty.queries import turns_ahead
from tutoring.community.models import Unit
from tutoring.community.units.staff_queries import UnitPage
from tutoring.policy.alarm_tests import may_test_alarm


def duty_facts(page: UnitPage) -> dict[str, Any]:
    """Returns the test alarm section of a unit's duty page.

    `readiness` is None if the unit has no minors, except for users who plan the duty. For them, the setup guide links
    here before the first minor comes.
    """
    may_test = may_test_alarm(page.held)
    if not may_test and not looks_after_children(page.unit):
        return {"readiness": None}
    return {
        "readiness": readiness_of(page.unit.id), "tried": tried_lately(page.unit.id),
        "may_test": may_test, "watchers": len(turns_ahead(page.unit.id, minors=True)),
    }  # fmt: skip


@dataclass(frozen=True)
class Unready:
    """Why a unit cannot accept a waiting minor, and whether the viewer may send a test alarm."""

    found: Readiness
    may_test: bool


def unready(person: User, place: Unit) -> Unready | None:
    """Returns the reasons a unit is not ready, or None if it is."""
    found = readiness_of(place.id)
    return None if found.ready else Unready(found, may_test_alarm(queries.roles_for(person, found.unit.id)))
