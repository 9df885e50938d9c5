"""Processor time of one message on its way through the rules into the database, in one process and without any network:
time of the thread, so that whoever else is at work on the machine changes little.

    python3 dev.py bench message [profile]

Batches of 100, 10 and 1 by 200 people in 20 rooms on SQLite, who each have written
some messages within the last minute; and what the detector and the weighing of risk take of that. With `profile` it
prints where the time of batches of 100 goes.
"""

import cProfile
import os
import pstats
import statistics
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from socket_clients import TEXTS

from tests.servers import Site
from tutoring.accounts.models import SignIn
from tutoring.accounts.sign_ins.open_sockets import people_of_sign_ins
from tutoring.app import create_app
from tutoring.kernel.db import db
from tutoring.rooms.models import Seat
from tutoring.rooms.sockets import post_together
from tutoring.safety import risk
from tutoring.safety.screening import screen_text
from tutoring.web.socket_io.batching import Caller


def microseconds(work: object, times: int, pieces: int) -> str:
    spent = []
    for _ in range(times):
        begun = time.thread_time()
        work()  # type: ignore[operator]
        spent.append((time.thread_time() - begun) * 1e6 / pieces)
    return f"best {min(spent):,.0f}, median {statistics.median(spent):,.0f} µs a message"


def main() -> None:
    with Site(JOBS="0", LIMITS_SCALE="100000") as site:
        site.prepare()
        site.flask("demo", "rooms", "20", "10")
        os.environ.update(site.env)
        measure()


def measure() -> None:
    with create_app().app_context():
        query = sa.select(Seat.room_id, SignIn.id).join(SignIn, SignIn.user_id == Seat.user_id)
        rows = db.session.execute(query.order_by(SignIn.id.desc()).limit(200)).all()
        people = people_of_sign_ins([row.id for row in rows]).people
        said = 0

        def batch(size: int) -> None:
            nonlocal said
            calls = []
            for number in range(said, said + size):
                room_id, sign_in = rows[number % len(rows)]
                data = {"room": str(room_id), "client_id": str(uuid.uuid4()), "text": TEXTS[number % len(TEXTS)]}
                calls.append((Caller("line", people[sign_in]), data))
            said += size
            assert all(isinstance(one, dict) for one in post_together(calls)), "something was not stored together"

        for size in (100, 10, 1):
            for _ in range(10):
                batch(size)
            print(f"batches of {size}: {microseconds(lambda size=size: batch(size), 9, size)}")
        pairs = [(text, [other for other in TEXTS if other != text]) for text in TEXTS] * 40
        print(f"detector: {microseconds(lambda: [screen_text(*pair, minor=True) for pair in pairs], 9, len(pairs))}")
        weighed = microseconds(
            lambda: [risk.find_signals(text, hour=12, minor=True) for text, _ in pairs], 9, len(pairs)
        )
        print(f"risk: {weighed}")
        if "profile" in sys.argv[1:]:
            profile = cProfile.Profile(time.thread_time)
            profile.runcall(lambda: [batch(100) for _ in range(5)])
            pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
