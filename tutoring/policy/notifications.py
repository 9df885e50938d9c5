"""One's own inbox, and a child's week for its guardian."""

from tutoring.policy.access import SIGNED_IN, Access

ROUTES: dict[str, Access] = {
    "notifications.inbox": SIGNED_IN,
    "notifications.open_notice": SIGNED_IN,
    "notifications.read_all": SIGNED_IN,
    "notifications.week": SIGNED_IN,
}
