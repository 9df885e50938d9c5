"""Reaction of the notebook to an erased account."""

from tutoring.accounts.events import AccountErased
from tutoring.kernel.events import on
from tutoring.notebook.commands import forget_notebook
from tutoring.notebook.first_dossier import forget_first_dossier


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    forget_notebook(event.user_id)
    forget_first_dossier(event.user_id)
