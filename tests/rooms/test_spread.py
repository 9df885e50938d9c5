"""A number in pieces: over waiting, with words between, in whatever order, and by changing an older message."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.rooms.conftest import new_id
from tests.safety.harmless_messages import KINDS, answers
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.safety.detector import fragments

Who = Callable[[str], User]
pytestmark = pytest.mark.usefixtures("unhurried")


def say(author: User, room_id: int, text: str, minutes: int = 0) -> Message:
    with clock.travel(clock.now() + timedelta(minutes=minutes)):
        return messages_commands.post_message(author, room_id, new_id(), text)


def test_waiting_a_minute_is_no_way_to_tell_a_number(who: Who, pair: int) -> None:
    assert say(who("khoa"), pair, "0987").status == "sent"
    made = say(who("khoa"), pair, "654 321", minutes=20)
    assert (made.status, made.found[0][0]) == ("masked", "phone") and "654" not in made.text


def test_words_between_the_pieces_are_no_way_either(who: Who, pair: int) -> None:
    say(who("khoa"), pair, "0987 nha")
    for filler in ("Em làm bài 3 đi", "Đúng rồi", "Bấm nút xanh", "Còn 5 phút", "Em thấy chưa", "Tiếp nhé"):
        say(who("khoa"), pair, filler, minutes=1)
    assert say(who("khoa"), pair, "654 rồi", minutes=2).status == "sent"
    assert say(who("khoa"), pair, "321", minutes=3).status == "masked"


def test_the_end_before_the_beginning_is_found(who: Who, pair: int) -> None:
    say(who("khoa"), pair, "654 321")
    assert say(who("khoa"), pair, "0987", minutes=5).status == "masked"


def test_an_older_message_is_no_place_to_put_a_piece_into(who: Who, pair: int) -> None:
    first = say(who("khoa"), pair, "Chào em").seq
    say(who("khoa"), pair, "654 321", minutes=2)
    with pytest.raises(Conflict) as refused, clock.travel(clock.now() + timedelta(minutes=3)):
        messages_commands.edit_message(who("khoa"), pair, first, "0987")
    assert refused.value.code == "not_as_it_is"


def test_an_older_message_is_no_place_to_begin_what_the_next_one_ends(who: Who, pair: int) -> None:
    first = say(who("khoa"), pair, "Chào em").seq
    say(who("khoa"), pair, "hung8812 nhé", minutes=2)
    with pytest.raises(Conflict) as refused, clock.travel(clock.now() + timedelta(minutes=3)):
        messages_commands.edit_message(who("khoa"), pair, first, "Zalo anh là", confirm=True)
    assert refused.value.code == "not_as_it_is"
    messages_commands.edit_message(who("khoa"), pair, first, "Chào em, mình học nhé")


def test_the_pieces_of_two_people_and_of_two_sessions_stay_apart(who: Who, pair: int) -> None:
    say(who("khoa"), pair, "0987")
    assert say(who("minh"), pair, "654 321").status == "sent"


def test_among_grown_ups_a_number_may_be_told_over_time(who: Who, adults: int) -> None:
    say(who("lan"), adults, "0987")
    assert say(who("lan"), adults, "654 321", minutes=5).status == "sent"


@pytest.mark.parametrize(
    ("before", "text"),
    [(["12", "345", "6789"], "100"), (["0,5", "0.25", "0,75"], "125 000"), (["x = 0987"], "654 321"),
     (["7", "8", "9"], "987654"), (["12:30"], "0987"), (["500", "20"], "0905")],
)  # fmt: skip
def test_results_of_exercises_make_no_number(before: list[str], text: str) -> None:
    assert fragments.over_time(text, before) == []


@pytest.mark.parametrize(
    ("before", "text"),
    [(["0987", "654"], "321"), (["không chín tám bảy"], "654 321"), (["654321"], "0987"),
     (["321", "0987"], "654"), (["098", "765"], "4321"), (["84987"], "654321"), (["09", "87", "654"], "321")],
)  # fmt: skip
def test_pieces_are_put_together_in_every_order(before: list[str], text: str) -> None:
    (hit,) = fragments.over_time(text, before)
    assert (hit.kind, hit.value) == ("phone", "0987654321")
    assert text[hit.start : hit.end].strip() == text


@pytest.mark.full
def test_of_results_told_one_by_one_over_an_hour_next_to_none_is_taken_for_a_number() -> None:
    hits = told = 0
    for seed in range(300):
        chance = random.Random(seed)
        said = [text for _ in range(6) for text in answers(chance)] + [
            chance.choice(list(KINDS.values()))(chance) for _ in range(30)
        ]
        chance.shuffle(said)
        told += len(said)
        hits += sum(bool(fragments.over_time(text, said[:n])) for n, text in enumerate(said))
    print(f"{hits} of {told}")
    assert hits <= told * 0.001
