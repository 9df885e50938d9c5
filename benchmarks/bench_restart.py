"""How long a web worker takes to leave, and what people feel of it, while they write and read through nginx.

Two of three workers are restarted one after the other, on PostgreSQL, Redis and PgBouncer. Goals: a worker has left
before its supervisor ends it (`graceful_timeout`), and no message waits for its acknowledgement for more than five
seconds.
"""

import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from deploy.cluster import Cluster
from tests.deploy.steady import Reader, Writer
from tests.rooms.people import rooms_of
from tests.servers import ROOT

ROOMS, MEMBERS, BETWEEN = 3, 3, 3.0
ACKNOWLEDGED = 5.0


def main() -> int:
    """Print the figures; 1 when a goal is missed."""
    told = re.search(r"^graceful_timeout = (\d+)$", (ROOT / "gunicorn.conf.py").read_text("utf-8"), re.MULTILINE)
    assert told is not None
    goal = float(told[1])
    with Cluster(lines=30) as cluster:
        rooms = rooms_of(cluster.site, ROOMS, MEMBERS)
        writers = [Writer(person, cluster.url) for people in rooms for person in people]
        readers = [Reader(people[0], cluster.url) for people in rooms]
        threads = [threading.Thread(target=one.run, daemon=True) for one in (*writers, *readers)]
        for thread in threads:
            thread.start()
        took = []
        for port in cluster.site.ports[:2]:
            time.sleep(BETWEEN)
            took.append(cluster.restart(port))
        time.sleep(BETWEEN)
        for one in (*writers, *readers):
            one.over.set()
        for thread in threads:
            thread.join(60)
    longest = max(one.longest for one in writers)
    failed = sum(len(one.faults) for one in readers)
    print(f"a worker leaves within {max(took):.1f} s (goal {goal:.0f} s)")
    print(f"longest wait for an acknowledgement {longest:.2f} s (goal {ACKNOWLEDGED:.0f} s)")
    print(f"{sum(one.count for one in readers)} pages, {failed} failed; {sum(one.count for one in writers)} messages")
    return int(max(took) > goal or longest > ACKNOWLEDGED or failed > 0)


if __name__ == "__main__":
    sys.exit(main())
