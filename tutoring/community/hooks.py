"""Hooks of the community: what others show on pages of members and units, and who may lift a protection."""

from dataclasses import dataclass
from typing import NamedTuple

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel.hooks import Hook

# On the staff page of a member.
member_panels: Hook[[User], Panel] = Hook("community.member_panels")


class UnitLink(NamedTuple):
    """A page of a feature that a tab of a unit lists; `waiting` says what waits there."""

    label: str
    href: str
    icon: str
    waiting: str = ""


class UnitTab(NamedTuple):
    """A tab of a unit that is a feature's own page; such a page names the tab when it includes the bar."""

    name: str
    label: str
    href: str


# On a tab of a unit, for its staff: the tab (`today`, `members`, `classes`, or `settings` for links), the viewer, the
# unit, the viewer's roles there. A function returns None at once for other tabs, so that a tab asks the database for
# nothing that it hides.
unit_panels: Hook[[str, User, Unit, frozenset[str]], Panel] = Hook("community.unit_panels")
unit_links: Hook[[str, User, Unit, frozenset[str]], UnitLink] = Hook("community.unit_links")
unit_tabs: Hook[[Unit, frozenset[str]], UnitTab] = Hook("community.unit_tabs")
# On the public page of a neighbourhood or ward, also for a visitor without an account.
group_panels: Hook[[User | None, Unit, frozenset[str]], Panel] = Hook("community.group_panels")


@dataclass(frozen=True)
class Lifting:
    """A protection about to be lifted.

    `what` is silence, removal, hold, lock, message, pause or account.
    """

    what: str
    user_id: int | None = None
    room_id: int | None = None
    seq: int | None = None


# Whether a user may lift a protection; all must agree.
lifting_rules: Hook[[User, Lifting], bool] = Hook("community.lifting_rules")
