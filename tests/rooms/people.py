"""People at real servers: a signed-in browser without a screen, and its line with every raw frame it hears."""

import json
import re
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPMessage
from typing import Any

import socketio

from tests.servers import Site
from tests.waiting import until as _holds

Answer = dict[str, Any]
PATIENCE = 60.0
VOWELS = "aeiou"


def until(true: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until something holds; returns how long that took, for benchmarks, and fails after a while."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.005)
    return time.monotonic() - begun


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def http(
    url: str, cookie: str = "", data: dict[str, str] | None = None, **headers: str
) -> tuple[int, str, HTTPMessage]:
    """One request without following redirects: status, body, headers."""
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    request = urllib.request.Request(url, body, {"Cookie": cookie, **headers})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=PATIENCE) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def plain_text(number: int) -> str:
    """A text of its own for each number, in vowels alone: no word that is masked or held back comes of it."""
    letters = ""
    while number:
        number, one = divmod(number, len(VOWELS))
        letters = VOWELS[one] + letters
    return f"tin {letters or VOWELS[0]}"


@dataclass
class Person:
    """Somebody signed in, with what a browser keeps of it."""

    user: str
    cookie: str
    csrf: str
    room: str = ""

    def post(self, url: str, **data: object) -> int:
        """Send a form; returns the status."""
        fields = {name: str(value) for name, value in data.items()}
        return http(url, self.cookie, {"csrf_token": self.csrf, **fields}, Accept="application/json")[0]

    def send_file(self, url: str, name: str, data: bytes, **fields: str) -> float:
        """Sends a file with a new `client_id`; returns the seconds until it was taken."""
        edge = uuid.uuid4().hex
        fields = {"csrf_token": self.csrf, "client_id": str(uuid.uuid4()), **fields}
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + data + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}", "Accept": "application/json"}
        request = urllib.request.Request(url, body, {"Cookie": self.cookie, **kind})
        begun = time.monotonic()
        with urllib.request.urlopen(request, timeout=600) as answer:
            assert answer.status == 200, answer.read()
        return time.monotonic() - begun

    def get(self, url: str) -> Answer:
        """Ask for JSON."""
        found: Answer = json.loads(http(url, self.cookie, Accept="application/json")[1])
        return found


def sign_in(site: Site, name: str, process: int = 0) -> Person:
    """Sign in with a card of the demonstration, by the page's form."""
    url = site.url(process)
    _status, page, headers = http(f"{url}/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    cookie = _kept(headers, "")
    data = {"csrf_token": token.group(1), "handle": name, "password": site.cards()[name]["passphrase"]}
    status, _page, headers = http(f"{url}/sign-in", cookie, data)
    assert status == 302
    cookie = _kept(headers, cookie)
    _status, page, headers = http(f"{url}/account", cookie)
    csrf = re.search(r'name="csrf" content="([^"]+)"', page)
    assert csrf is not None
    return Person("", _kept(headers, cookie), csrf.group(1))


def _kept(headers: HTTPMessage, cookie: str) -> str:
    """The session cookie after an answer."""
    fresh = [one.split(";")[0] for one in headers.get_all("Set-Cookie", []) if one.startswith("session=")]
    return fresh[-1] if fresh else cookie


def rooms_of(site: Site, count: int, members: int) -> list[list[Person]]:
    """Rooms of adults with their signed-in members, the learner first."""
    rows = [json.loads(row) for row in site.flask("demo", "rooms", str(count), str(members)).splitlines()]
    people = [Person(row["user"], row["cookie"], row["csrf"], row["room"]) for row in rows]
    return [people[at : at + members] for at in range(0, len(people), members)]


@dataclass
class Line:
    """One person's open socket, and all that came over it in order."""

    person: Person
    url: str
    client: socketio.Client = field(init=False)
    heard: list[tuple[str, Answer]] = field(default_factory=list)
    frames: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = socketio.Client(reconnection=False, request_timeout=PATIENCE)
        receive = self.client.eio._receive_packet

        def record(packet: Any) -> None:
            said = str(packet.data)
            self.frames.append((time.monotonic(), said))
            if said.startswith("2["):  # here, in order: the client tells of each in a thread of its own
                event, data = json.loads(said[1:])
                self.heard.append((event, data))
            receive(packet)

        self.client.eio._receive_packet = record

    def open(self, process_url: str | None = None) -> "Line":
        headers = {"Cookie": self.person.cookie}
        auth = {"csrf": self.person.csrf}
        url = process_url or self.url
        self.client.connect(url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=PATIENCE)
        return self

    def say(self, verb: str, **data: object) -> Answer:
        """Send a verb for this person's room and wait for its answer."""
        answer: Answer = self.client.call(verb, {"room": self.person.room, **data}, timeout=PATIENCE)
        return answer

    def enter(self, after: int = 0) -> Answer:
        return self.say("enter", after=after)

    def write(self, text: str, client_id: str | None = None) -> Answer:
        return self.say("post", client_id=client_id or str(uuid.uuid4()), text=text)

    def posted(self) -> list[Answer]:
        return [data for event, data in self.heard if event == "posted"]

    def changes(self, what: str) -> list[Answer]:
        return [data for event, data in self.heard if event == "changed" and data["what"] == what]

    def pushed(self, since: int = 0) -> list[str]:
        """The raw frames from this one on that the server sent of itself: neither answers nor pings."""
        return [said for _at, said in self.frames[since:] if said != "None" and not said.startswith("3")]

    @property
    def is_over(self) -> bool:
        """Whether nothing can come over this line any more."""
        return not self.client.connected and self.client.eio.state == "disconnected"

    def close(self) -> None:
        self.client.disconnect()


def enter(lines: Sequence[Line], several: bool = False) -> list[Answer]:
    """Everybody enters the room, which nobody has been in yet, and hears it; their answers. Of several processes each
    says by a `head` that it hears the room from now on: what another one pushes before is no push to its lines."""
    answers = [line.enter() for line in lines]
    if several or len({line.url for line in lines}) > 1:
        for line in lines:
            _holds(lambda line=line: any(event == "head" for event, _data in line.heard), "the room is heard")  # type: ignore[misc]
    return answers


class Bell:
    """Rings from every process to every other one, so that a test can say that nothing came, however slow the machine
    is: pushes come in the order in which a process sends them, and over a line before an answer that is given later."""

    def __init__(self, site: Site, person: Person) -> None:
        self._person, self._urls = person, [site.url(number) for number in range(len(site.ports))]
        self._lines: list[Line] = []

    def ring(self, *lines: Line) -> None:
        """All that was pushed so far has come over these lines."""
        if not self._lines or any(line.is_over for line in self._lines):  # a server that is slow may give a line up
            self.close()
            self._lines = [Line(self._person, url).open() for url in self._urls]
            for line in self._lines:
                line.enter()
        for line in self._lines:
            first = line.write("chuông")["seq"]
            _holds(lambda line=line, first=first: self._heard(first) or self._again(line), "the bell is heard")  # type: ignore[misc]
        for line in lines:
            if not line.is_over:
                line.say("catch_up", after=0)

    def _heard(self, first: int) -> bool:
        return all(max((one["seq"] for one in line.posted()), default=0) >= first for line in self._lines)

    def _again(self, line: Line) -> None:
        """A process that has only begun to hear the room may have missed it."""
        line.write("chuông")

    def close(self) -> None:
        for line in self._lines:
            line.close()


def membership_of(site: Site, admin: Person, unit: str, name: str) -> str:
    """The number of somebody's membership, as a site admin reads it off the members of the unit."""
    for number in range(1, 20):
        page = http(f"{site.url(0)}/units/{number}/members", admin.cookie)[1]
        if f"<h1>{unit}</h1>" in page:
            found = re.search(rf'href="/members/(\d+)"[^>]*>(?:(?!</a>).)*{name}', page, re.DOTALL)
            assert found is not None, page
            return found.group(1)
    raise AssertionError(f"no unit {unit}")
