"""Twenty kills through three thousand messages, on both databases with the durability of production."""

import pytest

from tests.rooms.test_kills import SENDERS, site, survive
from tests.servers import Site

__all__ = ["site"]
EACH, KILLS = 600, 20


@pytest.mark.long
def test_three_thousand_messages_survive_twenty_kills(site: Site) -> None:
    count = SENDERS * EACH
    tries = survive(site, EACH, [count * n // (KILLS + 1) for n in range(1, KILLS + 1)])
    print(f"\n{count} acknowledged, 0 lost, 0 doubled, {KILLS} kills, {tries} tries")
