"""Ready phrases: who sees them, how their blanks are filled, what is refused, and how a unit keeps its own."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.rooms.conftest import open_pair
from tutoring.accounts.models import User
from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.policy.rooms.ready_phrases import MAX_OWN_PHRASES, may_write_unit_phrases
from tutoring.rooms import queries as rooms_queries
from tutoring.rooms.ready_phrases import commands, queries
from tutoring.rooms.ready_phrases.blanks import address_between, fill
from tutoring.rooms.ready_phrases.starter_phrases import STARTER_PHRASES
from tutoring.safety.free_text import SaidDanger

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]


def summary(form: str, born: int | None, name: str = "Lan") -> PersonSummary:
    return PersonSummary(1, "child" if born and born > 2010 else "adult", born, name, form, "vi")


TEACHER, MOTHER = summary("cô", None, "Hằng"), summary("chị", None)
OLDER, YOUNGER = summary("anh", 2011, "Khoa"), summary("bạn", 2015, "Minh")


@pytest.mark.parametrize(
    ("helper", "learner", "said"),
    [
        (TEACHER, YOUNGER, "Em ơi, cô chào em Minh."),
        (OLDER, YOUNGER, "Em ơi, anh chào em Minh."),
        (YOUNGER, OLDER, "Anh ơi, mình chào anh Khoa."),
        (OLDER, MOTHER, "Chị ơi, em chào chị Lan."),
        (OLDER, summary("bác", None, "Bảy"), "Bác ơi, con chào bác Bảy."),
        (TEACHER, MOTHER, "Chị ơi, mình chào chị Lan."),
    ],
)
def test_blanks_are_filled_by_who_speaks_to_whom(helper: PersonSummary, learner: PersonSummary, said: str) -> None:
    assert fill("{bạn} ơi, {MINH} chào { tên }.", address_between(helper, [learner])) == said


def test_several_learners_are_addressed_together_and_english_has_no_forms() -> None:
    assert fill("Chào {tên}.", address_between(TEACHER, [YOUNGER, OLDER])) == "Chào các em."
    assert fill("Chào {tên}.", address_between(TEACHER, [YOUNGER, MOTHER])) == "Chào mọi người."
    assert fill("Hi {name}! {you} can.", address_between(TEACHER, [YOUNGER], "en")) == "Hi Minh! You can."


def texts(helper: User, room_id: int) -> list[str]:
    room = rooms_queries.room(room_id)
    return [one.text for one in queries.phrases_for(helper, room, queries.learners_of(room), "vi")]


def test_a_unit_takes_starters_over_and_orders_changes_and_archives_them(inside: World, pair: int, who: Who) -> None:
    hang, khoa, class_id = who("hang"), who("khoa"), inside["lop6a"]
    starters = STARTER_PHRASES["vi"]
    assert commands.take_starters(hang, class_id, starters) == len(starters)  # all pass the detector
    assert commands.take_starters(hang, class_id, starters[:2]) == 0
    assert all(commands.checked(text) for text in STARTER_PHRASES["en"])
    assert texts(khoa, pair)[0] == "Chào em Minh! Anh ở đây để giúp em."
    first, second = queries.unit_phrases(class_id)[:2]
    commands.move_unit_phrase(hang, class_id, second.id, up=True)
    commands.archive_unit_phrase(hang, class_id, first.id)
    commands.change_unit_phrase(hang, class_id, second.id, "{bạn} đọc to lên nhé")
    assert texts(khoa, pair)[0] == "Em đọc to lên nhé" and len(texts(khoa, pair)) == len(starters) - 1
    commands.restore_unit_phrase(hang, class_id, first.id)
    assert texts(khoa, pair)[-1] == "Chào em Minh! Anh ở đây để giúp em."
    for other in ("khoa", "muoi", "lan"):  # neither pupils nor leads nor parents write what a class reads
        with pytest.raises(NotFound):
            commands.add_unit_phrase(who(other), class_id, "Xin chào")
    assert may_write_unit_phrases({"lead"}, "neighbourhood") and not may_write_unit_phrases({"lead"}, "school")


@pytest.mark.parametrize(
    "text", ["Gọi anh 0903 123 456 nhé", "{bạn} kết bạn Zalo rồi mình nói chuyện riêng, đừng nói ba mẹ", "a" * 301, " "]
)
def test_what_a_child_should_not_read_is_refused_when_it_is_stored(
    inside: World, pair: int, who: Who, text: str
) -> None:
    with pytest.raises(InvalidInput):
        commands.add_unit_phrase(who("hang"), inside["lop6a"], text)
    with pytest.raises(InvalidInput):
        commands.add_own_phrase(who("khoa"), text)
    assert not queries.own_phrases(inside["khoa"])


def test_a_phrase_that_tells_of_danger_is_heard_and_not_stored(inside: World, pair: int, who: Who) -> None:
    with pytest.raises(SaidDanger):
        commands.add_own_phrase(who("khoa"), "em muốn chết")
    assert not queries.own_phrases(inside["khoa"])


def test_the_most_used_phrase_stands_first_and_the_list_has_an_end(inside: World, pair: int, who: Who) -> None:
    khoa = who("khoa")
    for number in range(MAX_OWN_PHRASES):
        commands.add_own_phrase(khoa, f"Bước {number}")
    commands.add_own_phrase(khoa, "Bước 0")  # the same text again is no further phrase
    with pytest.raises(Conflict):
        commands.add_own_phrase(khoa, "Bước cuối")
    chosen = queries.own_phrases(khoa.id)[0]
    commands.count_use(khoa, pair, chosen.id)
    commands.count_use(khoa, pair, chosen.id)
    assert texts(khoa, pair)[0] == chosen.text and texts(khoa, pair)[1] == "Bước 0"
    with pytest.raises(NotFound):
        commands.count_use(who("minh"), pair, chosen.id)
    with pytest.raises(NotFound):
        commands.add_own_phrase(who("minh"), "Mình chưa giúp ai")
    commands.forget_phrases_of(khoa.id)
    assert texts(khoa, pair) == []


def test_without_scripts_a_chosen_phrase_comes_back_in_the_composer(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        pair = open_pair(world)
    khoa, page = as_("khoa"), f"/rooms/{pair}/ready-phrases"
    assert page in khoa.get(f"/rooms/{pair}").text
    assert khoa.post(f"{page}/own", data={"text": "{bạn} làm từ từ nhé"}).location == f"/rooms/{pair}#compose"
    number = re.findall(r'name="phrase" value="(\d+)" data-text="Em làm từ từ nhé"', khoa.get(page).text)[0]
    answer = khoa.post(page, data={"phrase": number})
    assert ">Em làm từ từ nhé</textarea>" in khoa.get(answer.location).text
    for other in ("minh", "lan", "hang"):  # who learns, a guardian, a teacher: none of them helps here
        assert as_(other).get(page).status_code == 404
        assert "ready-phrases" not in as_(other).get(f"/rooms/{pair}?phrase={number}").text
    kept = khoa.post(f"{page}/own", data={"text": "Số mình là 0903123456"})
    assert kept.status_code == 422 and "0903123456" in kept.text
