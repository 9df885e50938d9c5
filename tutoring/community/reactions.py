"""What places do when somebody's account is erased."""

from tutoring.accounts.events import AccountErased
from tutoring.community.leaving import leave_everything
from tutoring.kernel.events import on


@on(AccountErased)
def nothing_ties_them_here(event: AccountErased) -> None:
    leave_everything(event.user_id)
