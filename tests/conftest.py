"""Fixtures that every test may use."""

import pytest

from tests.browser import browser_context_args, browser_type_launch_args
from tests.services import empty_postgres_url, postgres_url, redis_url

BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
SERVICE_FIXTURES = {"postgres_url", "empty_postgres_url", "redis_url"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests are marked by what they use, so that -m "not browser" and the like always hold."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if used & BROWSER_FIXTURES:
            item.add_marker("browser")
        if used & SERVICE_FIXTURES:
            item.add_marker("services")
