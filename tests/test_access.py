"""One walk over every route and every socket verb, as nobody and as each role: it must agree with policy."""

import re
from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.kernel import clock, rate_limits
from tutoring.policy import access_tables as policy
from tutoring.policy.access import ANYONE, SIGNED_IN, admits, scope_of_access
from tutoring.web.socket_io import realtime

# Who stands for which role in the demonstration community.
PEOPLE = {
    "learner": "minh",
    "parent": "lan",
    "helper": "khoa",
    "teacher": "hang",
    "coordinator": "quang",
    "lead": "muoi",
    "officer": "mai",
    "site_admin": "admin1",
}
ROLES_OF = {"minh": {"learner"}, "lan": {"parent"}, "khoa": {"learner"}, "hang": {"teacher"}, "quang": {"coordinator"},
            "muoi": {"lead"}, "mai": {"officer"}, "admin1": {"site_admin"}}  # fmt: skip


def address(rule: str) -> str:
    """A concrete address for a rule: numbers that exist nowhere, words that mean nothing."""
    return re.sub(r"<(?:(int):)?[^>]+>", lambda found: "999999" if found.group(1) else "khong-co", rule)


def answers(app: Flask, client: FlaskClient, endpoints: Iterable[str]) -> dict[str, int]:
    seen, asked = {}, frozenset(endpoints)
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in asked:
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        rate_limits.clear()  # there are more acts than somebody may do in a minute
        response = client.open(address(rule.rule), method=method, headers={"Accept": "application/json"})
        seen[rule.endpoint] = response.status_code
    return seen


@pytest.fixture(autouse=True)
def _no_time_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in is fresh for some minutes only, which a walk on a busy machine takes."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_every_route_and_verb_stands_in_the_policy(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(policy.ROUTES)
    assert set(realtime.EVENT_HANDLERS) == set(policy.SOCKET_EVENTS)


def test_nobody_gets_only_what_is_for_anyone(app: Flask, world: World, client: FlaskClient) -> None:
    for endpoint, status in answers(app, client, policy.ROUTES).items():
        if policy.ROUTES[endpoint] == ANYONE:
            assert status != 401, endpoint
        else:
            assert status == 401, endpoint


def share(role: str) -> set[str]:
    """Endpoints at which the quick run asks as this role: at each one, one role of those that come in and one of those
    that do not. The lines that answer the others are the same: they look the role up in the table."""
    asked = set()
    for endpoint, entry in policy.ROUTES.items():
        for admitted in (True, False):
            alike = [one for one, name in PEOPLE.items() if admits(entry, True, ROLES_OF[name]) == admitted]
            if alike and alike[len(endpoint) % len(alike)] == role:
                asked.add(endpoint)
    return asked


@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_comes_in_where_the_policy_says(
    app: Flask, as_: Callable[[str], FlaskClient], role: str, request: pytest.FixtureRequest
) -> None:
    name = PEOPLE[role]
    client = as_(name)
    asked = policy.ROUTES if request.config.getoption("--all") else share(role)
    for endpoint, status in answers(app, client, asked).items():
        if endpoint == "accounts.sign_out":
            client = as_(name)
            continue
        if scope_of_access(policy.ROUTES[endpoint]) is not None:
            assert status == 401, endpoint  # the cookie of a sign-in is no token
            continue
        admitted = admits(policy.ROUTES[endpoint], True, ROLES_OF[name])
        assert status != 401, endpoint
        if not admitted:
            assert status == 404, endpoint
        assert status < 500, endpoint


def test_an_unlisted_route_is_closed_to_everybody(app: Flask) -> None:
    assert not admits(policy.ROUTES.get("nothing.such"), True, {"site_admin", "coordinator"})
    assert not admits(policy.SOCKET_EVENTS.get("nothing"), True, {"teacher"})
    assert admits(SIGNED_IN, True, ())


def test_verbs_ask_for_a_seat(app: Flask) -> None:
    """Every verb is for signed-in people only; who has a seat is checked by its command (tests/rooms)."""
    assert set(policy.SOCKET_EVENTS.values()) == {SIGNED_IN}
