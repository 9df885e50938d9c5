"""Deletes milestones when an account is erased; importing it also registers the count job."""

from tutoring.accounts.events import AccountErased
from tutoring.insights.monthly_statistics.jobs import forget_milestones
from tutoring.kernel.events import on


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    forget_milestones(event.user_id)
