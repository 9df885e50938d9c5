"""Help pages, the guided tour and the page that says how the site is."""

from tutoring.policy.access import ANYONE, Access

ROUTES: dict[str, Access] = {
    "help.page": ANYONE,
    "help.picture": ANYONE,
    "help.in_vietnamese": ANYONE,
    "help.tour": ANYONE,
    "help.status": ANYONE,
}
UNLIMITED = frozenset({"help.status"})  # whoever waits presses again and again; it is made once in some seconds
