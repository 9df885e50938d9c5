"""What needs do when others announce something."""

from tutoring.accounts.events import ConsentWithdrawn
from tutoring.community.events import MembershipEnded, Suspended
from tutoring.devices.need_keeping import leave_ward, stop_needs_of
from tutoring.kernel.events import on


@on(MembershipEnded)
def needs_stay_in_the_ward(event: MembershipEnded) -> None:
    leave_ward(event.user_id)


@on(Suspended)
def nothing_is_given_meanwhile(event: Suspended) -> None:
    stop_needs_of(event.user_id, "suspended")


@on(ConsentWithdrawn)
def needs_rest_on_the_account(event: ConsentWithdrawn) -> None:
    if event.purpose == "profile":
        stop_needs_of(event.subject_id, "consent")
