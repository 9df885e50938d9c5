"""Access rules of administration: settings, facts, holidays, jobs, people, codes, audit log."""

from collections.abc import Collection

from tutoring.policy.access import Access, roles

_RUNS_THE_SITE = roles("site_admin")

_PAGES = (
    "index", "check_chain", "settings", "setting", "put_back", "facts", "fact", "holidays", "holiday", "units",
    "people", "person_act", "codes", "log", "work", "work_of_kind", "work_act",
)  # fmt: skip
ROUTES: dict[str, Access] = {f"administration.{name}": _RUNS_THE_SITE for name in _PAGES}
# Routes that change something for all users, or for one, need a recent identity check.
STEP_UP = frozenset(
    f"administration.{name}" for name in ("setting", "put_back", "fact", "holiday", "person_act", "work_act")
)


def may_run_the_site(held: Collection[str]) -> bool:
    """A site admin, in a sign-in that has shown the second factor."""
    return "site_admin" in held
