"""Minutes of help: what is measured, who confirms it, what counts, who takes it out."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import parents, pupils
from tests.rooms.conftest import open_pair
from tests.rooms.volunteer_minutes.fixtures import at_noon, comes, helped, says, talk
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.sign_ins.open_sockets import close_sockets
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.notifications.models import Notice
from tutoring.policy.rooms.volunteer_minutes import (
    CONFIRM_WITHIN,
    MOST_A_DAY,
    MOST_A_DAY_WITH_ONE,
    STATES,
    Helped,
    counted,
    is_tired,
    state,
)
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence.queries import awake, together
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.rooms.volunteer_minutes import commands as volunteer_minutes_commands
from tutoring.rooms.volunteer_minutes.queries import counts, sessions_of, sessions_of_room, to_confirm

Who = Callable[[str], User]
pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with at_noon():
        yield


def measured(room_id: int) -> int:
    return sessions_of_room(room_id)[0].minutes


def ended(room_id: int, reason: str = "duty") -> int:
    closure.close_room_by_rule(room_id, reason)
    return measured(room_id)


# ---- what is measured ------------------------------------------------------------------------------------------


def test_minutes_in_which_both_are_there_and_write_count_from_the_first_word_of_both(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        comes(who(name), pair)
    clock.move(timedelta(minutes=7))  # two open pages
    says(who("khoa"), pair)
    clock.move(timedelta(minutes=2))
    talk(pair, [who("minh"), who("khoa")], 13)
    assert ended(pair) == 13


def test_an_open_page_alone_earns_nothing_and_silence_ends_what_is_earned(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        comes(who(name), pair)
        says(who(name), pair)
    clock.move(timedelta(hours=2))
    assert ended(pair) == 4  # whole minutes of five, less the moment between the two words


def test_one_who_writes_alone_earns_nothing(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        comes(who(name), pair)
    talk(pair, [who("khoa")], 20)
    assert ended(pair) == 0


def test_writing_counts_only_while_the_other_is_still_there(who: Who, pair: int) -> None:
    sid = comes(who("minh"), pair)
    comes(who("khoa"), pair)
    talk(pair, [who("minh"), who("khoa")], 4)
    says(who("minh"), pair)
    clock.move(timedelta(minutes=1))
    close_sockets([sid])
    talk(pair, [who("khoa")], 12)
    assert ended(pair) == 5


def test_moving_the_shared_step_is_a_sign_of_life(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        comes(who(name), pair)
    for step in (3, 4, 5):
        shared_lesson_commands.follow(who("khoa"), pair, step)
        says(who("minh"), pair)
        clock.move(timedelta(minutes=4))
    assert ended(pair) == 12


def test_the_guardian_who_sits_with_a_child_writes_for_the_learners_side(who: Who, pair: int) -> None:
    for name in ("lan", "khoa"):
        comes(who(name), pair)
    talk(pair, [who("lan"), who("khoa")], 10)
    assert ended(pair) == 10


def test_pages_without_sockets_count_for_two_minutes_after_each_was_asked_for(who: Who, pair: int) -> None:
    for _ in range(3):
        for name in ("minh", "khoa"):
            presence_commands.visit(who(name), pair)
            says(who(name), pair)
        clock.move(timedelta(minutes=3))
    assert ended(pair) == 5  # whole minutes of six, less three such moments


def test_one_row_for_a_helper_who_came_and_none_for_one_who_did_not(who: Who, pair: int, adults: int) -> None:
    comes(who("minh"), pair)
    says(who("minh"), pair)
    closure.close_room_by_rule(pair, "duty")
    assert sessions_of_room(pair) == []
    comes(who("lan"), adults)
    closure.close_room_by_rule(adults, "duty")
    closure.close_room_by_rule(adults, "duty")
    [row] = sessions_of_room(adults)
    assert (row.minutes, row.learner_id, row.topic, row.day) == (0, who("bay").id, "portal", clock.today())


def test_help_within_one_family_is_not_counted(inside: World, who: Who) -> None:
    @command
    def named() -> None:
        db.session.add(Guardian(child_id=inside["khoa"], guardian_id=inside["lan"], confirmed_at=clock.now()))

    named()  # Khoa and Minh are brothers now
    room_id = open_pair(inside)
    for name in ("minh", "khoa"):
        comes(who(name), room_id)
    talk(room_id, [who("minh"), who("khoa")], 10)
    closure.close_room_by_rule(room_id, "duty")
    assert sessions_of_room(room_id) == []


@pytest.mark.parametrize("act", ["close", "remove"])
def test_what_a_watcher_ended_is_kept_and_does_not_count(who: Who, pair: int, act: str) -> None:
    for name in ("minh", "khoa"):
        comes(who(name), pair)
    talk(pair, [who("minh"), who("khoa")], 8)
    if act == "close":
        moderation_commands.close_room(who("hang"), pair, "Nói chuyện riêng")
    else:
        moderation_commands.remove_member(who("hang"), pair, who("khoa").id, "Nói chuyện riêng")
        closure.close_room_by_rule(pair, "duty")
    [row] = sessions_of_room(pair)
    assert row.minutes == 8 and row.struck_at is not None
    volunteer_minutes_commands.say_helped(who("minh"), row.id, "helped")
    assert counts(sessions_of(who("khoa").id)) == {row.id: 0}


def test_in_a_room_with_several_learners_each_pair_is_measured_and_each_learner_speaks_for_itself(
    inside: World, who: Who
) -> None:
    (mother,) = parents(inside, 1)
    (child,) = pupils(inside, 1, of=mother)
    seats = [(inside["minh"], "learner"), (child, "learner"), (inside["khoa"], "helper"), (mother, "guardian")]
    room_id = sessions_commands.open_room(inside["truong"], seats, "join-class", minors=True, observed=True).id
    for user in (who("minh"), who("khoa"), person(mother)):
        comes(user, room_id)
    talk(room_id, [who("minh"), who("khoa")], 8)
    talk(room_id, [who("minh"), who("khoa"), person(mother)], 12)
    sessions_commands.end_session(who("khoa"), room_id, "yes")
    rows = {one.learner_id: one for one in sessions_of_room(room_id)}
    assert rows[inside["minh"]].minutes == 20 and 12 <= rows[child].minutes <= 13
    with pytest.raises(NotFound):
        volunteer_minutes_commands.say_helped(who("minh"), rows[child].id, "helped")
    volunteer_minutes_commands.say_helped(who("minh"), rows[inside["minh"]].id, "helped")
    assert sum(counts(sessions_of(inside["khoa"])).values()) == 20


# ---- the word of the learner's side ----------------------------------------------------------------------------


def test_the_learner_says_it_at_the_end_and_may_change_it_for_two_weeks(inside: World, who: Who) -> None:
    row = helped(inside, 12)
    assert (row.minutes, row.word, row.said_by_id) == (12, "helped", inside["minh"])
    assert counts([row]) == {row.id: 12}
    volunteer_minutes_commands.say_helped(who("minh"), row.id, "nobody")
    assert counts(sessions_of(inside["khoa"])) == {row.id: 0}
    clock.move(CONFIRM_WITHIN)
    with pytest.raises(Conflict):
        volunteer_minutes_commands.say_helped(who("minh"), row.id, "helped")


def test_silence_confirms_nothing(inside: World, who: Who) -> None:
    row = helped(inside, 12, "")
    assert row.word == "" and counts([row]) == {row.id: 0}
    assert [one.id for one in to_confirm(who("minh"))] == [row.id] and to_confirm(who("lan")) == []
    clock.move(CONFIRM_WITHIN + timedelta(minutes=1))
    assert to_confirm(who("minh")) == []


def test_neither_the_helper_nor_anybody_else_confirms(inside: World, who: Who) -> None:
    row = helped(inside, 12, "")
    for name in ("khoa", "bay", "hang", "an"):
        with pytest.raises(NotFound):
            volunteer_minutes_commands.say_helped(who(name), row.id, "helped")
    with pytest.raises(Forbidden):  # of eleven and more it is the learner's own word
        volunteer_minutes_commands.say_helped(who("lan"), row.id, "helped")
    for number in (0, -1, 999_999, 2**40):
        with pytest.raises(NotFound):
            volunteer_minutes_commands.say_helped(who("minh"), number, "helped")
    with pytest.raises(InvalidInput):
        volunteer_minutes_commands.say_helped(who("minh"), row.id, "perhaps")
    sessions_commands.end_session(who("khoa"), row.room_id, "yes", helped="helped")
    assert sessions_of_room(row.room_id)[0].word == ""


def test_for_a_young_child_the_guardian_is_asked_and_says_it(inside: World, who: Who) -> None:
    @command
    def younger() -> None:
        person(inside["minh"]).birth_year = clock.today().year - 9

    younger()
    row = helped(inside, 12)  # the child's own word is not taken
    assert row.word == "" and to_confirm(who("minh")) == []
    assert [one.id for one in to_confirm(who("lan"))] == [row.id]
    waits = sa.select(Notice).where(Notice.user_id == inside["lan"], Notice.key == f"helped:{row.id}")
    assert db.session.scalars(waits).one().read_at is None
    with pytest.raises(Forbidden):
        volunteer_minutes_commands.say_helped(who("minh"), row.id, "helped")
    volunteer_minutes_commands.say_helped(who("lan"), row.id, "helped")
    db.session.expire_all()
    assert counts(sessions_of(inside["khoa"])) == {row.id: 12}
    assert db.session.scalars(waits).one().read_at is not None


# ---- what counts -----------------------------------------------------------------------------------------------

DAY = date(2026, 11, 20)


def session(number: int, minutes: int, learner: int = 1, day: date = DAY, room: int = 0, **more: bool) -> Helped:
    facts = {"confirmed": True, "struck": False, **more}
    ended_at = datetime(2026, 11, 20, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Helped(number, room or -number, learner, day, ended_at, minutes, **facts)


def test_one_pair_fills_a_day_once_and_what_is_taken_out_makes_room() -> None:
    one, two, three = session(1, 45), session(2, 45), session(3, 45, day=DAY + timedelta(days=1))
    assert counted([two, three, one]) == {1: 45, 2: MOST_A_DAY_WITH_ONE - 45, 3: 45}
    assert counted([session(1, 45, struck=True), two]) == {1: 0, 2: 45}
    assert counted([session(1, 45, confirmed=False), two]) == {1: 0, 2: 45}


def test_of_several_learners_in_one_room_the_longest_counts_and_not_the_sum() -> None:
    rows = [session(1, 20, 1, room=7), session(2, 35, 2, room=7), session(3, 10, 3, room=7)]
    assert counted(rows) == {1: 20, 2: 15, 3: 0}
    assert counted([session(1, 20, 1, room=7), session(2, 35, 2, room=7, confirmed=False)]) == {1: 20, 2: 0}


def test_a_day_with_many_is_full_too() -> None:
    assert sum(counted([session(n, 60, learner=n) for n in range(1, 6)]).values()) == MOST_A_DAY


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 3), st.integers(0, 2), st.booleans(), st.booleans()), max_size=12
    )
)
def test_no_order_and_no_number_of_sessions_gives_more_than_the_caps(
    rows: list[tuple[int, int, int, bool, bool]],
) -> None:
    made = [
        session(n, minutes, learner, DAY + timedelta(days=day), confirmed=yes, struck=out)
        for n, (minutes, learner, day, yes, out) in enumerate(rows)
    ]
    found = counted(made)
    assert found == counted(reversed(made))
    for day in {one.day for one in made}:
        assert sum(found[one.id] for one in made if one.day == day) <= MOST_A_DAY
        for learner in (1, 2, 3):
            pair = [one for one in made if (one.day, one.learner_id) == (day, learner)]
            assert sum(found[one.id] for one in pair) <= MOST_A_DAY_WITH_ONE
    for one in made:
        assert 0 <= found[one.id] <= one.minutes
        assert found[one.id] == 0 or (one.confirmed and not one.struck)


def test_every_reason_is_said() -> None:
    at, now = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    late = at + CONFIRM_WITHIN + timedelta(days=1)
    said = [
        state("helped", False, 10, 10, at, now), state("", False, 10, 0, at, now), state("", False, 10, 0, at, late),
        state("nobody", False, 10, 0, at, now), state("helped", True, 10, 0, at, now), state("", False, 0, 0, at, now),
        state("helped", False, 10, 0, at, now),
    ]  # fmt: skip
    assert tuple(said) == STATES


@pytest.mark.parametrize(
    ("load", "tired"), [((5, 225, 2), False), ((6, 60, 0), True), ((1, 240, 1), True), ((3, 60, 3), True)]
)
def test_when_a_helper_is_told_to_rest(load: tuple[int, int, int], tired: bool) -> None:
    assert is_tired(*load) is tired


def test_who_did_nothing_for_a_while_is_not_awake() -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)

    def after(minutes: int) -> datetime:
        return start + timedelta(minutes=minutes)

    found = awake([(after(0), after(30))], [after(2), after(5), after(28)], timedelta(minutes=5))
    assert found == [(after(2), after(10)), (after(28), after(30))]
    assert awake([(after(0), after(30))], [], timedelta(minutes=5)) == []
    assert together(found, [(after(9), after(29))]) == timedelta(minutes=2)


# ---- taking out ------------------------------------------------------------------------------------------------


def test_staff_take_a_session_out_with_a_reason_that_the_helper_reads(inside: World, who: Who) -> None:
    row = helped(inside, 12)
    volunteer_minutes_commands.strike(who("hang"), row.id, "Hai em ngồi cạnh nhau nói chuyện")
    volunteer_minutes_commands.strike(who("quang"), row.id, "Lần thứ hai")
    db.session.expire_all()
    [row] = sessions_of(inside["khoa"])
    assert row.struck_reason == "Hai em ngồi cạnh nhau nói chuyện" and counts([row]) == {row.id: 0}
    told = sa.select(Notice).where(Notice.user_id == inside["khoa"], Notice.key.startswith("minutes:"))
    assert db.session.scalars(told).one().params["why"] == "Hai em ngồi cạnh nhau nói chuyện"
    acts = sa.select(AuditRow.actor_id).where(AuditRow.action == "strike_minutes").order_by(AuditRow.id)
    assert list(db.session.scalars(acts)) == [inside["hang"]]
    volunteer_minutes_commands.undo_strike(who("hang"), row.id)
    assert counts(sessions_of(inside["khoa"])) == {row.id: 12}


def test_a_reason_is_needed_and_holds_nothing_private(inside: World, who: Who) -> None:
    row = helped(inside, 12)
    for reason in ("", "   ", "Gọi em theo số 0912 345 678 nhé"):
        with pytest.raises(InvalidInput):
            volunteer_minutes_commands.strike(who("hang"), row.id, reason)


def test_who_may_not_look_into_the_room_takes_nothing_out(inside: World, who: Who) -> None:
    row = helped(inside, 12)
    for name in ("minh", "khoa", "lan", "muoi", "mai", "bay", "admin1"):
        with pytest.raises(NotFound):
            volunteer_minutes_commands.strike(who(name), row.id, "Không đúng")


def test_who_was_in_it_does_not_judge_it(inside: World, who: Who) -> None:
    seats = [(inside["bay"], "learner"), (inside["muoi"], "helper")]
    room_id = sessions_commands.open_room(inside["kp3"], seats, "portal", minors=False, observed=True).id
    for name in ("bay", "muoi"):
        comes(who(name), room_id)
    talk(room_id, [who("bay"), who("muoi")], 8)
    closure.close_room_by_rule(room_id, "duty")
    [row] = sessions_of_room(room_id)
    with pytest.raises(Forbidden):
        volunteer_minutes_commands.strike(who("muoi"), row.id, "Không đúng")
    volunteer_minutes_commands.strike(who("mai"), row.id, "Không đúng")
