"""The access tables of all features together: every route and socket event of the site."""

from tutoring.policy import (
    accounts,
    administration,
    alarm_tests,
    campaigns,
    circles,
    community,
    groups,
    home,
    insights,
    lessons,
    notifications,
    privacy,
    training,
    visits,
    welfare,
)
from tutoring.policy.access import ANYONE, SIGNED_IN, Access, admits
from tutoring.policy.devices import inventory, loans, needs, vouchers
from tutoring.policy.moderation import cases
from tutoring.policy.pairing import awaiting_device, requests
from tutoring.policy.practice import portal, shared_runs
from tutoring.policy.rooms import calls, participation, volunteer_minutes

_FEATURES = (
    home, accounts, community, lessons, participation, calls, portal, shared_runs, inventory, needs,
    loans, vouchers, requests, awaiting_device, volunteer_minutes,
    groups, visits, circles, campaigns, training, cases, notifications, insights, privacy,
    administration, welfare, alarm_tests,
)  # fmt: skip

ROUTES: dict[str, Access] = {"static": ANYONE}
SOCKET_EVENTS: dict[str, Access] = {}
_step_up: set[str] = set()
# Routes without a rate limit: a person in danger is served, however many requests came before.
UNLIMITED: frozenset[str] = frozenset({"static", "web.health", "ready.look"})
for _feature in _FEATURES:
    ROUTES.update(_feature.ROUTES)
    UNLIMITED |= getattr(_feature, "UNLIMITED", frozenset())
    SOCKET_EVENTS.update(getattr(_feature, "SOCKET_EVENTS", {}))
    _step_up.update(getattr(_feature, "STEP_UP", ()))
STEP_UP = frozenset(_step_up)  # routes that need a recent identity check

__all__ = ["ANYONE", "ROUTES", "SIGNED_IN", "SOCKET_EVENTS", "STEP_UP", "UNLIMITED", "Access", "admits"]
