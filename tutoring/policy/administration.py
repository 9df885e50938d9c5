"""Access rules of administration: settings, facts, holidays, jobs, people, codes, audit log."""

from collections.abc import Collection


def may_run_the_site(held: Collection[str]) -> bool:
    """A site admin, in a sign-in that has shown the second factor."""
    return "site_admin" in held
