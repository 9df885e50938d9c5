"""The server is killed in the middle of many messages: nothing that was acknowledged may be lost."""

import contextlib
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from socketio.exceptions import SocketIOError

from tests.backing_services import private_postgres, private_redis
from tests.rooms.people import Answer, Line, Person, plain_text, rooms_of
from tests.servers import Site
from tests.waiting import until

SENDERS = 5
# How many messages each writes, and after how many acknowledgements the server is killed.
SOME = (16, (30,))
MANY = (70, (90, 230))


@dataclass
class Sender:
    """Writes like a browser: one message after the other, each again with its id until it is acknowledged."""

    person: Person
    url: str
    each: int
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    tries: int = 0

    def run(self) -> None:
        line: list[Line] = []
        for n in range(self.each):
            client_id, text = str(uuid.uuid4()), plain_text(n + 1)
            said = {"room": self.person.room, "client_id": client_id, "text": text}
            seq = until(lambda said=said: self._tries(line, said), "it is acknowledged", 300)  # type: ignore[misc]
            self.acknowledged.append((client_id, seq, text))
        line[0].close()

    def _tries(self, line: list[Line], said: Answer) -> int | None:
        """Says it once, over a new line if there is none; the number that it is acknowledged with, if it is."""
        self.tries += 1
        answers: list[Answer] = []
        try:
            if not line or line[0].is_over:
                line[:] = [Line(self.person, self.url).open()]
                line[0].enter()
            line[0].client.emit("post", said, callback=answers.append)
        except (SocketIOError, OSError):
            return None
        until(lambda: answers or line[0].is_over, "an answer or the end of the line")
        return answers[0]["seq"] if answers and answers[0]["ok"] else None


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


# In the quick run tests/faults/test_kills.py kills a worker under people who write.
@pytest.mark.full
@pytest.mark.parametrize(("each", "kills"), [SOME, MANY], ids=["some", "many"])
def test_every_acknowledged_message_is_there_once_and_in_order_after_kills(
    site: Site, each: int, kills: Sequence[int]
) -> None:
    survive(site, each, kills)


def survive(site: Site, each: int, kills: Sequence[int]) -> int:
    """Kill the server after so many acknowledgements; returns how often the senders had to try."""
    [people] = rooms_of(site, 1, SENDERS)
    senders = [Sender(person, site.url(), each) for person in people]
    threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    for after in kills:
        until(lambda after=after: sum(len(s.acknowledged) for s in senders) >= after)  # type: ignore[misc]
        site.kill(site.ports[0])
        site.start_at(site.ports[0])
    for thread in threads:
        thread.join(300)
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
