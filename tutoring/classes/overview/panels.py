"""The links to a class's overview, and the question of consent on the pages of a pupil and of a guardian."""

from flask import url_for
from flask_babel import gettext

from tutoring.accounts.hooks import Panel, account_panels, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.classes.overview.own_page import showing_of
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.community.queries import memberships
from tutoring.policy.accounts import may_consent_alone, needs_assent
from tutoring.policy.class_overview import may_see_class_sums, may_see_progress
from tutoring.web.auth import require_user


@unit_links.register
def _of_class(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes":
        return None
    if may_see_class_sums(held, unit.kind):
        return UnitLink(gettext("Các lớp học đến đâu"), url_for("classes.classes_overview", unit_id=unit.id), "chart")
    if not may_see_progress(held, unit.kind):
        return None
    return UnitLink(gettext("Lớp học đến đâu"), url_for("classes.overview", unit_id=unit.id), "chart")


def _is_pupil(person: User) -> bool:
    return any(one.role == "learner" and one.unit.kind == "class" for one in memberships(person.id))


@child_panels.register
def _of_child(child: User) -> Panel | None:
    if not _is_pupil(child) or not is_guardian(require_user().id, child.id):
        return None
    return _panel(child, own=False)


@account_panels.register
def _own(person: User) -> Panel | None:
    return _panel(person, own=True) if _is_pupil(person) else None


def _panel(person: User, *, own: bool) -> Panel:
    return Panel(
        "classes/overview/_ask_consent.html",
        {
            "person": person, "showing": showing_of(person), "own": own,
            "decides": not own or may_consent_alone(person.kind == "child"),
            "asks_child": person.kind == "child" and needs_assent(person.oldest_age or 0),
        },
    )  # fmt: skip
