"""Posting: numbers without gaps, one message for one client id, and every refusal by its name."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.rooms.conftest import has_said, new_id, open_pair
from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, InvalidInput
from tutoring.rooms import queries, visibility
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.moderation import commands as moderation_commands

Who = Callable[[str], User]


def refusal(author: User, room_id: int, client_id: object, text: object) -> str:
    with pytest.raises(DomainError) as caught:
        messages_commands.post_message(author, room_id, client_id, text)  # type: ignore[arg-type]
    return caught.value.code


def stored(room_id: int) -> list[Message]:
    return list(db.session.scalars(sa.select(Message).where(Message.room_id == room_id).order_by(Message.seq)))


def test_messages_are_numbered_from_one_in_their_room(who: Who, pair: int, adults: int) -> None:
    for room_id, name, expected in ((pair, "minh", 1), (adults, "bay", 1), (pair, "khoa", 2), (pair, "minh", 3)):
        message = messages_commands.post_message(who(name), room_id, new_id(), "Chào bạn")
        assert (message.seq, message.status) == (expected, "sent")
    assert [message.seq for message in stored(pair)] == [1, 2, 3]
    assert queries.room(pair).last_seq == 3


def test_the_same_client_id_is_stored_once_and_the_first_text_stands(who: Who, pair: int) -> None:
    client_id = new_id()
    first = messages_commands.post_message(who("minh"), pair, client_id, "lần một").seq
    assert messages_commands.post_message(who("minh"), pair, client_id, "lần hai").seq == first
    assert [message.text for message in stored(pair)] == ["lần một"]
    assert queries.room(pair).last_seq == 1


def test_two_people_may_use_the_same_client_id(who: Who, pair: int) -> None:
    client_id = new_id()
    messages_commands.post_message(who("minh"), pair, client_id, "của Minh")
    messages_commands.post_message(who("khoa"), pair, client_id, "của Khoa")
    assert [message.text for message in stored(pair)] == ["của Minh", "của Khoa"]


def test_a_repeated_message_gets_its_first_answer_after_the_room_has_closed(who: Who, pair: int) -> None:
    client_id = new_id()
    first = messages_commands.post_message(who("minh"), pair, client_id, "kịp").seq
    moderation_commands.close_room(None, pair, "duty")
    assert messages_commands.post_message(who("minh"), pair, client_id, "kịp").seq == first
    assert refusal(who("minh"), pair, new_id(), "muộn") == "closed"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("  \n\u200b ", "empty"), ("x" * 1001, "too_long"), (None, "invalid"), (7, "invalid"),
     (["a"], "invalid"), ("\ud800", "invalid")],
)  # fmt: skip
def test_a_text_with_a_fault_is_refused_by_its_name_and_burns_no_number(
    who: Who, pair: int, text: object, code: str
) -> None:
    assert refusal(who("minh"), pair, new_id(), text) == code
    assert queries.room(pair).last_seq == 0 and stored(pair) == []


def test_a_thousand_characters_are_counted_after_normalising(who: Who, pair: int) -> None:
    decomposed = "e\u0302\u0301" * 1000  # ế, three code points each
    message = messages_commands.post_message(who("minh"), pair, new_id(), f"  {decomposed}  ")
    assert message.text == "ế" * 1000


@pytest.mark.parametrize("client_id", ["", "x", "1" * 500, None, 7, "{" + "0" * 36 + "}", "not-a-uuid-at-all"])
def test_a_client_id_that_is_no_uuid_is_invalid(who: Who, pair: int, client_id: object) -> None:
    assert refusal(who("minh"), pair, client_id, "Chào") == "invalid"


@pytest.mark.parametrize("name", ["an", "hang", "bay", "admin1", "muoi"])
def test_for_outsiders_there_is_no_room(who: Who, pair: int, name: str) -> None:
    assert refusal(who(name), pair, new_id(), "Chào") == "missing"
    assert refusal(who(name), pair, "no uuid", "") == "missing"


@pytest.mark.parametrize("room_id", [0, -1, 999_999, 2**31, 2**63])
def test_a_room_that_does_not_exist_is_missing(who: Who, room_id: int) -> None:
    assert refusal(who("minh"), room_id, new_id(), "Chào") == "missing"


def test_a_muted_member_cannot_post_and_can_again_after_it(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("minh").id, 10, "Nói chuyện riêng")
    assert refusal(who("minh"), pair, new_id(), "Chào") == "muted"
    moderation_commands.unmute(who("hang"), pair, who("minh").id)
    messages_commands.post_message(who("minh"), pair, new_id(), "Chào")


def test_a_removed_member_finds_no_room(who: Who, pair: int) -> None:
    moderation_commands.remove_member(who("hang"), pair, who("khoa").id, "Hỏi số điện thoại")
    assert refusal(who("khoa"), pair, new_id(), "Chào") == "missing"
    assert pair not in [room.id for room in visibility.visible_to(who("khoa"))]


def test_what_is_undone_gives_its_number_back(who: Who, pair: int) -> None:
    @command
    def fails() -> None:
        messages_commands.post_message(who("minh"), pair, new_id(), "mất")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert messages_commands.post_message(who("minh"), pair, new_id(), "còn").seq == 1


@pytest.mark.usefixtures("unhurried")
def test_messages_come_a_hundred_at_a_time_and_stand_on_pages_of_fifty(who: Who, pair: int) -> None:
    has_said(pair, who("minh").id, [f"tin {n + 1}" for n in range(230)])
    first, last = queries.messages_after(pair, 0), queries.messages_after(pair, 200)
    assert [len(first.items), first.more, len(last.items), last.more] == [100, True, 30, False]
    newest = queries.messages_before(pair)
    assert newest.items[0].seq == 181 and newest.items[-1].seq == 230 and newest.more
    assert queries.messages_before(pair, 31).items[-1].seq == 30


@pytest.mark.usefixtures("unhurried")
def test_a_page_of_messages_costs_the_same_however_long_it_is(who: Who, pair: int, queries: list[str]) -> None:
    for _ in range(5):
        messages_commands.post_message(who("minh"), pair, new_id(), "Chào")
    db.session.rollback()
    queries.clear()
    from_five = messages_commands.post_message(who("khoa"), pair, new_id(), "Chào em")
    assert from_five.seq == 6
    assert len([statement for statement in queries if not statement.startswith("BEGIN")]) <= 10


@pytest.mark.usefixtures("unhurried")
def test_parallel_messages_get_numbers_without_gaps_and_a_replay_gets_one(app: Flask, world: World) -> None:
    with app.app_context():
        room_id = open_pair(world)
    replayed = new_id()

    def send(n: int) -> int:
        with app.app_context():
            name, client_id = ("minh", replayed) if n % 4 == 0 else ("khoa", new_id())
            return messages_commands.post_message(person(world[name]), room_id, client_id, f"tin {n}").seq

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, range(40)))
    assert len({numbers[n] for n in range(0, 40, 4)}) == 1
    assert sorted(set(numbers)) == list(range(1, 32))
    with app.app_context():
        assert [message.seq for message in stored(room_id)] == list(range(1, 32))


def test_seen_never_goes_back_and_never_beyond_the_newest(who: Who, pair: int) -> None:
    for _ in range(3):
        messages_commands.post_message(who("minh"), pair, new_id(), "Chào")
    for told, expected in ((2, 2), (1, 2), (99, 3)):
        messages_commands.mark_seen(who("khoa"), pair, told)
        seat = queries.seat(pair, who("khoa").id)
        assert seat is not None and seat.seen_seq == expected


@pytest.mark.parametrize("told", [-1, True, "2", 2.0, None])
def test_what_is_no_number_of_a_message_marks_nothing(who: Who, pair: int, told: object) -> None:
    messages_commands.post_message(who("minh"), pair, new_id(), "Chào")
    with pytest.raises(InvalidInput):
        messages_commands.mark_seen(who("khoa"), pair, told)  # type: ignore[arg-type]
    seat = queries.seat(pair, who("khoa").id)
    assert seat is not None and seat.seen_seq == 0
