"""The start page, help, language and health."""

from tutoring.policy.access import ANYONE, SIGNED_IN, Access

ROUTES: dict[str, Access] = {
    "home.start": ANYONE,
    "home.help": ANYONE,
    "home.search": ANYONE,
    "home.put_steps_away": SIGNED_IN,
    "home.bring_steps_back": SIGNED_IN,
    "home.calls_saved": SIGNED_IN,
    "web.language": ANYONE,
    "web.health": ANYONE,
    "ready.look": ANYONE,
    "metrics.figures": ANYONE,  # behind a token of its own
}
UNLIMITED = frozenset({"home.help"})
