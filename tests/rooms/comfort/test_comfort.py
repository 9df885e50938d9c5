"""A child is asked one thing at the end of a session, and only its teachers learn the answer."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import open_adults, open_pair
from tests.rooms.volunteer_minutes.fixtures import helped
from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.models import Case
from tutoring.pairing.engine_inputs import helpers_before
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.rooms.comfort import is_asked, may_see_answers
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms import queries
from tutoring.rooms.comfort import queries as comfort_queries
from tutoring.rooms.comfort.commands import answer_comfort
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.erasure.consent_withdrawal import KEPT_FOR_SAFETY, erase_words
from tutoring.rooms.erasure.retention import forget_transcripts
from tutoring.rooms.models import Feedback, Message, Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.history import behind
from tutoring.rooms.volunteer_minutes.queries import sessions_of_room

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]


def answers(room_id: int) -> dict[int, str]:
    rows = db.session.scalars(sa.select(ComfortAnswer).where(ComfortAnswer.room_id == room_id))
    return {one.user_id: one.felt for one in rows}


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def seen_by(user: User, room_id: int) -> list[str]:
    room = queries.room(room_id)
    return [one.felt for one in comfort_queries.answers_for(user, room, queries.room_facts(room, user))]


# ---- who is asked ------------------------------------------------------------------------------------------


def test_children_who_learn_in_a_session_are_asked_and_nobody_else() -> None:
    assert is_asked(RoomFacts(role="learner"), True)
    for facts, minor in (
        (RoomFacts(role="learner"), False),
        (RoomFacts(role="helper"), True),
        (RoomFacts(role="guardian"), True),
        (RoomFacts(role="observer", held={"teacher"}), True),
        (RoomFacts(role=None), True),
        (RoomFacts(role="learner", removed=True), True),
        (RoomFacts(role="learner", minors=False), True),
        (RoomFacts(role="learner", kind="class"), True),
        (RoomFacts(role="learner", kind="desk", talk=True), True),
    ):
        assert not is_asked(facts, minor), facts


def test_observers_read_it_and_nobody_who_takes_part_or_is_near() -> None:
    watches = RoomFacts(role="observer", held={"teacher"})
    assert may_see_answers(watches, is_near=False) and not may_see_answers(watches, is_near=True)
    for role in ("learner", "helper", "guardian", None):
        assert not may_see_answers(RoomFacts(role=role, held={"teacher", "coordinator"}), is_near=False)
    assert not may_see_answers(RoomFacts(role="observer"), is_near=False)  # the role has ended


@pytest.mark.parametrize("name", ["khoa", "lan"])
def test_nobody_answers_for_the_child(who: Who, pair: int, name: str) -> None:
    with pytest.raises(Forbidden):
        answer_comfort(who(name), pair, "well")
    assert answers(pair) == {}


@pytest.mark.parametrize("name", ["an", "bay", "hang"])
def test_for_who_is_not_in_the_room_it_does_not_exist(who: Who, pair: int, name: str) -> None:
    with pytest.raises(NotFound):
        answer_comfort(who(name), pair, "well")


def test_a_grown_up_is_not_asked(who: Who, adults: int) -> None:
    with pytest.raises(Forbidden):
        answer_comfort(who("bay"), adults, "uneasy")


def test_a_later_answer_replaces_the_first_and_takes_no_case_back(who: Who, inside: World, pair: int) -> None:
    answer_comfort(who("minh"), pair, "uneasy")
    answer_comfort(who("minh"), pair, "well")
    assert answers(pair) == {inside["minh"]: "well"}
    assert [one.state for one in db.session.scalars(sa.select(Case))] == ["open"]


def test_an_unknown_answer_and_a_late_one_are_rejected(who: Who, pair: int) -> None:
    with pytest.raises(InvalidInput):
        answer_comfort(who("minh"), pair, "bad")
    sessions_commands.end_as_child(who("minh"), pair)
    with clock.travel(clock.now() + timedelta(days=13)):
        answer_comfort(who("minh"), pair, "fine")
    with clock.travel(clock.now() + timedelta(days=15)), pytest.raises(Conflict):
        answer_comfort(who("minh"), pair, "well")
    assert list(answers(pair).values()) == ["fine"]


# ---- the page of the child -----------------------------------------------------------------------------------


def test_the_child_is_asked_one_question_with_three_answers(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    page = main(as_("minh").get(f"/rooms/{room}/end").text)
    assert page.count("<fieldset") == 1 and "Em có thấy thoải mái không?" in page
    radios = re.findall(r'type="radio" id="[^"]+" name="felt" value="(\w+)"( checked)?', page)
    assert radios == [("well", ""), ("fine", ""), ("uneasy", "")]
    assert re.findall(r"<span>([^<]+)</span></label>", page)[:3] == ["Thoải mái", "Bình thường", "Không thoải mái"]
    assert "Anh Khoa và ba mẹ không thấy" in page and page.count('alt=""') >= 3
    for asked_of_adults in ("Việc cần giúp đã xong chưa?", "nhờ đâu là chính", "Hôm nay bạn đã được giúp chứ?"):
        assert asked_of_adults not in page


def test_the_mother_is_asked_the_other_questions_and_a_pupil_who_helps_one(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    lan, khoa = (main(as_(name).get(f"/rooms/{room}/end").text) for name in ("lan", "khoa"))
    assert "Việc cần giúp đã xong chưa?" in lan and "Nếu xong, nhờ đâu là chính?" in lan
    assert "Việc cần giúp đã xong chưa?" in khoa and khoa.count("<fieldset") == 1
    assert "thoải mái" not in lan + khoa


def test_the_child_ends_without_any_answer(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    minh = as_("minh")
    assert minh.post(f"/rooms/{room}/end").status_code == 302
    page = main(minh.get(f"/rooms/{room}/end").text)
    assert "Buổi học đã kết thúc" in page and "<summary>Trả lời câu hỏi riêng</summary>" in page
    assert "Nói riêng với thầy cô" in page and 'href="tel:111"' in page
    with app.app_context():
        assert answers(room) == {} and db.session.scalars(sa.select(Feedback)).all() == []


def test_what_a_child_sends_as_an_adult_would_is_ignored(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    data = {"solved": "yes", "solved_by": "helper", "helped": "helped", "felt": "well"}
    as_("minh").post(f"/rooms/{room}/end", data=data)
    with app.app_context():
        assert db.session.scalars(sa.select(Feedback)).all() == [] and answers(room) == {world["minh"]: "well"}
    assert as_("minh").post(f"/rooms/{room}/end", data={"felt": "x"}).status_code == 422
    as_("khoa").post(f"/rooms/{room}/end", data={"solved": "yes", "felt": "uneasy"})
    as_("lan").post(f"/rooms/{room}/end", data={"solved": "yes", "felt": "uneasy"})
    with app.app_context():
        assert answers(room) == {world["minh"]: "well"}


def test_thanks_reach_the_helper_and_confirm_the_help(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    as_("minh").post(f"/rooms/{room}/end", data={"thanks": "y", "words": "Anh giảng dễ hiểu lắm"})
    page = main(as_("khoa").get(f"/rooms/{room}/end").text)
    assert "Cảm ơn nhiều!" in page and "Anh giảng dễ hiểu lắm" in page
    mine = main(as_("minh").get(f"/rooms/{room}/end").text)
    assert "Đã gửi lời cảm ơn." in mine
    with app.app_context():
        (said,) = db.session.scalars(sa.select(Feedback))
        assert (said.user_id, said.solved, said.thanks) == (world["minh"], "", True)


def test_the_thanks_of_a_child_count_as_its_word_for_the_hours(who: Who, inside: World) -> None:
    row = helped(inside, 10, "")
    sessions_commands.end_as_child(who("minh"), row.room_id, thanks=True)
    assert [one.word for one in sessions_of_room(row.room_id)] == ["helped"]


def test_a_faulty_thank_you_does_not_undo_the_answer(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    data = {"felt": "uneasy", "thanks": "y", "words": "Gọi em số 0912 345 678 nhé"}
    assert as_("minh").post(f"/rooms/{room}/end", data=data).status_code == 422
    with app.app_context():
        assert answers(room) == {world["minh"]: "uneasy"}
        assert db.session.get_one(Room, room).closed_at is None


def test_who_is_not_a_child_that_learns_has_no_end_of_a_child(who: Who, pair: int, adults: int) -> None:
    for name, room in (("khoa", pair), ("lan", pair), ("bay", adults)):
        with pytest.raises(Forbidden):
            sessions_commands.end_as_child(who(name), room)
    with pytest.raises(NotFound):
        sessions_commands.end_as_child(who("an"), pair)
    assert queries.room(pair).closed_at is None


def test_a_child_that_is_not_at_ease_is_told_what_comes_for_a_while_and_then_nobody_is(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        room = open_pair(world)
    minh = as_("minh")
    minh.post(f"/rooms/{room}/end", data={"felt": "uneasy", "thanks": "y"})
    page = main(minh.get(f"/rooms/{room}/end").text)
    told = "Thầy cô sẽ đọc và hỏi riêng em, chậm nhất là ngày học tới; em không làm gì sai cả."
    assert told in page and 'href="tel:111"' in page
    assert len(re.findall(r'class="btn(?: big)?"', page)) == 1 and "Nói riêng với thầy cô" in page
    with clock.travel(clock.now() + timedelta(minutes=6)):
        later = main(minh.get(f"/rooms/{room}/end").text)
    assert told not in later and " checked" not in later and "Nói riêng với thầy cô" in later
    assert "Không thoải mái" not in later.replace("<span>Không thoải mái</span>", "")


def test_in_a_group_each_child_answers_for_itself_while_the_others_go_on(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        seats = [(world["minh"], "learner"), (world["an"], "learner"), (world["hang"], "helper")]
        room = sessions_commands.open_room(
            world["lop6a"], seats, "join-class", minors=True, observed=True, kind="group"
        ).id
    minh = as_("minh")
    minh.get(f"/rooms/{room}")
    assert "Cô Hằng và ba mẹ không thấy" in main(minh.get(f"/rooms/{room}/end").text)
    minh.post(f"/rooms/{room}/end", data={"felt": "fine"})
    page = main(minh.get(f"/rooms/{room}/end").text)
    assert "Trả lời lại câu hỏi riêng" in page and "Rời phòng</button>" not in page
    with app.app_context():
        assert answers(room) == {world["minh"]: "fine"} and db.session.get_one(Room, room).closed_at is None


# ---- who reads it ------------------------------------------------------------------------------------------------


def test_the_teacher_who_watches_reads_it_at_the_end_of_the_room(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        moderation_commands.enter_as_observer(person(world["hang"]), room)
    as_("minh").post(f"/rooms/{room}/end", data={"felt": "fine"})
    page = main(as_("hang").get(f"/rooms/{room}/end").text)
    assert "<b>Em Minh</b>: Bình thường" in page
    assert f"/rooms/{room}/end" in as_("hang").get(f"/rooms/{room}").text
    for name in ("khoa", "lan", "minh"):
        assert "Em trả lời riêng" not in as_(name).get(f"/rooms/{room}/end").text


@pytest.mark.parametrize("whose", ["minh", "khoa"])
def test_a_teacher_of_the_family_reads_nothing(who: Who, inside: World, pair: int, whose: str) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    answer_comfort(who("minh"), pair, "fine")
    assert seen_by(who("hang"), pair) == ["fine"]
    db.session.add(Guardian(child_id=inside[whose], guardian_id=inside["hang"]))
    db.session.flush()
    assert seen_by(who("hang"), pair) == []


def test_people_near_a_room_are_those_in_it_with_their_families(inside: World, pair: int) -> None:
    near = comfort_queries.people_near([pair])[pair]
    assert near == {inside["minh"], inside["khoa"], inside["lan"], inside["an"]}  # An is the other child of Lan
    db.session.add(Guardian(child_id=inside["minh"], guardian_id=inside["quang"]))
    db.session.flush()
    assert comfort_queries.people_near([pair])[pair] == near | {inside["quang"]}


# ---- what it changes elsewhere -------------------------------------------------------------------------------------


def asked(inside: World) -> HelpRequest:
    minh = person(inside["minh"])
    found = requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt")
    offers_commands.claim(person(inside["khoa"]), found.id)
    requests_commands.answer(person(inside["minh"]), found.id, "accept")
    return db.session.get_one(HelpRequest, found.id)


def test_thanks_make_a_good_session_of_it_and_an_uneasy_child_does_not(who: Who, inside: World) -> None:
    request = asked(inside)
    sessions_commands.end_as_child(who("minh"), request.room_id or 0, thanks=True)
    assert request.outcome == "yes" and helpers_before([inside["minh"]]) == {inside["minh"]: inside["khoa"]}
    assert [one.good for one in behind(inside["minh"], inside["khoa"])] == [True]
    answer_comfort(who("minh"), request.room_id or 0, "uneasy")
    assert request.outcome == "yes" and helpers_before([inside["minh"]]) == {}
    assert [(one.good, one.spoiled) for one in behind(inside["minh"], inside["khoa"])] == [(False, False)]


def test_without_thanks_the_request_is_closed_and_the_mother_may_still_say_how_it_went(who: Who, inside: World) -> None:
    request = asked(inside)
    room = request.room_id or 0
    sessions_commands.end_as_child(who("minh"), room)
    assert request.outcome == "closed" and [one.good for one in behind(inside["minh"], inside["khoa"])] == [False]


# ---- how long it is kept --------------------------------------------------------------------------------


def test_it_goes_with_the_words_of_the_room(who: Who, pair: int) -> None:
    answer_comfort(who("minh"), pair, "well")
    sessions_commands.end_as_child(who("minh"), pair)
    assert answers(pair) and db.session.scalars(sa.select(Message)).first() is not None
    forget_transcripts(clock.now() - timedelta(days=1))
    assert answers(pair)
    with clock.travel(clock.now() + timedelta(days=181)):
        forget_transcripts(clock.now() - timedelta(days=180))
    assert answers(pair) == {}


def test_it_goes_with_the_childs_words_after_a_withdrawal(who: Who, inside: World, pair: int) -> None:
    answer_comfort(who("minh"), pair, "well")
    erase_words(inside["minh"])
    assert answers(pair)  # a report may still come
    with clock.travel(clock.now() + KEPT_FOR_SAFETY):
        erase_words(inside["khoa"])
        assert answers(pair)
        erase_words(inside["minh"])
    assert answers(pair) == {}


def test_adults_are_asked_as_before(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_adults(world)
    page = main(as_("bay").get(f"/rooms/{room}/end").text)
    assert "Việc cần giúp đã xong chưa?" in page and "thoải mái" not in page
