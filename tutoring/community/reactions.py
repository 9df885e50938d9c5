"""Reactions of units: an erased account, a helper who left, the progress of imports."""

from tutoring.accounts.events import AccountErased
from tutoring.accounts.hooks import rename_blocks, staff_names
from tutoring.community.alarm_tests.commands import look_after_leaving
from tutoring.community.erasure import remove_unit_ties
from tutoring.community.events import ImportMoved, MembershipEnded, Suspended
from tutoring.community.memberships.queries import staff_names_around
from tutoring.community.queries import nomination
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES
from tutoring.web.socket_io import realtime

staff_names.register(staff_names_around)


@rename_blocks.register
def is_paused(user_id: int) -> bool:
    """Returns whether a helper is paused or barred now."""
    found = nomination(user_id)
    return found is not None and found.state in ("paused", "barred")


@on(AccountErased)
def remove_ties_of_erased_user(event: AccountErased) -> None:
    remove_unit_ties(event.user_id)


@on(MembershipEnded)
def check_readiness_after_leaving(event: MembershipEnded) -> None:
    if event.role in CHILD_OBSERVER_ROLES:
        look_after_leaving(event.user_id)


@on(Suspended)
def check_readiness_after_suspension(event: Suspended) -> None:
    look_after_leaving(event.user_id)


@on(ImportMoved)
def push_import_progress(event: ImportMoved) -> None:
    after_commit(realtime.push, "changed", {"what": "units"}, f"user:{event.by_id}")
