"""Hooks for panels on the pages of members and units.

Higher features register their panels here, because lower features must not know them.
"""

from collections.abc import Callable

from tutoring.accounts.hooks import PanelContext, Panels
from tutoring.accounts.models import User
from tutoring.community.models import Unit

UnitFacts = Callable[[User, Unit, frozenset[str]], dict[str, object]]

_member: Panels = []
_unit: list[tuple[str, UnitFacts]] = []


def on_member_page(template: str, facts: PanelContext) -> None:
    """Registers a template for the staff page of a member."""
    if all(known != template for known, _ in _member):
        _member.append((template, facts))


def member_panels(user: User) -> list[tuple[str, dict[str, object]]]:
    """Returns the registered templates with their variables for a member's page."""
    return [(template, facts(user)) for template, facts in _member]


def on_unit_page(template: str, facts: UnitFacts) -> None:
    """Registers a template for the staff page of a unit.

    `facts` receives the viewer, the unit and the viewer's roles there.
    """
    if all(known != template for known, _ in _unit):
        _unit.append((template, facts))


def unit_panels(person: User, unit: Unit, held: frozenset[str]) -> list[tuple[str, dict[str, object]]]:
    """Returns the registered templates with their variables for a unit's page."""
    return [(template, facts(person, unit, held)) for template, facts in _unit]


GroupFacts = Callable[[User | None, Unit, frozenset[str]], dict[str, object] | None]

_group: list[tuple[str, GroupFacts]] = []


def on_group_page(template: str, facts: GroupFacts) -> None:
    """Registers a template for the public page of a neighbourhood or ward.

    It is left out if `facts` returns None.
    """
    if all(known != template for known, _ in _group):
        _group.append((template, facts))


def group_panels(person: User | None, unit: Unit, held: frozenset[str]) -> list[tuple[str, dict[str, object]]]:
    """Returns the registered templates with their variables for a group page."""
    return [(template, found) for template, facts in _group if (found := facts(person, unit, held)) is not None]
