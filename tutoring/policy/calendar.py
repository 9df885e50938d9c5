"""One's own times, and the private feed, which whoever knows its address may read."""

from tutoring.policy.access import ANYONE, SIGNED_IN, Access

ROUTES: dict[str, Access] = {
    "notifications.times": SIGNED_IN,
    "notifications.time_file": SIGNED_IN,
    "notifications.feed": ANYONE,
    "notifications.make_feed": SIGNED_IN,
    "notifications.end_feed": SIGNED_IN,
}
