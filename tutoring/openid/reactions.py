"""Reactions of OpenID Connect: whole sign-ins replace half ones, erased accounts and withdrawn consent end links."""

from tutoring.accounts.events import AccountErased, ConsentWithdrawn, SignInCompleted
from tutoring.kernel.events import on
from tutoring.openid.commands import carry_over, forget_links


@on(SignInCompleted)
def keep_the_session(event: SignInCompleted) -> None:
    carry_over(event.half_id, event.sign_in_id)


@on(AccountErased)
def forget_with_the_account(event: AccountErased) -> None:
    forget_links(event.user_id)


@on(ConsentWithdrawn)
def forget_with_the_profile(event: ConsentWithdrawn) -> None:
    """Without consent to the profile a child has no sign-in, so its link to a school account goes too."""
    if event.purpose == "profile":
        forget_links(event.subject_id)
