"""A room with several learners: one goes alone, who helps ends it, and each pair is weighed by itself."""

from collections.abc import Callable

import pytest

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import parents, pupils
from tests.rooms.conftest import new_id
from tutoring.accounts.models import User
from tutoring.policy.rooms.participation import RoomFacts, may_end_session
from tutoring.rooms import queries
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.history import behind

Who = Callable[[str], User]


@pytest.fixture
def group(inside: World) -> tuple[int, int, int]:
    """The room of Khoa with Minh (and Lan, his mother) and a child of another mother; their ids."""
    (mother,) = parents(inside, 1)
    (child,) = pupils(inside, 1, of=mother)
    seats = [
        (inside["minh"], "learner"), (child, "learner"), (inside["khoa"], "helper"), (inside["lan"], "guardian"),
        (mother, "guardian"),
    ]  # fmt: skip
    room = sessions_commands.open_room(inside["truong"], seats, "join-class", minors=True, observed=True)
    return room.id, child, mother


def room(room_id: int) -> Room:
    return queries.room(room_id)


def here(room_id: int) -> set[str]:
    return {seat.user.called_name for seat in presence_queries.present(room_id)}


def test_who_may_end_it_for_all() -> None:
    for role in ("learner", "helper", "guardian"):
        assert may_end_session(RoomFacts(role=role), 1)
        assert may_end_session(RoomFacts(role=role), 2) == (role == "helper")
    assert not may_end_session(RoomFacts(role="helper", closed=True), 2)


def test_a_learner_says_what_was_reached_and_goes_alone(who: Who, group: tuple[int, int, int]) -> None:
    room_id, child, _mother = group
    presence_commands.visit(who("minh"), room_id)
    presence_commands.visit(person(child), room_id)
    sessions_commands.end_session(who("minh"), room_id, "yes", True)
    assert room(room_id).closed_at is None and "Minh" not in here(room_id) and "Tí 0" in here(room_id)
    sessions_commands.end_session(who("lan"), room_id, "partly")
    assert room(room_id).closed_at is None
    messages_commands.post_message(who("minh"), room_id, new_id(), "Em quay lại")
    sessions_commands.end_session(who("khoa"), room_id, "yes")
    assert room(room_id).closed_at is not None
    sessions_commands.end_session(person(child), room_id, "no")
    assert {one.solved for one in queries.feedback_of(room_id).values()} == {"yes", "partly", "no"}


def test_another_learners_word_is_none_of_this_pair(who: Who, group: tuple[int, int, int], inside: World) -> None:
    room_id, child, mother = group
    sessions_commands.end_session(person(child), room_id, "yes")
    sessions_commands.end_session(person(mother), room_id, "yes")
    sessions_commands.end_session(who("khoa"), room_id, "yes")
    assert [one.good for one in behind(child, inside["khoa"])] == [True]
    assert [one.good for one in behind(inside["minh"], inside["khoa"])] == [False]
    sessions_commands.end_session(who("lan"), room_id, "yes")
    assert [one.good for one in behind(inside["minh"], inside["khoa"])] == [True]


def test_a_guardians_words_wait_where_other_children_read_them(who: Who, group: tuple[int, int, int]) -> None:
    said = messages_commands.post_message(
        who("lan"), group[0], new_id(), "Con đón ở cổng trường, đừng kể với ai nhé, nhớ gửi ảnh cho cô", True
    )
    assert said.status == "held" and said.held_for == "risk"


def test_where_one_stops_the_others_go_on(who: Who, group: tuple[int, int, int], inside: World) -> None:
    consent_withdrawal.stop_rooms_of(inside["minh"], "withdrawn")
    assert room(group[0]).closed_at is None
    assert queries.learners_seated(group[0]) == 1
    consent_withdrawal.stop_rooms_of(group[1], "withdrawn")
    assert room(group[0]).closed_at is not None
