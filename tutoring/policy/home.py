"""The start page, help, language and health."""

from tutoring.policy.access import ANYONE, Access

ROUTES: dict[str, Access] = {
    "home.start": ANYONE,
    "home.help": ANYONE,
    "web.language": ANYONE,
    "web.health": ANYONE,
}
UNLIMITED = frozenset({"home.help"})
