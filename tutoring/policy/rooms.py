"""Placeholder."""

from tutoring.policy.access import ANYONE, SIGNED_IN, Access

ROUTES: dict[str, Access] = {}
