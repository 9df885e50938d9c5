"""The client that docs/api.md shows works against a running site."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.api.token_clients import token_of
from tests.factories import World
from tests.fake_services import running
from tutoring.config import ROOT
from tutoring.kernel import clock

MOST_LINES = 100


@pytest.fixture
def client() -> Any:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert source.count("\n") <= MOST_LINES
    module = ModuleType("documented_client")
    exec(compile(source, "docs/api.md", "exec"), module.__dict__)
    return module


@pytest.fixture
def site(app: Flask, world: World) -> Iterator[str]:
    server = make_server("localhost", 0, app, threaded=True)
    with running(server):
        yield f"http://localhost:{server.server_port}"


def test_the_client_of_the_page_works(app: Flask, world: World, site: str, client: Any) -> None:
    with app.app_context():
        token = token_of(world["hang"])
    guest, hang = client.Client(site), client.Client(site, token)
    slugs = [one["slug"] for one in guest.each("/lessons", limit=20)]
    assert len(slugs) == len(set(slugs)) > 20
    first = guest.get("/lessons", limit=2)
    assert guest.get("/lessons", limit=2) is first  # answered with 304
    works = f"/units/{world['lop6a']}/works"
    made = hang.post(works, {"kind": "help", "due": str(clock.today() + timedelta(days=1))})
    assert [one["id"] for one in hang.get(works)["items"]] == [made["id"]]
    with pytest.raises(client.Problem) as refusal:
        guest.get("/calendar")
    assert (refusal.value.status, refusal.value.code) == (401, "signed_out")
    with pytest.raises(client.Problem) as refusal:
        hang.post(works, {"kind": "help", "due": "never"})
    assert refusal.value.errors[0]["field"] == "due"
