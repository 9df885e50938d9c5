"""What every page costs in processor time, as a multiple of a plain page in the same process.

    python3 dev.py bench pages_cost [--sizes 1,10,100] [--rounds 7] [--only PATH] [--most 40] [--json FILE]

Every GET page of the site is requested as the person it is for (tests/every_page), in a place with something of
everything. The plain page (benchmarks/peers/plain_page.py) is Flask, Flask-SQLAlchemy and Jinja with five ORM queries
and 37 kB. The two are requested in turns on the same thread. A figure is the median of the rounds, of the processor
time of this thread. The answers are not compressed. A size is how many more units everybody holds a role in, and how
many more rows stand in each list. Sizes add up: 10 comes on top of 1.

Printed are the dearest pages with their statements at each size, the quantiles of all pages, the pages that most people
see, and the pages that grow by more than a tenth.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.bench_growth import application
from benchmarks.peers import plain_page
from tests import moments
from tests.every_page.growing import grow
from tests.every_page.page_catalogue import Place, Seen, every_page
from tests.factories import client_of
from tests.statements import asked
from tests.swapped import beside
from tests.test_access_ids import things_of
from tutoring.kernel import clock, overrides
from tutoring.kernel.db import db

WARM = 2  # requests before the first figure: they compile, and fill what is cached
GROWTH = 0.10
# What most people open in an evening, and who; `<id>` is the room that the pupil and the helper sit in.
COMMON = (
    ("/", ""), ("/", "minh"), ("/", "lan"), ("/", "khoa"), ("/", "hang"), ("/", "mai"), ("/lessons", "minh"),
    ("/lessons/vao-lop-bang-duong-dan/2", "minh"), ("/lessons/vao-lop-bang-duong-dan/2", "hang"), ("/ask", "minh"),
    ("/ask", "lan"), ("/requests", "minh"), ("/helping", "khoa"), ("/rooms", "minh"), ("/rooms", "hang"),
    ("/rooms/<id>", "minh"), ("/board", "hang"), ("/desk", "hang"), ("/notices", "minh"), ("/calendar", "minh"),
    ("/search?q=l%E1%BB%9Bp", "minh"), ("/search?q=l%E1%BB%9Bp", "hang"), ("/account", "minh"), ("/account", "hang"),
)  # fmt: skip

Call = Callable[[], int]


class Refused(Exception):
    """A page answered otherwise than with itself."""


@dataclass(frozen=True)
class Cost:
    """One page at one size."""

    ratio: float
    ms: float
    statements: int
    bytes: int


def caller(app: Flask, path: str, cookie: str = "") -> Call:
    """One request, as a server makes it; returns the size of the answer."""
    headers = {"Cookie": cookie} if cookie else {}
    environ = EnvironBuilder(path, base_url="http://localhost", headers=headers).get_environ()
    seen: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
        seen.append(status)
        return lambda _: None

    def call() -> int:
        answer = app.wsgi_app(environ.copy(), start)
        size = sum(map(len, answer))
        if hasattr(answer, "close"):
            answer.close()
        status = seen.pop()
        if status != "200 OK":
            raise Refused(f"{path} {status}")
        return size

    return call


def seconds(call: Call) -> float:
    began = time.thread_time()
    call()
    return time.thread_time() - began


def measure(place: Place, plain: Call, call: Call, rounds: int) -> Cost:
    """The median of so many turns."""
    for _ in range(WARM):
        size = call()
        plain()
    with asked(place.app) as statements:
        call()
    turns = [(seconds(plain), seconds(call)) for _ in range(rounds)]
    mine, theirs = statistics.median(one for _, one in turns), statistics.median(one for one, _ in turns)
    return Cost(mine / theirs, mine * 1e3, len(statements), size)


def cookies(place: Place) -> dict[str | None, str]:
    """The session cookie of each person of the pages."""
    found: dict[str | None, str] = {None: ""}
    for who in {seen.who for seen in place.pages if seen.who}:
        client = client_of(place.app, place.things.people[who])
        cookie = client.get_cookie(place.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        found[who] = f"{cookie.key}={cookie.value}"
    return found


def at_size(place: Place, plain: Call, more: int, rounds: int, only: str) -> dict[str, Cost]:
    """Every page, after so much more has come around the person."""
    with place.app.app_context():
        grow(more, more)
        db.session.commit()
        db.session.remove()
    overrides.forget()
    held = cookies(place)
    found: dict[str, Cost] = {}
    for seen in [*place.pages, *common(place)]:
        name = str(seen)
        if only in name:
            try:
                found[name] = measure(place, plain, caller(place.app, seen.path, held[seen.who]), rounds)
            except Refused as refused:
                print(f"left out at {more}: {refused}", file=sys.stderr)
    return found


def row(name: str, costs: list[Cost | None]) -> str:
    cells = (f"{one.ratio:.1f} × · {one.statements}" if one else "–" for one in costs)
    ms, size = next(((one.ms, one.bytes) for one in costs if one), (0.0, 0))
    return f"| {name} | " + " | ".join(cells) + f" | {ms:.1f} ms | {size / 1e3:.0f} kB |"


def common(place: Place) -> list[Seen]:
    """The pages that most people see."""
    room = str(place.things.ids["room_id"])
    return [Seen("common", path.replace("<id>", room), who or None) for path, who in COMMON]


def report(place: Place, found: dict[int, dict[str, Cost]], most: int) -> None:
    """The tables."""
    sizes = sorted(found)
    first = found[sizes[0]]
    dearest = sorted(first, key=lambda name: -first[name].ratio)
    head = "| page | " + " | ".join(map(str, sizes)) + " | a view | size |\n|---|" + "---|" * (len(sizes) + 2)
    print(f"\nDearest pages (× plain · statements)\n\n{head}")
    for name in [one for one in dearest if not one.endswith(", common)")][:most]:
        print(row(name, [found[size].get(name) for size in sizes]))
    print(f"\nWhat most people see\n\n{head}")
    for name in dearest:
        if name.endswith(", common)"):
            print(row(name, [found[size].get(name) for size in sizes]))
    for size in sizes:
        ratios = sorted(one.ratio for one in found[size].values())
        asks = sorted(one.statements for one in found[size].values())
        print(
            f"\nsize {size}: {len(ratios)} pages; × plain: median {statistics.median(ratios):.1f}, 90 % "
            f"{ratios[int(len(ratios) * 0.9)]:.1f}, worst {ratios[-1]:.1f}; statements: median "
            f"{statistics.median(asks):.0f}, 90 % {asks[int(len(asks) * 0.9)]}, worst {asks[-1]}"
        )
    last = found[sizes[-1]]
    growing = [name for name in dearest if name in last and last[name].ratio > first[name].ratio * (1 + GROWTH)]
    if len(sizes) > 1:
        print(f"\nDearer by more than a tenth at size {sizes[-1]}: {len(growing)} of {len(first)} pages")


def main() -> int:
    parse = argparse.ArgumentParser()
    parse.add_argument("--sizes", default="1,10,100")
    parse.add_argument("--rounds", type=int, default=7)
    parse.add_argument("--only", default="")
    parse.add_argument("--most", type=int, default=40)
    parse.add_argument("--json", default="")
    told = parse.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        moments.choose()
        moments.begin()
        app = application(folder, None)
        stack.enter_context(beside(app))
        moment, things = things_of(app)
        patch.setattr(clock, "now", lambda: moment)  # some things are over after minutes
        place = every_page(app, things)
        plain_app = plain_page.make(f"sqlite:///{folder}/plain.sqlite3")
        plain = caller(plain_app, "/")
        size = plain()
        found = {more: at_size(place, plain, more, told.rounds, told.only) for more in map(int, told.sizes.split(","))}
        with app.app_context():
            db.engine.dispose()
        print(f"the plain page: {statistics.median(seconds(plain) for _ in range(50)) * 1e3:.2f} ms, {size:,} bytes")
    report(place, found, told.most)
    if told.json:
        text = json.dumps({more: {name: asdict(one) for name, one in some.items()} for more, some in found.items()})
        Path(told.json).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
