"""From a solved request to a public answer, and how it leaves the pages again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World, change, person
from tests.published_answers.solved import ANSWER, LESSON, NUMBER, PROBLEM, agree, digest, release, solve, write
from tutoring.accounts.consents import commands as consents_commands
from tutoring.accounts.models import Guardian
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.lessons.catalogue.models import Lesson, LessonStep
from tutoring.lessons.events import LessonLoaded
from tutoring.notifications.models import Notice
from tutoring.policy.published_answers import CHECKED_AGAIN, SideFacts
from tutoring.published_answers import commands as answers_commands
from tutoring.published_answers import eligibility, erasure, queries, releases
from tutoring.published_answers.models import AnswerConsent, AnswerMark, PublishedAnswer
from tutoring.safety.free_text import SaidDanger


def shown() -> list[int]:
    step_id = db.session.get_one(Lesson, LESSON).step_id(NUMBER) or ""
    return [one.id for one in queries.answers_on(LESSON, step_id, None)]


def counted() -> int:
    lesson = db.session.get_one(Lesson, LESSON, populate_existing=True)
    return int(lesson.answers.get(lesson.step_id(NUMBER) or "", 0))


def keys(user_id: int) -> set[str]:
    query = sa.select(Notice.key).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return {key.partition(":")[0] for key in db.session.scalars(query) if key.startswith("short-")}


# ---- yes and no --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "agrees"),
    [
        (SideFacts(False, True, True), True),
        (SideFacts(False, True, None), False),  # silence
        (SideFacts(True, True, True), False),  # a child alone
        (SideFacts(True, True, True, (True,)), True),
        (SideFacts(True, True, None, (True,)), False),  # a guardian alone, for a child of seven or more
        (SideFacts(True, False, None, (True,)), True),
        (SideFacts(True, False, None, (True, False)), False),  # a no of one guardian stands
        (SideFacts(True, True, False, (True,)), False),
    ],
)
def test_a_side_agrees_with_all_yeses_that_count_and_no_no(facts: SideFacts, agrees: bool) -> None:
    assert facts.agrees is agrees


def test_an_answer_is_public_once_both_sides_agree_and_a_teacher_has_read_it(inside: World) -> None:
    answer_id = write(inside)
    assert keys(inside["minh"]) == {"short-asked"}
    assert keys(inside["lan"]) == {"short-child"}
    assert agree(inside, answer_id, "minh").state == "asking"
    with pytest.raises(Conflict):
        releases.decide(person(inside["hang"]), answer_id, "release", digest())
    assert agree(inside, answer_id, "lan").state == "waiting"
    assert keys(inside["minh"]) == keys(inside["lan"]) == set()
    assert keys(inside["hang"]) == {"short-waits"}
    assert shown() == []
    with pytest.raises(Conflict):  # the step was edited since the page was opened
        releases.decide(person(inside["hang"]), answer_id, "release", "0" * 16)
    releases.decide(person(inside["hang"]), answer_id, "release", digest())
    assert (shown(), counted()) == ([answer_id], 1)
    assert keys(inside["khoa"]) == {"short-news"}
    assert keys(inside["hang"]) == set()


@pytest.mark.parametrize("what", ["refuse", "remove"])
def test_a_deleted_text_is_no_longer_asked_about(inside: World, what: str) -> None:
    db.session.add(Guardian(child_id=inside["minh"], guardian_id=inside["mai"], confirmed_at=clock.now()))
    db.session.commit()
    answer_id = write(inside)
    agree(inside, answer_id, "minh", "lan")
    if what == "remove":
        releases.decide(person(inside["hang"]), answer_id, "release", digest())
    assert keys(inside["mai"]) == {"short-child"}
    releases.decide(person(inside["hang"]), answer_id, what, "", "Cách này không đúng với bước.")
    assert keys(inside["mai"]) == set()


def test_only_the_helper_of_a_solved_request_from_a_step_writes_for_two_weeks(inside: World) -> None:
    khoa, may = person(inside["khoa"]), eligibility.solved_request
    assert may(khoa, solve(inside)) is not None
    assert may(person(inside["minh"]), solve(inside)) is None
    assert may(khoa, solve(inside, outcome="no")) is None
    assert may(khoa, solve(inside, lesson_slug=None)) is None
    assert may(khoa, solve(inside, step_number=99)) is None
    request_id = solve(inside)
    with pytest.raises(NotFound):
        answers_commands.write_answer(person(inside["hang"]), request_id, PROBLEM, ANSWER)
    answers_commands.write_answer(khoa, request_id, PROBLEM, ANSWER)
    assert request_id not in [one.request.id for one in eligibility.solved_requests(khoa)]


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("", ANSWER), (PROBLEM, "Bấm lại."), ("x" * 121, ANSWER), (PROBLEM, "x " * 400),
        ("Minh bị kẹt ở đây", ANSWER),
        (PROBLEM, "Bảo bạn minh chờ mười giây rồi bấm lại một lần."),
        (PROBLEM, "Anh Khoa chỉ là chờ mười giây rồi bấm lại một lần."),
        (PROBLEM, "Gọi 0912 345 678 để được chỉ cách mở đường dẫn."),
        (PROBLEM, "Mở mã 4821 rồi bấm vào, chờ mười giây là được."),
        (PROBLEM, "Vào trang example.com/lop rồi bấm tải về máy."),
        (PROBLEM, "Hỏi thầy cô trường THCS Nguyễn Du là có đường dẫn."),
        (PROBLEM, "Đừng kể với ba mẹ, nhắn riêng cho mình là được chỉ."),
    ],
)  # fmt: skip
def test_a_text_that_is_wrong_for_a_public_page_is_refused(inside: World, problem: str, answer: str) -> None:
    with pytest.raises(InvalidInput):
        write(inside, answer, problem)
    assert db.session.scalar(sa.select(PublishedAnswer.id)) is None


def test_words_like_names_pass_and_a_call_for_help_is_heard(inside: World) -> None:
    write(inside, "Nhìn cho rõ minh hoạ ở trên, rồi bấm vào số 3 và chờ.")
    with pytest.raises(SaidDanger):
        write(inside, "Em muốn chết, em không muốn sống nữa đâu.")


# ---- leaving the pages -------------------------------------------------------------------------------------------


def test_each_side_takes_it_off_all_pages_at_once(inside: World) -> None:
    answer_id = release(inside)
    releases.mark(person(inside["an"]), answer_id)
    assert agree(inside, answer_id, "lan", yes=False).state == "asking"
    assert (shown(), counted()) == ([], 0)
    assert queries.search("màn hình trắng", "vi") == []
    assert db.session.scalar(sa.select(AnswerMark.answer_id)) is None
    agree(inside, answer_id, "lan")
    assert shown() == []  # a teacher reads it once more
    releases.decide(person(inside["hang"]), answer_id, "release", digest())
    assert shown() == [answer_id]
    answers_commands.withdraw_answer(person(inside["khoa"]), answer_id)
    row = queries.find_answer(answer_id)
    assert (shown(), counted(), row.state, row.problem, row.answer, row.folded) == ([], 0, "withdrawn", "", "", "")
    with pytest.raises(NotFound):
        agree(inside, answer_id, "minh")


def test_a_new_text_is_asked_about_anew(inside: World) -> None:
    answer_id = write(inside)
    agree(inside, answer_id, "minh", "lan")
    releases.decide(person(inside["hang"]), answer_id, "return", "", "Ghi rõ chọn trình duyệt nào.")
    row = queries.find_answer(answer_id)
    answers_commands.write_answer(
        person(inside["khoa"]), row.request_id, PROBLEM, ANSWER + "\nTrình duyệt nào cũng được."
    )
    assert agree(inside, answer_id, "minh").state == "asking"
    assert agree(inside, answer_id, "lan").state == "waiting"


@command
def retitle(title: str) -> str:
    """Gives the step another title, as a load of the lesson does; returns the one before."""
    step = db.session.scalars(
        sa.select(LessonStep).where(LessonStep.lesson_slug == LESSON, LessonStep.position == NUMBER)
    ).one()
    before = str(step.texts["vi"]["title"])
    step.texts = {**step.texts, "vi": {**step.texts["vi"], "title": title}}
    publish(LessonLoaded(LESSON))
    return before


def test_a_changed_step_hides_it_until_a_teacher_confirms_it_and_time_does_so_too(inside: World) -> None:
    answer_id = release(inside)
    before = retitle("Tên khác")
    try:
        assert (shown(), counted()) == ([], 0)
        releases.decide(person(inside["hang"]), answer_id, "confirm", digest())
        assert (shown(), counted()) == ([answer_id], 1)
        retitle("Tên khác")  # loaded again with the same text
        assert shown() == [answer_id]
    finally:
        retitle(before)
    assert shown() == []
    releases.decide(person(inside["hang"]), answer_id, "confirm", digest())
    change(PublishedAnswer, answer_id, check_by=clock.now() - timedelta(days=1))
    erasure.age_answers()
    assert (shown(), counted(), queries.find_answer(answer_id).state) == ([], 0, "released")
    erasure.age_answers(clock.now() + CHECKED_AGAIN)
    assert queries.find_answer(answer_id).state == "lapsed"


def test_an_answer_to_which_not_all_agree_is_deleted_after_thirty_days(inside: World) -> None:
    answer_id = write(inside)
    erasure.age_answers(clock.now() + timedelta(days=29))
    assert queries.find_answer(answer_id).answer == ANSWER
    erasure.age_answers(clock.now() + timedelta(days=31))
    assert (queries.find_answer(answer_id).state, queries.find_answer(answer_id).answer) == ("lapsed", "")


def test_a_withdrawn_consent_to_help_hides_it_and_the_undo_brings_it_back(inside: World) -> None:
    answer_id = release(inside)
    consents_commands.withdraw(person(inside["lan"]), inside["minh"], "pairing")
    assert (shown(), counted()) == ([], 0)
    consents_commands.take_back(person(inside["lan"]), inside["minh"], "pairing")
    assert (shown(), counted()) == ([answer_id], 1)


def test_erasing_either_side_deletes_it_and_a_readers_erasure_only_the_mark(inside: World) -> None:
    answer_id = release(inside)
    releases.mark(person(inside["an"]), answer_id)
    erasure.forget_person(inside["an"])
    assert shown() == [answer_id]
    erasure.forget_person(inside["minh"])
    assert (shown(), counted()) == ([], 0)
    assert db.session.scalar(sa.select(PublishedAnswer.id)) is None
    assert db.session.scalar(sa.select(AnswerConsent.answer_id)) is None


def test_older_public_answers_hide_none_that_waits(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    release(inside)
    waiting = write(inside)
    agree(inside, waiting, "minh", "lan")
    monkeypatch.setattr(queries, "REVIEWED", 1)
    assert [[one.id for one in some] for some in queries.to_review(person(inside["hang"]))] == [[waiting], [], []]


# ---- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["khoa", "minh", "lan", "bay", "mai", "admin1"])
def test_who_does_not_teach_the_learner_does_not_decide(inside: World, name: str) -> None:
    answer_id = write(inside)
    agree(inside, answer_id, "minh", "lan")
    with pytest.raises(NotFound):
        releases.decide(person(inside[name]), answer_id, "release", digest())


def test_a_teacher_who_wrote_it_does_not_release_or_endorse_it(inside: World) -> None:
    hang, request_id = person(inside["hang"]), solve(inside, helper="hang")
    answer_id = answers_commands.write_answer(hang, request_id, PROBLEM, ANSWER).id
    agree(inside, answer_id, "minh", "lan")
    with pytest.raises(NotFound):
        releases.decide(hang, answer_id, "release", digest())
    releases.decide(person(inside["quang"]), answer_id, "release", digest())
    for act in (releases.endorse, releases.mark):
        with pytest.raises(NotFound):
            act(hang, answer_id)


def test_marks_and_endorsements_count_once_a_person_and_can_be_undone(inside: World) -> None:
    answer_id = release(inside)
    for _ in range(2):
        releases.mark(person(inside["an"]), answer_id)
        releases.endorse(person(inside["quang"]), answer_id)
    [one] = queries.answers_on(LESSON, queries.find_answer(answer_id).step_id, person(inside["an"]))
    # Few marks are shown without their number.
    assert (one.marks, one.marked, one.own_mark, one.teachers, one.writer, one.writer_grade) == (
        0,
        True,
        True,
        2,
        "pupil",
        11,
    )
    releases.mark(person(inside["an"]), answer_id, undo=True)
    [one] = queries.answers_on(LESSON, queries.find_answer(answer_id).step_id, None)
    assert not one.marked
    for name, act in (("minh", releases.mark), ("lan", releases.mark), ("an", releases.endorse)):
        with pytest.raises(NotFound):
            act(person(inside[name]), answer_id)


def test_a_step_shows_the_three_most_helpful(inside: World) -> None:
    ids = [release(inside) for _ in range(4)]
    assert (shown(), counted()) == ([*reversed(ids[1:])], 3)
    releases.mark(person(inside["an"]), ids[0])
    assert shown() == [ids[0], ids[3], ids[2]]


def test_the_search_finds_words_without_accents_and_synonyms(inside: World) -> None:
    answer_id = release(inside)
    for typed in ("man hinh trang", "duong link man hinh", "trình duy"):
        assert [one.id for one in queries.search(typed, "vi")] == [answer_id], typed
    assert queries.search("khai sinh", "vi") == []
