"""What happens on the pages of groups when other features announce something."""

from tutoring.accounts.events import AccountErased
from tutoring.community.events import MembershipEnded, Suspended
from tutoring.groups import commands
from tutoring.kernel.events import on


@on(MembershipEnded)
def tasks_wait_for_somebody_else(event: MembershipEnded) -> None:
    commands.release_tasks(event.user_id)


@on(Suspended)
def tasks_of_somebody_suspended_wait(event: Suspended) -> None:
    commands.release_all_tasks(event.user_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    commands.forget_person(event.user_id)
