"""The shipped rehearsals, by name."""

import pytest

from tests.practice.shipped_scenarios import rehearsal
from tutoring.practice.engine.scenario import Scenario


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """The rehearsal that the test names by its parameter; it is read when the test runs."""
    return rehearsal(request.param)
