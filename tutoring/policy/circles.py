"""Circles of parents by class and school: topics that stay findable, and answers that help."""

from tutoring.policy.access import Access

ROUTES: dict[str, Access] = {}
