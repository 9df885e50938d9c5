"""Figures from use through the same commands as everybody's, counted by hand."""

import uuid
from datetime import timedelta

import pytest

from tests.factories import World, person
from tests.insights import conftest
from tests.lessons.conftest import Loads
from tutoring.accounts.models import User
from tutoring.insights.lesson_quality import queries as lesson_quality_queries
from tutoring.insights.lesson_quality import scope as lesson_quality_scope
from tutoring.insights.lesson_quality import suppression
from tutoring.insights.lesson_quality.scope import Line
from tutoring.insights.lesson_quality.suppression import Count
from tutoring.kernel import clock
from tutoring.lessons.feedback.commands import record_feedback
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.search.commands import record_miss
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests.queries import request
from tutoring.policy.disclosure_control import suppress_small_count
from tutoring.rooms.sessions import commands as sessions_commands


def scope(path: str = "", days: int = 90) -> lesson_quality_scope.Scope:
    return lesson_quality_scope.scope(path, days, "vi")


def told(lines: list[Line]) -> list[tuple[object, ...]]:
    """Lines as short tuples: lesson, number, what, more, count."""
    return [
        (line.place.slug if line.place else "", line.place.number if line.place else None, line.what, line.more,
         tuple(line.count))
        for line in lines
    ]  # fmt: skip


# ---- help ------------------------------------------------------------------------------------------------------


def ask(learner: User, slug: str = "vao-lop", number: int | None = 2) -> int:
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], lesson_slug=slug, step_number=number).id


def helped(helper: User, learner: User, asked: int, solved: str) -> None:
    offers_commands.claim(helper, asked)
    requests_commands.answer(learner, asked, "accept")
    room = request(asked).room_id
    assert room is not None
    sessions_commands.end_session(learner, room, solved)


@pytest.fixture
def hang(inside: World, residents: list[User]) -> User:
    """A teacher who holds the skill that these lessons teach; a skill given before `residents` would be lost."""
    skills_commands.grant_skill(person(inside["quang"]), inside["hang"], topics("vi")[0][0], 3)
    return person(inside["hang"])


def test_rescues_are_counted_by_step_with_how_many_were_solved(hang: User, residents: list[User]) -> None:
    for n, learner in enumerate(residents):  # 12 people at step 2: 11 solved
        helped(hang, learner, ask(learner), "yes" if n else "no")
    for learner in residents[:3]:  # and three of them once more: 15 requests of 12 people
        requests_commands.cancel(learner, ask(learner))
    helped(hang, residents[0], ask(residents[0], "vao-lop", 3), "yes")
    requests_commands.cancel(residents[1], ask(residents[1], "otp", None))
    hidden = (None, None, None)
    assert told(lesson_quality_queries.list_help_requests_by_step(scope())) == [
        ("vao-lop", 2, "", "", (10, 15, 70)),  # 11 of 15
        ("vao-lop", 3, "", "", hidden),
        ("otp", None, "", "", hidden),
    ]
    assert told(lesson_quality_queries.list_help_requests_by_step(scope("an"))) == [("otp", None, "", "", hidden)]


# ---- answers ---------------------------------------------------------------------------------------------------


def answer(user: User, slug: str, number: int, checkpoint: str, *options: str) -> None:
    progress_commands.record_attempt(user.id, str(uuid.uuid4()), slug, number, checkpoint, options)


def test_wrong_options_are_counted_among_all_answers(residents: list[User]) -> None:
    for user in residents[:11]:
        answer(user, "vao-lop", 2, "c1", "b")
    for _ in range(5):
        answer(residents[0], "vao-lop", 2, "c1", "b")  # 16 answers by 11 people
    for _ in range(12):
        answer(residents[11], "vao-lop", 2, "c1", "c")  # 12 answers by one person
    for user in residents:
        answer(user, "vao-lop", 2, "c1", "a")
    prompt = "Đường dẫn nào an toàn?"
    assert told(lesson_quality_queries.wrong_options(scope())) == [
        ("vao-lop", 2, prompt, "Người lạ gửi", (15, 40, 40)),  # 16 of 40
        ("vao-lop", 2, prompt, "Quảng cáo", (None, 40, None)),
    ]
    assert lesson_quality_queries.wrong_options(scope("an")) == []


def test_a_question_that_fewer_than_ten_answered_stays_away(residents: list[User]) -> None:
    for user in residents[:9]:
        answer(user, "otp", 1, "c2", "b")
        answer(user, "otp", 1, "c2", "c")
    assert lesson_quality_queries.wrong_options(scope()) == []
    answer(residents[9], "otp", 1, "c2", "a")
    prompt = "Đọc mã cho ai?"
    assert told(lesson_quality_queries.wrong_options(scope())) == [
        ("otp", 1, prompt, "Người lạ gửi", (None, 15, None)),
        ("otp", 1, prompt, "Quảng cáo", (None, 15, None)),
    ]


def test_people_who_chose_several_options_are_counted_only_where_that_is_certain(residents: list[User]) -> None:
    for user in residents:
        answer(user, "vao-lop", 3, "c3", "a", "b")
    for user in residents[:6]:
        answer(user, "vao-lop", 3, "c3", "b", "c")  # perhaps the same people: c has six
    found = told(lesson_quality_queries.wrong_options(scope()))
    prompt = "Những điều nào đúng?"
    assert found == [
        ("vao-lop", 3, prompt, "Người lạ gửi", (15, 15, 100)),  # 18 of 18
        ("vao-lop", 3, prompt, "Quảng cáo", (None, 15, None)),
    ]


def test_wrong_options_of_quizzes_come_from_tries_handed_in(residents: list[User]) -> None:
    for n, user in enumerate(residents):
        row = quizzes_commands.begin_quiz(user.id, "vao-lop")
        if n < 10:
            quizzes_commands.hand_in(user.id, row.id, {"q1": ["b"], "q2": ["a"], "q3": ["c" if n == 0 else "a"]})
    assert told(lesson_quality_queries.quiz_options(scope())) == [
        ("vao-lop", 2, "Câu 1", "Người lạ gửi", (10, 10, 100)),
        ("vao-lop", 2, "Câu 3", "Quảng cáo", (None, 10, None)),
    ]


# ---- begun and finished ----------------------------------------------------------------------------------------


def test_beginnings_and_endings_name_the_step_where_at_least_ten_stopped(residents: list[User]) -> None:
    for n, user in enumerate(residents):
        progress_commands.reach_step(user.id, "vao-lop", 2)
        if n < 10:
            progress_commands.finish_lesson(user.id, "vao-lop")
        progress_commands.reach_step(user.id, "otp", 2 if n else 1)
    assert told(lesson_quality_queries.endings(scope())) == [
        ("vao-lop", None, "", "", (10, 10, 80)),  # 10 of 12; two stopped at step 2
        ("otp", None, "", "2. Giữ kín mã", (None, 10, None)),
    ]


# ---- what holds no person --------------------------------------------------------------------------------------


def say(slug: str, number: int, useful: bool, reason: str = "") -> None:
    record_feedback(str(uuid.uuid4()), slug, number, useful, reason)


def test_feedback_is_shown_to_the_last_word_with_its_reasons(inside: World) -> None:
    for reason in ("words", "words", ""):
        say("vao-lop", 2, False, reason)
    say("vao-lop", 2, True)
    say("vao-lop", 1, True)
    say("otp", 1, False, "screen")
    found = lesson_quality_queries.not_useful(scope())
    assert told(found) == [("vao-lop", 2, "", "", (3, 4, 75)), ("otp", 1, "", "", (1, 1, 100))]
    assert [line.reasons for line in found if isinstance(line, lesson_quality_queries.RatingLine)] == [
        (("words", 2), ("", 1)), (("screen", 1),),
    ]  # fmt: skip


def test_searches_in_vain_are_added_up_over_the_days(inside: World) -> None:
    for days in (0, 0, 40):
        with clock.travel(clock.now() - timedelta(days=days)):
            record_miss("Bảo hiểm xe", "vi")
    record_miss("visa", "en")
    assert told(lesson_quality_queries.list_failed_searches(scope())) == [
        ("", None, "bao hiem xe", "vi", (3, None, None)),
        ("", None, "visa", "en", (1, None, None)),
    ]
    assert [line.count.part for line in lesson_quality_queries.list_failed_searches(scope(days=30))] == [2, 1]


def test_only_the_days_asked_for_are_counted(inside: World) -> None:
    with clock.travel(clock.now() - timedelta(days=60)):
        say("vao-lop", 2, False)
    with clock.travel(clock.now() - timedelta(days=200)):
        say("vao-lop", 2, False)
    counts = [
        [line.count.part for line in lesson_quality_queries.not_useful(scope(days=days))]
        for days in lesson_quality_scope.DAYS
    ]
    assert counts == [[], [1], [2]]


def test_what_is_retired_counts_no_longer(inside: World, two_paths: Loads) -> None:
    say("otp", 1, False)
    made = conftest.bank()
    two_paths(type(made)(**{**made.__dict__, "lessons": made.lessons[:1]}))
    assert lesson_quality_queries.not_useful(scope()) == []


def test_the_work_that_lessons_need_is_listed(inside: World) -> None:
    due = (clock.today() + timedelta(days=3)).strftime("%d/%m/%Y")
    assert [line[:4] for line in told(lesson_quality_queries.care(scope()))] == [
        ("", None, "Lỗi trong tệp, trang đang giữ bản cũ", "lessons/hong/vi.md:3: thiếu tên bài"),
        ("vao-lop", None, "Quá ngày hoặc sắp đến ngày xem lại", due),
        ("vao-lop", 2, "Chưa kiểm tra được", "tên nút"),
        ("vao-lop", None, "Chưa kiểm tra được", "ảnh"),
        ("vao-lop", 2, "Bản dịch đã cũ", "en"),
        ("vao-lop", 3, "Bản dịch còn thiếu", "en"),
        ("otp", 1, "Bản dịch còn thiếu", "en"),
        ("otp", 2, "Bản dịch còn thiếu", "en"),
        ("vao-lop", None, "Chưa có người thứ hai duyệt", ""),
    ]
    assert {line.place.slug for line in lesson_quality_queries.care(scope("an")) if line.place} == {"otp"}


# ---- what is hidden --------------------------------------------------------------------------------------------


def test_two_neighbouring_figures_never_give_one_person() -> None:
    """Whatever is shown before and after one more person, several true counts fit both."""
    for people in range(60):
        fits = {
            now - before
            for before in range(70)
            for now in range(before, 70)
            if suppress_small_count(before, before) == suppress_small_count(people, people)
            and suppress_small_count(now, now) == suppress_small_count(people + 1, people + 1)
        }
        assert len(fits) >= 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((9, 9, 9, 9), Count(None, None, None)),
        ((10, 10, 14, 14), Count(10, 10, 70)),
        ((99, 9, 100, 50), Count(None, 100, None)),
        ((0, 0, 12, 12), Count(None, 10, None)),
    ],
)
def test_fewer_than_ten_people_are_hidden_however_often_they_did_it(
    given: tuple[int, int, int, int], expected: Count
) -> None:
    assert suppression.guarded(*given) == expected
