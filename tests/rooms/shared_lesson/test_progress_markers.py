"""A lesson followed together: ticks, answers (right or wrong, never what) and "I am stuck at this sentence"."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.journeys.learner import questions, right, wrong
from tests.parametrize import some
from tests.rooms.conftest import LESSON, open_pair
from tests.rooms.test_reactions import Push, pushed
from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.sentence_markup import marked
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.progress.models import Attempt
from tutoring.policy.rooms.participation import (
    RoomFacts,
    may_clear_stuck,
    may_see_progress,
    may_send_card,
    may_set_progress,
)
from tutoring.rooms import queries
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.rooms.shared_lesson import queries as shared_lesson_queries
from tutoring.rooms.shared_lesson.lesson_panel import LessonPane, lesson_pane
from tutoring.rooms.shared_lesson.models import ProgressMarker
from tutoring.rooms.volunteer_minutes.queries import awake_in

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]
__all__ = ["pushed"]

STEP = 1  # a step with a question


@cache
def question() -> dict[str, Any]:
    return questions(LESSON, STEP)[0]


def sentences(number: int = 2) -> list[str]:
    return [one.id for one in marked(catalogue_queries.step(LESSON, number, "vi").html)[1]]


def new() -> str:
    return str(uuid.uuid4())


def answers(user: User, room_id: int, chosen: list[str], attempt: str = "") -> bool:
    return shared_lesson_commands.answer(user, room_id, LESSON, STEP, question()["id"], attempt or new(), chosen)


def bad() -> list[str]:
    found = wrong(question())
    assert found is not None
    return found[0]


def kept(room_id: int) -> list[tuple[str, str, str, bool | None, int]]:
    found = shared_lesson_queries.signs_in(room_id)
    return [(one.user.called_name, one.kind, one.place, one.correct, one.tries) for one in found]


def pane(user: User, room_id: int) -> LessonPane:
    room = queries.room(room_id)
    with current_app.test_request_context():
        found = lesson_pane(user, room, queries.room_facts(room, user), "vi")
    assert found is not None
    return found


@pytest.fixture
def met(app: Flask, who: Who, pair: int) -> int:
    """The room of Minh and Khoa at the step that has a question."""
    for name in ("minh", "khoa"):
        presence_commands.visit(who(name), pair)
    shared_lesson_commands.follow(who("khoa"), pair, STEP)
    return pair


# ---- what is kept ------------------------------------------------------------------------------------------


def test_an_answer_is_kept_as_right_or_wrong_with_its_tries_and_never_as_what_it_was(who: Who, met: int) -> None:
    assert not answers(who("minh"), met, bad())
    assert answers(who("minh"), met, right(question()))
    assert kept(met) == [("Minh", "answer", question()["id"], True, 2)]
    columns = {column.name for column in ProgressMarker.__table__.columns}
    assert columns == {"id", "room_id", "user_id", "kind", "lesson_slug", "step_id", "place", "correct", "tries", "at"}
    own = db.session.scalars(sa.select(Attempt).where(Attempt.user_id == who("minh").id)).all()
    assert len(own) == 2  # the learner's own history, as after an answer in the lesson itself


def test_the_same_answer_sent_twice_is_one_try(who: Who, met: int) -> None:
    once = new()
    for _ in range(2):
        answers(who("minh"), met, bad(), once)
    assert kept(met) == [("Minh", "answer", question()["id"], False, 1)]


def test_a_tick_counts_as_progress_and_can_be_taken_back_in_the_room(who: Who, met: int) -> None:
    for _ in range(2):
        shared_lesson_commands.tick(who("minh"), met, LESSON, STEP)
    assert kept(met) == [("Minh", "done", "", None, 1)]
    step_id = queries.room(met).step_id
    assert step_id in progress_queries.steps_done(who("minh").id, LESSON)
    for _ in range(2):
        shared_lesson_commands.tick(who("minh"), met, LESSON, STEP, False)
    assert kept(met) == [] and step_id in progress_queries.steps_done(who("minh").id, LESSON)


def test_one_is_stuck_at_one_sentence_and_it_can_be_cleared_by_oneself_and_by_the_helper(who: Who, met: int) -> None:
    first, second = sentences()[:2]
    for place in (first, second, second):
        shared_lesson_commands.point(who("minh"), met, LESSON, 2, place)
    assert kept(met) == [("Minh", "stuck", second, None, 1)]
    shared_lesson_commands.unpoint(who("minh"), met, who("minh").id)
    assert kept(met) == []
    shared_lesson_commands.point(who("minh"), met, LESSON, 2, first)
    for _ in range(2):
        shared_lesson_commands.unpoint(who("khoa"), met, who("minh").id)
    assert kept(met) == []


def test_signs_count_as_somebody_being_there(who: Who, pair: int) -> None:
    with clock.travel(clock.now()):
        presence_commands.visit(who("minh"), pair)
        seats = queries.seats(pair)
        assert awake_in(pair, seats, clock.now() + timedelta(minutes=1))[who("minh").id] == []
        shared_lesson_commands.tick(who("minh"), pair, LESSON, 2)
        assert awake_in(pair, seats, clock.now() + timedelta(minutes=1))[who("minh").id] != []


# ---- who may, and what is refused --------------------------------------------------------------------------


def acts(user: User, room_id: int) -> list[Callable[[], object]]:
    return [
        lambda: shared_lesson_commands.tick(user, room_id, LESSON, STEP),
        lambda: answers(user, room_id, right(question())),
        lambda: shared_lesson_commands.point(user, room_id, LESSON, 2, sentences()[0]),
    ]


@pytest.mark.parametrize(("name", "refusal"), [("khoa", Forbidden), ("lan", Forbidden), ("bay", NotFound)])
def test_signs_are_the_learners_own(who: Who, met: int, name: str, refusal: type[DomainError]) -> None:
    for act in acts(who(name), met):
        with pytest.raises(refusal):
            act()
    assert kept(met) == []


def test_somebody_who_was_put_out_shows_nothing_more_and_clears_nothing(who: Who, met: int) -> None:
    shared_lesson_commands.point(who("minh"), met, LESSON, 2, sentences()[0])
    for name in ("minh", "khoa"):
        moderation_commands.remove_member(who("hang"), met, who(name).id, "Nhắc nhở")
    for act in [*acts(who("minh"), met), lambda: shared_lesson_commands.unpoint(who("khoa"), met, who("minh").id)]:
        with pytest.raises(NotFound):
            act()


def test_nothing_is_shown_in_a_closed_or_locked_room(who: Who, met: int) -> None:
    moderation_commands.lock_writing(who("hang"), met, "Cả lớp nghỉ một chút")
    for act in acts(who("minh"), met):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.code == "locked"
    closure.close_room_by_rule(met, "duty")
    clear = lambda: shared_lesson_commands.unpoint(who("minh"), met, who("minh").id)  # noqa: E731
    for act in [*acts(who("minh"), met), clear]:
        with pytest.raises(Conflict) as closed:
            act()
        assert closed.value.code == "closed"
    assert kept(met) == []


def test_who_is_muted_still_follows_the_lesson(who: Who, met: int) -> None:
    moderation_commands.mute(who("hang"), met, who("minh").id, 5, "Nhắc nhở")
    for act in acts(who("minh"), met):
        act()
    assert len(kept(met)) == 3


@pytest.mark.parametrize(
    "step",
    some(0, 99, "2", rest=[-1, 2**40, True, None]),
)
def test_a_step_that_does_not_exist_is_invalid(who: Who, met: int, step: Any) -> None:
    for act in (
        lambda: shared_lesson_commands.tick(who("minh"), met, LESSON, step),
        lambda: shared_lesson_commands.answer(
            who("minh"), met, LESSON, step, question()["id"], new(), right(question())
        ),
        lambda: shared_lesson_commands.point(who("minh"), met, LESSON, step, sentences()[0]),
    ):
        with pytest.raises(InvalidInput):
            act()


@pytest.mark.parametrize("place", ["", "khong-co", "0" * 8, "../..", "x" * 5000])
def test_a_sentence_that_is_not_there_is_invalid(who: Who, met: int, place: str) -> None:
    with pytest.raises(InvalidInput):
        shared_lesson_commands.point(who("minh"), met, LESSON, 2, place)
    with pytest.raises(InvalidInput):  # of another step
        shared_lesson_commands.point(who("minh"), met, LESSON, 3, sentences(2)[0])


def test_a_question_or_an_answer_that_is_not_there_is_refused(who: Who, met: int) -> None:
    with pytest.raises(NotFound):
        shared_lesson_commands.answer(who("minh"), met, LESSON, STEP, "khong-co", new(), ["a"])
    for chosen, attempt in ([], new()), (["khong-co"], new()), (right(question()), "khong-phai-id"):
        with pytest.raises(InvalidInput):
            shared_lesson_commands.answer(who("minh"), met, LESSON, STEP, question()["id"], attempt, chosen)
    assert kept(met) == []


def test_another_lesson_than_the_rooms_is_told_that_the_room_has_moved(who: Who, met: int, adults: int) -> None:
    with pytest.raises(Conflict) as moved:
        shared_lesson_commands.tick(who("minh"), met, "otp-khong-doc-cho-ai", 1)
    assert moved.value.code == "moved"
    with pytest.raises(Conflict):
        shared_lesson_commands.tick(who("bay"), adults, LESSON, 1)  # a room without a lesson


@pytest.mark.parametrize(
    ("facts", "signs_", "clears", "sees", "sends"),
    [
        (RoomFacts("learner"), True, False, False, False),
        (RoomFacts("learner", muted=True), True, False, False, False),
        (RoomFacts("learner", locked=True), False, False, False, False),
        (RoomFacts("learner", closed=True), False, False, False, False),
        (RoomFacts("learner", removed=True), False, False, False, False),
        (RoomFacts("helper"), False, True, True, True),
        (RoomFacts("helper", muted=True), False, True, True, False),
        (RoomFacts("guardian"), False, False, False, False),
        (RoomFacts("observer", held={"teacher"}), False, True, True, True),
        (RoomFacts("observer", held={"lead"}), False, False, False, False),
        (RoomFacts(None), False, False, False, False),
    ],
)
def test_the_rules(facts: RoomFacts, signs_: bool, clears: bool, sees: bool, sends: bool) -> None:
    assert may_set_progress(facts) is signs_
    assert may_clear_stuck(facts, False) is clears
    assert may_see_progress(facts, False, False) is sees
    assert may_send_card(facts) is sends


# ---- who sees what -----------------------------------------------------------------------------------------


def test_helper_learner_and_guardian_see_how_far_the_learner_is(who: Who, met: int) -> None:
    answers(who("minh"), met, bad())
    shared_lesson_commands.tick(who("minh"), met, LESSON, STEP)
    for name in ("khoa", "minh", "lan"):
        (seen,) = pane(who(name), met).learners
        assert (seen.person.called_name, seen.own, seen.done) == ("Minh", name == "minh", [STEP])
        assert seen.answers[0] == shared_lesson_queries.Answered(False, 1)


def test_in_a_group_learners_see_only_their_own_and_everybody_sees_who_is_stuck(who: Who, inside: World) -> None:
    seats = [(inside["minh"], "learner"), (inside["an"], "learner"), (inside["khoa"], "helper"),
             (inside["lan"], "guardian")]  # fmt: skip
    room = sessions_commands.open_room(
        inside["lop6a"], seats, "join-class", lesson_slug=LESSON, step_number=STEP, minors=True, observed=True
    )
    db.session.execute(sa.delete(Guardian).where(Guardian.child_id == inside["an"]))  # of Minh alone
    db.session.commit()
    for name in ("minh", "an"):
        answers(who(name), room.id, bad())
    shared_lesson_commands.point(who("minh"), room.id, LESSON, STEP, sentences(STEP)[0])
    seen = {name: pane(who(name), room.id).learners for name in ("minh", "an", "khoa", "lan")}
    names = {name: [one.person.called_name for one in learners] for name, learners in seen.items()}
    assert names == {"minh": ["Minh"], "an": ["An"], "khoa": ["Minh", "An"], "lan": ["Minh"]}
    for name in names:
        (one,) = pane(who(name), room.id).stuck
        assert (one.person.called_name, one.may_clear) == ("Minh", name in {"minh", "khoa"})


def test_the_sentence_is_set_apart_for_the_others_in_words_too(who: Who, met: int) -> None:
    shared_lesson_commands.follow(who("khoa"), met, 2) if STEP != 2 else None
    place = sentences(2)[1]
    shared_lesson_commands.point(who("minh"), met, LESSON, 2, place)
    html = pane(who("khoa"), met).html
    assert f'data-sentence="{place}" class="stuck-here"><span class="sr">Em Minh bị kẹt ở câu này: </span>' in html
    assert html.count("stuck-here") == 1
    assert "Bạn bị kẹt ở câu này:" in pane(who("minh"), met).html


def test_a_sentence_that_has_left_the_lesson_is_no_longer_shown(who: Who, met: int) -> None:
    shared_lesson_commands.point(who("minh"), met, LESSON, 2, sentences()[0])
    (row,) = shared_lesson_queries.signs_in(met)
    row.place = "0" * 8
    db.session.commit()
    assert pane(who("khoa"), met).stuck == []


def test_pushes_say_that_something_changed_and_nothing_else(who: Who, met: int, pushed: list[Push]) -> None:
    for act in acts(who("minh"), met):
        act()
    shared_lesson_commands.unpoint(who("khoa"), met, who("minh").id)
    told = ("changed", {"room": str(met), "what": "signs"}, f"room:{met}")
    assert [one for one in pushed if one[1].get("what") == "signs"] == [told] * 4


def test_signs_go_with_the_room_and_with_the_learners_words(who: Who, met: int) -> None:
    shared_lesson_commands.tick(who("minh"), met, LESSON, STEP)
    consent_withdrawal.erase_words(who("minh").id)
    assert len(kept(met)) == 1  # young enough for a report to need the room
    with clock.travel(clock.now() + timedelta(days=15)):
        consent_withdrawal.erase_words(who("minh").id)
    assert kept(met) == []


# ---- pages, without JavaScript -----------------------------------------------------------------------------


def test_a_learner_points_at_a_sentence_answers_and_ticks_by_forms(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        presence_commands.visit(person(world["minh"]), room)
        shared_lesson_commands.follow(person(world["khoa"]), room, STEP)
        place = sentences(STEP)[0]
    minh, khoa = as_("minh"), as_("khoa")
    page = minh.get(f"/rooms/{room}?show=lesson").text
    assert "Em bị kẹt ở câu này" in page and f'name="sentence" value="{place}"' in page
    assert "Em làm xong bước này" in page and f'action="/rooms/{room}/answer"' in page
    assert "Em bị kẹt" not in khoa.get(f"/rooms/{room}").text
    where = {"lesson": LESSON, "step": STEP, "back": f"/rooms/{room}?show=lesson"}
    assert minh.post(f"/rooms/{room}/stuck", data={**where, "sentence": place}).location == where["back"]
    minh.post(f"/rooms/{room}/tick", data={**where, "on": "1"})
    sent = {**where, "checkpoint": question()["id"], question()["id"]: bad(), "attempt": new(), "hints": "0"}
    answered = minh.post(f"/rooms/{room}/answer", data=sent)
    assert "Chưa đúng." in minh.get(answered.location).text
    seen = khoa.get(f"/rooms/{room}").text
    assert "Em Minh bị kẹt ở bước" in seen and "đã làm xong bước" in seen and "chưa đúng" in seen
    assert "Chưa đúng." not in seen and "checked" not in seen.partition('id="step"')[2].partition('id="signs"')[0]
    khoa.post(f"/rooms/{room}/unstuck", data={"user": world["minh"], "back": where["back"]})
    assert "Minh bị kẹt" not in khoa.get(f"/rooms/{room}").text


def test_a_learner_looks_at_another_step_alone_and_comes_back(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    alone = as_("minh").get(f"/rooms/{room}?show=lesson&alone={LESSON}/4").text
    assert "Bước 4 trên 9" in alone and "Cả phòng ở bước 2." in alone and "data-alone" in alone
    for told in (f"{LESSON}/99", f"{LESSON}/-1", "khac/3", "4", f"{LESSON}/²", "/", LESSON + "/" + "9" * 5000):
        page = as_("minh").get(f"/rooms/{room}", query_string={"alone": told}).text
        assert "Bước 2 trên 9" in page and "data-alone" not in page
    assert "Bước 2 trên 9" in as_("khoa").get(f"/rooms/{room}?alone={LESSON}/4").text  # who moves is where the room is


def test_what_is_wrong_is_said_on_the_page_that_comes_next_or_as_json(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    form = {"lesson": LESSON, "step": 2, "sentence": "khong-co"}
    page = as_("minh").post(f"/rooms/{room}/stuck", data=form, follow_redirects=True)
    assert "Hãy chọn một câu trong bước này." in page.text
    answer = as_("minh").post(f"/rooms/{room}/stuck", data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and answer.json is not None and answer.json["error"]
    assert as_("minh").post(f"/rooms/{room}/tick", data={"lesson": LESSON, "step": "hai"}).status_code == 422
    for verb in ("stuck", "unstuck", "tick", "answer"):
        data = {**form, "user": world["minh"], "checkpoint": question()["id"]}
        assert as_("bay").post(f"/rooms/{room}/{verb}", data=data).status_code == 404


def test_an_adult_is_spoken_to_as_an_adult(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        seats = [(world["bay"], "learner"), (world["lan"], "helper")]
        room = sessions_commands.open_room(
            world["kp3"], seats, "portal", lesson_slug=LESSON, step_number=STEP, minors=False, observed=True
        ).id
    page = as_("bay").get(f"/rooms/{room}").text
    assert "Tôi bị kẹt ở đây" in page and "Tôi làm xong bước này" in page and "Em bị kẹt" not in page
