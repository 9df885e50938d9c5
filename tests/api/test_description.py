"""The description of the API is true: every field of an answer is in it, every field in it is in an answer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from tests.api.test_api import _half_year
from tests.api.token_clients import Api, token_of
from tests.classes.overview_class import LESSON, PATH, add_pupils, finish, get_stuck, let_see
from tests.devices import donation_fixtures
from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import announced
from tutoring.api.operations import operations as known_operations
from tutoring.kernel import clock
from tutoring.pairing.group_sessions import commands as group_sessions_commands

Told = dict[str, Any]


@pytest.fixture
def described(app: Flask, world: World) -> Told:
    found = Api(app).get("/openapi.json").json
    assert found is not None
    return dict(found)


def operations(described: Told) -> Iterator[tuple[str, str, Told]]:
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def answers(app: Flask, world: World) -> list[tuple[str, str, Any]]:
    """Operations with what they answer at a busy place: the path of the description, the method, the answer."""
    _half_year()
    let_see(world)
    get_stuck(world["minh"])
    add_pupils(world["lop6a"], 12)
    finish(world["lan"])
    group_sessions_commands.sign_up(person(world["lan"]), announced(world), world["minh"])
    donation_fixtures.ready(world)
    person_, school = Api(app, token_of(world["hang"])), Api(app, token_of(world["quang"], world["truong"]))
    lan, ward, guest = Api(app, token_of(world["lan"])), Api(app, token_of(world["mai"])), Api(app)
    six, place, of_ward = world["lop6a"], world["truong"], world["phuong"]
    work = {"kind": "lesson", "target": LESSON, "due": str(clock.today() + timedelta(days=3)), "note": "Cả lớp nhé"}
    unit = "/units/{unit_id}"
    return [
        (f"{unit}/works", "post", person_.post(f"/units/{six}/works", work)),
        (f"{unit}/works", "post", person_.post(f"/units/{six}/works", {"kind": 1})),
        (f"{unit}/works", "get", person_.get(f"/units/{six}/works")),
        (f"{unit}/works", "get", school.get(f"/units/{six}/works")),
        (f"{unit}/overview", "get", person_.get(f"/units/{six}/overview")),
        (f"{unit}/overview", "get", person_.get(f"/units/{six}/overview", path=PATH)),
        (f"{unit}/class-sums", "get", person_.get(f"/units/{place}/class-sums")),
        (f"{unit}/class-sums", "get", school.get(f"/units/{place}/class-sums")),
        (f"{unit}/devices", "get", ward.get(f"/units/{of_ward}/devices")),
        (f"{unit}/units", "get", person_.get(f"/units/{place}/units", limit=1)),
        (unit, "get", person_.get(f"/units/{place}")),
        (unit, "get", lan.get(f"/units/{place}")),
        (f"{unit}/calendar", "get", ward.get(f"/units/{of_ward}/calendar", days=20)),
        (f"{unit}/calendar", "get", lan.get(f"/units/{of_ward}/calendar")),
        ("/units", "get", person_.get("/units")),
        ("/token", "get", school.get("/token")),
        ("/token", "get", guest.get("/token")),
        ("/calendar", "get", lan.get("/calendar", days=60)),
        ("/progress", "get", lan.get("/progress")),
        ("/lessons", "get", guest.get("/lessons", limit=1)),
        ("/lessons", "get", guest.get("/lessons", limit=1000)),
        ("/lessons/{slug}", "get", guest.get(f"/lessons/{LESSON}")),
        ("/paths", "get", guest.get("/paths", limit=1)),
        ("/paths/{slug}", "get", guest.get(f"/paths/{PATH}")),
        ("/search", "get", guest.get("/search", q="vào lớp")),
        ("/figures", "get", guest.get("/figures")),
    ]


def fields(value: Any, at: str = "") -> Iterator[str]:
    """Each field of an answer, as a path without numbers."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield f"{at}.{name}"
            yield from fields(part, f"{at}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from fields(part, at)


def shape_fields(shape: Told, shapes: Told, at: str = "") -> Iterator[str]:
    """Each field of a shape, as a path without numbers."""
    shape = shapes[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape
    for name, part in shape.get("properties", {}).items():
        yield f"{at}.{name}"
        yield from shape_fields(part, shapes, f"{at}.{name}")
    if "items" in shape:
        yield from shape_fields(shape["items"], shapes, at)


def test_answers_and_description_have_the_same_fields(app: Flask, inside: World, described: Told) -> None:
    shapes, seen, stated = described["components"]["schemas"], dict[str, set[str]](), dict[str, set[str]]()
    for path, method, answer in answers(app, inside):
        told = described["paths"]["/api/v1" + path][method]
        assert str(answer.status_code) in told["responses"], (path, answer.status_code)
        ((media_type, content),) = told["responses"][str(answer.status_code)]["content"].items()
        assert answer.mimetype == media_type
        body = answer.get_json(force=True)
        whole = {**content["schema"], "components": described["components"]}
        jsonschema_rs.validator_for(whole).validate(body)
        name = content["schema"]["$ref"].rpartition("/")[2]
        seen.setdefault(name, set()).update(fields(body))
        stated[name] = set(shape_fields(content["schema"], shapes))
    assert set(stated) >= {one.answer.__name__ for one in known_operations().values()}
    strange = {name: sorted(seen[name] - stated[name]) for name in stated if seen[name] - stated[name]}
    missing = {name: sorted(stated[name] - seen[name]) for name in stated if stated[name] - seen[name]}
    assert not strange
    assert missing == {"Problem": [".retry_after", ".request"]} or missing == {"Problem": [".request", ".retry_after"]}


def test_each_operation_says_what_it_needs_and_how_it_refuses(inside: World, described: Told) -> None:
    for path, method, told in operations(described):
        here = f"{method} {path}"
        assert told["summary"], here
        assert {"401", "422", "429"} <= told["responses"].keys(), here
        assert ("403" in told["responses"]) is bool(told["security"]), here
        assert (method == "post") is any(one["name"] == "Idempotency-Key" for one in told["parameters"]), here
    assert {told["operationId"] for _path, _method, told in operations(described)} == set(known_operations())


def test_the_guide_shows_every_operation_without_a_script(app: Flask, world: World, described: Told) -> None:
    page = app.test_client().get("/developers").text
    for path, method, told in operations(described):
        assert f'id="{told["operationId"]}"' in page and f"{method.upper()} {path.removeprefix('/api/v1')}<" in page
    assert "http://" not in page.replace("http://localhost", "") and "https://" not in page
