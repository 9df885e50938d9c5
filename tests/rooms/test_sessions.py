"""Opening, following a lesson together, being there, and the end."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.factories import World
from tests.rooms.conftest import LESSON, new_id, open_pair
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, Forbidden, InvalidInput, NotFound
from tutoring.lessons.progress.queries import progress_in
from tutoring.rooms import queries, visibility
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands

Who = Callable[[str], User]


@pytest.fixture(autouse=True)
def _steady_clock() -> Iterator[None]:
    with clock.travel(clock.now()):
        yield


def socket(user: User) -> str:
    sid = new_id()
    sign_in = lifecycle.begin_sign_in(user, "test")
    open_sockets.open_sockets([(sid, sign_in.id, user.id)])
    return sid


def here(room_id: int) -> set[str]:
    return {seat.user.called_name for seat in presence_queries.present(room_id)}


def test_a_room_opens_with_its_people_and_the_step_they_are_at(who: Who, pair: int) -> None:
    room = queries.room(pair)
    assert (room.lesson_slug, room.step_number, room.minors, room.last_seq) == (LESSON, 2, True, 0)
    assert room.step_id
    assert [(seat.user.called_name, seat.role) for seat in queries.seats(pair)] == [
        ("Minh", "learner"), ("Khoa", "helper"), ("Lan", "guardian")
    ]  # fmt: skip


def test_a_lesson_or_step_that_does_not_exist_opens_a_room_all_the_same(inside: World) -> None:
    seats = [(inside["bay"], "learner"), (inside["lan"], "helper")]
    room = sessions_commands.open_room(inside["kp3"], seats, lesson_slug="khong-co", minors=False, observed=False)
    assert room.lesson_slug is None
    room = sessions_commands.open_room(
        inside["kp3"], seats, lesson_slug=LESSON, step_number=99, minors=False, observed=False
    )
    assert room.step_number == 1


# ---- the shared step ---------------------------------------------------------------------------------------


def test_the_helper_moves_the_step_and_the_learners_progress_goes_along(who: Who, pair: int) -> None:
    presence_commands.visit(who("minh"), pair)
    shared_lesson_commands.follow(who("khoa"), pair, 3)
    assert queries.room(pair).step_number == 3
    progress = progress_in(who("minh").id, LESSON)
    assert progress is not None and progress.furthest == 3
    assert progress_in(who("khoa").id, LESSON) is None


def test_a_learner_who_has_not_come_yet_is_not_taken_along(who: Who, pair: int) -> None:
    shared_lesson_commands.follow(who("khoa"), pair, 3)
    assert progress_in(who("minh").id, LESSON) is None


def test_the_learner_does_not_move_the_shared_step(who: Who, pair: int) -> None:
    with pytest.raises(Forbidden):
        shared_lesson_commands.follow(who("minh"), pair, 3)
    with pytest.raises(NotFound):
        shared_lesson_commands.follow(who("bay"), pair, 3)


@pytest.mark.parametrize("step", [0, -1, 99, 2**40])
def test_a_step_that_does_not_exist_is_invalid(who: Who, pair: int, step: int) -> None:
    with pytest.raises(InvalidInput):
        shared_lesson_commands.follow(who("khoa"), pair, step)


def test_nobody_moves_the_step_of_a_room_without_a_lesson_or_of_a_closed_one(who: Who, pair: int, adults: int) -> None:
    with pytest.raises(InvalidInput):
        shared_lesson_commands.follow(who("lan"), adults, 1)
    closure.close_room_by_rule(pair, "duty")
    with pytest.raises(DomainError) as caught:
        shared_lesson_commands.follow(who("khoa"), pair, 3)
    assert caught.value.code == "closed"


# ---- being there -------------------------------------------------------------------------------------------


def test_presence_follows_sockets(who: Who, pair: int) -> None:
    one, two = socket(who("minh")), socket(who("minh"))
    for sid in (one, two, one):
        presence_commands.enter(who("minh"), pair, sid)
    assert here(pair) == {"Minh"}
    open_sockets.close_sockets([one])
    assert here(pair) == {"Minh"}
    open_sockets.close_sockets([two])
    assert here(pair) == set()


def test_a_page_visit_counts_for_two_minutes_and_goodbye_ends_it(who: Who, pair: int) -> None:
    presence_commands.visit(who("minh"), pair)
    assert here(pair) == {"Minh"}
    presence_commands.leave(who("minh"), pair)
    assert here(pair) == set()
    clock.move(timedelta(seconds=5))
    presence_commands.visit(who("minh"), pair)
    assert here(pair) == {"Minh"}
    clock.move(timedelta(minutes=2, seconds=1))
    assert here(pair) == set()


def test_a_socket_that_is_gone_before_it_enters_leaves_no_trace(who: Who, pair: int) -> None:
    presence_commands.enter(who("minh"), pair, "gone")
    assert here(pair) == set()


def test_entering_goes_on_from_the_page_visit_before_it(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        presence_commands.visit(who(name), pair)
    clock.move(timedelta(minutes=1))
    sids = [socket(who(name)) for name in ("minh", "khoa")]
    for name, sid in zip(("minh", "khoa"), sids, strict=True):
        presence_commands.enter(who(name), pair, sid)
    clock.move(timedelta(minutes=4))
    for sid in sids:
        open_sockets.close_sockets([sid])
    clock.move(timedelta(minutes=30))
    assert presence_queries.minutes_together(pair) == 5


def test_only_minutes_in_which_both_were_there_count(who: Who, pair: int) -> None:
    presence_commands.enter(who("minh"), pair, socket(who("minh")))
    clock.move(timedelta(minutes=10))
    khoa = socket(who("khoa"))
    presence_commands.enter(who("khoa"), pair, khoa)
    second = socket(who("khoa"))
    presence_commands.enter(who("khoa"), pair, second)
    clock.move(timedelta(minutes=7))
    open_sockets.close_sockets([khoa])
    open_sockets.close_sockets([second])
    clock.move(timedelta(minutes=20))
    assert presence_queries.minutes_together(pair) == 7


def test_closing_ends_attendance(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        presence_commands.enter(who(name), pair, socket(who(name)))
    clock.move(timedelta(minutes=3))
    closure.close_room_by_rule(pair, "duty")
    clock.move(timedelta(minutes=30))
    assert presence_queries.minutes_together(pair) == 3 and here(pair) == set()


# ---- the end -----------------------------------------------------------------------------------------------


def test_the_session_ends_with_what_was_solved_and_thanks(who: Who, pair: int) -> None:
    sessions_commands.end_session(who("minh"), pair, "yes", True, "Cảm ơn anh")
    sessions_commands.end_session(who("khoa"), pair, "partly", False, "")
    room = queries.room(pair)
    assert room.close_reason == "ended" and room.closed_by_id == who("minh").id
    said = queries.feedback_of(pair)
    mine = said[who("minh").id]
    assert (mine.solved, mine.thanks, mine.words) == ("yes", True, "Cảm ơn anh")
    assert said[who("khoa").id].solved == "partly"
    assert queries.messages_after(pair, 0).items[-1].text == "Minh đã kết thúc buổi học."


@pytest.mark.parametrize(("solved", "words"), [("maybe", ""), ("", ""), ("yes", "x" * 501)])
def test_feedback_with_a_fault_ends_nothing(who: Who, pair: int, solved: str, words: str) -> None:
    with pytest.raises(InvalidInput):
        sessions_commands.end_session(who("minh"), pair, solved, False, words)
    assert queries.room(pair).closed_at is None


def test_watchers_give_no_feedback_and_strangers_end_nothing(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    with pytest.raises(Forbidden):
        sessions_commands.end_session(who("hang"), pair, "yes")
    with pytest.raises(NotFound):
        sessions_commands.end_session(who("bay"), pair, "yes")


def test_history_stays_readable_after_the_end(who: Who, inside: World) -> None:
    room_id = open_pair(inside)
    messages_commands.post_message(who("minh"), room_id, new_id(), "Chào anh")
    sessions_commands.end_session(who("minh"), room_id, "yes")
    queries.readable_room(who("khoa"), room_id)
    assert room_id in [room.id for room in visibility.visible_to(who("lan"))]


def test_last_words_are_no_way_around_a_watcher(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 60, "Nhắc nhở")
    for _ in ("while open", "after the end"):
        with pytest.raises(InvalidInput) as refused:
            sessions_commands.end_session(who("khoa"), pair, "yes", False, "Mai anh em mình học tiếp")
        assert refused.value.field == "words"
        sessions_commands.end_session(who("khoa"), pair, "yes")  # what was solved may always be said
    assert queries.feedback_of(pair)[who("khoa").id].words == ""


def test_last_words_do_not_pass_where_every_message_waits(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    with pytest.raises(InvalidInput):
        sessions_commands.end_session(who("khoa"), pair, "yes", False, "Mai anh em mình học tiếp")


def test_last_words_that_would_wait_for_their_risk_are_refused(who: Who, pair: int) -> None:
    for words in ("Em xinh quá, gửi anh ảnh em đi", "Đừng kể cho bố mẹ nhé, bí mật của hai anh em mình thôi"):
        try:
            sessions_commands.give_feedback(who("khoa"), pair, "yes", False, words)
        except InvalidInput:
            return
    raise AssertionError("words that bring a message to the teacher went to the child unread")


def test_after_the_end_last_words_are_said_once_and_within_a_day(who: Who, pair: int) -> None:
    sessions_commands.end_session(who("minh"), pair, "yes")
    sessions_commands.give_feedback(who("khoa"), pair, "yes", False, "Em làm tốt lắm")
    with pytest.raises(InvalidInput):
        sessions_commands.give_feedback(who("khoa"), pair, "yes", False, "Em còn đó không")
    with clock.travel(clock.now() + timedelta(days=2)), pytest.raises(InvalidInput):
        sessions_commands.give_feedback(who("minh"), pair, "yes", False, "Em cảm ơn anh")
