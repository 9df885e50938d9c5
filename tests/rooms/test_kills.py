"""The server is killed twice in the middle of 350 messages: nothing that was acknowledged may be lost."""

import contextlib
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from string import ascii_lowercase

import pytest
from socketio.exceptions import SocketIOError

from tests.rooms.people import Line, Person, rooms_of, until
from tests.servers import Site
from tests.services import private_postgres, private_redis

SENDERS = 5
EACH = 70
KILLS = (90, 230)  # after so many acknowledgements


@dataclass
class Sender:
    """Writes like a browser: one message after the other, each again with its id until it is acknowledged."""

    person: Person
    url: str
    each: int
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    tries: int = 0

    def run(self) -> None:
        line = None
        for n in range(self.each):
            client_id, text = str(uuid.uuid4()), f"tin {ascii_lowercase[n // 26]}{ascii_lowercase[n % 26]}"
            while True:
                self.tries += 1
                try:
                    if line is None or not line.client.connected:
                        line = Line(self.person, self.url).open()
                        line.enter()
                    answer = line.client.call(
                        "post", {"room": self.person.room, "client_id": client_id, "text": text}, timeout=5
                    )
                except (SocketIOError, OSError):
                    time.sleep(0.05)
                    continue
                if answer["ok"]:
                    self.acknowledged.append((client_id, answer["seq"], text))
                    break
                time.sleep(0.05)
        if line is not None:
            line.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """One server process with the durability of production."""
    with ExitStack() as stack:
        if request.param == "postgres":
            made = Site(stack.enter_context(private_postgres()), stack.enter_context(private_redis()))
        else:
            made = Site()
        stack.enter_context(made)
        yield made.prepare().start(1)


def test_every_acknowledged_message_is_there_once_and_in_order_after_kills(site: Site) -> None:
    survive(site, EACH, KILLS)


def survive(site: Site, each: int, kills: Sequence[int]) -> int:
    """Kill the server after so many acknowledgements; returns how often the senders had to try."""
    [people] = rooms_of(site, 1, SENDERS)
    senders = [Sender(person, site.url(), each) for person in people]
    threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    for after in kills:
        until(lambda after=after: sum(len(s.acknowledged) for s in senders) >= after, seconds=60)  # type: ignore[misc]
        site.kill(site.ports[0])
        site.start_at(site.ports[0])
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()

    reader = Line(people[0], site.url()).open()
    stored = []
    while True:
        answer = reader.say("catch_up", after=len(stored))
        stored += answer["messages"]
        if not answer["more"]:
            break
    with contextlib.suppress(SocketIOError):
        reader.close()
    acknowledged = {entry for sender in senders for entry in sender.acknowledged}
    assert [message["seq"] for message in stored] == list(range(1, SENDERS * each + 1))
    assert {(m["client_id"], m["seq"], m["text"]) for m in stored} == acknowledged
    for sender in senders:
        mine = [m["text"] for m in stored if m["author"] == sender.person.user]
        assert mine == [text for _id, _seq, text in sender.acknowledged]
    tries = sum(sender.tries for sender in senders)
    assert tries > SENDERS * each  # the kills were felt
    return tries
