"""Pages of neighbourhoods and wards: who is on duty, what is announced, what members do, visits."""

from tutoring.policy.access import Access

ROUTES: dict[str, Access] = {}
