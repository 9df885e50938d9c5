"""The tables of all features together: every route and every socket event of the site stands here."""

from tutoring.policy import (
    accounts,
    administration,
    alarm_tests,
    calls,
    campaigns,
    circles,
    community,
    device_loans,
    device_needs,
    devices,
    groups,
    home,
    insights,
    lessons,
    minutes,
    moderation,
    notifications,
    pairing,
    parked,
    practice,
    privacy,
    rehearsing,
    rooms,
    sponsored,
    training,
    visits,
    welfare,
)
from tutoring.policy.access import ANYONE, SIGNED_IN, Access, admits

_FEATURES = (
    home, accounts, community, lessons, rooms, calls, practice, rehearsing, devices, device_needs,
    device_loans, sponsored, pairing, parked, minutes,
    groups, visits, circles, campaigns, training, moderation, notifications, insights, privacy,
    administration, welfare, alarm_tests,
)  # fmt: skip

ROUTES: dict[str, Access] = {"static": ANYONE}
SOCKET_EVENTS: dict[str, Access] = {}
_step_up: set[str] = set()
# Whoever is in danger is never too quick: these are served whatever was asked for before.
UNLIMITED: frozenset[str] = frozenset({"static", "web.health", "ready.look"})
for _feature in _FEATURES:
    ROUTES.update(_feature.ROUTES)
    UNLIMITED |= getattr(_feature, "UNLIMITED", frozenset())
    SOCKET_EVENTS.update(getattr(_feature, "SOCKET_EVENTS", {}))
    _step_up.update(getattr(_feature, "STEP_UP", ()))
STEP_UP = frozenset(_step_up)  # routes before which one shows again who one is, unless that was a short while ago

__all__ = ["ANYONE", "ROUTES", "SIGNED_IN", "SOCKET_EVENTS", "STEP_UP", "UNLIMITED", "Access", "admits"]
