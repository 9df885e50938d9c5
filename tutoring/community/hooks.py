"""Hooks of the community: panels on pages of members and units, and who may lift a protection."""

from dataclasses import dataclass

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel.hooks import Hook

# On the staff page of a member.
member_panels: Hook[[User], Panel] = Hook("community.member_panels")
# On the staff page of a unit: the viewer, the unit, the viewer's roles there.
unit_panels: Hook[[User, Unit, frozenset[str]], Panel] = Hook("community.unit_panels")
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
