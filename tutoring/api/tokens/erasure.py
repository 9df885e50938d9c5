"""Ends tokens with the sign-ins of their maker, deletes them with the account, and forgets old keys."""

from datetime import time
from typing import Any

from tutoring.accounts.events import AccountErased, SignInsEnded
from tutoring.api.tokens import commands as token_commands
from tutoring.kernel import jobs
from tutoring.kernel.events import on
from tutoring.openid.events import IdentitiesRemoved


@on(SignInsEnded)
def end_tokens_with_sign_ins(event: SignInsEnded) -> None:
    """A new passphrase or a ban ends programs as it ends devices."""
    token_commands.end_tokens_of([event.user_id])


@on(IdentitiesRemoved)
def end_tokens_with_school_accounts(event: IdentitiesRemoved) -> None:
    """Who loses the school account loses the programs that were connected with it."""
    token_commands.end_tokens_of(event.user_ids)


@on(AccountErased)
def delete_tokens_of_erased_user(event: AccountErased) -> None:
    token_commands.delete_tokens_of(event.user_id)


@jobs.daily("api.forget_writes", time(3, 25))
def _forget(_payload: dict[str, Any]) -> None:
    token_commands.forget_writes()
