"""The hot paths of an evening, each with who asks it: pages by a test client, commands by themselves."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.bulk_insert import Bulk, analyze, bulk
from benchmarks.city_activity import MESSAGE, Life, Share
from benchmarks.city_units import City
from tests.factories import client_of
from tutoring.accounts.models import User
from tutoring.cli.demo import community
from tutoring.community.models import Unit
from tutoring.groups.announcements.queries import select_recipients
from tutoring.home.demo_accounts import phrase_of
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.inbox.commands import notify_many
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.helper_selection import next_wave
from tutoring.policy.pairing.offers import CITY, WARD
from tutoring.rooms.models import Message, Room
from tutoring.rooms.sessions import commands as sessions_commands

LONG = 600  # messages of the room that is asked for


@dataclass(frozen=True)
class Scene:
    """A filled site, and what of it is asked for."""

    app: Flask
    people: dict[str, int]
    units: dict[str, int]
    room: int  # of minh and khoa, open, with LONG messages
    class_room: int
    other_ward: int
    request: int  # that waits


@dataclass(frozen=True)
class Path:
    """One hot path; `ask` raises where the answer is not what it should be."""

    name: str
    who: str
    ask: Callable[[], None]


def build(app: Flask, people: int, share: Share | None = None) -> Scene:
    """The demonstration community with a city of so many people around it, in an empty database with its lessons."""
    with app.app_context():
        community.make()
        made = {user.username: user.id for user in db.session.scalars(sa.select(User))}
        units = {one.code.removeprefix("demo-"): one.id for one in db.session.scalars(sa.select(Unit))}
        room = sessions_commands.open_room(
            units["lop6a"], [(made["minh"], "learner"), (made["khoa"], "helper")],
            topic="t", minors=True, observed=True,
        ).id  # fmt: skip
        city = City(people)
        life = Life(city, share)
        with bulk() as rows:
            city.fill(rows)
            life.fill(rows)
            _long_room(rows, life, room, (made["minh"], made["khoa"]))
        db.session.execute(sa.update(Room).where(Room.id == room).values(last_seq=LONG + 1))
        db.session.commit()
        analyze()
        waiting = sa.select(HelpRequest.id).where(HelpRequest.state == "waiting", HelpRequest.ward_id == city.ward)
        scene = Scene(
            app, {**made, "top": city.top}, units, room, next(id for id, _w, unit in life.class_rooms
            if unit == units["lop6a"]), city.wards[-1].id, db.session.scalars(waiting.limit(1)).one(),
        )  # fmt: skip
        db.session.remove()
    return scene


def _long_room(rows: Bulk, life: Life, room: int, authors: tuple[int, int]) -> None:
    begun, last = clock.now() - timedelta(hours=2), db.session.scalar(
        sa.select(sa.func.max(Message.seq)).where(Message.room_id == room)
    ) or 0  # fmt: skip
    rows.write(Message, MESSAGE, (
        (room, seq, authors[seq % 2], str(uuid.UUID(int=room << 64 | seq)), *life.sentences[seq % 100],
         begun + timedelta(seconds=10 * seq), "sent")
        for seq in range(last + 1, LONG + 2)
    ))  # fmt: skip


def paths(scene: Scene) -> Iterator[Path]:
    """Each of them, ready to be asked again and again."""
    clients: dict[str, FlaskClient] = {}

    def page(name: str, who: str, path: str) -> Path:
        def ask() -> None:
            answer = clients[who].get(path)
            assert answer.status_code == 200, (who, path, answer.status_code)

        if who not in clients:
            clients[who] = client_of(scene.app, scene.people[who]) if who else scene.app.test_client()
        return Path(name, who, ask)

    units, room = scene.units, scene.room
    for who in ("", "minh", "lan", "khoa", "hang", "muoi", "mai", "top", "admin1"):
        yield page("start page", who, "/")
    for who in ("minh", "khoa", "hang", "top"):
        yield page("my rooms", who, "/rooms")
    yield page("room page", "minh", f"/rooms/{room}")
    yield page("room page of a class", "hang", f"/rooms/{scene.class_room}")
    yield page("history, old page", "minh", f"/rooms/{room}?before=40")
    yield page("search in a room", "khoa", f"/rooms/{room}/search?q=khongcotunay")
    for who in ("minh", "top"):
        yield page("search everywhere", who, "/search?q=phan+so")
    yield page("search for people", "mai", "/search?q=nguyen+thu")
    yield page("search for people", "top", "/search?q=nguyen+thu")
    yield page("lessons", "minh", "/lessons")
    yield page("step of a lesson", "minh", "/lessons/vao-lop-bang-duong-dan/2")
    yield page("ask", "minh", "/ask")
    yield page("my requests", "minh", "/requests")
    yield page("helper's board", "khoa", "/helping")
    yield page("inbox", "minh", "/notices")
    yield page("calendar", "minh", "/calendar")
    for who in ("hang", "quang", "top"):
        yield page("board of rooms", who, "/board")
    for who in ("hang", "quang", "top", "admin1"):
        yield page("desk", who, "/desk")
    yield page("cases decided", "top", "/desk/cases?state=decided")
    yield page("second looks", "top", "/desk/second-looks")
    yield page("readings", "top", "/desk/readings")
    yield page("unit: ward", "mai", f"/units/{units['phuong']}")
    yield page("unit: school", "quang", f"/units/{units['truong']}")
    yield page("unit: city", "top", f"/units/{units['tp']}")
    yield page("figures of a ward", "mai", f"/units/{units['phuong']}/figures")
    yield page("figures of the city", "top", f"/units/{units['tp']}/figures")
    yield page("figures of the site", "admin1", "/figures")
    yield page("page of a ward", "mai", f"/groups/{units['phuong']}")
    yield page("page of a neighbourhood", "bay", f"/groups/{units['kp3']}")
    yield page("administration", "admin1", "/admin")
    yield page("people", "admin1", "/admin/people?q=nguyen+thu")
    yield page("units", "admin1", "/admin/units")
    yield from _deeds(scene)


def _deeds(scene: Scene) -> Iterator[Path]:
    client = client_of(scene.app, scene.people["minh"])

    def post() -> None:
        said = {"text": "Em hiểu rồi ạ, cảm ơn anh", "client_id": str(uuid.uuid4())}
        answer = client.post(f"/rooms/{scene.room}/messages", data=said)
        assert answer.status_code in (200, 201, 302, 303), answer.status_code

    def sign_in() -> None:
        phrase = phrase_of("bay", scene.app.config["SETTINGS"].secret_key)
        answer = scene.app.test_client().post("/sign-in", data={"handle": "bay", "password": phrase})
        assert answer.status_code in (302, 303), answer.status_code

    def match(ring: int) -> Callable[[], None]:
        def ask() -> None:
            with scene.app.app_context():
                next_wave(db.session.get_one(HelpRequest, scene.request), ring)
                db.session.rollback()

        return ask

    @command
    def told() -> None:
        key = f"post:{uuid.uuid4().hex[:12]}"
        notify_many(select_recipients(scene.units["kp3"] + 0, 0), key, "%(name)s", "/groups/1", name="Khu phố 3")

    def tell() -> None:
        with scene.app.app_context():
            told()

    def idle() -> None:
        with scene.app.app_context():
            jobs.run_due(0)

    yield Path("post a message", "minh", post)
    yield Path("sign in", "bay", sign_in)
    yield Path("match a request, ward", "", match(WARD))
    yield Path("match a request, city", "", match(CITY))
    yield Path("tell a neighbourhood", "muoi", tell)
    yield Path("look for due work", "", idle)
