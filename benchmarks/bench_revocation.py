"""How long an ended sign-in, a ban, a mute and a withdrawal take to reach an open socket on another process; goal
250 ms.

Two server processes on PostgreSQL and Redis; the socket is on the second, the act happens on the first. The figure
is the time from sending the act to the end of the socket, or for a mute to the push that tells of it.
"""

import re
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.backing_services import fresh_site_services
from tests.rooms.people import Line, Person, http, membership_of, rooms_of, sign_in, until
from tests.servers import Site

ROUNDS = 20


def ended(line: Line, act: Callable[[], object]) -> float:
    """Milliseconds from the act to the end of the socket."""
    over: list[bool] = []
    line.client.on("disconnect", lambda *_: over.append(True))
    return timed(act, lambda: bool(over))


def timed(act: Callable[[], object], seen: Callable[[], bool]) -> float:
    begun = time.monotonic()
    thread = threading.Thread(target=act)
    thread.start()
    until(seen)
    took = (time.monotonic() - begun) * 1000
    thread.join()
    return took


def sign_outs(site: Site) -> list[float]:
    took = []
    for person, _other in rooms_of(site, ROUNDS, 2):
        line = Line(person, site.url(1)).open()
        took.append(ended(line, lambda person=person: person.post(f"{site.url(0)}/sign-out")))
    return took


def bans(site: Site) -> list[float]:
    admin = sign_in(site, "admin1")
    member = membership_of(site, admin, "Khu phố 3", "Bảy")
    address = f"{site.url(0)}/members/{member}"
    took = []
    for _ in range(ROUNDS):
        line = Line(sign_in(site, "bay"), site.url(1)).open()
        took.append(ended(line, lambda: admin.post(f"{address}/suspend", reason="đo")))
        admin.post(f"{address}/restore", reason="đo xong")
    return took


def withdrawals(site: Site) -> list[float]:
    """A mother takes back that her child may have a profile here."""
    lan = sign_in(site, "lan")
    page, took = http(f"{site.url(0)}/account", lan.cookie)[1], []
    for name in ("minh", "an"):
        number = re.search(rf'/children/(\d+)"><b>{name.title()}', page)
        assert number is not None, page
        line = Line(sign_in(site, name), site.url(1)).open()
        address = f"{site.url(0)}/children/{number[1]}/consents/profile"
        took.append(ended(line, lambda address=address: lan.post(address, word="withdraw", sure="1")))
    return took


def mutes(site: Site) -> list[float]:
    lead = sign_in(site, "muoi")
    took = []
    for people in rooms_of(site, ROUNDS, 2):
        line = Line(people[1], site.url(1)).open()
        line.enter()
        took.append(
            timed(lambda people=people: mute(site, lead, people), lambda line=line: bool(line.changes("muted")))
        )
        line.close()
    return took


def mute(site: Site, lead: Person, people: list[Person]) -> None:
    address = f"{site.url(0)}/rooms/{people[0].room}/mute"
    lead.post(address, user=people[1].user, minutes=5, reason="đo")


def main() -> None:
    with fresh_site_services() as (database_url, redis_url), Site(database_url, redis_url) as site:
        site.prepare().start(2)
        measures = {"ended sign-in": sign_outs, "ban": bans, "mute": mutes, "withdrawn profile": withdrawals}
        for what, measure in measures.items():
            took = measure(site)
            print(
                f"{what} reaches a socket on another process: median {statistics.median(took):.0f} ms, "
                f"worst {max(took):.0f} ms of {len(took)} (goal: 250 ms)"
            )


if __name__ == "__main__":
    main()
