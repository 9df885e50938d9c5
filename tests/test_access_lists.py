"""Lists show exactly what the rule for a single thing lets through: for each person, against every row there is."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, client_of, person
from tests.rooms.conftest import open_adults, open_pair
from tests.test_access_ids import INSIDE, OUTSIDE, _far
from tutoring.accounts.models import User
from tutoring.community.memberships import queries as memberships_queries
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import roles_for
from tutoring.community.units import staff_queries
from tutoring.kernel import rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice
from tutoring.policy import community as of_community
from tutoring.policy.rooms import participation as of_rooms
from tutoring.rooms import queries, visibility
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import queries as moderation_queries

HANDLE = "Kết bạn Zalo với anh đi, nick minhanh2k9"


@pytest.fixture
def people(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Two rooms with held and masked messages, and everybody of this ward and of another one."""
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)

    @command
    def build() -> dict[str, int]:
        everybody = {**world.people, **_far(person(world["admin1"]), person(world["admin2"]))}
        pair, adults = open_pair(world), open_adults(world)
        messages_commands.post_message(person(world["khoa"]), pair, str(uuid.uuid4()), HANDLE)
        moderation_commands.hold_everything(person(world["muoi"]), adults)
        messages_commands.post_message(person(world["bay"]), adults, str(uuid.uuid4()), "Chào cô")
        masked = messages_commands.post_message(person(world["minh"]), pair, str(uuid.uuid4()), "Số em 0912 345 678")
        moderation_commands.appeal(person(world["minh"]), pair, masked.seq, "Đó là đáp số")
        return everybody

    with app.app_context():
        made = build()
    yield made


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def facts(user: User) -> Callable[[Room], of_rooms.RoomFacts]:
    return lambda room: queries.room_facts(room, user)


def every(model: type) -> list:  # type: ignore[type-arg]
    return list(db.session.scalars(sa.select(model).order_by(model.id)))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("inside")
def test_rooms(people: dict[str, int]) -> None:
    for name in (*INSIDE, *OUTSIDE):
        user = person(people[name])
        known = facts(user)
        readable = {room.id for room in every(Room) if of_rooms.may_read_room(known(room))}
        assert {room.id for room in visibility.visible_to(user)} == readable, name
        watched = {room.id for room in every(Room) if of_rooms.may_enter_as_observer(known(room))}
        assert {room.id for room in visibility.open_rooms_for(user)} == watched, name


@pytest.mark.usefixtures("inside")
def test_held_messages_and_second_looks(people: dict[str, int]) -> None:
    for name in (*INSIDE, *OUTSIDE):
        user = person(people[name])
        for status, listed in (
            ("held", moderation_queries.held_for(user)),
            ("masked", moderation_queries.appeals_for(user)),
        ):
            expected = {
                one.id
                for one in every(Message)
                if one.status == status and of_rooms.may_decide_held(facts(user)(queries.room(one.room_id)),
                                                                   one.author_id == user.id)
            }  # fmt: skip
            assert {row.message.id for row in listed} == expected, name
        brief = {row.message_id for row in moderation_queries.held_in_brief_for(user)}
        assert brief == {row.message.id for row in moderation_queries.held_for(user)}, name


def test_members_of_units(app: Flask, people: dict[str, int]) -> None:
    """The page of each unit names the members whom this person may see one by one, and nobody else."""
    for name in (*INSIDE, *OUTSIDE):
        with app.app_context():
            user = person(people[name])
            units = {unit.id: unit.kind for unit in every(Unit)}
            expected = {
                member.id
                for member in every(Membership)
                if member.state == "active"
                and of_community.may_see_unit(roles_for(user, member.unit_id))
                and of_community.may_see_member(roles_for(user, member.unit_id), units[member.unit_id], member.role)
            }
            members = [row.membership_id for unit_id in units for row in memberships_queries.names(unit_id)]
        client = client_of(app, people[name])
        answers = [client.get(f"/units/{unit_id}/members") for unit_id in units]
        text = "".join(answer.text for answer in answers if answer.status_code == 200)
        assert {id for id in members if f'href="/members/{id}"' in text} == expected, name


@pytest.mark.usefixtures("inside")
def test_what_waits_for_a_yes(people: dict[str, int]) -> None:
    for name in (*INSIDE, *OUTSIDE):
        user = person(people[name])
        kinds = {unit.id: unit.kind for unit in every(Unit)}
        for member in staff_queries.waiting_for(user).members:
            roles = roles_for(user, member.unit_id)
            assert of_community.may_see_member(roles, kinds[member.unit_id], member.role)


def test_inboxes(app: Flask, people: dict[str, int]) -> None:
    for name in (*INSIDE, *OUTSIDE):
        page = client_of(app, people[name]).get("/notices").text
        with app.app_context():
            shown = [one for one in every(Notice) if f'action="/notices/{one.id}"' in page]
            assert all(one.user_id == people[name] for one in shown)
            mine = [one for one in every(Notice) if one.user_id == people[name]]
            assert bool(shown) is bool(mine), name
