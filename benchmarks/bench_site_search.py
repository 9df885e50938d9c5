"""The one search box on a small site and on one 24 times as large, on SQLite and on PostgreSQL.

People, places, rooms and words of others are what grows; what one person looks after stays. Each search is asked in
turns on both sizes in the same run, without a server. Goal: on the large site the median is at most 1.5 times that of
the small one, or under 40 ms; the number of statements is the same.
"""

import contextlib
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import factories
from tests.backing_services import database
from tests.lessons import bank as banks
from tests.rooms.conftest import open_pair
from tutoring.accounts.models import User
from tutoring.app import create_app
from tutoring.community.models import Membership, Unit
from tutoring.community.units.search_names import place_words
from tutoring.config import ROOT, Settings
from tutoring.home import search
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import search_text
from tutoring.lessons.catalogue.loader import load_catalogue
from tutoring.rooms.models import Message, Room

SMALL, LARGE, ROUNDS = 2_500, 60_000, 7
MOST, ENOUGH = 1.5, 40
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi"]
MIDDLE = ["Thị", "Văn", "Minh", "Ngọc", "Hữu", "Thanh", "Quốc", "Kim"]
CALLED = "An Bình Chi Dung Hà Hằng Hoà Hùng Khoa Lan Linh Mai Minh Nam Nga Phúc Quân Tâm Thảo Vy".split()  # noqa: SIM905
SOUGHT = ("minh", "hoa", "nguyen thi hoa", "phuong an khanh", "khu pho 3", "nut mau xanh", "khong co gi zzz")
WHO = ("lan", "hang", "quang", "mai", "admin1")


def grow(people: int, world: factories.World) -> None:
    """So many people in units elsewhere, each with ten messages in rooms of theirs."""
    chance, now = random.Random(11), clock.now()
    city = world.units["tp"]
    top = db.session.scalar(sa.select(sa.func.max(Unit.id))) or 0
    wards = max(1, people // 2_500)
    units: list[dict[str, Any]] = []
    for ward in range(wards):
        ward_id = top + 1 + ward * 26
        name = f"Phường An {chance.choice(CALLED)} {ward}"
        units.append({"id": ward_id, "code": f"w{ward}", "kind": "ward", "name": name, "parent_id": city,
                      "ward_id": ward_id, "form": "phường", "sort": name, "name_words": place_words(name)})  # fmt: skip
        for n in range(1, 26):
            name = f"Khu phố {n}"
            units.append({"id": ward_id + n, "code": f"w{ward}k{n}", "kind": "neighbourhood", "name": name,
                          "parent_id": ward_id, "ward_id": ward_id, "form": "khu phố", "sort": name,
                          "name_words": place_words(name)})  # fmt: skip
    db.session.execute(sa.insert(Unit), units)
    first = (db.session.scalar(sa.select(sa.func.max(User.id))) or 0) + 1
    room = (db.session.scalar(sa.select(sa.func.max(Room.id))) or 0) + 1
    places = [one["id"] for one in units if one["kind"] == "neighbourhood"]
    for start in range(0, people, 5_000):
        rows, members, rooms, lines = [], [], [], []
        for n in range(start, min(start + 5_000, people)):
            called = chance.choice(CALLED)
            full = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {called}"
            unit, user = chance.choice(places), first + n
            rows.append({"id": user, "full_name": full, "called_name": called, "username": f"g{n}",
                         "name_words": search_text(f"{called} {full}")})  # fmt: skip
            members.append({"user_id": user, "unit_id": unit, "role": "learner", "state": "active"})
            if n % 10 == 0:
                rooms.append({"id": room + n, "unit_id": unit, "kind": "pair", "topic": "join-class", "minors": False,
                              "observed": True, "last_seq": 20})  # fmt: skip
                for seq in range(20):
                    lines.append({"room_id": room + n, "seq": seq + 1, "author_id": user, "at": now,
                                  "client_id": str(uuid.uuid4()), "text": "Em bấm nút màu xanh rồi ạ"})  # fmt: skip
        for table, some in ((User, rows), (Membership, members), (Room, rooms), (Message, lines)):
            db.session.execute(sa.insert(table), some)
    db.session.commit()
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()


@contextlib.contextmanager
def site(url: str | None, people: int) -> Iterator[tuple[Flask, factories.World]]:
    """A site with so many strangers on it."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "INSTANCE": folder,
            "ORIGINS": "http://localhost",
            "JOBS": "0",
            "SECRET_KEY": "a key for this bench alone, long enough",
            "AUDIT_KEY": "another key for it, just long enough",
            "FIELD_KEY": "a third key for it, which is long enough",
            **({"DATABASE_URL": url} if url else {}),
        }
        app = create_app(Settings.from_environment(env), TESTING=True, WTF_CSRF_ENABLED=False)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            load_catalogue(banks.real())
            db.session.commit()
        world = factories.world(app)
        with app.app_context():
            open_pair(world)
            grow(people, world)
        yield app, world
        with app.app_context():
            db.engine.dispose()


def asked(app: Flask, world: factories.World, name: str, typed: str) -> tuple[float, int]:
    """How long one search took, in ms, and how many statements it asked."""
    with app.test_request_context(), app.app_context():
        person = factories.person(world[name])
        held = frozenset({"teacher"}) if name in ("hang", "quang", "mai") else frozenset()
        count = [0]

        def note(*_rest: object) -> None:
            count[0] += 1

        sa.event.listen(db.engine, "before_cursor_execute", note)
        before = time.perf_counter()
        search.find(person, held, typed, "vi")
        took = (time.perf_counter() - before) * 1000
        sa.event.remove(db.engine, "before_cursor_execute", note)
        db.session.remove()
        return took, count[0]


def compare(kind: str, urls: tuple[str | None, str | None]) -> bool:
    """Small and large in turns; whether the goals are kept."""
    fine = True
    with site(urls[0], SMALL) as small, site(urls[1], LARGE) as large:
        print(f"{kind}: {SMALL:,} people, then {LARGE:,}, with {LARGE * 2:,} messages of others")
        for name in WHO:
            times: dict[int, list[float]] = {0: [], 1: []}
            worst = ""
            for typed in SOUGHT:
                both: list[list[float]] = [[], []]
                for _ in range(ROUNDS):
                    for at, (app, world) in enumerate((small, large)):
                        both[at].append(asked(app, world, name, typed)[0])
                counts = [asked(app, world, name, typed)[1] for app, world in (small, large)]
                one, other = (statistics.median(some) for some in both)
                times[0].append(one)
                times[1].append(other)
                good = other <= max(one * MOST, ENOUGH)
                fine = fine and good
                if not good:
                    worst += f"  [{typed}: {one:.1f} → {other:.1f} ms]"
                if counts[0] != counts[1]:
                    worst += f"  [{typed}: {counts[0]} → {counts[1]} statements]"
            print(f"  {name:<7} median {statistics.median(times[0]):5.1f} → {statistics.median(times[1]):5.1f} ms, "
                  f"slowest {max(times[0]):5.1f} → {max(times[1]):5.1f} ms{worst}")  # fmt: skip
    return fine


def main() -> int:
    fine = compare("SQLite", (None, None))
    with database() as one, database() as other:
        fine = compare("PostgreSQL", (one, other)) and fine
    print("goal kept" if fine else "goal missed")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
