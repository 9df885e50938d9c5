"""Most tests of screening need no application: they screen texts as a site without hosts of its own does."""

from collections.abc import Iterator

import pytest

from tests.swapped import alone
from tutoring.safety.screening import OwnHosts


@pytest.fixture(autouse=True)
def no_own_hosts() -> Iterator[None]:
    with alone(OwnHosts(())):
        yield
