"""Accounts: who may do what with people's own data, who shows a second factor, and for how long that is enough."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access

ROUTES: dict[str, Access] = {
    "accounts.sign_in": ANYONE,
    "accounts.sign_in_code": ANYONE,
    "accounts.recovery_code": ANYONE,
    "accounts.sign_out": SIGNED_IN,
    "accounts.confirm_it_is_you": SIGNED_IN,
    "accounts.second_factor": SIGNED_IN,
    "accounts.set_up_second_factor": SIGNED_IN,
    "accounts.recovery_codes": SIGNED_IN,
    "accounts.forgot_mail": ANYONE,
    "accounts.forgot": ANYONE,
    "accounts.reset": ANYONE,
    "accounts.account": SIGNED_IN,
    "accounts.profile": SIGNED_IN,
    "accounts.password": SIGNED_IN,
    "accounts.email": SIGNED_IN,
    "accounts.confirm_email": SIGNED_IN,
    "accounts.drop_email": SIGNED_IN,
    "accounts.end_sign_in": SIGNED_IN,
    "accounts.end_others": SIGNED_IN,
    "accounts.child": SIGNED_IN,
    "accounts.consent": SIGNED_IN,
    "accounts.assent": SIGNED_IN,
    "accounts.renewal": SIGNED_IN,
    "accounts.card": SIGNED_IN,
}


# Asked again who it is, when the last time was longer ago than this.
STEP_UP = frozenset({
    "accounts.set_up_second_factor", "accounts.recovery_codes", "accounts.card",
    "accounts.email", "accounts.drop_email",  # whoever holds the address can ask for a new passphrase there
})  # fmt: skip
STEP_UP_LIFE = timedelta(minutes=10)

FACTOR_ROLES = STAFF | {"site_admin"}  # who has power over others shows more than a passphrase

YOUNGEST_OWN_ACCOUNT = 16
OF_AGE = 18


def band(youngest_age: int | None, kind: str) -> str:
    """up_to_10, 11_15, 16_17 or adult: by the lower of the two ages that a birth year allows.

    The kind of the account, which a school or a guardian sets, can only make the band younger: a profile that a
    guardian holds counts as under 16 as long as it is one, and of whom no birth year is known the youngest that the
    kind allows is taken. Only an account of a grown-up may leave the year out.
    """
    if youngest_age is None:
        return {"adult": "adult", "youth": "16_17"}.get(kind, "up_to_10")
    if youngest_age >= OF_AGE:
        return "adult"
    if youngest_age <= 10:
        return "up_to_10"
    return "11_15" if kind == "child" or youngest_age < YOUNGEST_OWN_ACCOUNT else "16_17"


def may_have_email(kind: str) -> bool:
    """From 16 on; of a child under 16 there is no address, its guardians are told."""
    return kind != "child"


MOST_RENAMES = 2
RENAMES_WITHIN = timedelta(days=30)


def may_rename(times: int, stopped: bool) -> bool:
    """Twice in thirty days, and not while somebody is muted, paused or has an open case: a name is read by all."""
    return times < MOST_RENAMES and not stopped


HELP_PURPOSES = frozenset({"profile", "pairing", "chat"})  # without each of these a child is not helped


def may_act_for_child(is_guardian: bool) -> bool:
    """Consent, assent and cards are the guardian's business alone."""
    return is_guardian


def may_consent_alone(under_16: bool) -> bool:
    """From 16 on the yes is the person's own; for a child it is the guardian's."""
    return not under_16


def may_register_alone(youngest_age: int) -> bool:
    """Under 16 a guardian registers the child (Cybersecurity Law 116/2025/QH15, Art. 16)."""
    return youngest_age >= YOUNGEST_OWN_ACCOUNT


def may_sign_in_as_child(consents: Collection[str]) -> bool:
    """A child's card works only while its guardian's yes to keeping the profile stands."""
    return "profile" in consents


def may_take_back(withdrew_it: bool, clean_up_due: bool) -> bool:
    """A withdrawal is undone by whoever made it, until its clean-up is due."""
    return withdrew_it and not clean_up_due


def needs_assent(oldest_age: int) -> bool:
    """From 7 on the child's own yes is asked too (Law 91/2025/QH15, Art. 24)."""
    return oldest_age >= 7


def may_have_second_factor(held: Collection[str], has_one: bool) -> bool:
    """Offered to those of whom it is asked; whoever has one keeps it when the role ends."""
    return has_one or not FACTOR_ROLES.isdisjoint(held)


def roles_that_count(held: Collection[str], lacks_factor: bool) -> frozenset[str]:
    """Power over others counts only in a sign-in that has shown the second factor."""
    return frozenset(held) - FACTOR_ROLES if lacks_factor else frozenset(held)


def stepped_up(at: datetime | None, now: datetime, life: timedelta = STEP_UP_LIFE) -> bool:
    """Whether it was made sure a short while ago that this is still the same person."""
    return at is not None and now - at < life
