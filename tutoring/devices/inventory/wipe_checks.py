"""Checks and wiping methods of each kind of device, as pure data without database access."""

from collections.abc import Collection
from typing import Final

_HANDHELD = ("accounts_out", "cards_out", "reset_done", "welcome_seen", "starts_charges")
_COMPUTER = ("files_offered", "disk_wiped", "system_fresh", "no_accounts", "starts")

CHECKS: Final[dict[str, tuple[str, ...]]] = {
    "phone": _HANDHELD,
    "tablet": _HANDHELD,
    "laptop": _COMPUTER,
    "desktop": _COMPUTER,
    "router": ("reset_done", "password_new", "cards_out"),
}
METHODS: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("settings_reset", "recovery_reset"),
    "tablet": ("settings_reset", "recovery_reset"),
    "laptop": ("overwritten", "encrypted_reset", "disk_changed"),
    "desktop": ("overwritten", "encrypted_reset", "disk_changed"),
    "router": ("button_reset", "menu_reset"),
}


def missing_checks(kind: str, ticked: Collection[str]) -> list[str]:
    """Returns the checks of this kind that were not ticked, in order."""
    return [check for check in CHECKS[kind] if check not in ticked]


def may_be_method(kind: str, method: str) -> bool:
    """Returns whether a device of this kind may be wiped with this method."""
    return method in METHODS[kind]
