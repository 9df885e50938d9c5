"""A room of 50,000 messages beside one of 50, on SQLite and on PostgreSQL: its page, `enter`, history and search.

Both are asked in turns in the same run, through a real server. The long room's messages lie between those of a hundred
others, as they come in life. Goals: each at most half as long again as in the short room; a search that finds nothing,
and so looks through all of it, under 100 ms (medians).
"""

import contextlib
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.backing_services import database
from tests.rooms.people import Line, Person, http, rooms_of
from tests.servers import Site
from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms.models import Message, Room

LONG, SHORT, OTHERS, ROUNDS = 50_000, 50, 100, 31
MOST, SEARCH = 1.5, 100
TEXT = (
    "em anh chị bài toán phân số cộng trừ nhân chia làm sao chưa hiểu bước này xong rồi cảm ơn mai gặp lại điện thoại "
    "mật khẩu mở trang nộp đơn giấy khai sinh phường xã hồ sơ"
)


@command
def fill(long: int, short: int, others: list[int]) -> None:
    """So many messages in each room, in the order of chance, so that those of one room lie far apart."""
    chance, words = random.Random(7), TEXT.split()
    turns = [long] * LONG + [short] * SHORT + others * (LONG // len(others))
    chance.shuffle(turns)
    rooms = {one.id: one for one in db.session.scalars(sa.select(Room))}
    seats = db.session.execute(sa.text("SELECT room_id, min(user_id) FROM seat GROUP BY room_id"))
    authors = {row[0]: row[1] for row in seats}
    seqs = dict.fromkeys(rooms, 0)
    for at in range(0, len(turns), 5_000):
        rows = []
        for room_id in turns[at : at + 5_000]:
            seqs[room_id] += 1
            text = " ".join(chance.choice(words) for _ in range(chance.randint(4, 18)))
            rows.append(
                {"room_id": room_id, "seq": seqs[room_id], "author_id": authors[room_id],
                 "client_id": str(uuid.uuid4()), "text": text}
            )  # fmt: skip
        db.session.execute(sa.insert(Message), rows)
    for room_id, seq in seqs.items():
        rooms[room_id].last_seq = seq
    db.session.execute(sa.update(sa.table("seat", sa.column("seen_seq"))).values(seen_seq=10**6))


@contextlib.contextmanager
def filled(url: str | None) -> Iterator[tuple[Site, Person, Person, str]]:
    """A running site, and somebody in its long and in its short room."""
    with Site(url) as site:
        site.prepare()
        rooms = [people[0] for people in rooms_of(site, OTHERS + 2, 2)]
        app = create_app(Settings.from_environment({**site.env, "ORIGINS": "http://localhost", "JOBS": "0"}))
        with app.app_context():
            numbers = [int(person.room) for person in rooms]
            fill(numbers[0], numbers[1], numbers[2:])
            name = db.engine.dialect.name
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
            db.session.remove()
            db.engine.dispose()
        yield site.start(1), rooms[0], rooms[1], name


def asked(site: Site, person: Person, last: int) -> dict[str, Callable[[], Any]]:
    """What is measured of one room, by its name."""
    base = f"{site.url()}/rooms/{person.room}"
    line = Line(person, site.url()).open()

    def page(query: str = "") -> None:
        status, body, _headers = http(base + query, person.cookie)
        assert status == 200 and ("?q=" in query or "<li class=" in body)

    return {
        "page": page,
        "enter": lambda: line.say("enter", after=max(0, last - 20), rev=0),
        "catch up": lambda: line.say("catch_up", after=max(0, last - 50), rev=0),
        "older part": lambda: page(f"?before={last // 2 + 25}"),
        "search, often": lambda: page("/search?q=phan+so"),
        "search, nothing": lambda: page("/search?q=khongcotunay"),
    }


def measure(url: str | None) -> bool:
    good = True
    with filled(url) as (site, long, short, name):
        two = asked(site, long, LONG), asked(site, short, SHORT)
        for what in two[0]:
            times: tuple[list[float], list[float]] = ([], [])
            for turn in range(ROUNDS):
                for room, kept in zip(two, times, strict=True):
                    began = time.perf_counter()
                    room[what]()
                    if turn:  # the first of each is to warm up
                        kept.append((time.perf_counter() - began) * 1000)
            many, few = map(statistics.median, times)
            looks = what.startswith("search")
            good &= many < SEARCH if looks else many / few <= MOST
            print(f"{name:10} {what:16} {LONG:,} messages {many:6.1f} ms, {SHORT} {few:6.1f} ms: x {many / few:.2f}"
                  f" (goal {f'{SEARCH} ms' if looks else f'x {MOST}'})")  # fmt: skip
    return good


def main() -> int:
    good = measure(None)
    with database() as url:
        good &= measure(url)
    print("goals:", "met" if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
