"""Access rules of the inbox, of notice channels and of a child's week for its guardian."""

from collections.abc import Set

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access


def may_switch_push_on(own_sign_in: bool, shared_device: bool) -> bool:
    """Push needs a device that only its owner uses; a shared device has half-hour sign-ins."""
    return own_sign_in and not shared_device


def may_get_texts(is_minor: bool) -> bool:
    """Only adults get SMS: a child's number is for its family, and a child must not cause costs."""
    return not is_minor


ROUTES: dict[str, Access] = {
    "notifications.inbox": SIGNED_IN,
    "notifications.open_notice": SIGNED_IN,
    "notifications.read_all": SIGNED_IN,
    "notifications.unread_all": SIGNED_IN,
    "notifications.week": SIGNED_IN,
    "notifications.choices": SIGNED_IN,
    "notifications.save_choices": SIGNED_IN,
    "notifications.try_again": SIGNED_IN,
    "notifications.off": ANYONE,  # the signed address in a mail identifies the recipient and the kind of mail
    "notifications.switch_it_off": ANYONE,
    **dict.fromkeys(
        ("notifications.push_on", "notifications.push_off", "notifications.push_try",
         "notifications.text_code", "notifications.text_number", "notifications.text_off"), SIGNED_IN,
    ),
    "notifications.times": SIGNED_IN,
    "notifications.time_file": SIGNED_IN,
    "notifications.feed": ANYONE,  # its address carries a secret
    "notifications.make_feed": SIGNED_IN,
    "notifications.end_feed": SIGNED_IN,
}  # fmt: skip


def may_be_woken(roles: Set[str], minor: bool) -> bool:
    """Adult staff may ask to be called in their quiet hours when a person is in danger."""
    return not minor and not STAFF.isdisjoint(roles)
