"""Sponsored internet: who may bring vouchers in, hand them out and open them."""

from tutoring.policy.access import Access

ROUTES: dict[str, Access] = {}
