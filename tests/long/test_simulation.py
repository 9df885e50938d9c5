"""Two days in the life of two hundred people, with a moved clock and a worker killed ten times, on both databases."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.backing_services import private_postgres, private_redis
from tests.notifications.test_simulated_day import lived, site_in_memory
from tests.servers import Site
from tests.simulation.planted_faults import PLANTED


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with ExitStack() as stack:
        urls = ()
        if request.param == "postgres":
            urls = (stack.enter_context(private_postgres()), stack.enter_context(private_redis()))
        yield stack.enter_context(Site(*urls) if urls else site_in_memory()).prepare()


@pytest.mark.long
def test_two_days_of_two_hundred_people_go_as_promised(site: Site) -> None:
    found = lived(site, 200, 48, 10, 11, 10)
    print(found["figures"])
    assert found["faults"] == []
    assert found["figures"]["people"] == 200 and sum(found["figures"]["kills"].values()) == 10


@pytest.mark.long
@pytest.mark.parametrize("fault", PLANTED)
def test_the_oracle_finds_a_fault_that_is_planted(fault: str) -> None:
    """Otherwise that nothing was found would say nothing."""
    with site_in_memory() as site:
        found = lived(site.prepare(), 24, 6, 6, 7, 30, fault)
    print(fault, found["faults"])
    assert found["faults"]
