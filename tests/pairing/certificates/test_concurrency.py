"""Several papers are asked for at once: the limit holds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.factories import World
from tests.pairing.certificates.test_certificates import agrees, issue
from tests.rooms.volunteer_minutes.fixtures import at_noon, helped
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict
from tutoring.policy.rooms.volunteer_minutes import MOST_PAPERS


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    with at_noon():
        yield


def test_several_at_once_pass_no_limit(app: Flask, world: World) -> None:
    with app.app_context():
        agrees(world)
        helped(world, 10)
        for _ in range(MOST_PAPERS - 1):
            issue(world)

    def one_more(_number: int) -> bool:
        with app.app_context():
            try:
                return bool(issue(world))
            except Conflict:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one_more, range(4))) == 1
