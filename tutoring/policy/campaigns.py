"""Campaigns: a goal, what counts, the materials made from lessons, and what brought people."""

from tutoring.policy.access import Access

ROUTES: dict[str, Access] = {}
