"""Access rules of the inbox, of notice channels and of a child's week for its guardian."""

from collections.abc import Set

from tutoring.policy.access import STAFF


def may_switch_push_on(own_sign_in: bool, shared_device: bool) -> bool:
    """Push needs a device that only its owner uses; a shared device has half-hour sign-ins."""
    return own_sign_in and not shared_device


def may_get_texts(is_minor: bool) -> bool:
    """Only adults get SMS: a child's number is for its family, and a child must not cause costs."""
    return not is_minor


def may_be_woken(roles: Set[str], minor: bool) -> bool:
    """Adult staff may ask to be called in their quiet hours when a person is in danger."""
    return not minor and not STAFF.isdisjoint(roles)
