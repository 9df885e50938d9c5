"""Sockets that come into their rooms together come to the same as each alone; what there is to decide is left alone."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.rooms.conftest import new_id, open_adults, open_pair
from tests.rooms.messages.test_batch_posting import someone
from tutoring.accounts.models import LiveSocket, SignIn, User
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.rooms import sockets
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Attendance, Room, Seat
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence import queries as presence_queries
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import Caller

Who = Callable[[str], User]
pytestmark = pytest.mark.usefixtures("unhurried")
NAMES = ("minh", "khoa", "lan", "bay", "hang", "muoi")


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Which sockets hear which rooms."""
    found: set[tuple[str, str]] = set()
    monkeypatch.setattr(realtime, "join", lambda sid, room: found.add((sid, room)))
    monkeypatch.setattr(realtime, "leave", lambda sids, room: found.difference_update((sid, room) for sid in sids))
    monkeypatch.setattr(realtime, "push", lambda *_: None)
    return found


def opens(user: User) -> str:
    sid = new_id()
    open_sockets.open_sockets([(sid, lifecycle.begin_sign_in(user, "test").id, user.id)])
    return sid


def alone(user: User, sid: str, data: dict[str, Any]) -> object:
    try:
        return sockets.enter(Caller(sid, db.session.get_one(User, user.id)), data)
    except DomainError as refusal:
        return refusal.code


def stays(room_id: int) -> list[tuple[object, ...]]:
    """What is noted of a room: who was in it over what, and who has come."""
    db.session.expire_all()
    rows = db.session.execute(
        sa.select(Attendance.user_id, Attendance.sid.is_not(None), Attendance.until_at.is_(None))
        .where(Attendance.room_id == room_id)
    )  # fmt: skip
    seats = db.session.execute(
        sa.select(Seat.user_id, Seat.joined_at.is_(None), Seat.left_at.is_(None)).where(Seat.room_id == room_id)
    )
    return sorted(map(repr, map(tuple, [*rows, *seats])))  # type: ignore[arg-type]


def told(answer: Any) -> object:
    """An answer without what differs between rooms."""
    if not isinstance(answer, dict):
        return answer
    texts = {name: [one["text"] for one in answer[name]] for name in ("messages", "changes") if name in answer}
    return {**{name: value for name, value in answer.items() if name != "ok"}, **texts}


def disturb(rng: random.Random, who: Who, room: int) -> None:
    """What may have become of a room before somebody comes in."""
    chance = rng.randrange(6)
    if chance == 0:
        presence_commands.visit(who("lan"), room)
    elif chance == 1:
        db.session.execute(sa.update(Seat).where(Seat.room_id == room).values(removed_at=clock.now()))
    elif chance == 2:
        db.session.execute(sa.update(Room).where(Room.id == room).values(closed_at=clock.now(), close_reason="ended"))
    elif chance == 3:
        messages_commands.post_message(who("lan"), room, new_id(), "chào cả nhà")
    elif chance == 4:
        presence_commands.visit(who("lan"), room)
        presence_commands.leave(who("lan"), room)
    db.session.commit()


@pytest.mark.parametrize("seed", [pytest.param(n, marks=() if n < 1 else pytest.mark.full) for n in range(12)])
def test_together_or_alone_the_same_is_noted_answered_and_heard(
    who: Who, inside: World, hearing: set[tuple[str, str]], seed: int
) -> None:
    rng = random.Random(seed)
    people = {name: opens(who(name)) for name in NAMES}
    pairs = []  # two rooms of one kind, with which the same is done
    for made in (open_pair, open_adults, open_pair):
        pair, state = (made(inside), made(inside)), rng.getstate()
        for room in pair:
            rng.setstate(state)
            disturb(rng, who, room)
        pairs.append(pair)
    comers = [(name, n) for name in NAMES for n in range(3)] + [("lan", 0), ("khoa", 2)]  # some say so twice
    rng.shuffle(comers)
    said = {"after": rng.choice([0, 0, 1, 5])} | rng.choice([{}, {"rev": 0}, {"rev": -1}])

    def data(room: int) -> dict[str, Any]:
        return {"room": str(room), **said}

    one_by_one = [alone(who(name), people[name], data(pairs[n][0])) for name, n in comers]
    calls = [(Caller(people[name], someone(who(name))), data(pairs[n][1])) for name, n in comers]
    together: list[object] = []
    while len(together) < len(calls):
        some = calls[len(together) :][: rng.randint(1, 9)]
        done = sockets.enter_together(some)
        for answer, (caller, entry) in zip(done, some, strict=True):
            user = db.session.get_one(User, caller.user.id)
            together.append(alone(user, caller.sid, entry) if answer is None else answer)

    for comer, one, other in zip(comers, one_by_one, together, strict=True):
        assert told(one) == told(other), comer
    for first, second in pairs:
        assert stays(first) == stays(second)
        assert {sid for sid, room in hearing if room == f"room:{first}"} == {
            sid for sid, room in hearing if room == f"room:{second}"
        }


def test_some_of_it_is_done_together(who: Who, pair: int, adults: int, hearing: set[tuple[str, str]]) -> None:
    sids = {name: opens(who(name)) for name in ("minh", "khoa", "lan", "bay")}
    seats = [("minh", pair), ("khoa", pair), ("lan", pair), ("bay", adults), ("bay", pair)]
    calls = [(Caller(sids[name], someone(who(name))), {"room": str(n), "after": 0}) for name, n in seats]
    done = sockets.enter_together(calls)
    assert done[:4] == [{"seq": 0, "messages": [], "more": False}] * 4 and done[4] is None, "bay has no seat there"
    assert hearing == {(sids[name], f"room:{room}") for name, room in seats[:4]}
    both = presence_queries.present_in([pair, adults])
    assert {room: [(one.user_id, one.role) for one in here] for room, here in both.items()} == {
        room: [(seat.user_id, seat.role) for seat in presence_queries.present(room)] for room in (pair, adults)
    }
    assert len(both[pair]) == 3 and both[pair][0].user.shown_name == "Minh"


def test_a_crowd_costs_as_many_questions_as_one(who: Who, inside: World, hearing: set[tuple[str, str]]) -> None:
    rooms = [open_pair(inside) for _ in range(8)]
    people = [(someone(who(name)), opens(who(name))) for name in ("minh", "khoa", "lan")]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    counts = []
    for some in (rooms[:1], rooms[1:]):
        calls = [(Caller(sid, one), {"room": str(room), "after": 0}) for room in some for one, sid in people]
        sa.event.listen(db.engine, "before_cursor_execute", note)
        done = sockets.enter_together(calls)
        sa.event.remove(db.engine, "before_cursor_execute", note)
        assert None not in done
        counts.append(len(asked))
        asked.clear()
    assert max(counts) <= 14, counts


def test_a_thousand_sockets_end_in_a_few_questions(who: Who, pair: int, hearing: set[tuple[str, str]]) -> None:
    people = [someone(who(name)) for name in ("minh", "khoa", "lan")]
    sids = [opens(who(name)) for name in ("minh", "khoa", "lan")]
    sockets.enter_together([
        (Caller(sid, one), {"room": str(pair), "after": 0}) for one, sid in zip(people, sids, strict=True)
    ])  # fmt: skip
    assert len(presence_queries.present(pair)) == 3
    with clock.travel(clock.now() + timedelta(seconds=100)):
        open_sockets.see_sockets(sids[:1], 90)
        assert [seat.user_id for seat in presence_queries.present(pair)] == [people[0].id]
        ended = db.session.scalars(sa.select(Attendance.until_at).where(Attendance.sid.in_(sids[1:]))).all()
        ago = [(clock.now() - moment).total_seconds() for moment in ended if moment is not None]
        assert len(ago) == 2 and min(ago) >= 100, "as of when they were seen last"


def test_lines_of_one_sign_in_are_never_more_than_four_and_using_it_is_noted(who: Who, inside: World) -> None:
    lan = who("lan")
    sign_in = lifecycle.begin_sign_in(lan, "test").id
    spare: list[str] = []
    for n in range(6):
        at = clock.now() + timedelta(seconds=90 * n)
        with clock.travel(at):
            spare += open_sockets.open_sockets([(f"line {n}", sign_in, lan.id)])[f"line {n}"]
            db.session.expire_all()
            assert n == 0 or db.session.get_one(SignIn, sign_in).seen_at >= at
    assert spare == ["line 0", "line 1"]
    left = db.session.scalars(sa.select(LiveSocket.sid).order_by(LiveSocket.sid)).all()
    assert left == [f"line {n}" for n in range(2, 6)]
