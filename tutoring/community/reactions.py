"""Reactions of units: an erased account, a helper who left, the progress of imports."""

from tutoring.accounts.events import AccountErased
from tutoring.accounts.names.commands import keep_name_while, staff_names_by
from tutoring.community.alarm_tests.commands import look_after_leaving
from tutoring.community.erasure import leave_everything
from tutoring.community.events import ImportMoved, MembershipEnded, Suspended
from tutoring.community.memberships.queries import staff_names_around
from tutoring.community.queries import nomination
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.policy.rooms.participation import WATCH_CHILDREN
from tutoring.web import realtime

staff_names_by(staff_names_around)


@keep_name_while
def is_paused(user_id: int) -> bool:
    """Returns whether a helper is paused or barred now."""
    found = nomination(user_id)
    return found is not None and found.state in ("paused", "barred")


@on(AccountErased)
def nothing_ties_them_here(event: AccountErased) -> None:
    leave_everything(event.user_id)


@on(MembershipEnded)
def whoever_has_left_answers_no_more(event: MembershipEnded) -> None:
    if event.role in WATCH_CHILDREN:
        look_after_leaving(event.user_id)


@on(Suspended)
def whoever_is_suspended_answers_no_more(event: Suspended) -> None:
    look_after_leaving(event.user_id)


@on(ImportMoved)
def the_sender_sees_progress(event: ImportMoved) -> None:
    after_commit(realtime.push, "changed", {"what": "units"}, f"user:{event.by_id}")
