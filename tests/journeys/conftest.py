"""Whole sites for journeys: one process on SQLite, and two on PostgreSQL with Redis.

A journey that shows nothing more with two processes names the sites of `tests.services.ORDINARY` alone.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.person import Person
from tests.servers import Site, running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A prepared, running site with the demonstration community."""
    Person.pages_are_news = request.param == "sqlite"
    with running(request.param, request) as made:
        yield made
    Person.pages_are_news = True


@pytest.fixture
def phone(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """How a browser on a small phone presents itself."""
    return {key: value for key, value in browser_context_args.items() if key != "base_url"}
