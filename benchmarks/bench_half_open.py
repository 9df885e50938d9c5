"""How long a message takes from its author to the other one of the room while four hundred lines stand half open and
one sends a frame that is too large; goal: 19 of 20 within 500 ms.

One server process on SQLite; half of the lines say nothing, the others have begun a request and do not end it.

    python3 dev.py bench half_open
"""

import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.rooms.people import Line, rooms_of, until
from tests.rooms.test_socket_limits import raw
from tests.servers import Site

LINES, MESSAGES = 400, 20
BEGUN = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def main() -> None:
    with Site() as site:
        people = rooms_of(site.prepare().start(1), 1, 2)[0]
        half = [socket.create_connection(("127.0.0.1", site.ports[0])) for _ in range(LINES)]
        for door in half[1::2]:
            door.sendall(BEGUN)
        author, reader = (Line(person, site.url()).open() for person in people)
        author.enter(), reader.enter()
        huge, took = raw(site, people[0]), list[float]()
        huge.send(os.urandom(1_100_000).hex())
        for n in range(MESSAGES):
            begun = time.monotonic()
            author.write(f"tin {n}")
            until(lambda n=n: len(reader.posted()) > n)
            took.append((time.monotonic() - begun) * 1000)
        for line in (author, reader):
            line.close()
        for door in half:
            door.close()
    took.sort()
    print(f"{MESSAGES} messages, {LINES} half-open lines: 19 within {took[18]:.0f} ms, worst {took[-1]:.0f} ms")


if __name__ == "__main__":
    main()
