"""Accounts: who may do what with people's own data."""

from tutoring.policy.access import ANYONE, SIGNED_IN, Access

ROUTES: dict[str, Access] = {
    "accounts.sign_in": ANYONE,
    "accounts.sign_out": SIGNED_IN,
    "accounts.forgot_mail": ANYONE,
    "accounts.forgot": ANYONE,
    "accounts.reset": ANYONE,
    "accounts.account": SIGNED_IN,
    "accounts.profile": SIGNED_IN,
    "accounts.password": SIGNED_IN,
    "accounts.end_sign_in": SIGNED_IN,
    "accounts.end_others": SIGNED_IN,
    "accounts.child": SIGNED_IN,
    "accounts.consent": SIGNED_IN,
    "accounts.assent": SIGNED_IN,
    "accounts.card": SIGNED_IN,
}


HELP_PURPOSES = frozenset({"profile", "pairing", "chat"})  # without each of these a child is not helped


def may_act_for_child(is_guardian: bool) -> bool:
    """Consent, assent and cards are the guardian's business alone."""
    return is_guardian


def may_consent_alone(under_16: bool) -> bool:
    """From 16 on the yes is the person's own; for a child it is the guardian's."""
    return not under_16


def may_register_alone(youngest_age: int) -> bool:
    """Under 16 a guardian registers the child (Cybersecurity Law 116/2025/QH15, Art. 16)."""
    return youngest_age >= 16


def needs_assent(oldest_age: int) -> bool:
    """From 7 on the child's own yes is asked too (Law 91/2025/QH15, Art. 24)."""
    return oldest_age >= 7
