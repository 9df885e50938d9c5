"""Places on the pages of members and units that features above fill: they know what is done there, places do not."""

from collections.abc import Callable

from tutoring.accounts.hooks import PanelContext, Panels
from tutoring.accounts.models import User
from tutoring.community.models import Unit

UnitFacts = Callable[[User, Unit, frozenset[str]], dict[str, object]]

_member: Panels = []
_unit: list[tuple[str, UnitFacts]] = []


def on_member_page(template: str, facts: PanelContext) -> None:
    """Show this template on the page of a member that staff see."""
    if all(known != template for known, _ in _member):
        _member.append((template, facts))


def member_panels(user: User) -> list[tuple[str, dict[str, object]]]:
    """Templates with their facts for the page of a member."""
    return [(template, facts(user)) for template, facts in _member]


def on_unit_page(template: str, facts: UnitFacts) -> None:
    """Show this template on the page of a unit that its staff see; `facts` hears who looks and what they hold there."""
    if all(known != template for known, _ in _unit):
        _unit.append((template, facts))


def unit_panels(person: User, unit: Unit, held: frozenset[str]) -> list[tuple[str, dict[str, object]]]:
    """Templates with their facts for the page of a unit."""
    return [(template, facts(person, unit, held)) for template, facts in _unit]


GroupFacts = Callable[[User | None, Unit, frozenset[str]], dict[str, object] | None]

_group: list[tuple[str, GroupFacts]] = []


def on_group_page(template: str, facts: GroupFacts) -> None:
    """Show this template on the page of a neighbourhood or ward that its people read, unless `facts` gives None."""
    if all(known != template for known, _ in _group):
        _group.append((template, facts))


def group_panels(person: User | None, unit: Unit, held: frozenset[str]) -> list[tuple[str, dict[str, object]]]:
    """Templates with their facts for the page that people of a neighbourhood or ward read."""
    return [(template, found) for template, facts in _group if (found := facts(person, unit, held)) is not None]
