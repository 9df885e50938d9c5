"""Access rules of data rights (see, export, erase personal data) and of the breach log."""

from collections.abc import Collection
from datetime import datetime, timedelta

EXPORT_EVERY = timedelta(days=1)
THINK_AGAIN = timedelta(hours=24)


def may_see_data(is_self: bool, is_confirmed_guardian: bool) -> bool:
    """The user sees their own data; a confirmed guardian sees the data of a child under 16.

    A second person has confirmed that guardian.
    """
    return is_self or is_confirmed_guardian


def may_use_rights(is_self: bool, under_16: bool, is_confirmed_guardian: bool) -> bool:
    """From 16 on users use their own rights.

    A guardian uses those of a child (Law 91/2025/QH15, Art. 24).
    """
    return is_confirmed_guardian if under_16 else is_self


def may_export_again(last: datetime | None, now: datetime) -> bool:
    """Allows one export a day: an export is expensive, and a thief would request many."""
    return last is None or now - last >= EXPORT_EVERY


def why_not_leave(site_admins: int, only_coordinator_of: str) -> str:
    """Returns why the user may not leave without a successor: "admin", "coordinator" or ""."""
    if site_admins == 1:
        return "admin"
    return "coordinator" if only_coordinator_of else ""


def may_run_the_site(held: Collection[str]) -> bool:
    """Site admins answer requests, write the log of breaches and print the record of processing."""
    return "site_admin" in held
