"""A guardian may be the danger: nothing of a child's sealed words shows in a guardian's seat, not even that they are
there."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.cases import claims
from tutoring.moderation.models import Case
from tutoring.moderation.welfare import acts
from tutoring.policy.rooms.participation import may_see_sealed_place
from tutoring.rooms import queries, visibility
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.reactions import _readers_of_sealed_place
from tutoring.rooms.room_lists import my_rooms
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.weekly_activity import was_active, week_of

As = Callable[[str], FlaskClient]
BEATEN = "Bố em say rượu đánh em chảy máu"
JSON = {"Accept": "application/json"}
PLACEHOLDER = "Tin này đang chờ xem lại."


def shown(page: str) -> str:
    """A page without its scripts, which hold the words for every state of a message."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


@pytest.fixture
def pair(app: Flask, world: World) -> int:
    """The room of Minh, Khoa and Minh's mother: message 1 is Khoa's, 2 is sealed, 3 says who comes, 4 is Khoa's."""
    with app.app_context():
        room_id = open_pair(world)
        say(world, room_id, "khoa", "Chào em")
        say(world, room_id, "minh", BEATEN)
        claims.claim(person(world["hang"]), the_case())
        say(world, room_id, "khoa", "Em xem bước hai nhé")
        return room_id


def say(world: World, room_id: int, name: str, text: str) -> int:
    return messages_commands.post_message(person(world[name]), room_id, new_id(), text).seq


def the_case() -> int:
    return db.session.scalars(sa.select(Case.id)).one()


def test_page_history_and_catching_up_show_nothing(pair: int, as_: As) -> None:
    lan, khoa = as_("lan"), as_("khoa")
    for path in (f"/rooms/{pair}", f"/rooms/{pair}?before=5", f"/rooms/{pair}?before=4"):
        page = shown(lan.get(path).text)
        assert "Chào em" in page and PLACEHOLDER not in page and "đang vào giúp" not in page, path
        assert 'id="m2"' not in page and 'id="m3"' not in page, path
    missed = lan.get(f"/rooms/{pair}/messages?after=0&rev=0", headers=JSON).json
    assert missed is not None and [one["seq"] for one in missed["messages"]] == [1, 4] and missed["changes"] == []
    page = khoa.get(f"/rooms/{pair}").text  # the helper is no guardian
    assert PLACEHOLDER in page and "Cô Hằng đang vào giúp." in page


def test_no_other_door_tells_a_sealed_number_from_one_that_is_not_there(pair: int, as_: As) -> None:
    lan = as_("lan")
    missing = 99
    for door in ("/rooms/{room}/messages/{seq}", "/report/message/{room}/{seq}"):
        answers = [lan.get(door.format(room=pair, seq=seq)) for seq in (2, missing)]
        assert [one.status_code for one in answers] == [404, 404], door
    found = lan.get(f"/rooms/{pair}/search?q=say+ruou").text
    assert BEATEN not in found and '#m2"' not in found  # "m2" alone may stand in a token


def test_no_count_has_it(app: Flask, world: World, pair: int, as_: As) -> None:
    with app.app_context():
        lan, khoa = person(world["lan"]), person(world["khoa"])
        assert visibility.unread(lan.id, [pair]) == {pair: 2}
        assert [one.unread for one in my_rooms(lan, "vi") if one.room.id == pair] == [2]
        assert visibility.unread(khoa.id, [pair]) == {pair: 4}
    as_("minh").get(f"/rooms/{pair}")
    with app.app_context():
        presence_commands.visit(person(world["minh"]), pair)
        since, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
        [row] = [one for one in week_of(world["minh"], since, until) if one.room.id == pair]
        assert (row.counts.messages, row.counts.held) == (0, 0)


def test_a_week_in_which_a_child_wrote_nothing_else_is_an_empty_week(app: Flask, world: World, inside: World) -> None:
    room_id = sessions_commands.open_room(
        world["lop6a"], [(world["khoa"], "helper"), (world["minh"], "learner")], "join-class", minors=True,
        observed=True,
    ).id  # fmt: skip
    say(world, room_id, "minh", BEATEN)
    since, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    assert not db.session.scalar(sa.select(was_active(world["minh"], since, until)))


def test_live_it_goes_to_the_others_in_the_room_alone(world: World, inside: World) -> None:
    room_id = open_pair(world)
    moderation_commands.enter_as_observer(person(world["hang"]), room_id)
    for name in ("minh", "khoa", "lan", "hang"):
        presence_commands.visit(person(world[name]), room_id)
    seq = say(world, room_id, "minh", BEATEN)
    told = _readers_of_sealed_place(queries.message(room_id, seq))
    assert sorted(told) == sorted(world[name] for name in ("minh", "khoa", "hang"))


def test_another_seat_does_not_show_it_to_the_childs_own_guardian(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        _helps_instead(room_id, world["lan"])
        seq = say(world, room_id, "minh", BEATEN)
        assert visibility.unread(world["lan"], [room_id]) == {}
    answer = as_("lan").get(f"/rooms/{room_id}")
    assert answer.status_code == 200 and PLACEHOLDER not in shown(answer.text) and f'id="m{seq}"' not in answer.text


@command
def _helps_instead(room_id: int, user_id: int) -> None:
    db.session.execute(sa.update(Seat).where(Seat.room_id == room_id, Seat.user_id == user_id).values(role="helper"))


def test_a_withdrawn_one_leaves_no_trace_either(app: Flask, world: World, pair: int, as_: As) -> None:
    with app.app_context():
        messages_commands.withdraw_message(person(world["minh"]), pair, 2)
    lan = as_("lan")
    page = shown(lan.get(f"/rooms/{pair}").text)
    assert "đã được thu hồi" not in page and 'id="m2"' not in page
    missed = lan.get(f"/rooms/{pair}/messages?after=4&rev=0", headers=JSON).json
    assert missed is not None and missed["changes"] == []


def test_what_was_no_danger_is_delivered_to_the_guardian_too(app: Flask, world: World, pair: int, as_: As) -> None:
    with app.app_context():
        acts.calm(person(world["hang"]), the_case())
    lan = as_("lan")
    assert BEATEN in lan.get(f"/rooms/{pair}").text
    missed = lan.get(f"/rooms/{pair}/messages?after=4&rev=0", headers=JSON).json
    assert missed is not None and [one["seq"] for one in missed["changes"]] == [2]


def test_the_rule() -> None:
    assert may_see_sealed_place("guardian", is_author=True, guards_author=False)  # a parent's own words in a circle
    assert not may_see_sealed_place("guardian", is_author=False, guards_author=False)
    assert not may_see_sealed_place("observer", is_author=False, guards_author=True)
    assert may_see_sealed_place("helper", is_author=False, guards_author=False)
