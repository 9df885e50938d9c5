"""Who may do what in a room; and lists agree with it."""

import random

import pytest
import sqlalchemy as sa

from tests.factories import World, person
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.policy.rooms.participation import (
    RoomFacts,
    may_be_moderated,
    may_end_session,
    may_enter_as_observer,
    may_follow,
    may_give_feedback,
    may_moderate,
    may_post_message,
    may_read_held_message,
    may_read_room,
)
from tutoring.rooms import queries, visibility
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.sessions import commands as sessions_commands

TEACHER = frozenset({"teacher"})


@pytest.mark.parametrize("role", ["learner", "helper", "guardian"])
def test_who_takes_part_reads_and_writes_without_any_role_at_the_unit(role: str) -> None:
    facts = RoomFacts(role=role)
    assert may_read_room(facts) and may_post_message(facts) and may_end_session(facts) and may_give_feedback(facts)
    assert not may_enter_as_observer(facts)


def test_a_person_without_a_seat_reads_nothing_whatever_their_roles() -> None:
    everything = frozenset({"teacher", "coordinator", "lead", "officer", "site_admin"})
    assert not may_read_room(RoomFacts(role=None, held=everything))
    assert not may_post_message(RoomFacts(role=None, held=everything))


def test_a_removed_person_may_nothing_and_not_come_back_as_a_watcher() -> None:
    facts = RoomFacts(role="helper", removed=True, held=TEACHER)
    assert not may_read_room(facts) and not may_post_message(facts) and not may_enter_as_observer(facts)
    assert not may_enter_as_observer(RoomFacts(role="observer", removed=True, held=TEACHER))


@pytest.mark.parametrize("role", ["lead", "officer", "site_admin", "helper", "parent", "learner"])
def test_only_teachers_and_coordinators_enter_rooms_with_children(role: str) -> None:
    assert not may_enter_as_observer(RoomFacts(minors=True, held=frozenset({role})))
    assert not may_read_room(RoomFacts(role="observer", minors=True, held=frozenset({role})))


@pytest.mark.parametrize("role", ["teacher", "coordinator", "lead", "officer"])
def test_staff_of_the_unit_enter_rooms_of_adults(role: str) -> None:
    assert may_enter_as_observer(RoomFacts(minors=False, held=frozenset({role})))


def test_a_watcher_reads_as_long_as_the_role_lasts() -> None:
    watches = RoomFacts(role="observer", held=TEACHER)
    assert may_read_room(watches) and not may_give_feedback(watches)
    assert not may_read_room(RoomFacts(role="observer", held=frozenset()))


def test_a_closed_room_is_read_but_not_written() -> None:
    facts = RoomFacts(role="learner", closed=True)
    assert may_read_room(facts) and may_give_feedback(facts)
    assert not may_post_message(facts) and not may_end_session(facts)
    assert not may_moderate(RoomFacts(role="observer", closed=True, held=TEACHER))


def test_a_muted_person_reads_and_does_not_write() -> None:
    facts = RoomFacts(role="learner", muted=True)
    assert may_read_room(facts) and not may_post_message(facts)


def test_the_shared_step_is_not_moved_by_the_learner() -> None:
    assert not may_follow(RoomFacts(role="learner"))
    assert may_follow(RoomFacts(role="helper")) and may_follow(RoomFacts(role="guardian"))
    assert may_follow(RoomFacts(role="observer", held=TEACHER))


def test_a_held_message_is_read_by_its_author_and_by_watchers_alone() -> None:
    assert may_read_held_message(RoomFacts(role="learner"), is_author=True)
    assert not may_read_held_message(RoomFacts(role="helper"), is_author=False)
    assert may_read_held_message(RoomFacts(role="observer", held=TEACHER), is_author=False)


def test_watchers_do_not_mute_themselves_or_one_another() -> None:
    assert may_be_moderated("learner", is_self=False)
    assert not may_be_moderated("learner", is_self=True)
    assert not may_be_moderated("observer", is_self=False)


@command
def _shuffle(world: World, chance: random.Random) -> None:
    """Rooms, seats, removals and lost roles as chance has them."""
    people = list(world.people.values())
    for _ in range(40):
        seats = [(user_id, chance.choice(("learner", "helper", "guardian", "observer")))
                 for user_id in chance.sample(people, chance.randint(2, 5))]  # fmt: skip
        minors = chance.random() < 0.6
        unit_id = chance.choice(list(world.units.values()))
        room = sessions_commands.open_room(unit_id, seats, minors=minors, observed=True)
        for seat in db.session.scalars(sa.select(Seat).where(Seat.room_id == room.id)):
            if chance.random() < 0.25:
                seat.removed_at = clock.now()
        if chance.random() < 0.3:
            room.closed_at, room.close_reason = clock.now(), "ended"
    for member in db.session.scalars(sa.select(Membership)):
        if chance.random() < 0.2:
            member.state = "ended"


@pytest.mark.parametrize("seed", [pytest.param(n, marks=() if n < 1 else pytest.mark.full) for n in range(4)])
def test_lists_of_rooms_agree_with_the_policy(inside: World, seed: int) -> None:
    _shuffle(inside, random.Random(seed))
    rooms = list(db.session.scalars(sa.select(Room)))
    for name in inside.people:
        viewer = person(inside[name])
        readable = {room.id for room in rooms if may_read_room(queries.room_facts(room, viewer))}
        assert {room.id for room in visibility.visible_to(viewer, limit=1000)} == readable, name
        enterable = {room.id for room in rooms if may_enter_as_observer(queries.room_facts(room, viewer))}
        assert {room.id for room in visibility.open_rooms_for(viewer)} == enterable, name
