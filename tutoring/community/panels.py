"""Places on a member's page that features above fill: they know what somebody has done, places do not."""

from tutoring.accounts.models import User
from tutoring.accounts.panels import Facts, Panels

_member: Panels = []


def on_member_page(template: str, facts: Facts) -> None:
    """Show this template on the page of a member that staff see."""
    if all(known != template for known, _ in _member):
        _member.append((template, facts))


def member_panels(user: User) -> list[tuple[str, dict[str, object]]]:
    """Templates with their facts for the page of a member."""
    return [(template, facts(user)) for template, facts in _member]
