"""Hooks: panels that higher features, which know memberships, add to account pages."""

from collections.abc import Callable
from typing import Any

from tutoring.accounts.models import User

PanelContext = Callable[[User], dict[str, Any]]
Panels = list[tuple[str, PanelContext]]

_account: Panels = []
_child: Panels = []


def on_account_page(template: str, facts: PanelContext) -> None:
    """Registers a template for the user's own account page."""
    _register(_account, template, facts)


def on_child_page(template: str, facts: PanelContext) -> None:
    """Registers a template for a child's page."""
    _register(_child, template, facts)


def _register(panels: Panels, template: str, facts: PanelContext) -> None:
    if all(known != template for known, _ in panels):
        panels.append((template, facts))


def account_panels(user: User) -> list[tuple[str, dict[str, Any]]]:
    """Returns templates with their data for the user's own page."""
    return [(template, facts(user)) for template, facts in _account]


def child_panels(user: User) -> list[tuple[str, dict[str, Any]]]:
    """Returns templates with their data for a child's page."""
    return [(template, facts(user)) for template, facts in _child]
