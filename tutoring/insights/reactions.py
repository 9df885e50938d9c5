"""What figures do when somebody's account is erased; and the nightly count, registered by being imported."""

from tutoring.accounts.events import AccountErased
from tutoring.insights.monthly_statistics.jobs import forget_milestones
from tutoring.kernel.events import on


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    forget_milestones(event.user_id)
