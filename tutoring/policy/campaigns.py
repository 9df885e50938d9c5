"""Campaigns: a goal, what counts, the materials made from lessons, and what brought people. `held` are the roles at the
unit whose campaign it is, or above it."""

from collections.abc import Collection

from tutoring.policy.access import ANYONE, Access, roles

WRITERS = frozenset({"lead", "officer", "coordinator"})
PUBLISHERS = frozenset({"officer", "coordinator"})

_WRITERS: Access = roles(*sorted(WRITERS))

ROUTES: dict[str, Access] = {
    **dict.fromkeys([f"campaigns.{name}" for name in ("index", "show", "scan", "picture")], ANYONE),
    **dict.fromkeys(
        [
            f"campaigns.{name}"
            for name in (
                "of_unit", "new", "manage", "edit", "publish", "close", "new_material", "material", "edit_material",
                "paper_file", "drop_material",
            )
        ],
        _WRITERS,
    ),
}  # fmt: skip


def may_write_campaign(held: Collection[str]) -> bool:
    """Prepare a campaign of a unit, make its materials, see what they brought: its leads, officers, coordinators."""
    return not WRITERS.isdisjoint(held)


def may_publish_campaign(held: Collection[str], is_author: bool, others: bool) -> bool:
    """Let everybody read it: an officer or coordinator, and not who wrote it while there are `others` who may."""
    return not PUBLISHERS.isdisjoint(held) and not (is_author and others)


def may_change_campaign(held: Collection[str], state: str) -> bool:
    """A draft is changed by whoever may write one; what everybody reads only by whoever may publish."""
    return may_write_campaign(held) if state == "draft" else may_end_campaign(held, state)


def may_end_campaign(held: Collection[str], state: str) -> bool:
    """Discard a draft, or close a campaign before its time."""
    if state == "open":
        return not PUBLISHERS.isdisjoint(held)
    return state == "draft" and may_write_campaign(held)
