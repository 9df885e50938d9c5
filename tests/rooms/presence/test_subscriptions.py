"""When Redis returns sockets are looked at again, as `enter` does: for as many statements with one as with twenty."""

import random
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.rooms.conftest import open_adults, open_pair
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.models import Consent, Guardian, SignIn, User
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.rooms import queries
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.presence import subscriptions
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import SocketOwner


def hears(user_id: int, room_id: int) -> bool:
    """What somebody who comes into the room is asked."""
    user = db.session.get_one(User, user_id)
    try:
        queries.readable_room(user, room_id)
    except NotFound:
        return False
    return queries.may_hear(user, room_id)


def opened(world: World) -> list[int]:
    """Rooms of every kind, some of them over."""
    hang, muoi = person(world["hang"]), person(world["muoi"])
    lasting = [
        persistent_rooms_commands.open_lasting(hang, world["lop6a"], "class").id,
        persistent_rooms_commands.open_lasting(hang, world["lop6a"], "circle").id,
        persistent_rooms_commands.open_lasting(muoi, world["kp3"], "questions").id,
    ]
    ward = db.session.get_one(Unit, world["kp3"]).ward_id
    made = [Room(unit_id=world["lop6a"], kind="class", side_of_id=lasting[0], topic="", minors=True, observed=True)]
    made += [Room(unit_id=ward, kind="desk", topic="", minors=False, observed=True)]
    db.session.add_all(made)
    db.session.commit()
    sessions_ = [open_pair(world), open_pair(world), open_adults(world), open_adults(world)]
    return [*lasting, *(one.id for one in made), *sessions_]


def sit_anywhere(rng: random.Random, rooms: list[int], people: list[int]) -> None:
    """Nearly everybody sits nearly everywhere as anything, some removed."""
    db.session.execute(sa.delete(Seat))
    for room in rooms:
        for user in people:
            role = rng.choice(["learner", "helper", "guardian", "observer", None])
            if role is not None:
                out = clock.now() if rng.random() < 0.1 else None
                db.session.add(Seat(room_id=room, user_id=user, role=role, removed_at=out))


def disturb(rng: random.Random) -> None:
    """Some of what gives a place, a watch or a yes is gone; some rooms are over or handed on."""

    def some(model: type, chance: float, *but: sa.ColumnElement[bool]) -> list[int]:
        ids = db.session.scalars(sa.select(model.id).where(*but).order_by(model.id))  # type: ignore[attr-defined]
        return [one for one in ids if rng.random() < chance]

    def change(model: type, ids: list[int], **values: object) -> None:
        db.session.execute(sa.update(model).where(model.id.in_(ids)).values(**values))  # type: ignore[attr-defined]

    change(Membership, some(Membership, 0.15), state="ended")
    change(Membership, some(Membership, 0.15), confirmed_at=None)
    change(Guardian, some(Guardian, 0.2), confirmed_at=None)
    change(Consent, some(Consent, 0.1), withdrawn_at=clock.now())
    change(User, some(User, 0.1), state="suspended")
    change(Room, some(Room, 0.2), closed_at=clock.now(), close_reason="ended")
    change(Room, some(Room, 0.2), handed_over=True)
    change(Room, some(Room, 0.2), minors=True)
    db.session.commit()


@pytest.mark.parametrize("seed", [pytest.param(n, marks=() if n < 1 else pytest.mark.full) for n in range(12)])
def test_of_many_the_same_is_known_as_of_each_who_comes_in(inside: World, seed: int) -> None:
    rng = random.Random(seed)
    rooms = opened(inside)
    people = [*inside.people.values(), classmate(inside, "Tâm")]
    sit_anywhere(rng, rooms, people)
    disturb(rng)
    asked = {(user, room) for user in people for room in rooms}
    db.session.remove()
    found = subscriptions.still_hear(asked)
    db.session.remove()
    one_by_one = {(user, room) for user, room in asked if hears(user, room)}
    assert found == one_by_one
    assert one_by_one and asked - one_by_one
    assert subscriptions.surely_hear(rooms) <= one_by_one
    few = set(sorted(asked)[::3])
    assert subscriptions.still_hear(few) == one_by_one & few


# ---- what it costs ---------------------------------------------------------------------------------------------


@pytest.fixture
def lines(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, int], str]]:
    """Opens a socket of somebody, as the server's own list has it, that hears a room; its id."""
    hub, made = realtime.sockets_of(app).server.manager, list[str]()

    def line(user_id: int, room_id: int) -> str:
        sid: str = hub.connect(f"line {len(made)}", "/")
        sign_in = lifecycle.begin_sign_in(db.session.get_one(User, user_id), "test")
        open_sockets.open_sockets([(sid, sign_in.id, user_id)])
        monkeypatch.setitem(realtime.sockets_of(app).open, sid, SocketOwner(sign_in.id, user_id))
        realtime.join(sid, f"room:{room_id}")
        made.append(sid)
        return sid

    yield line
    for sid in made:
        hub.disconnect(sid, "/")


def class_of(world: World, number: int) -> Unit:
    """One more class of the school, with its rooms, a teacher, and a pupil who may sign in and not be in the class."""
    place = Unit(code=f"6-{number}", kind="class", name=f"6/{number}", parent_id=world["truong"], grade=6)
    teacher = User(username=f"gv{number}", full_name="Cô Giáo", called_name="Giáo", address_form="cô")
    mother = User(username=f"me{number}", full_name="Mẹ Bé", called_name="Mẹ")
    child = User(
        username=f"be{number}", full_name="Bé", called_name="Bé", kind="child", birth_year=clock.today().year - 12
    )
    db.session.add_all([place, teacher, mother, child])
    db.session.flush()
    db.session.add(Guardian(child_id=child.id, guardian_id=mother.id, confirmed_at=clock.now()))
    profile = BY_KEY["profile"]
    yes = {"subject_id": child.id, "given_by_id": mother.id, "text_version": profile.version, "text_hash": ""}
    db.session.add(Consent(purpose=profile.key, **yes))
    for user, role in ((teacher, "teacher"), (child, "learner")):
        held = {"unit_id": place.id, "role": role, "state": "active", "confirmed_at": clock.now()}
        db.session.add(Membership(user_id=user.id, **held))
    for kind, member, minors in (("class", child, True), ("circle", mother, False)):
        room = Room(unit_id=place.id, kind=kind, topic="", minors=minors, observed=True)
        db.session.add(room)
        db.session.flush()
        seated = ((member, "learner" if kind == "class" else "guardian"), (teacher, "observer"))
        db.session.add_all(Seat(room_id=room.id, user_id=user.id, role=role) for user, role in seated)
    db.session.commit()
    return place


@command
def over_unheard(sign_in_id: int, unit_id: int) -> None:
    """A sign-in and a teacher's role end, of which this process does not hear."""
    db.session.execute(sa.update(SignIn).where(SignIn.id == sign_in_id).values(ended_at=clock.now()))
    teaches = sa.update(Membership).where(Membership.unit_id == unit_id, Membership.role == "teacher")
    db.session.execute(teaches.values(state="ended"))


def returned(
    app: Flask, world: World, lines: Callable[[int, int], str], queries: list[str], count: int
) -> tuple[int, set[tuple[str, str]]]:
    """The statements when Redis returns to a process with the sockets of so many classes, of which each teacher's role
    and one sign-in have ended meanwhile; and who hears what then."""
    for number in range(count):
        place = class_of(world, number)
        unit_id = place.id
        seats = db.session.execute(
            sa.select(Seat.user_id, Seat.room_id).join(Room, Room.id == Seat.room_id).where(Room.unit_id == unit_id)
        ).all()
        db.session.commit()
        for user_id, room_id in seats:
            lines(user_id, room_id)
        gone = lines(world["quang"], seats[0][1])
        over_unheard(realtime.sockets_of(app).open[gone].sign_in_id, unit_id)
    rooms = list(db.session.scalars(sa.select(Room.id).where(Room.kind.in_(["class", "circle"]))))
    names = [f"room:{one}" for one in rooms]
    db.session.remove()
    queries.clear()
    realtime.sockets_of(app)._missed(names, True)
    found = len(queries)
    people = {user.id: user.username for user in db.session.scalars(sa.select(User))}
    return found, {(people[user_id], name) for name in names for _sid, user_id in realtime.listening(name)}


@pytest.mark.full
def test_sockets_and_rooms_that_last_are_looked_at_again_for_as_many_statements_with_twenty_as_with_one(
    app: Flask, world: World, again: Callable[[], None], lines: Callable[[int, int], str], queries: list[str]
) -> None:
    with app.app_context():
        few, hear_few = returned(app, world, lines, queries, 1)
    again()
    with app.app_context():
        many, hear_many = returned(app, world, lines, queries, 20)
    assert {who for who, _name in hear_few} == {"me0"}  # a pupil without a yes, and who teaches no more, hear nothing
    assert {who for who, _name in hear_many} == {f"me{n}" for n in range(20)}
    assert few == many
