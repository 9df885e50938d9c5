"""Access rules of accounts: personal data, consent, second factor and step-up checks."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tutoring.policy.access import STAFF_OR_ADMIN

STEP_UP_LIFE = timedelta(minutes=10)  # so long an identity check counts

FACTOR_ROLES = STAFF_OR_ADMIN  # roles with power over others need more than a passphrase

ASSENT_FROM = 7  # years
YOUNGEST_OWN_ACCOUNT = 16
OF_AGE = 18


def band(youngest_age: int | None, kind: str) -> str:
    """Returns the age band: up_to_10, 11_15, 16_17 or adult.

    A birth year allows two ages; the caller passes the lower one. A school or a guardian sets the kind of the account.
    The kind can only make the band younger: a profile that a guardian holds counts as under 16. Without a birth year
    the function returns the youngest band that the kind allows. Only an adult account may omit the year.
    """
    if youngest_age is None:
        return {"adult": "adult", "youth": "16_17"}.get(kind, "up_to_10")
    if youngest_age >= OF_AGE:
        return "adult"
    if youngest_age <= 10:
        return "up_to_10"
    return "11_15" if kind == "child" or youngest_age < YOUNGEST_OWN_ACCOUNT else "16_17"


def may_have_email(kind: str) -> bool:
    """Accounts from 16 on may have an address.

    A child under 16 has none; its guardians are notified.
    """
    return kind != "child"


MOST_RENAMES = 2
RENAMES_WITHIN = timedelta(days=30)


def may_rename(times: int, stopped: bool) -> bool:
    """Allows two renames in thirty days; none while muted, paused or in an open case.

    All users read a name.
    """
    return times < MOST_RENAMES and not stopped


HELP_PURPOSES = frozenset({"profile", "pairing", "chat"})  # a child gets help only with consent to all of these


def may_act_for_child(is_guardian: bool) -> bool:
    """Only the guardian gives consent and assent for a child and handles its cards."""
    return is_guardian


def may_consent_alone(under_16: bool) -> bool:
    """From 16 on the user consents alone; for a child the guardian consents."""
    return not under_16


def may_register_alone(youngest_age: int) -> bool:
    """A user from 16 on registers alone.

    A guardian registers a child (Cybersecurity Law 116/2025/QH15, Art. 16).
    """
    return youngest_age >= YOUNGEST_OWN_ACCOUNT


def may_sign_in_as_child(consents: Collection[str]) -> bool:
    """A child's card works only while its guardian's consent to storing the profile is in force."""
    return "profile" in consents


def may_sign_in_over(encrypted: bool, minor: bool, accepted: bool) -> bool:
    """Minors sign in over an unencrypted connection only when a site administrator has accepted that."""
    return encrypted or not minor or accepted


def may_take_back(withdrew_it: bool, clean_up_due: bool) -> bool:
    """The person who made a withdrawal may undo it until its clean-up is due."""
    return withdrew_it and not clean_up_due


def needs_assent(oldest_age: int) -> bool:
    """From 7 on the child's own assent is required too (Law 91/2025/QH15, Art. 24)."""
    return oldest_age >= ASSENT_FROM


def may_have_second_factor(held: Collection[str], has_one: bool) -> bool:
    """Offers a second factor to the roles that need one.

    A user who has one keeps it when the role ends.
    """
    return has_one or not FACTOR_ROLES.isdisjoint(held)


def roles_that_count(held: Collection[str], lacks_factor: bool) -> frozenset[str]:
    """Returns the roles in force: those with power over others need the second factor."""
    return frozenset(held) - FACTOR_ROLES if lacks_factor else frozenset(held)


def stepped_up(at: datetime | None, now: datetime, life: timedelta = STEP_UP_LIFE) -> bool:
    """Whether the user's identity was checked less than `life` ago."""
    return at is not None and now - at < life
