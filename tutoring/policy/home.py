"""Access table of the start page, help, status, language and health."""

from tutoring.policy.access import ANYONE, SIGNED_IN, Access

ROUTES: dict[str, Access] = {
    "home.start": ANYONE,
    "home.help": ANYONE,
    "home.search": ANYONE,
    "home.put_steps_away": SIGNED_IN,
    "home.bring_steps_back": SIGNED_IN,
    "home.calls_saved": SIGNED_IN,
    "help.page": ANYONE,
    "help.picture": ANYONE,
    "help.in_vietnamese": ANYONE,
    "help.tour": ANYONE,
    "help.status": ANYONE,
    "web.language": ANYONE,
    "web.health": ANYONE,
    "ready.look": ANYONE,
    "metrics.figures": ANYONE,  # behind a token of its own
}
# Waiting users reload the status page often; it is rendered once in some seconds.
UNLIMITED = frozenset({"home.help", "help.status"})
