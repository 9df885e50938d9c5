"""What visits do when an account is erased, or somebody who was to go no longer may."""

from tutoring.accounts.events import AccountErased
from tutoring.community.events import HelperStopped, MembershipEnded, Suspended
from tutoring.groups.visit_keeping import forget_person, stop_for
from tutoring.groups.visit_planning import look_again
from tutoring.kernel.events import on


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    forget_person(event.user_id)


@on(Suspended)
def nobody_goes(event: Suspended) -> None:
    stop_for(event.user_id)


@on(HelperStopped)
def others_go_for_whom_nobody_vouches(event: HelperStopped) -> None:
    look_again(event.user_id)


@on(MembershipEnded)
def others_go_for_who_left(event: MembershipEnded) -> None:
    look_again(event.user_id)
