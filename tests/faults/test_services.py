"""Everything under two servers breaks once, one after the other."""

import pytest
import redis

from tests.faults.kills import held
from tests.faults.load_scenario import on_postgres


@pytest.mark.services
@pytest.mark.full
def test_what_was_acknowledged_survives_whatever_breaks_under_the_servers() -> None:
    with on_postgres(far=True) as evening:
        assert evening.postgres is not None and evening.redis is not None
        evening.come(rooms=2, members=3)
        evening.write()
        evening.more(20)
        with evening.broken():
            evening.postgres.stop("immediate")
            evening.postgres.start()
        evening.more(20)
        with evening.broken():
            redis.Redis.from_url(evening.redis.url).flushall()
            evening.redis.kill()
            evening.redis.start()
        evening.more(20)
        evening.kill_worker(1)
        evening.more(20)
        with evening.broken():
            evening.to_database[0].swallow()  # what it held locked is let go, or the rooms would stand still
            evening.more(20)
        evening.more(20)
        held(evening, "PostgreSQL, Redis, a worker and lines to the database, once each")
