"""Lasting rooms: who opens them, who comes in by which membership, announcements, resting, closing, the desk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import new_id
from tests.rooms.moderation.test_moderation import acts, lines
from tests.safety.pictures import photo
from tutoring.accounts.consents import commands as consents_commands
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.registration import record_assent
from tutoring.community import commands as community
from tutoring.community.models import DutyShift, DutySlot, Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.moderation.models import Case
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.rooms.participation import RoomFacts, may_post_message, may_react, silence_code
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.risk.models import RiskPoint
from tutoring.rooms.room_lists import RoomRow, list_persistent_rooms
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]


@command
def classmate(world: World, name: str) -> int:
    """Another child of class 6A, as its mother and Cô Hằng bring it in."""
    mother, hang = db.session.get_one(User, world["lan"]), db.session.get_one(User, world["hang"])
    child = community.add_child(mother, world["lop6a"], name, 6, clock.today().year - 12, "mẹ", HELP_PURPOSES)
    record_assent(mother, child.id, HELP_PURPOSES)
    member = db.session.scalars(sa.select(Membership).where(Membership.user_id == child.id)).one()
    community.confirm_member(hang, member.id)
    return child.id


@pytest.fixture
def lop6(who: Who, inside: World) -> int:
    """The room of class 6A, opened by Cô Hằng, into which Tâm has come."""
    made = persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class").id
    persistent_rooms_commands.take_seat(person(classmate(inside, "Tâm")), made)
    return made


@pytest.fixture
def circle(who: Who, inside: World) -> int:
    return persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "circle").id


@pytest.fixture
def kp3(who: Who, inside: World) -> int:
    return persistent_rooms_commands.open_lasting(who("muoi"), inside["kp3"], "questions").id


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


@command
def hours(opens: int | None, closes: int | None) -> None:
    db.session.execute(sa.update(Unit).values(opens=opens, closes=closes))


@command
def ends(user_id: int, unit_id: int) -> None:
    member = db.session.scalars(
        sa.select(Membership).where(Membership.user_id == user_id, Membership.unit_id == unit_id)
    ).one()
    member.state = "ended"


def comes(user: User, room_id: int) -> None:
    persistent_rooms_commands.take_seat(user, room_id)


def listed(user: User) -> list[RoomRow]:
    return list_persistent_rooms(user, "vi", watches=False)


def reads(user: User, room_id: int) -> bool:
    try:
        queries.readable_room(user, room_id)
    except NotFound:
        return False
    return True


# ---- opening ----------------------------------------------------------------------------------------------------


def test_a_teacher_opens_the_room_of_a_class_once_and_sits_in_it(who: Who, inside: World, lop6: int) -> None:
    room = queries.room(lop6)
    assert (room.kind, room.minors, room.unit_id) == ("class", True, inside["lop6a"])
    assert persistent_rooms_commands.open_lasting(who("quang"), inside["lop6a"], "class").id == lop6
    assert lines(lop6) == ["Cô Hằng đã mở phòng này."] and acts(lop6) == [("open_room", "")]
    assert reads(who("hang"), lop6) and not reads(who("quang"), lop6)  # who did not open it comes in visibly
    moderation_commands.close_room(who("hang"), lop6, "Hết năm học")
    assert persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class").id != lop6


@pytest.mark.parametrize(
    ("name", "unit", "kind", "refusal"),
    [
        ("hang", "lop6a", "questions", InvalidInput),
        ("hang", "lop6a", "pair", InvalidInput),
        ("hang", "lop6a", "desk", InvalidInput),
        ("hang", "truong", "class", InvalidInput),
        ("muoi", "kp3", "class", InvalidInput),
        ("mai", "lop6a", "class", Forbidden),
        ("mai", "lop6a", "circle", Forbidden),
        ("muoi", "lop6a", "class", NotFound),
        ("hang", "kp3", "questions", NotFound),
        ("lan", "lop6a", "circle", NotFound),
        ("minh", "lop6a", "class", NotFound),
        ("bay", "kp3", "questions", NotFound),
    ],
)
def test_nobody_else_and_no_forged_kind(
    who: Who, inside: World, name: str, unit: str, kind: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        persistent_rooms_commands.open_lasting(who(name), inside[unit], kind)
    assert db.session.scalar(sa.select(sa.func.count(Room.id))) == 0


def test_whoever_has_not_shown_the_second_factor_opens_nothing(
    who: Who, inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(User, "lacks_factor", property(lambda _self: True))
    with pytest.raises(NotFound):
        persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class")


def test_of_two_who_open_it_at_once_one_room_is_made(app: Flask, world: World) -> None:
    def opens(name: str) -> int:
        with app.app_context():
            return persistent_rooms_commands.open_lasting(person(world[name]), world["lop6a"], "class").id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(opens, ["hang", "quang"] * 3))) == 1


def test_of_two_pages_at_once_one_seat_is_made(app: Flask, world: World) -> None:
    with app.app_context():
        made = persistent_rooms_commands.open_lasting(person(world["hang"]), world["lop6a"], "class").id

    def come(_number: int) -> bool:
        with app.app_context():
            try:
                persistent_rooms_commands.take_seat(person(world["minh"]), made)
            except NotFound:  # who has a seat does not come in again
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert any(pool.map(come, range(6)))
    with app.app_context():
        assert [seat.role for seat in queries.seats(made)] == ["observer", "learner"]


# ---- coming in --------------------------------------------------------------------------------------------------


def test_pupils_come_into_the_room_of_their_class_and_nobody_elses(who: Who, lop6: int) -> None:
    comes(who("minh"), lop6)
    messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô")
    for name in ("an", "khoa", "lan", "bay", "muoi", "mai", "admin1"):
        with pytest.raises(NotFound):
            comes(who(name), lop6)
        with pytest.raises(NotFound):
            messages_commands.post_message(who(name), lop6, new_id(), "Chào")


def test_a_seat_is_needed_and_coming_twice_keeps_it(who: Who, lop6: int) -> None:
    with pytest.raises(NotFound):
        messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô")
    comes(who("minh"), lop6)
    with pytest.raises(NotFound):
        comes(who("minh"), lop6)  # who sits there does not come in again
    assert [seat.user.called_name for seat in queries.seats(lop6)] == ["Hằng", "Tâm", "Minh"]


def test_whoever_leaves_the_class_loses_its_room_and_gets_it_back(who: Who, inside: World, lop6: int) -> None:
    comes(who("minh"), lop6)
    messages_commands.mark_seen(who("minh"), lop6, 1)
    ends(inside["minh"], inside["lop6a"])
    assert not reads(who("minh"), lop6)
    with pytest.raises(NotFound):
        messages_commands.post_message(who("minh"), lop6, new_id(), "Em đây")
    with pytest.raises(NotFound):
        comes(who("minh"), lop6)
    assert [row.room.id for row in listed(who("minh"))] == []

    @command
    def back() -> None:
        db.session.execute(sa.update(Membership).values(state="active"))

    back()
    assert reads(who("minh"), lop6)
    mine = queries.seat(lop6, inside["minh"])
    assert mine is not None and mine.seen_seq == 1


def test_a_membership_that_no_second_person_confirmed_lets_no_pupil_in(who: Who, inside: World, lop6: int) -> None:
    @command
    def unconfirmed() -> None:
        db.session.execute(sa.update(Membership).where(Membership.user_id == inside["minh"]).values(confirmed_at=None))

    unconfirmed()
    with pytest.raises(NotFound):
        comes(who("minh"), lop6)


@pytest.mark.parametrize("purpose", ["profile", "chat"])
def test_without_the_guardians_yes_a_child_has_no_room_of_its_class(
    who: Who, inside: World, lop6: int, purpose: str
) -> None:
    comes(who("minh"), lop6)
    consents_commands.withdraw(who("lan"), inside["minh"], purpose)
    assert not reads(who("minh"), lop6)
    assert queries.room(lop6).closed_at is None  # the others go on


def test_without_the_childs_own_yes_neither(who: Who, inside: World, lop6: int) -> None:
    @command
    def unasked() -> None:
        db.session.execute(sa.delete(Consent).where(Consent.subject_id == inside["minh"], Consent.kind == "assent"))

    unasked()
    with pytest.raises(NotFound):
        comes(who("minh"), lop6)


def test_who_was_removed_stays_out_and_who_is_stopped_stays_so(who: Who, inside: World, lop6: int) -> None:
    comes(who("minh"), lop6)
    moderation_commands.remove_member(who("hang"), lop6, inside["minh"], "Lời lẽ")
    assert not reads(who("minh"), lop6)
    with pytest.raises(NotFound):
        comes(who("minh"), lop6)


def test_five_masked_messages_elsewhere_keep_somebody_silent_here_too(
    who: Who, inside: World, lop6: int, pair: int, unhurried: None
) -> None:
    for number in range(5):
        messages_commands.post_message(who("minh"), pair, new_id(), f"Số em 0912 345 67{number}")
    comes(who("minh"), lop6)
    with pytest.raises(Forbidden) as refused:
        messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô")
    assert refused.value.code == "muted"


def test_a_circle_is_for_the_guardians_of_the_children_of_the_class(who: Who, inside: World, circle: int) -> None:
    comes(who("lan"), circle)
    assert queries.seat(circle, inside["lan"]).role == "guardian"  # type: ignore[union-attr]
    messages_commands.post_message(who("lan"), circle, new_id(), "Chào cô")
    for name in ("minh", "khoa", "bay", "mai", "muoi"):  # no pupils, and no officer of the ward either
        with pytest.raises(NotFound):
            comes(who(name), circle)
        with pytest.raises(NotFound):
            moderation_commands.enter_as_observer(who(name), circle)
    ends(inside["minh"], inside["lop6a"])  # with the child's place its guardian's goes
    assert not reads(who("lan"), circle)


def test_a_code_for_parents_alone_opens_no_circle(who: Who, inside: World, circle: int) -> None:
    @command
    def no_child() -> None:
        db.session.execute(sa.delete(Guardian).where(Guardian.child_id == inside["minh"]))

    no_child()
    with pytest.raises(NotFound):
        comes(who("lan"), circle)


def test_questions_are_for_grown_ups_of_the_neighbourhood_and_of_all_below_a_ward(
    who: Who, inside: World, kp3: int
) -> None:
    comes(who("bay"), kp3)
    with pytest.raises(NotFound):
        comes(who("lan"), kp3)  # she belongs to classes, not to the neighbourhood
    ward = persistent_rooms_commands.open_lasting(who("mai"), inside["phuong"], "questions").id
    for name in ("bay", "lan", "hang"):
        comes(who(name), ward)
    for name in ("minh", "khoa"):
        with pytest.raises(NotFound):
            comes(who(name), ward)


def test_a_resident_who_becomes_the_lead_watches_from_then_on(who: Who, inside: World, kp3: int) -> None:
    comes(who("bay"), kp3)
    ends(inside["bay"], inside["kp3"])

    @command
    def leads() -> None:
        db.session.add(Membership(user_id=inside["bay"], unit_id=inside["phuong"], role="officer",
                                  confirmed_at=clock.now()))  # fmt: skip

    leads()
    assert not reads(who("bay"), kp3)
    moderation_commands.enter_as_observer(who("bay"), kp3)
    messages_commands.post_message(who("bay"), kp3, new_id(), "Chào bà con")
    assert queries.seat(kp3, inside["bay"]).role == "observer"  # type: ignore[union-attr]


def test_a_child_alone_with_grown_ups_reads_and_does_not_write(who: Who, inside: World) -> None:
    """No adult opens a room with one minor: what the teacher says there is for the class, and nobody answers alone."""
    made = persistent_rooms_commands.open_lasting(who("hang"), inside["lop6a"], "class").id
    comes(who("minh"), made)
    said = messages_commands.post_message(who("hang"), made, new_id(), "Chào các em").seq
    with pytest.raises(Forbidden, match="ít nhất hai bạn") as refused:
        messages_commands.post_message(who("minh"), made, new_id(), "Em chào cô")
    assert refused.value.code == "locked"
    messages_commands.react(who("minh"), made, said, "got_it")
    tam = classmate(inside, "Tâm")
    comes(person(tam), made)
    assert messages_commands.post_message(who("minh"), made, new_id(), "Em chào cô").status == "sent"
    ends(tam, inside["lop6a"])
    with pytest.raises(Forbidden, match="ít nhất hai bạn"):
        messages_commands.post_message(who("minh"), made, new_id(), "Cô ơi")


# ---- announcements ------------------------------------------------------------------------------------------------


def test_where_announcements_are_made_others_read_and_react_but_write_nothing(who: Who, lop6: int) -> None:
    comes(who("minh"), lop6)
    own = messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô").seq
    persistent_rooms_commands.set_announcing(who("hang"), lop6, True)
    persistent_rooms_commands.set_announcing(who("hang"), lop6, True)
    said = messages_commands.post_message(who("hang"), lop6, new_id(), "Mai mang sách nhé").seq
    writes: list[Callable[[], object]] = [
        lambda: messages_commands.post_message(who("minh"), lop6, new_id(), "Dạ"),
        lambda: messages_commands.edit_message(who("minh"), lop6, own, "Em chào cô Hằng"),
        lambda: pictures_commands.take_picture(who("minh"), lop6, new_id(), photo()),
    ]
    for write in writes:
        with pytest.raises(Forbidden) as refused:
            write()
        assert refused.value.code == "locked" and "chỉ để thông báo" in str(refused.value)
    messages_commands.react(who("minh"), lop6, said, "got_it")
    messages_commands.withdraw_message(who("minh"), lop6, own)
    persistent_rooms_commands.set_announcing(who("hang"), lop6, False)
    assert messages_commands.post_message(who("minh"), lop6, new_id(), "Dạ").status == "sent"
    assert [act for act, _ in acts(lop6)] == ["open_room", "announce_only", "withdraw_message", "all_write"]
    assert lines(lop6)[1:] == [
        "Cô Hằng chuyển phòng sang chỉ thông báo. Mọi người đọc và thả cảm xúc được.",
        "Cô Hằng mở lại cho mọi người viết.",
    ]


@pytest.mark.parametrize("name", some("minh", "muoi", rest=["lan", "bay"]))
def test_only_who_keeps_order_makes_it_so(who: Who, lop6: int, name: str) -> None:
    if name == "minh":
        comes(who("minh"), lop6)
    with pytest.raises(Forbidden if name == "minh" else NotFound):
        persistent_rooms_commands.set_announcing(who(name), lop6, True)


def test_a_session_is_not_for_announcements(who: Who, pair: int) -> None:
    with pytest.raises(Forbidden):
        persistent_rooms_commands.set_announcing(who("hang"), pair, True)
    assert lines(pair) == []


def test_the_rules_in_one_place() -> None:
    reader = RoomFacts(role="learner", kind="class", place="learner", announcing=True)
    teacher = RoomFacts(role="observer", kind="class", held=frozenset({"teacher"}), announcing=True)
    assert not may_post_message(reader) and may_react(reader, False) and silence_code(reader) == "locked"
    assert may_post_message(teacher)
    for rests in (
        RoomFacts(role="learner", kind="class", resting=True),
        RoomFacts(role="observer", kind="class", resting=True, held=frozenset({"teacher"})),
    ):
        assert not may_post_message(rests) and not may_react(rests, False) and silence_code(rests) == "locked"
    locked = RoomFacts(role="learner", kind="class", announcing=True, locked=True)
    assert not may_react(locked, False)


# ---- resting ------------------------------------------------------------------------------------------------------


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 27, hour, minute, tzinfo=clock.LOCAL)


def test_outside_the_hours_a_class_room_rests_and_wakes_by_itself(who: Who, inside: World, lop6: int) -> None:
    hours(None, None)
    with clock.travel(at(20)):
        comes(who("minh"), lop6)
        said = messages_commands.post_message(who("hang"), lop6, new_id(), "Chào các em").seq
    with clock.travel(at(21, 30)):
        for name in ("minh", "hang"):  # nobody writes to children at night
            with pytest.raises(Forbidden) as refused:
                messages_commands.post_message(who(name), lop6, new_id(), "Khuya rồi")
            assert refused.value.code == "locked"
            assert str(refused.value) == (
                "Ngoài giờ mở phòng nên phòng đang nghỉ. Bạn vẫn đọc được; phòng tự mở lại lúc 06:30, 28/11."
            )
        with pytest.raises(Forbidden):
            messages_commands.react(who("minh"), lop6, said, "got_it")
        assert reads(who("minh"), lop6) and queries.room(lop6).closed_at is None
    with clock.travel(at(6, 30) + timedelta(days=1)):
        assert messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô").status == "sent"


def test_without_anybody_on_duty_it_rests_and_says_when_the_next_turn_begins(
    who: Who, inside: World, lop6: int
) -> None:
    hours(None, None)
    nobody_on_duty()
    with clock.travel(at(9)):
        comes(who("minh"), lop6)
        with pytest.raises(Forbidden, match="có người trực là phòng tự mở lại"):
            messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô")

        @command
        def turn(starts: int, ends: int, who_id: int) -> None:
            db.session.add(DutySlot(unit_id=inside["truong"], user_id=who_id, weekday=4, starts=starts, ends=ends))

        turn(14 * 60, 15 * 60, inside["hang"])  # a Friday, as 27 November 2026 is
        with pytest.raises(Forbidden, match="ca trực tới bắt đầu lúc 14:00"):
            messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô")
    with clock.travel(at(14)):
        assert messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô").status == "sent"
    with clock.travel(at(15)), pytest.raises(Forbidden, match="lúc 14:00, 04/12"):
        messages_commands.post_message(who("minh"), lop6, new_id(), "Em chào cô")


def test_rooms_of_grown_ups_do_not_rest(who: Who, inside: World, circle: int, kp3: int) -> None:
    hours(None, None)
    nobody_on_duty()
    comes(who("lan"), circle)
    comes(who("bay"), kp3)
    with clock.travel(at(23)):
        assert messages_commands.post_message(who("lan"), circle, new_id(), "Chào cô").status == "sent"
        assert messages_commands.post_message(who("bay"), kp3, new_id(), "Chào bà con").status == "sent"


# ---- what is looked at ---------------------------------------------------------------------------------------------


def test_pictures_of_pupils_wait_and_those_of_the_teacher_do_not(who: Who, inside: World, lop6: int) -> None:
    comes(who("minh"), lop6)
    with pytest.raises(Forbidden, match="ba buổi"):
        pictures_commands.take_picture(who("minh"), lop6, new_id(), photo())
    assert pictures_commands.take_picture(who("hang"), lop6, new_id(), photo()).status == "sent"


def test_a_risky_word_is_held_although_no_other_child_has_come_yet(who: Who, inside: World, lop6: int) -> None:
    @command
    def of_age() -> None:  # but a pupil of the class
        user = User(full_name="Người Lớn", called_name="Lớn", username="nguoi.lon", birth_year=1990)
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, unit_id=inside["lop6a"], role="learner", confirmed_at=clock.now()))

    of_age()
    big = db.session.scalars(sa.select(User).where(User.username == "nguoi.lon")).one()
    comes(big, lop6)
    made = messages_commands.post_message(big, lop6, new_id(), "Đừng kể với ba mẹ nhé, gửi cho anh ảnh của em đi")
    assert made.status == "held"


def test_one_matter_is_raised_once_for_a_whole_class(who: Who, inside: World, lop6: int, unhurried: None) -> None:
    @command
    def classmates() -> None:
        for number in range(6):
            user = User(full_name=f"Bạn {number}", called_name=f"Bạn {number}", username=f"ban.{number}", grade=6,
                        kind="child", birth_year=2015)  # fmt: skip
            db.session.add(user)
            db.session.flush()
            db.session.add(Seat(room_id=lop6, user_id=user.id, role="learner"))
        user = User(full_name="Người Lớn", called_name="Lớn", username="nguoi.lon", birth_year=1990)
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, unit_id=inside["lop6a"], role="learner", confirmed_at=clock.now()))

    classmates()
    big = db.session.scalars(sa.select(User).where(User.username == "nguoi.lon")).one()
    comes(big, lop6)
    messages_commands.post_message(big, lop6, new_id(), "Đừng kể với ba mẹ nhé, gửi cho anh ảnh của em đi")
    assert db.session.scalar(sa.select(sa.func.count(Case.id)).where(Case.about_id == big.id)) == 1
    noted = sa.select(sa.func.count(RiskPoint.towards_id.distinct())).where(RiskPoint.points > 0)
    assert db.session.scalar(noted) == 7  # toward each of them it is remembered


# ---- closing, reports, the desk --------------------------------------------------------------------------------------


def test_a_closed_room_is_read_by_its_members_and_by_nobody_new(who: Who, inside: World, kp3: int) -> None:
    comes(who("bay"), kp3)
    messages_commands.post_message(who("bay"), kp3, new_id(), "Chào bà con")
    moderation_commands.close_room(who("muoi"), kp3, "Chuyển sang phòng khác", "Không ai đọc câu này")
    room = queries.room(kp3)
    assert room.closed_at is not None and room.summary == ""
    assert reads(who("bay"), kp3)
    with pytest.raises(Conflict):
        messages_commands.post_message(who("bay"), kp3, new_id(), "Còn đây không")
    ends(inside["bay"], inside["kp3"])
    assert not reads(who("bay"), kp3)


def test_lasting_rooms_are_no_sessions(who: Who, circle: int) -> None:
    comes(who("lan"), circle)
    with pytest.raises(Forbidden):
        sessions_commands.end_session(who("lan"), circle, "yes")
    assert queries.room(circle).closed_at is None


def test_somebody_asks_at_the_desk_while_it_is_manned(who: Who, inside: World) -> None:
    made = persistent_rooms_commands.ask_at_desk(who("bay"), inside["phuong"])
    assert made.kind == "desk" and persistent_rooms_commands.ask_at_desk(who("bay"), inside["phuong"]).id == made.id
    messages_commands.post_message(who("bay"), made.id, new_id(), "Tôi hỏi về hộ khẩu")
    moderation_commands.enter_as_observer(who("mai"), made.id)
    messages_commands.post_message(who("mai"), made.id, new_id(), "Chào chú")
    with pytest.raises(NotFound):
        messages_commands.post_message(who("lan"), made.id, new_id(), "Tôi xem với")
    assert persistent_rooms_commands.ask_at_desk(who("lan"), inside["phuong"]).id != made.id
    sessions_commands.end_session(who("bay"), made.id, "yes")
    assert queries.room(made.id).closed_at is not None
    assert persistent_rooms_commands.ask_at_desk(who("bay"), inside["phuong"]).id != made.id


def test_an_empty_desk_says_what_to_do_instead(who: Who, inside: World) -> None:
    nobody_on_duty()
    with pytest.raises(Conflict, match="Quầy chưa có người trực"):
        persistent_rooms_commands.ask_at_desk(who("bay"), inside["phuong"])


@pytest.mark.parametrize(
    ("name", "unit"), [("minh", "phuong"), ("khoa", "phuong"), ("bay", "kp3"), ("bay", "truong"), ("admin1", "phuong")]
)
def test_no_child_no_stranger_and_no_other_place_has_a_desk(who: Who, inside: World, name: str, unit: str) -> None:
    with pytest.raises(NotFound):
        persistent_rooms_commands.ask_at_desk(who(name), inside[unit])


def test_one_room_of_a_kind_stands_open_for_a_unit_whatever_writes_it(inside: World, lop6: int) -> None:
    @command
    def twice() -> None:
        db.session.add(Room(unit_id=inside["lop6a"], kind="class", topic="", minors=True, observed=True))
        db.session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        twice()


@pytest.mark.parametrize(
    "values", [{"kind": "other"}, {"kind": "pair", "side_of_id": 1}, {"kind": "questions", "side_of_id": 1}]
)
def test_the_database_knows_the_kinds(inside: World, lop6: int, values: dict[str, object]) -> None:
    @command
    def forged() -> None:
        given = {**values, **({"side_of_id": lop6} if "side_of_id" in values else {})}
        db.session.add(Room(unit_id=inside["lop6a"], topic="", minors=True, observed=True, **given))
        db.session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        forged()
