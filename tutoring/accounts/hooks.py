"""Places on the pages of accounts that features above fill: they know of memberships, accounts does not."""

from collections.abc import Callable
from typing import Any

from tutoring.accounts.models import User

PanelContext = Callable[[User], dict[str, Any]]
Panels = list[tuple[str, PanelContext]]

_account: Panels = []
_child: Panels = []


def on_account_page(template: str, facts: PanelContext) -> None:
    """Show this template on a person's own account page."""
    _register(_account, template, facts)


def on_child_page(template: str, facts: PanelContext) -> None:
    """Show this template on a child's page."""
    _register(_child, template, facts)


def _register(panels: Panels, template: str, facts: PanelContext) -> None:
    if all(known != template for known, _ in panels):
        panels.append((template, facts))


def account_panels(user: User) -> list[tuple[str, dict[str, Any]]]:
    """Templates with their facts for a person's own page."""
    return [(template, facts(user)) for template, facts in _account]


def child_panels(user: User) -> list[tuple[str, dict[str, Any]]]:
    """Templates with their facts for a child's page."""
    return [(template, facts(user)) for template, facts in _child]
