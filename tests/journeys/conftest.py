"""Whole sites for journeys: one process on SQLite, and two on PostgreSQL with Redis."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Site
from tests.services import fresh_site_services


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A prepared, running site with the demonstration community."""
    if request.param == "sqlite":
        with Site() as made:
            yield made.prepare().start(1)
        return
    with fresh_site_services() as (database_url, redis_url), Site(database_url, redis_url) as made:
        yield made.prepare().start(2)


@pytest.fixture
def phone(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """How a browser on a small phone presents itself."""
    return {key: value for key, value in browser_context_args.items() if key != "base_url"}
