"""Every operation of the API, driven with tokens as the pages are driven with sign-ins.

What is expected is worked out from policy and from plain facts, never copied from an answer.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.token_clients import Api, token_of
from tests.factories import person
from tests.parametrize import some
from tests.test_access_ids import INSIDE, OUTSIDE, UNKNOWN, Asker, Things, address, ids_for
from tests.test_access_ids import things as things
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.db import db
from tutoring.policy import access_tables
from tutoring.policy import api as of_api
from tutoring.policy import class_overview as of_overviews
from tutoring.policy import classes as of_classes
from tutoring.policy.access import ANYONE, scope_of_access
from tutoring.policy.devices.inventory import may_run_store

pytestmark = pytest.mark.usefixtures("things")

DOORS: dict[str, Callable[[frozenset[str], str], bool]] = {  # by the roles at the unit, and its kind
    "api.unit": lambda held, _kind: of_api.may_see_unit_tokens(held),
    "api.units_below": lambda held, _kind: of_api.may_see_unit_tokens(held),
    "api.unit_calendar": lambda held, _kind: of_api.may_see_unit_tokens(held),
    "api.class_overview": of_overviews.may_see_progress,
    "api.class_sums": of_overviews.may_see_class_sums,
    "api.works": of_classes.may_run_class,
    "api.set_work": of_classes.may_run_class,
    "api.device_stock": lambda held, kind: kind == "ward" and may_run_store(held),
}
PLACES = ("ward_id", "unit_id", "room_unit", "class_unit")  # a ward, a school of it, two classes of that


def rules(app: Flask) -> dict[str, tuple[str, str]]:
    """The address and the method of each operation that a token opens."""
    return {
        rule.endpoint: (rule.rule, "POST" if "POST" in (rule.methods or ()) else "GET")
        for rule in app.url_map.iter_rules()
        if scope_of_access(access_tables.ROUTES[rule.endpoint]) is not None
    }


def knock(api: Api, method: str, rule: str, unit_id: Any) -> tuple[int, Any]:
    body = {"kind": "help", "due": "1999-01-01"} if method == "POST" else None  # a day that is over: nothing is set
    path = address(rule, {"unit_id": unit_id})
    answer = api.client.open(path, method=method, json=body, headers={**api.headers, "Idempotency-Key": "k"})
    return answer.status_code, answer.get_json(force=True).get("code")


def test_every_operation_about_a_unit_has_a_door(app: Flask) -> None:
    assert {name for name, (rule, _method) in rules(app).items() if "unit_id" in rule} == set(DOORS)
    of_units = {rule.endpoint for rule in app.url_map.iter_rules() if "unit_id" in rule.rule}
    opened = {name for name in of_units if name.startswith("api.") and access_tables.ROUTES[name] == ANYONE}
    assert of_units >= set(DOORS) and not opened


def test_nobody_comes_in_without_a_token(app: Flask, things: Things) -> None:
    for name, (rule, method) in rules(app).items():
        assert knock(Api(app), method, rule, things.ids["unit_id"]) == (401, "signed_out"), name


def test_a_token_opens_only_what_its_scope_says(app: Flask, things: Things) -> None:
    with app.app_context():
        tokens = {scope: token_of(things.people["quang"], None, scope) for scope in of_api.PERSON_SCOPES}
    for name, (rule, method) in rules(app).items():
        wanted = scope_of_access(access_tables.ROUTES[name])
        for scope, token in tokens.items():
            status, code = knock(Api(app, token), method, rule, things.ids["unit_id"])
            assert (code == "scope") is (wanted not in ("", scope)), (name, scope, status)


QUICK = {"quang", "lan", "xa.dieuphoi"}


# One who comes in and some who do not; what they may is read from the tables of policy for each.
@pytest.mark.parametrize(
    "name",
    [
        one if one in QUICK else pytest.param(one, marks=pytest.mark.full)
        for one in (*INSIDE, *OUTSIDE)
        if one not in ("minh", "an", "khoa")
    ],
)
def test_each_person_s_token_comes_to_what_policy_says(app: Flask, things: Things, name: str) -> None:
    with app.app_context():
        token, user = token_of(things.people[name]), person(things.people[name])
        held = {place: roles_for(user, things.ids[place]) for place in PLACES}
        kinds = {place: db.session.get_one(Unit, things.ids[place]).kind for place in PLACES}
    walk(app, things, token, {place: (held[place], kinds[place]) for place in PLACES}, of_api.PERSON_SCOPES)


@pytest.mark.parametrize(
    ("name", "place"),
    some(("quang", "unit_id"), ("mai", "ward_id"), rest=[("hang", "room_unit")]),
)
def test_a_unit_s_token_comes_no_further_than_the_unit(app: Flask, things: Things, name: str, place: str) -> None:
    with app.app_context():
        token, user = token_of(things.people[name], things.ids[place]), person(things.people[name])
        expected = {}
        for other in PLACES:
            unit = db.session.get_one(Unit, things.ids[other])
            inside = things.ids[place] in ids_above(unit.path)
            expected[other] = (roles_for(user, unit.id) if inside else frozenset[str](), unit.kind)
    walk(app, things, token, expected, of_api.UNIT_SCOPES)


def walk(
    app: Flask, things: Things, token: str, expected: dict[str, tuple[frozenset[str], str]], scopes: tuple[str, ...]
) -> None:
    """Knocks at each operation with each unit; who may not come in hears what is said of a unit that does not exist."""
    api = Api(app, token)
    for name, (rule, method) in rules(app).items():
        scope = scope_of_access(access_tables.ROUTES[name])
        if name not in DOORS:
            continue
        for place, told in expected.items():
            status, code = knock(api, method, rule, things.ids[place])
            here = (name, place, status, code)
            if scope not in scopes:
                assert (status, code) == (403, "scope"), here
            elif DOORS[name](*told):
                assert status == (422 if method == "POST" else 200), here
            else:
                assert (status, code) == knock(api, method, rule, UNKNOWN) == (404, "missing"), here


def test_the_walk_s_asker_agrees_about_pages_and_operations(app: Flask, things: Things) -> None:
    """A page and an operation that show the same are asked by the same rule."""
    with app.app_context():
        for name in ("quang", "hang", "lan", "mai"):
            user = person(things.people[name])
            held = roles_for(user, things.ids["room_unit"])
            asker = Asker(things, user, ids_for(things, "classes.overview"))
            assert of_overviews.may_see_progress(asker.held, "class") == DOORS["api.class_overview"](held, "class")
