"""What places do when somebody's account is erased; open pages hear of files of units."""

from tutoring.accounts.events import AccountErased
from tutoring.community.events import ImportMoved
from tutoring.community.leaving import leave_everything
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.web import live


@on(AccountErased)
def nothing_ties_them_here(event: AccountErased) -> None:
    leave_everything(event.user_id)


@on(ImportMoved)
def the_sender_sees_progress(event: ImportMoved) -> None:
    after_commit(live.push, "changed", {"what": "units"}, f"user:{event.by_id}")
