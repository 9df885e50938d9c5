"""The email address as its owner's pages show it."""

from dataclasses import dataclass

from tutoring.accounts.emails import commands as emails_commands
from tutoring.accounts.models import User
from tutoring.kernel import mail
from tutoring.policy.accounts import may_have_email


@dataclass(frozen=True)
class ShownEmail:
    """What the account page shows about the address."""

    offered: bool
    ready: bool
    shown: str


def shown_email(person: User) -> ShownEmail:
    """Returns the masked address and whether mail works; children are not offered one."""
    shown = emails_commands.masked(person.email) if person.email_mark and person.email else ""
    return ShownEmail(may_have_email(person.kind), mail.ready(), shown)
