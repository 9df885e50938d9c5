"""Side rooms of lasting ones: who opens them for whom, what holds there, how they end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.factories import World
from tests.parametrize import some
from tests.rooms.conftest import new_id
from tests.rooms.moderation.test_moderation import acts, lines
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate, comes, ends, listed, nobody_on_duty, reads
from tests.rooms.test_hours import at, hours, room, work
from tests.rooms.test_hours import lines as lines_of
from tutoring.accounts.consents import commands as consents_commands
from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation.queries import is_new
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
WHY = "Luyện bật micro"


@pytest.fixture
def tam(inside: World) -> int:
    return classmate(inside, "Tâm")


@pytest.fixture
def lop6(who: Who, inside: World, tam: int) -> int:
    """The room of class 6A, into which Minh and Tâm have come."""
    made = persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class").id
    comes(who("minh"), made)
    comes(db.session.get_one(User, tam), made)
    return made


@pytest.fixture
def side(who: Who, inside: World, lop6: int, tam: int) -> int:
    return persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], WHY).id


def test_some_pupils_go_apart_and_both_rooms_read_who(who: Who, inside: World, lop6: int, side: int) -> None:
    made = room(side)
    assert (made.kind, made.side_of_id, made.unit_id, made.minors) == ("class", lop6, inside["lop6a"], True)
    assert lines(lop6)[-1] == "Cô Hằng mời Minh, Tâm sang phòng nhỏ “Luyện bật micro”."
    assert lines(side) == ["Cô Hằng mở phòng nhỏ này cho Minh, Tâm."]
    assert acts(lop6)[-1] == ("split_room", "")
    assert messages_commands.post_message(who("minh"), side, new_id(), "Em nghe rõ").status == "sent"
    assert messages_commands.post_message(who("hang"), side, new_id(), "Tốt lắm").status == "sent"
    assert messages_commands.post_message(who("minh"), lop6, new_id(), "Em ở cả hai phòng").status == "sent"
    assert [row.room.id for row in listed(who("minh"))] == [side, lop6]


def test_nobody_else_comes_into_a_side_room(who: Who, inside: World, lop6: int, side: int) -> None:
    third = db.session.get_one(User, classmate(inside, "Hoa"))
    comes(third, lop6)
    with pytest.raises(NotFound):
        comes(third, side)
    for name in ("an", "lan", "khoa", "bay", "mai"):
        assert not reads(who(name), side)
    assert side not in [row.room.id for row in listed(third)]
    moderation_commands.enter_as_observer(who("quang"), side)  # who watches there comes in as anywhere, visibly
    assert lines(side)[-1] == "Thầy Quang đã vào phòng."


def test_with_the_place_in_the_class_the_side_room_goes_too(who: Who, inside: World, side: int) -> None:
    ends(inside["minh"], inside["lop6a"])
    assert not reads(who("minh"), side)


@pytest.mark.parametrize(
    "name",
    some("minh", "muoi", rest=["lan", "mai", "bay"]),
)
def test_only_who_keeps_order_splits(who: Who, inside: World, lop6: int, tam: int, name: str) -> None:
    with pytest.raises(Forbidden if name == "minh" else NotFound):
        persistent_rooms_commands.split(who(name), lop6, [inside["minh"], tam], WHY)
    assert db.session.scalar(sa.select(sa.func.count(Room.id))) == 1


def test_one_child_is_not_taken_apart_alone(who: Who, inside: World, lop6: int) -> None:
    for chosen in ([], [inside["minh"]], [inside["minh"], inside["minh"]], list(range(1, 40))):
        with pytest.raises(InvalidInput) as refused:
            persistent_rooms_commands.split(who("hang"), lop6, chosen, WHY)
        assert refused.value.field == "users"


@pytest.mark.parametrize(
    "name",
    some("khoa", "hang", rest=["an", "lan", "quang"]),
)
def test_only_those_who_sit_in_the_room_are_chosen(who: Who, inside: World, lop6: int, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], inside[name]], WHY)
    assert refused.value.field == "users"


def test_not_who_was_removed_nor_who_has_left_the_class(who: Who, inside: World, lop6: int, tam: int) -> None:
    ends(tam, inside["lop6a"])
    with pytest.raises(InvalidInput):
        persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], WHY)
    hoa = classmate(inside, "Hoa")
    comes(db.session.get_one(User, hoa), lop6)
    moderation_commands.remove_member(who("hang"), lop6, hoa, "Lời lẽ")
    with pytest.raises(InvalidInput):
        persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], hoa], WHY)


def test_nobody_is_in_two_side_rooms(who: Who, inside: World, lop6: int, side: int, tam: int) -> None:
    with pytest.raises(InvalidInput):
        persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], "Lại nữa")
    moderation_commands.close_room(who("hang"), side, "Xong việc")
    persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], "Lại nữa")


@pytest.mark.parametrize("title", some("", "x" * 61, "Gọi cô 0912 345 678", rest=["  "]))
def test_it_is_said_what_for_in_a_few_words_without_anything_private(
    who: Who, inside: World, lop6: int, tam: int, title: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], title)
    assert refused.value.field == "title"


def test_going_apart_is_no_way_out_of_a_mute_nor_of_being_watched(who: Who, inside: World, lop6: int, tam: int) -> None:
    moderation_commands.mute(who("hang"), lop6, inside["minh"], 15, "Lời lẽ")
    moderation_commands.hold_everything(who("hang"), lop6, True)
    side = persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], WHY).id
    with pytest.raises(Forbidden) as refused:
        messages_commands.post_message(who("minh"), side, new_id(), "Em nói")
    assert refused.value.code == "muted"
    assert messages_commands.post_message(db.session.get_one(User, tam), side, new_id(), "Em nói").status == "held"


def test_a_side_room_is_not_split_again_nor_for_announcements(who: Who, inside: World, side: int, tam: int) -> None:
    with pytest.raises(Forbidden):
        persistent_rooms_commands.split(who("hang"), side, [inside["minh"], tam], WHY)
    with pytest.raises(Forbidden):
        persistent_rooms_commands.set_announcing(who("hang"), side, True)


def test_sessions_questions_and_what_rests_are_not_split(
    who: Who, inside: World, pair: int, lop6: int, tam: int
) -> None:
    with pytest.raises(Forbidden):
        persistent_rooms_commands.split(who("hang"), pair, [inside["minh"], inside["khoa"]], WHY)
    questions = persistent_rooms_commands.open_lasting(who("muoi"), inside["kp3"], "questions").id
    with pytest.raises(Forbidden):
        persistent_rooms_commands.split(who("muoi"), questions, [inside["bay"], inside["lan"]], WHY)
    nobody_on_duty()
    with pytest.raises(Forbidden) as refused:
        persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], WHY)
    assert refused.value.code == "locked"


# ---- the end --------------------------------------------------------------------------------------------------------


def test_it_closes_with_its_summary_told_in_the_room_it_came_from(who: Who, lop6: int, side: int) -> None:
    moderation_commands.close_room(who("hang"), side, "Xong việc", "Cả hai đã bật được micro.")
    assert lines(lop6)[-1] == "Phòng nhỏ “Luyện bật micro” đã đóng. Đã làm: Cả hai đã bật được micro."
    assert room(lop6).closed_at is None
    with pytest.raises(Conflict):
        messages_commands.post_message(who("minh"), side, new_id(), "Còn ai không")
    assert reads(who("minh"), side)


def test_nobody_who_takes_part_ends_it(who: Who, side: int) -> None:
    with pytest.raises(Forbidden):
        sessions_commands.end_session(who("minh"), side, "yes")
    with pytest.raises(Forbidden):
        moderation_commands.close_room(who("minh"), side, "Xong việc")


def test_it_closes_with_the_hours_and_when_duty_ends(who: Who, inside: World, lop6: int, tam: int) -> None:
    hours(None, None)
    with clock.travel(at(21, 20)):
        side = persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], WHY).id
    work(at(21, 30))
    assert room(side).close_reason == "duty"
    assert lines_of(side)[-1] == "Hết giờ nên phòng nhỏ đóng lại. Mọi người gặp lại nhau ở phòng chung."
    assert lines_of(lop6)[-1] == "Phòng nhỏ “Luyện bật micro” đã đóng."
    assert room(lop6).closed_at is None
    with clock.travel(at(9) + timedelta(days=1)):
        side = persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], WHY).id
    nobody_on_duty()
    work(at(9, 2) + timedelta(days=1))
    assert room(side).closed_at is not None and room(lop6).closed_at is None


def test_with_the_room_its_side_rooms_close(who: Who, lop6: int, side: int) -> None:
    moderation_commands.close_room(who("hang"), lop6, "Hết năm học")
    work(clock.now() + timedelta(seconds=1))
    assert room(side).closed_at is not None
    assert lines_of(lop6)[-1] == "Cô Hằng đã đóng phòng."  # nothing more is written there


def test_a_yes_that_ends_closes_no_side_room(who: Who, inside: World, lop6: int, side: int) -> None:
    consents_commands.withdraw(who("lan"), inside["minh"], "chat")
    assert not reads(who("minh"), side) and room(side).closed_at is None
    assert room(lop6).closed_at is None


def test_side_rooms_make_nobody_experienced(who: Who, inside: World, lop6: int, tam: int) -> None:
    """A pupil sends pictures after three sessions; these are none."""
    for number in range(3):
        made = persistent_rooms_commands.split(who("hang"), lop6, [inside["minh"], tam], f"Việc {number}").id
        presence_commands.visit(who("minh"), made)
        moderation_commands.close_room(who("hang"), made, "Xong việc")
    assert is_new(inside["minh"])


def test_parents_go_apart_too_until_the_hours_end(who: Who, inside: World) -> None:
    circle = persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "circle").id
    comes(who("lan"), circle)

    @command
    def another() -> int:
        father = User(full_name="Anh Nam", called_name="Nam", username="nam", address_form="anh")
        db.session.add(father)
        db.session.flush()
        db.session.add(Guardian(child_id=inside["minh"], guardian_id=father.id, named="Nam", confirmed_at=clock.now()))
        return father.id

    nam = another()
    comes(db.session.get_one(User, nam), circle)
    hours(None, None)
    nobody_on_duty()
    with clock.travel(at(20)):
        side = persistent_rooms_commands.split(who("hang"), circle, [inside["lan"], nam], "Chọn ngày họp").id
        messages_commands.post_message(who("lan"), side, new_id(), "Thứ bảy nhé")
    work(at(20, 5))
    assert room(side).closed_at is None  # grown-ups need nobody on duty
    work(at(21, 30))
    assert room(side).closed_at is not None
