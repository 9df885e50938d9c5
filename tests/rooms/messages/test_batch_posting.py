"""Messages stored together come to the same as each alone, and what has to be decided is left to be alone."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.rooms.conftest import new_id, open_adults, open_pair
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.person_names import PersonSummary
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.kernel import clock
from tutoring.kernel.database.sql import unnest_parameters
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, RateLimited
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.events import StoredMessage
from tutoring.rooms.messages import batch_posting
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.batch_posting import UnvalidatedPost, post_together
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation.queries import WINDOW
from tutoring.rooms.risk.models import RiskPoint
from tutoring.safety import screening as judging

Who = Callable[[str], User]
unhurried = pytest.mark.usefixtures("unhurried")

PLAIN = (
    "Chào cô, em chưa vào được lớp học ạ", "Dạ vâng ạ", "  Bấm nút\u200b màu xanh nhé ", "Cô ơi máy em không có tiếng",
    "", "   ", "a" * 1000, "a" * 1001, "\ud800", "0912", "345 678", None, 7, ["chào"],
)  # fmt: skip
# What is held or masked with minors opens cases about people, who then write less in the other room too.
FOUND = (
    "Số của mình là 0912 345 678, gọi nhé", "Mã OTP của mẹ em là 482913", "Em đọc giúp chị mã OTP vừa gửi về máy nhé",
    "Kết bạn Zalo với anh đi, nick minhanh2k9",
)  # fmt: skip


def someone(user: User) -> PersonSummary:
    return PersonSummary(user.id, user.kind, user.birth_year, user.called_name, user.address_form, user.language)


def alone(user: User, room_id: int, client_id: object, text: object) -> Message | DomainError:
    try:
        return messages_commands.post_message(user, room_id, client_id, text)  # type: ignore[arg-type]
    except DomainError as refusal:
        return refusal


def stored(room_id: int) -> dict[object, list[dict[str, object]]]:
    """What each author's messages in a room look like to everybody, in order, without what differs between rooms. In
    which order different people's messages are stored is nobody's promise."""
    db.session.expire_all()
    shown: dict[object, list[dict[str, object]]] = {}
    for one in queries.messages_after(room_id, 0, 1000).items:
        said = rooms_serializers.serialize_message(one, held_too=True)
        kept = {name: value for name, value in said.items() if name not in ("room", "at", "client_id", "seq")}
        shown.setdefault(one.author_id, []).append(kept)
    return shown


def forgotten(seats: dict[int, object]) -> None:
    """As if nobody had written yet: what was masked or noted in one room counts in the other as well."""
    db.session.execute(sa.update(Message).values(at=clock.now() - timedelta(days=2)))
    db.session.execute(sa.delete(RiskPoint))
    for seat in db.session.scalars(sa.select(Seat).order_by(Seat.id)):
        seat.muted_until = seats[seat.id]
    db.session.commit()


def by_batches(posts: list[tuple[User, int, object, object]], rng: random.Random) -> list[object]:
    """As the server does it: batches of any size, what is left of each alone, in order for each author."""
    answers: list[object] = [None] * len(posts)
    at = 0
    while at < len(posts):
        upto = at + rng.randint(1, 9)
        batch = list(enumerate(posts))[at:upto]
        done = post_together(
            [UnvalidatedPost(someone(user), room, once, text) for _n, (user, room, once, text) in batch]
        )
        for (number, post), answer in zip(batch, done, strict=True):
            answers[number] = alone(*post) if answer is None else answer
        at = upto
    return answers


QUICK = (2, 5)  # children and a mute; grown-ups and all held


@unhurried
@pytest.mark.parametrize("seed", [pytest.param(n, marks=() if n in QUICK else pytest.mark.full) for n in range(8)])
def test_together_or_alone_the_same_is_stored_and_answered(who: Who, inside: World, seed: int) -> None:
    rng = random.Random(seed)
    children = seed % 2 == 0
    open_one, watcher = (open_pair, who("hang")) if children else (open_adults, who("muoi"))
    texts = PLAIN if children else PLAIN + FOUND
    rooms = [open_one(inside), open_one(inside)]
    people = [who(name) for name in ("minh", "khoa", "lan", "bay", "muoi")]
    minute = clock.now().replace(second=0, microsecond=0)
    for room in rooms if seed > 1 else []:
        if seed in (2, 3):
            with clock.travel(minute):  # which both rooms are told
                moderation_commands.mute(watcher, room, inside["lan"], 10, "nghỉ một lát")
        elif seed in (4, 5):
            moderation_commands.hold_everything(watcher, room, True)
        elif seed in (6, 7):
            moderation_commands.lock_writing(watcher, room, "chờ cô một chút")
    used: list[str] = [new_id() for _ in range(4)]
    script = []
    for _ in range(60):
        once: object = rng.choice([new_id(), new_id(), new_id(), rng.choice(used), "x", None, "\ud800" * 36, 5])
        used += [once] if isinstance(once, str) and len(once) == 36 else []
        script.append((rng.choice(people), once, rng.choice(texts)))

    seats = {seat.id: seat.muted_until for seat in db.session.scalars(sa.select(Seat))}
    one_by_one = [alone(user, rooms[0], once, text) for user, once, text in script]
    forgotten(seats)
    together = by_batches([(user, rooms[1], once, text) for user, once, text in script], rng)

    def told(answer: object) -> object:
        if isinstance(answer, DomainError):
            return answer.code
        assert isinstance(answer, Message | StoredMessage)
        return "sent" if isinstance(answer, StoredMessage) else answer.status

    assert [told(one) for one in together] == [told(one) for one in one_by_one]
    assert stored(rooms[0]) == stored(rooms[1])
    for room in rooms:
        numbers = db.session.scalars(sa.select(Message.seq).where(Message.room_id == room).order_by(Message.seq)).all()
        assert list(numbers) == list(range(1, db.session.get_one(Room, room).last_seq + 1))
    if seed in (0, 1):
        assert any(isinstance(one, StoredMessage) for one in together)


@unhurried
def test_what_is_pushed_of_a_batch_is_what_a_page_would_fetch(who: Who, pair: int) -> None:
    made = post_together(
        [UnvalidatedPost(someone(who(name)), pair, new_id(), "chào cả nhà") for name in ("minh", "lan", "khoa")]
    )
    for one in made:
        assert isinstance(one, StoredMessage)
        fetched = rooms_serializers.serialize_message(queries.message(pair, one.seq))
        assert rooms_serializers.stored(one) == fetched
    assert [one.seq for one in made if isinstance(one, StoredMessage)] == [1, 2, 3]


@unhurried
def test_an_authors_words_do_not_overtake_what_waits_for_a_decision(who: Who, pair: int) -> None:
    texts = ["một", "Số của mình là 0912 345 678", "hai"]
    minh, khoa = someone(who("minh")), someone(who("khoa"))
    made = post_together([
        *(UnvalidatedPost(minh, pair, new_id(), text) for text in texts), UnvalidatedPost(khoa, pair, new_id(), "ba"),
    ])  # fmt: skip
    assert [isinstance(one, StoredMessage) for one in made] == [True, False, False, True]
    assert made[1] is made[2] is None


@unhurried
def test_what_weighs_on_a_pair_is_left_to_be_weighed(who: Who, pair: int) -> None:
    text = "Đừng nói với ba mẹ nhé, đây là bí mật của hai anh em mình thôi"
    assert post_together([UnvalidatedPost(someone(who("khoa")), pair, new_id(), text)]) == [None]


@unhurried
def test_a_number_spread_over_messages_of_one_batch_is_seen(who: Who, pair: int) -> None:
    minh = someone(who("minh"))
    made = post_together([UnvalidatedPost(minh, pair, new_id(), text) for text in ("số mình 0912", "345", "678")])
    assert made[-1] is None  # where it becomes a number it is left to be masked


@unhurried
def test_a_second_try_under_the_same_id_is_not_stored_again(who: Who, pair: int) -> None:
    once, minh = new_id(), someone(who("minh"))
    assert isinstance(post_together([UnvalidatedPost(minh, pair, once, "chào cô")])[0], StoredMessage)
    assert post_together([UnvalidatedPost(minh, pair, once, "chào cô")]) == [None]
    first, again = post_together(
        [UnvalidatedPost(minh, pair, once2 := new_id(), "ạ"), UnvalidatedPost(minh, pair, once2, "ạ")]
    )
    assert isinstance(first, StoredMessage) and again is None
    assert len(queries.messages_after(pair, 0).items) == 2


@unhurried
def test_odd_values_do_not_spoil_the_batch_of_others(who: Who, pair: int) -> None:
    minh = someone(who("minh"))
    odd = [UnvalidatedPost(minh, room, new_id(), "chào") for room in (0, -1, 2**31, 99_999_999_999)]
    odd += [UnvalidatedPost(minh, pair, once, "chào") for once in (None, 5, "\ud800" * 36, "x" * 36, b"x")]
    made = post_together([*odd, UnvalidatedPost(someone(who("khoa")), pair, new_id(), "chào em")])
    assert made[:-1] == [None] * len(odd) and isinstance(made[-1], StoredMessage)
    assert post_together(odd) == [None] * len(odd)
    assert post_together([]) == []


@unhurried
def test_nobody_without_a_seat_and_no_watcher_is_served_together(who: Who, pair: int, adults: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    posts = [UnvalidatedPost(someone(who(name)), pair, new_id(), "chào") for name in ("hang", "bay", "an")]
    moderation_commands.remove_member(who("muoi"), adults, who("bay").id, "thử")
    posts.append(UnvalidatedPost(someone(who("bay")), adults, new_id(), "chào"))
    assert post_together(posts) == [None] * 4


def test_rates_hold_together_as_they_do_alone(who: Who, pair: int, still_time: None) -> None:
    khoa = someone(who("khoa"))
    made = post_together([UnvalidatedPost(khoa, pair, new_id(), "chào em") for _ in range(12)])
    assert sum(isinstance(one, StoredMessage) for one in made) == 4  # somebody new
    assert all(isinstance(one, RateLimited) for one in made[4:]), made
    assert len(queries.messages_after(pair, 0).items) == 4


@unhurried
def test_where_the_detector_fails_nothing_goes_out_together(
    who: Who, pair: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(judging.detector, "scan", broken)
    assert post_together([UnvalidatedPost(someone(who("minh")), pair, new_id(), "chào cô")]) == [None]


@unhurried
def test_a_batch_asks_as_often_for_many_as_for_one(who: Who, inside: World) -> None:
    rooms = [open_pair(inside) for _ in range(8)]
    people = [someone(who(name)) for name in ("minh", "khoa", "lan")]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    counts = []
    for some in (rooms[:1], rooms):
        posts = [UnvalidatedPost(person, room, new_id(), "chào") for room in some for person in people]
        sa.event.listen(db.engine, "before_cursor_execute", note)
        made = post_together(posts)
        sa.event.remove(db.engine, "before_cursor_execute", note)
        assert all(isinstance(one, StoredMessage) for one in made)
        counts.append(len(asked))
        asked.clear()
    assert counts[0] == counts[1] <= 7, counts


@unhurried
def test_a_room_that_somebody_holds_is_left_and_not_waited_for(who: Who, inside: World) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time, whatever the room")
    held, free = open_pair(inside), open_pair(inside)
    minh = someone(who("minh"))
    with db.engine.connect() as other:
        other.execute(sa.select(Room.id).where(Room.id == held).with_for_update())
        # The other one holds it until the end of this block: whoever waited for it would wait for ever.
        made = post_together(
            [UnvalidatedPost(minh, held, new_id(), "chào"), UnvalidatedPost(minh, free, new_id(), "chào")]
        )
        other.rollback()
    assert made[0] == batch_posting.HELD and isinstance(made[1], StoredMessage)


def test_who_speaks_is_known_by_the_sign_in_as_for_every_verb(
    app: Flask, as_: Callable[[str], FlaskClient], world: World
) -> None:
    as_("minh"), as_("khoa"), as_("lan"), as_("bay")
    with app.app_context():
        signs = {row.user_id: row for row in db.session.scalars(sa.select(SignIn).order_by(SignIn.id))}
        ids = {name: signs[world[name]].id for name in ("minh", "khoa", "lan", "bay")}
        signs[world["khoa"]].ended_at = clock.now()
        signs[world["lan"]].seen_at = clock.now() - lifecycle.TOUCH - timedelta(seconds=1)
        db.session.get_one(User, world["bay"]).state = "suspended"
        db.session.get_one(User, world["bay"]).suspended_at = clock.now()
        db.session.commit()
        found = open_sockets.people_of_sign_ins([*ids.values(), 999_999])
        assert set(found.people) == {ids["minh"], ids["lan"]} and found.unnoted == [ids["lan"]]
        open_sockets.note_use(found.unnoted)
        assert open_sockets.people_of_sign_ins([ids["lan"]]).unnoted == []
        minh, known = db.session.get_one(User, world["minh"]), found.people[ids["minh"]]
        assert known == someone(minh)
        assert (known.shown_name, known.is_minor) == (minh.shown_name, minh.is_minor)


def test_what_somebody_wrote_lately_is_not_looked_for_in_all_that_they_ever_wrote(world: World, app: Flask) -> None:
    with app.app_context():
        room, minh = open_pair(world), db.session.get_one(User, world["minh"])
        post_together([UnvalidatedPost(someone(minh), room, new_id(), "Chào cô ạ")])
        connection = db.session.connection()
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:  # which on so few rows reads everything
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        compiled = batch_posting._places._compiled[sqlite]
        values = compiled.values(
            {**unnest_parameters([(room, minh.id, new_id())], "room", "person", "once"), "since": clock.now() - WINDOW}
        )
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = connection.connection.dbapi_connection.cursor().execute(explain + compiled.text, values).fetchall()  # type: ignore[union-attr]
        plan = str([tuple(row) for row in rows])
        assert "ix_message_newest" in plan
        assert "Sort" not in plan and "TEMP B-TREE" not in plan, "it lies in the index in the order asked for"
