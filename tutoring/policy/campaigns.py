"""Access rules of campaigns: goals, materials made from lessons, and results.

`held` are the roles at the unit that owns the campaign, or above it.
"""

from collections.abc import Collection

WRITERS = frozenset({"lead", "officer", "coordinator"})
PUBLISHERS = frozenset({"officer", "coordinator"})


def may_write_campaign(held: Collection[str]) -> bool:
    """Leads, officers and coordinators prepare a campaign and its materials, and see results."""
    return not WRITERS.isdisjoint(held)


def may_publish_campaign(held: Collection[str], is_author: bool, others: bool) -> bool:
    """An officer or coordinator publishes a campaign.

    The author may not, while `others` may publish it.
    """
    return not PUBLISHERS.isdisjoint(held) and not (is_author and others)


def may_change_campaign(held: Collection[str], state: str) -> bool:
    """Users who may write a campaign change a draft.

    Only users who may publish change a public one.
    """
    return may_write_campaign(held) if state == "draft" else may_end_campaign(held, state)


def may_end_campaign(held: Collection[str], state: str) -> bool:
    """Whether the user may discard a draft or close an open campaign early."""
    if state == "open":
        return not PUBLISHERS.isdisjoint(held)
    return state == "draft" and may_write_campaign(held)
