"""A quiz cannot be passed but by answering its own questions, once; passing gives the skill."""

import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import World, person
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.kernel import rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.kernel.events import _reactions, on
from tutoring.lessons.events import SkillGranted
from tutoring.lessons.progress import mastery
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.quizzes import queries as quizzes_queries
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills import queries as skills_queries
from tutoring.lessons.skills.models import SkillGrant

As = Callable[[str], FlaskClient]
Sent = dict[str, list[str]]

SKILL = "thu.vao-lop"
SLUG = "vao-lop"
SECRETS = ("correct", "chưa an toàn", "dễ bị lừa", "say")


def with_quiz(size: int = 10) -> Any:
    return banks.bank(banks.lesson(SLUG, *banks.three_steps(), title="Vào lớp bằng đường dẫn", quiz=banks.pool(size)))


@pytest.fixture
def with_ten_questions(app: Flask, loads: Loads) -> None:
    banks.put_kept(app, "ten_questions", with_quiz)


@pytest.fixture
def minh(world: World, with_ten_questions: None) -> int:
    """Minh, before a lesson with ten questions."""
    return world["minh"]


def right_answers(row: QuizTry) -> Sent:
    return {one["id"]: [option["id"] for option in one["options"] if option["correct"]] for one in row.questions}


def with_wrong(row: QuizTry, count: int) -> Sent:
    sent = right_answers(row)
    for one in row.questions[:count]:
        sent[one["id"]] = ["c"]
    return sent


def finished_try(user_id: int, wrong: int) -> QuizTry:
    row = quizzes_commands.begin_quiz(user_id, SLUG, random.Random(wrong))
    return quizzes_commands.hand_in(user_id, row.id, with_wrong(row, wrong))


def grants(user_id: int) -> list[tuple[int, str, int | None, bool]]:
    query = sa.select(SkillGrant).where(SkillGrant.user_id == user_id, SkillGrant.skill_id == SKILL)
    rows = db.session.scalars(query.order_by(SkillGrant.id))
    return [(row.level, row.source, row.granted_by_id, row.revoked_at is None) for row in rows]


# ---- one fixed try --------------------------------------------------------------------------------------------


def test_a_try_begun_again_is_the_one_that_is_open(app: Flask, minh: int) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        first = row.id, row.questions
        again = quizzes_commands.begin_quiz(minh, SLUG)
        assert (again.id, again.questions) == first


def test_two_taps_at_once_begin_one_try(app: Flask, minh: int) -> None:
    def begin(_n: int) -> int:
        with app.app_context():
            return quizzes_commands.begin_quiz(minh, SLUG).id

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(begin, range(4)))) == 1


def test_what_was_drawn_stays_when_the_lesson_changes(app: Flask, minh: int, loads: Loads) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        number, sent = row.id, right_answers(row)
    loads(banks.bank(banks.lesson(SLUG, *banks.three_steps(), quiz=())))
    with app.app_context():
        assert quizzes_commands.hand_in(minh, number, sent).passed


@pytest.mark.parametrize("size", [0, 2])
def test_too_few_questions_are_no_quiz(
    app: Flask, as_: As, world: World, loads: Loads, client: FlaskClient, size: int
) -> None:
    loads(with_quiz(size))
    with app.app_context(), pytest.raises(NotFound):
        quizzes_commands.begin_quiz(world["minh"], SLUG)
    assert as_("minh").get(f"/lessons/{SLUG}/quiz").status_code == 404
    assert "/quiz" not in client.get(f"/lessons/{SLUG}").text


@pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, True), (2, False), (5, False)])
def test_four_of_five_are_enough(app: Flask, minh: int, wrong: int, passed: bool) -> None:
    with app.app_context():
        row = finished_try(minh, wrong)
        assert (row.right, row.passed, row.closed_at is not None) == (5 - wrong, passed, True)
        assert skills_queries.skills_of(minh) == ({SKILL: 1} if passed else {})
        progress = progress_queries.progress_in(minh, SLUG)
        assert (progress.mastery if progress else "") == ("quiz" if passed else "")


def test_in_the_safety_path_every_answer_must_be_right(app: Flask, world: World) -> None:
    slug = "otp-khong-doc-cho-ai"
    with app.app_context():
        minh = world["minh"]
        for wrong, passed in ((1, False), (0, True)):
            row = quizzes_commands.begin_quiz(minh, slug)
            sent = right_answers(row)
            for one in row.questions[:wrong]:
                sent[one["id"]] = [option["id"] for option in one["options"] if not option["correct"]][:1]
            assert quizzes_commands.hand_in(minh, row.id, sent).passed is passed


def test_another_try_has_other_questions(app: Flask, minh: int) -> None:
    with app.app_context():
        one, two = ([q["id"] for q in finished_try(minh, 5).questions] for _ in range(2))
        assert not set(one) & set(two)


# ---- what cannot pass -----------------------------------------------------------------------------------------


def others(row: QuizTry) -> Sent:
    """Right answers to the questions that were not drawn."""
    drawn = {one["id"] for one in row.questions}
    return {
        one["id"]: [option["id"] for option in one["options"] if option["correct"]]
        for one in banks.pool(10)
        if one["id"] not in drawn
    }


ATTACKS: dict[str, Callable[[QuizTry], Sent]] = {
    "nothing": lambda row: {},
    "right answers to questions that were not drawn": others,
    "one right question over and over": lambda row: dict(list(right_answers(row).items())[:1]),
    "options that do not exist": lambda row: {key: ["z", "true", "1"] for key in right_answers(row)},
    "every option of every question": lambda row: {key: ["a", "b", "c"] for key in right_answers(row)},
    "names of other fields": lambda row: {"passed": ["1"], "right": ["5"], "questions": ["[]"], "correct": ["a"]},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_chosen_ids_pass(app: Flask, minh: int, attack: str) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        try:
            assert quizzes_commands.hand_in(minh, row.id, ATTACKS[attack](row)).passed is False
        except InvalidInput as refusal:
            assert refusal.code == "empty"
        assert skills_queries.skills_of(minh) == {}


def test_a_second_hand_in_changes_nothing(app: Flask, minh: int) -> None:
    with app.app_context():
        row = finished_try(minh, 3)
        for act in (quizzes_commands.hand_in, quizzes_commands.save_answers):
            with pytest.raises(Conflict):
                act(minh, row.id, right_answers(row))
        db.session.expire_all()
        assert (row.right, row.passed, row.answers) == (2, False, with_wrong(row, 3))
        assert skills_queries.skills_of(minh) == {}


def test_of_hand_ins_in_one_moment_one_counts(app: Flask, minh: int) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        number, sheets = row.id, [with_wrong(row, wrong) for wrong in (5, 0, 5, 0)]

    def hand_in(sent: Sent) -> object:
        with app.app_context():
            try:
                return quizzes_commands.hand_in(minh, number, sent).right
            except Conflict:
                return "conflict"

    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(hand_in, sheets))
    assert said.count("conflict") == 3
    with app.app_context():
        row = db.session.get_one(QuizTry, number)
        assert row.right in said and bool(skills_queries.skills_of(minh)) is row.passed


def test_somebody_elses_try_is_not_there(app: Flask, as_: As, world: World, minh: int) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        number, sent = row.id, right_answers(row)
        for act in (quizzes_commands.hand_in, quizzes_commands.save_answers):
            with pytest.raises(NotFound):
                act(world["khoa"], number, sent)
            with pytest.raises(NotFound):
                act(minh, 2**40, sent)
    for name in ("khoa", "hang", "lan"):
        assert as_(name).get(f"/quizzes/{number}").status_code == 404
        assert as_(name).post(f"/quizzes/{number}", data=sent).status_code == 404


def test_six_tries_an_hour_and_then_it_says_when(app: Flask, as_: As, minh: int) -> None:
    with app.app_context():
        for _ in range(6):
            finished_try(minh, 5)
        with pytest.raises(RateLimited) as refused:
            quizzes_commands.begin_quiz(minh, SLUG)
        assert refused.value.params == {"minutes": 60}
    page = as_("minh").post(f"/lessons/{SLUG}/quiz")
    assert page.status_code == 429 and "60 phút nữa làm tiếp được" in page.text and page.headers["Retry-After"]


def test_resuming_is_no_new_try(app: Flask, minh: int) -> None:
    with app.app_context():
        for _ in range(20):
            quizzes_commands.begin_quiz(minh, SLUG)
        rate_limits.check("quiz", minh, SLUG)


# ---- pages ----------------------------------------------------------------------------------------------------


def begin(client: FlaskClient) -> tuple[str, str]:
    answer = client.post(f"/lessons/{SLUG}/quiz")
    assert answer.status_code == 302
    return answer.location, client.get(answer.location).text


def hand_in(app: Flask, client: FlaskClient, address: str, wrong: int) -> TestResponse:
    with app.app_context():
        sent = with_wrong(db.session.get_one(QuizTry, int(address.rsplit("/", 1)[1])), wrong)
    return client.post(address, data=sent, follow_redirects=True)


def test_no_key_is_on_the_page_and_a_reload_keeps_the_questions(as_: As, minh: int) -> None:
    client = as_("minh")
    address, page = begin(client)
    for word in SECRETS:
        assert word not in page, word
    assert page.count("Tình huống") == 5
    shown = page[page.index('<form method="post" id="quiz"') : page.index('id="kept"')]
    again = client.get(address).text
    assert shown.split("csrf_token")[-1].split("\n", 1)[1] in again
    assert begin(client)[0] == address


def test_a_reader_of_english_gets_what_is_translated_and_the_rest_says_its_language(
    app: Flask, as_: As, world: World, loads: Loads
) -> None:
    pool = banks.pool(5)
    for one in pool[:4]:
        options = {
            option["id"]: {"text": f"Act {option['id']}", "say": option["say"] and "Not safe."}
            for option in one["options"]
        }
        one["translations"] = {"en": {"prompt": f"Case {one['id']}: what now?", "options": options}}
    loads(banks.bank(banks.lesson(SLUG, *banks.three_steps(), title="Vào lớp bằng đường dẫn", quiz=pool)))
    client = as_("minh")
    assert "Some questions are only in Vietnamese" in client.get(f"/lessons/{SLUG}/quiz?lang=en").text
    assert "chỉ có tiếng Việt" not in client.get(f"/lessons/{SLUG}/quiz?lang=vi").text
    address, page = begin(client)
    assert page.count("Tình huống") == 5 and "Case q" not in page
    page = client.get(f"{address}?lang=en").text
    assert page.count("Case q") == 4 and page.count("Act b") == 4 and "correct" not in page and "Not safe" not in page
    assert page.count("Tình huống") == 1 and re.search(r'id="q-q5"[^>]* lang="vi"', page)
    assert not re.search(r'id="q-q4"[^>]* lang="', page)
    hand_in(app, client, address, 5)
    failed = client.get(f"{address}?lang=en").text
    assert failed.count("Not safe.") == 4 and failed.count("Case q") == 4 and failed.count("dễ bị lừa.") == 1
    assert failed.count('<section class="panel" lang="vi">') == 1


def test_a_try_begun_before_its_translation_stays_as_it_was(app: Flask, minh: int) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        assert {one["lang"] for one in quizzes_queries.shown_questions(row, "en")} == {"vi"}


def test_what_was_chosen_survives_a_refusal_and_a_return(app: Flask, as_: As, minh: int) -> None:
    client = as_("minh")
    address, page = begin(client)
    asked = sorted({part.split('"')[0] for part in page.split('name="q')[1:]})
    refused = client.post(address, data={f"q{asked[0]}": "a"})
    assert refused.status_code == 422 and "Còn câu chưa trả lời" in refused.text
    assert refused.text.count("Hãy chọn câu trả lời.") == 4
    for text in (refused.text, client.get(address).text):
        assert f'name="q{asked[0]}" value="a" checked' in text


def test_answers_are_kept_as_one_goes(app: Flask, as_: As, minh: int) -> None:
    client = as_("minh")
    address, page = begin(client)
    question = "q" + page.split('name="q')[1].split('"')[0]
    kept = client.post(address, data={"act": "save", question: "c"}, headers={"Accept": "application/json"})
    assert kept.status_code == 204
    assert f'name="{question}" value="c" checked' in client.get(address).text
    assert client.post(address, data={"act": "save", question: "a"}).location.endswith(f"/lessons/{SLUG}")
    assert "Làm tiếp" in client.get(f"/lessons/{SLUG}/quiz").text


def test_a_failed_try_tells_what_was_wrong_but_not_what_is_right(app: Flask, as_: As, minh: int) -> None:
    client = as_("minh")
    address, _page = begin(client)
    page = hand_in(app, client, address, 2)
    assert page.status_code == 200 and "Lần này chưa qua" in page.text and "Đúng 3 trên 5 câu" in page.text
    assert page.text.count("dễ bị lừa.") == 2 and page.text.count(f"/lessons/{SLUG}/2") == 2
    assert "Việc A" not in page.text and "Việc B" not in page.text and "Câu trả lời đúng" not in page.text


def test_a_right_option_among_wrong_ones_is_not_given_away(app: Flask, as_: As, minh: int) -> None:
    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG, random.Random(1))
        assert "multiple" in {one["kind"] for one in row.questions}
        sent = {one["id"]: ["a"] if one["kind"] == "multiple" else ["c"] for one in row.questions}
        number = quizzes_commands.hand_in(minh, row.id, sent).id
    page = as_("minh").get(f"/quizzes/{number}").text
    assert "Chọn như vậy chưa đúng hết" in page and "thiếu" not in page


def test_a_passed_try_tells_everything(app: Flask, as_: As, minh: int) -> None:
    client = as_("minh")
    address, _page = begin(client)
    page = hand_in(app, client, address, 1).text
    assert "Giỏi quá, em qua rồi!" in page and "Việc làm được, đã ghi lại: Vào lớp." in page
    assert page.count("Tình huống") == 5 and "Câu trả lời đúng" in page and page.count("Việc A") == 5
    for place in (f"/lessons/{SLUG}", "/lessons/paths/thu", "/lessons", f"/lessons/{SLUG}/quiz"):
        assert "Đã qua câu hỏi" in client.get(place).text, place


def test_a_replayed_hand_in_shows_the_result_it_had(app: Flask, as_: As, minh: int) -> None:
    client = as_("minh")
    address, _page = begin(client)
    hand_in(app, client, address, 4)
    again = hand_in(app, client, address, 0)
    assert again.status_code == 200 and "Đúng 1 trên 5 câu" in again.text
    assert client.post(address, data={}, follow_redirects=True).status_code == 200
    assert client.post(address, data={}, headers={"Accept": "application/json"}).status_code == 409


def test_visitors_are_asked_to_sign_in_and_come_back(client: FlaskClient, minh: int) -> None:
    assert f"/lessons/{SLUG}/quiz" in client.get(f"/lessons/{SLUG}").text
    assert client.get(f"/lessons/{SLUG}/quiz").location.endswith(f"next=/lessons/{SLUG}/quiz")


def test_the_levels_cost_a_path_no_query_for_each_lesson(app: Flask, as_: As, world: World, loads: Loads,
                                                         queries: list[str]) -> None:  # fmt: skip
    def cost(count: int) -> int:
        lessons = [banks.lesson(f"b{n}", *banks.three_steps(), order=n, quiz=banks.pool(5)) for n in range(count)]
        loads(banks.bank(*lessons))
        with app.app_context():
            for one in lessons:
                mastery.practised(world["minh"], one.id)
        client = as_("minh")
        queries.clear()
        assert client.get("/lessons/paths/thu").text.count("Đã tự làm khi luyện tập") == count
        return len(queries)

    assert cost(1) == cost(9)


# ---- the skill ------------------------------------------------------------------------------------------------


def test_passing_announces_a_skill_that_nobody_gave(app: Flask, minh: int) -> None:
    heard: list[SkillGranted] = []
    on(SkillGranted)(heard.append)
    try:
        with app.app_context():
            finished_try(minh, 0)
            finished_try(minh, 0)
            assert grants(minh) == [(1, "quiz", None, True)]
    finally:
        _reactions[SkillGranted].remove(heard.append)
    assert heard == [SkillGranted(minh, SKILL, 1, None)]


def test_a_higher_level_is_left_alone(app: Flask, world: World, minh: int) -> None:
    with app.app_context():
        skills_commands.grant_skill(person(world["hang"]), minh, SKILL, 2)
        finished_try(minh, 0)
        mastery.practised(minh, SLUG)
        assert grants(minh) == [(2, "teacher", world["hang"], True)]


def test_practice_takes_the_place_of_the_quiz(app: Flask, minh: int) -> None:
    with app.app_context():
        finished_try(minh, 0)
        mastery.practised(minh, SLUG)
        finished_try(minh, 0)
        assert grants(minh) == [(1, "quiz", None, False), (2, "practice", None, True)]
        progress = progress_queries.progress_in(minh, SLUG)
        assert progress is not None and progress.mastery == "practised"


def test_what_a_teacher_took_back_comes_back_by_a_teacher_alone(app: Flask, as_: As, world: World, minh: int) -> None:
    with app.app_context():
        hang = person(world["hang"])
        finished_try(minh, 0)
        skills_commands.revoke_skill(hang, minh, SKILL)
        number = finished_try(minh, 0).id
        mastery.practised(minh, SLUG)
        assert skills_queries.skills_of(minh) == {}
        db.session.remove()
    page = as_("minh").get(f"/quizzes/{number}").text
    assert "đã được thầy cô thu hồi" in page and "Kỹ năng đã được ghi cho bạn" not in page
    with app.app_context():
        skills_commands.grant_skill(person(world["hang"]), minh, SKILL, 1)
        mastery.practised(minh, SLUG)
        assert skills_queries.skills_of(minh) == {SKILL: 2}


def test_a_skill_that_left_the_bank_is_not_given(app: Flask, world: World, loads: Loads) -> None:
    loads(banks.bank(banks.lesson(SLUG, *banks.three_steps(), quiz=banks.pool(5), teaches=("thu.khong-co", SKILL))))
    with app.app_context():
        finished_try(world["minh"], 0)
        assert skills_queries.skills_of(world["minh"]) == {SKILL: 1}


def test_the_grant_page_tells_where_each_skill_comes_from(app: Flask, as_: As, world: World, minh: int) -> None:
    with app.app_context():
        finished_try(minh, 0)
        skills_commands.grant_skill(person(world["quang"]), minh, "thu.otp", 2)
    page = as_("hang").get(f"/skills/{minh}").text
    assert "Qua câu hỏi của bài" in page and "Thầy cô ghi nhận: Thầy Quang" in page


def test_an_undone_hand_in_leaves_the_try_open(app: Flask, minh: int) -> None:
    """The result, the level and the skill are one transaction."""

    @command
    def cut_off(number: int, sent: Sent) -> None:
        quizzes_commands.hand_in(minh, number, sent)
        raise KeyError

    with app.app_context():
        row = quizzes_commands.begin_quiz(minh, SLUG)
        with pytest.raises(KeyError):
            cut_off(row.id, right_answers(row))
        db.session.expire_all()
        assert (
            row.closed_at is None
            and skills_queries.skills_of(minh) == {}
            and progress_queries.progress_in(minh, SLUG) is None
        )
