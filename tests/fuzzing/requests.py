"""Bad requests over every route and method, as everybody: bad ids, forms, JSON, cookies, headers, parts, encodings."""

import json
import random
import re
import sys
import time
import uuid
from collections import Counter
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests.factories import client_of, person
from tests.fuzzing import mutations
from tests.fuzzing.isolated_app import Place
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.sessions import commands as sessions_commands

PEOPLE = (None, "minh", "an", "lan", "khoa", "hang", "quang", "muoi", "mai", "bay", "admin1")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "FOO")
FIELDS = (
    "topic",
    "note",
    "text",
    "reason",
    "handle",
    "password",
    "code",
    "step",
    "seq",
    "user",
    "minutes",
    "room",
    "word",
    "guardian",
    "client_id",
    "next",
    "language",
    "csrf_token",
    "full_name",
    "name",
    "role",
    "on",
    "grade",
    "what",
    "words",
    "birth_year",
    "phone",
    "email",
    "answer",
    "lesson",
    "before",
    "after",
    "q",
    "picture",
    "confirm",
)
KINDS = (
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 300,
    "application/x-www-form-urlencoded; charset=x",
    "application/xml",
    "",
    "/",
    "a/b/c",
    "image/jpeg",
)
FRESH = 300  # requests after which the community is put back as it was
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429})
# The secret that is shown on the page of a second factor until a code of it has been typed; it counts for nothing yet.
NOTES = frozenset({"second_factor"})


class Fuzz:
    def __init__(self, seed: int) -> None:
        self.place, self.rng, self.said = Place(), random.Random(seed), Counter[int]()
        self.faults: list[tuple[Any, ...]] = []
        rate_limits.hit = rate_limits.check = lambda *_key: None  # type: ignore[assignment]
        world, app = self.place.world, self.place.app
        with app.app_context():
            seats = [(world["minh"], "learner"), (world["khoa"], "helper"), (world["lan"], "guardian")]
            room = sessions_commands.open_room(world["lop6a"], seats, "join-class", minors=True, observed=True).id
            messages_commands.post_message(person(world["lan"]), room, str(uuid.uuid4()), "chào cả nhà")
            topic = topics("vi")[0][0]
            requests_commands.ask_for_help(person(world["bay"]), person(world["bay"]), topic)
            db.session.remove()
        self.clients: dict[str | None, FlaskClient] = {
            name: client_of(app, world[name]) if name else app.test_client() for name in PEOPLE
        }
        self.cookies = {name: client._cookies.copy() for name, client in self.clients.items()}
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
        self.place.keep()

    def path(self, rule: str) -> str:
        rng = self.rng

        def part(found: re.Match[str]) -> str:
            if rng.random() < 0.7:
                small = str(rng.randint(1, 12))
                words = {"slug": "vao-lop-bang-duong-dan", "word": "accept", "to": "paused", "purpose": "pairing"}
                return words.get(found[1], small)
            return quote(mutations.text(rng).encode("utf-8", "surrogatepass"), safe=rng.choice(("", "/")))[:2000]

        made = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", part, rule)
        if rng.random() < 0.4:
            made += "?" + "&".join(
                f"{rng.choice(FIELDS)}={quote(mutations.text(rng).encode('utf-8', 'surrogatepass'))[:3000]}"
                for _ in range(rng.randint(1, 3))
            )
        return made + (rng.choice(("%", "%ff%fe", "%00", "//", "/..", "?%", ";x")) if rng.random() < 0.05 else "")

    def form(self) -> dict[str, str]:
        rng = self.rng
        plain = [mutations.text(rng).encode("utf-8", "replace").decode() for _ in range(4)]
        return {rng.choice(FIELDS): rng.choice([*plain, "1", "2", "minh", "accept"]) for _ in range(rng.randint(0, 8))}

    def body(self) -> dict[str, Any]:
        rng, way = self.rng, self.rng.randrange(10)
        if way < 5:
            return {"data": self.form()}
        if way == 5:
            return {"data": json.dumps(mutations.value(rng)).encode(), "content_type": "application/json"}
        if way == 6:
            return {
                "data": mutations.spoiled(rng, json.dumps({"text": "a", "client_id": "b"})).encode("utf-8", "replace"),
                "content_type": "application/json",
            }
        if way == 7:
            return {"data": rng.randbytes(rng.choice((0, 10, 3000, 70_000))), "content_type": rng.choice(KINDS)}
        lines = [self.part() for _ in range(rng.choice((1, 3, 80)))]
        end = rng.choice(["--b--\r\n", "", "--b", "\r\n"])
        data = ("".join(lines) + end).encode("utf-8", "replace")
        return {"data": data, "content_type": "multipart/form-data; boundary=" + rng.choice(("b", "b", "c"))}

    def part(self) -> str:
        rng = self.rng
        name = f'name="{rng.choice(FIELDS)}"' + rng.choice(["", "; filename=a.jpg", "\x00"])
        return f"--b\r\nContent-Disposition: form-data; {name}\r\n\r\n{rng.choice(mutations.WORDS[:12])}\r\n"

    def headers(self) -> dict[str, str]:
        rng = self.rng
        made = {
            "Accept": rng.choice(
                ["application/json", "text/html", "*/*", "image/png", ";;q=x", "text/html;q=" + "9" * 50]
            )
        }
        odd = [
            "Accept-Language",
            "If-None-Match",
            "If-Modified-Since",
            "Range",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "Referer",
            "Origin",
            "X-CSRFToken",
            "Content-Encoding",
            "Transfer-Encoding",
            "Authorization",
            "X-HTTP-Method-Override",
        ]
        for _ in range(rng.choice((0, 0, 1, 2))):
            word = re.sub(r"[\r\n]", "", mutations.text(rng)).encode("latin-1", "replace").decode("latin-1")
            made[rng.choice(odd)] = word[:2000]
        if rng.random() < 0.02:
            made["Host"] = rng.choice(["evil.example", "localhost:99999", "", "[::1", "a b"])
        return made

    def one(self) -> None:
        rng = self.rng
        rule, name = rng.choice(self.rules), rng.choice(PEOPLE)
        client = self.clients[name]
        client._cookies = self.cookies[name].copy()
        if rng.random() < 0.08:
            client.set_cookie(
                rng.choice(("session", "language", "device")),
                quote(mutations.text(rng).encode("utf-8", "replace"))[:3000],
            )
        self.place.app.config["WTF_CSRF_ENABLED"] = rng.random() < 0.1
        method = rng.choice(METHODS) if rng.random() < 0.15 else rng.choice(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        path, body = self.path(rule.rule), self.body() if method not in ("GET", "HEAD") else {}
        headers = self.headers()
        self.place.news()
        try:
            answer = client.open(path, method=method, headers=headers, **body)
        except (UnicodeError, ValueError) as error:  # what the client itself cannot send is no test of the server
            if error.__traceback__ is not None and _in_server(error):
                raise
            self.said[0] += 1
            return
        status, written = answer.status_code, self.place.news() - NOTES
        here = (status, method, path[:200], name, body, headers, sorted(written))
        self.said[status] += 1
        if status >= 500:
            self.faults.append(here)
        to_sign_in = status == 302 and answer.headers["Location"].startswith("/sign-in")
        if written and (status in REFUSED or to_sign_in):
            self.faults.append(here)
        answer.close()

    def answers(self) -> None:
        self.place.app.config["WTF_CSRF_ENABLED"] = False
        for name, client in self.clients.items():
            client._cookies = self.cookies[name].copy()
            assert client.get("/account" if name else "/").status_code == 200, name


def _in_server(error: BaseException) -> bool:
    trace, found = error.__traceback__, False
    while trace is not None:
        found = found or "tutoring/" in trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return found and not isinstance(error, HTTPException)


def main(count: int, seed: int) -> None:
    fuzz, begun = Fuzz(seed), time.monotonic()
    try:
        for number in range(count):
            if number % FRESH == 0:
                fuzz.place.back()
            fuzz.one()
            if number % FRESH == 0:
                fuzz.place.back()
                fuzz.answers()
        fuzz.place.back()
        fuzz.answers()
    finally:
        fuzz.place.close()
    assert not fuzz.faults, "\n".join(map(str, fuzz.faults[:30]))
    seconds = round(time.monotonic() - begun, 1)
    print(
        json.dumps(
            {"requests": count, "routes": len(fuzz.rules), "seconds": seconds, "answers": fuzz.said.most_common()}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
