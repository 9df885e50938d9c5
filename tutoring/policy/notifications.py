"""One's own inbox and how notices come, and a child's week for its guardian."""

from collections.abc import Set

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access


def may_switch_push_on(own_sign_in: bool, shared_device: bool) -> bool:
    """Notices show on a device that its owner alone uses: not where one signs in for half an hour."""
    return own_sign_in and not shared_device


def may_get_texts(is_minor: bool) -> bool:
    """Short messages go to grown-ups: a child's number is for its family, and costs are not a child's to make."""
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
    "notifications.off": ANYONE,  # the signed address in a letter says whose letters and which
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
    """Whether somebody may ask to be called in their quiet hours where a person is in danger: grown staff."""
    return not minor and not STAFF.isdisjoint(roles)
