"""Handing over, lending, taking back, thanking."""

from tutoring.policy.access import Access

ROUTES: dict[str, Access] = {}
