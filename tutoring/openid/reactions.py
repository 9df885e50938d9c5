"""Reactions of OpenID Connect: whole sign-ins replace half ones; erasure, withdrawn consent and resets end links."""

from tutoring.accounts.events import AccountErased, ConsentWithdrawn, PasswordReset, SignInCompleted
from tutoring.kernel.events import on
from tutoring.openid.commands import carry_over, forget_links, remove_links


@on(SignInCompleted)
def keep_the_session(event: SignInCompleted) -> None:
    carry_over(event.half_id, event.sign_in_id)


@on(PasswordReset)
def forget_with_the_password(event: PasswordReset) -> None:
    """Removes links: a thief of the account may have linked a school account of their own."""
    remove_links(event.user_id)


@on(AccountErased)
def forget_with_the_account(event: AccountErased) -> None:
    forget_links(event.user_id)


@on(ConsentWithdrawn)
def forget_with_the_profile(event: ConsentWithdrawn) -> None:
    """Without consent to the profile a child has no sign-in, so its link to a school account goes too."""
    if event.purpose == "profile":
        forget_links(event.subject_id)
