"""Access rules of webhooks: who connects which events to an address, how long is tried, when a webhook ends."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tutoring.policy.access import STAFF
from tutoring.policy.devices.inventory import may_run_store

REQUEST, ROOM_OPENED, ROOM_CLOSED, CAMPAIGN, DEVICE = (
    "request.waiting", "room.opened", "room.closed", "campaign.counted", "device.moved",
)  # fmt: skip
TEST = "test"  # sent by hand alone
KINDS = (REQUEST, ROOM_OPENED, ROOM_CLOSED, CAMPAIGN, DEVICE)
# Units large enough that a request for help there points at no single pupil; a class is not.
LARGE = frozenset({"city", "ward", "neighbourhood", "school"})
PLACES = LARGE | {"partner"}  # a partner organisation hears of the campaigns that it supports, and of nothing else
MOST_WEBHOOKS = 5  # of a unit
LONGEST_ADDRESS = 300
OLD_SECRET_HOLDS = timedelta(days=1)  # so long both secrets sign after a change
# Before each further try; then the delivery has failed.
DELAYS = tuple(timedelta(seconds=one) for one in (10, 300, 1_800, 7_200, 18_000, 36_000, 50_400))
ENDS_AFTER = timedelta(days=3)  # of nothing but failures
KEPT_DAYS = 30  # of the log


def may_manage(held: Collection[str], kind: str, archived: bool) -> bool:
    """The staff of a partner, school, neighbourhood, ward or city connect it; `held` are the acting roles there."""
    return not archived and kind in PLACES and not STAFF.isdisjoint(held)


def may_see(held: Collection[str], kind: str) -> bool:
    """The staff, and a site admin, see the webhooks of a unit and end each of them."""
    return kind in PLACES and not (STAFF | {"site_admin"}).isdisjoint(held)


def offered_kinds(held: Collection[str], kind: str) -> tuple[str, ...]:
    """Returns the events that these roles can connect: those of devices for who runs the store of a ward."""
    if kind not in LARGE:
        return (CAMPAIGN,) if kind in PLACES else ()
    stock = kind == "ward" and may_run_store(held)
    return tuple(one for one in KINDS if one != DEVICE or stock)


def next_delay(tries: int) -> timedelta | None:
    """Returns how long to wait after so many tries, or None when it was the last one."""
    return DELAYS[tries - 1] if tries <= len(DELAYS) else None


def is_accepted(status: int) -> bool:
    """Whether the receiver took the event."""
    return 200 <= status < 300


def ends_now(status: int | None, tries: int, failing_since: datetime | None, now: datetime) -> bool:
    """Whether a webhook ends: its receiver says that it is gone, or accepted nothing for days.

    For the second, a delivery must have used up its tries: one failure long after another says nothing of the time
    between.
    """
    if status == 410:
        return True
    return next_delay(tries) is None and failing_since is not None and now - failing_since >= ENDS_AFTER
