"""How many statements a page may ask of the database, read for the second time, for the person it is for.

A page that is not listed may ask `MOST`. The listed ones are dearer and are to become cheaper: a page that asks fewer
than its limit lets the test fail until the limit is lowered.
"""

from tests.every_page.page_catalogue import Seen

MOST = 12

LIMITS: dict[tuple[str, str | None], int] = {
}  # fmt: skip


def limit_of(seen: Seen) -> int:
    """Returns the limit of a page for the person who looks at it."""
    return LIMITS.get((seen.endpoint, seen.who), MOST)
