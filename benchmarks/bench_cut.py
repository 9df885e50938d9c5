"""How long an ended sign-in takes to reach an open socket on another process; a ban ends sign-ins in the same way.

Two server processes on PostgreSQL and Redis; the socket is on the second, the act happens on the first.
The figure is the time from the request that acts to the end of the socket, goal 250 ms.
"""

import json
import re
import statistics
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import socketio

from tests.servers import Site
from tests.services import fresh_site_services

ROUNDS = 20


def seats(site: Site, count: int) -> list[dict[str, str]]:
    """`count` signed-in people, two in a room."""
    return [json.loads(line) for line in site.flask("demo", "rooms", str(count), "2").splitlines()]


def post(url: str, cookie: str, csrf: str, **fields: str) -> None:
    data = urllib.parse.urlencode({"csrf_token": csrf, **fields}).encode()
    asked = urllib.request.Request(url, data, {"Cookie": cookie, "Origin": re.sub(r"(//[^/]+).*", r"\1", url)})
    with urllib.request.urlopen(asked, timeout=10) as page:
        page.read()


def main() -> None:
    with fresh_site_services() as (database_url, redis_url), Site(database_url, redis_url) as site:
        site.prepare().start(2)
        took = []
        for seat in seats(site, ROUNDS)[::2]:
            client = socketio.Client(reconnection=False)
            ended: list[float] = []
            client.on("disconnect", lambda *_, ended=ended: ended.append(time.monotonic()))
            client.connect(
                site.url(1), headers={"Cookie": seat["cookie"]}, auth={"csrf": seat["csrf"]},
                transports=["websocket"],
            )  # fmt: skip
            began = time.monotonic()
            post(site.url(0) + "/sign-out", seat["cookie"], seat["csrf"])
            while not ended and time.monotonic() - began < 5:
                time.sleep(0.002)
            took.append(((ended or [began + 5])[0] - began) * 1000)
        print(
            f"ended sign-in cuts a socket on another process: median {statistics.median(took):.0f} ms, "
            f"worst {max(took):.0f} ms of {len(took)} (goal: 250 ms)"
        )


if __name__ == "__main__":
    main()
