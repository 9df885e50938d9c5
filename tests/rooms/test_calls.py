"""Calls by their commands: who may, what ends one, what lapses, what is kept."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import open_adults, open_pair
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.lifecycle import begin_sign_in, end_all_sign_ins
from tutoring.accounts.sign_ins.open_sockets import close_sockets, open_sockets
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.policy.rooms.calls import may_call, why_no_call
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms import queries
from tutoring.rooms.calls import commands as calls_commands
from tutoring.rooms.calls import queries as calls_queries
from tutoring.rooms.calls.models import RoomCall
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.erasure import retention as erasure_retention
from tutoring.rooms.models import Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]
MAY = RoomFacts(role="helper", minors=False)


# ---- who may -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["learner", "helper", "guardian"])
@pytest.mark.parametrize("kind", ["pair", "group", "desk"])
def test_who_takes_part_in_a_session_of_grown_ups_may(role: str, kind: str) -> None:
    assert may_call(replace(MAY, role=role, kind=kind), adults=True, hold_all=False)


@pytest.mark.parametrize(
    ("facts", "adults", "hold_all", "why"),
    [
        (replace(MAY, minors=True), True, False, "minor"),
        (MAY, False, False, "minor"),
        (MAY, True, True, "locked"),
        (replace(MAY, locked=True), True, False, "locked"),
        (replace(MAY, closed=True), True, False, "closed"),
        (replace(MAY, muted=True), True, False, "muted"),
        (replace(MAY, removed=True), True, False, "removed"),
        (replace(MAY, role=None), True, False, "removed"),
        (replace(MAY, role="observer", held={"officer"}), True, False, "watcher"),
        (replace(MAY, role="observer", kind="desk"), True, False, "removed"),  # whose role has ended
        *((replace(MAY, kind=kind), True, False, "kind") for kind in ("class", "circle", "questions")),
    ],
)
def test_who_may_not_hears_why(facts: RoomFacts, adults: bool, hold_all: bool, why: str) -> None:
    assert why_no_call(facts, adults, hold_all) == why


def test_at_the_desk_of_a_ward_whoever_has_come_in_from_it_may_and_no_watcher_elsewhere() -> None:
    for kind in ("pair", "group", "desk"):
        watcher = RoomFacts(role="observer", minors=False, held={"officer"}, kind=kind)
        assert may_call(watcher, adults=True, hold_all=False) == (kind == "desk")


# ---- a call --------------------------------------------------------------------------------------------------


def line(user: User) -> str:
    """A socket of this person's."""
    sid = uuid.uuid4().hex
    open_sockets([(sid, _sign_in(user), user.id)])
    return sid


@command
def _sign_in(user: User) -> int:
    return begin_sign_in(user, "test", second_factor=True).id


@pytest.fixture
def sids(who: Who, adults: int) -> tuple[str, str]:
    return line(who("lan")), line(who("bay"))


@pytest.fixture
def on(who: Who, adults: int, sids: tuple[str, str]) -> int:
    """A call that goes on: Lan has asked, Bảy has said yes."""
    asked = calls_commands.ask(who("lan"), adults, sids[0])
    return calls_commands.accept(who("bay"), adults, asked.id, sids[1]).id


def ended(call_id: int) -> str:
    """Why a call has ended, or nothing while it has not."""
    db.session.rollback()
    found = calls_queries.call(call_id)
    assert found.ended_at is None or (found.asker_line is None and found.answerer_line is None)
    return found.why


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(DomainError) as found:
        act()
    assert found.value.code == code


def test_in_a_room_with_a_minor_nobody_calls(who: Who, pair: int) -> None:
    refused("minor", lambda: calls_commands.ask(who("lan"), pair, line(who("lan"))))
    refused("minor", lambda: calls_commands.ask(who("khoa"), pair, line(who("khoa"))))


def test_a_call_is_for_the_two_alone(who: Who, adults: int, on: int) -> None:
    moderation_commands.enter_as_observer(who("muoi"), adults)
    watcher = line(who("muoi"))
    refused("watcher", lambda: calls_commands.ask(who("muoi"), adults, watcher))
    for act in (
        lambda: calls_commands.accept(who("muoi"), adults, on, watcher),
        lambda: calls_commands.decline(who("muoi"), adults, on),
        lambda: calls_commands.hang_up(who("muoi"), adults, on),
        lambda: calls_commands.resume(who("muoi"), adults, on, watcher),
        lambda: calls_commands.hang_up(who("an"), adults, on),
    ):
        with pytest.raises(NotFound):
            act()
    assert ended(on) == "", "a watcher who comes in ends nothing"


def test_only_who_is_asked_answers(who: Who, adults: int, sids: tuple[str, str]) -> None:
    asked = calls_commands.ask(who("lan"), adults, sids[0]).id
    for act in (
        lambda: calls_commands.accept(who("lan"), adults, asked, sids[0]),
        lambda: calls_commands.decline(who("lan"), adults, asked),
    ):
        with pytest.raises(Forbidden):
            act()
    refused("over", lambda: calls_commands.resume(who("bay"), adults, asked, sids[1]))  # no way around the yes
    assert calls_commands.decline(who("bay"), adults, asked).why == "declined"
    refused("over", lambda: calls_commands.accept(who("bay"), adults, asked, sids[1]))


def test_two_tabs_say_yes_and_one_holds_it(who: Who, adults: int, sids: tuple[str, str]) -> None:
    asked = calls_commands.ask(who("lan"), adults, sids[0]).id
    assert calls_commands.accept(who("bay"), adults, asked, sids[1]).answerer_line == sids[1]
    other = line(who("bay"))
    refused("elsewhere", lambda: calls_commands.accept(who("bay"), adults, asked, other))
    assert calls_commands.accept(who("bay"), adults, asked, sids[1]).answerer_line == sids[1]
    refused("busy", lambda: calls_commands.ask(who("bay"), adults, sids[1]))


def test_whoever_is_in_a_call_is_in_no_other(who: Who, inside: World, on: int) -> None:
    seats = [(inside["lan"], "learner"), (inside["hang"], "helper")]
    other = sessions_commands.open_room(inside["kp3"], seats, "portal", minors=False, observed=True).id
    refused("busy", lambda: calls_commands.ask(who("hang"), other, line(who("hang"))))


def test_a_call_is_found_in_its_own_room_alone(who: Who, inside: World, on: int, sids: tuple[str, str]) -> None:
    """What was asked of one room, its seats and who has come in, says nothing of another one's call."""
    seats = [(inside["lan"], "helper"), (inside["bay"], "learner")]
    other = sessions_commands.open_room(inside["kp3"], seats, "portal", minors=False, observed=True).id
    for act in (
        lambda: calls_queries.own_call_in_room(who("lan"), other, on),
        lambda: calls_commands.resume(who("lan"), other, on, sids[0]),
        lambda: calls_commands.hang_up(who("lan"), other, on),
    ):
        with pytest.raises(NotFound):
            act()
    assert ended(on) == ""


def test_of_several_one_is_named(who: Who, inside: World) -> None:
    seats = [(inside["lan"], "learner"), (inside["hang"], "helper"), (inside["bay"], "guardian")]
    room = sessions_commands.open_room(inside["kp3"], seats, "portal", minors=False, observed=True).id
    sid = line(who("hang"))
    refused("to", lambda: calls_commands.ask(who("hang"), room, sid))
    for nobody in (inside["hang"], inside["an"], 2**31):
        refused("missing", lambda nobody=nobody: calls_commands.ask(who("hang"), room, sid, nobody))  # type: ignore[misc]
    assert calls_commands.ask(who("hang"), room, sid, inside["bay"]).answerer_id == inside["bay"]


def test_a_line_that_is_gone_begins_nothing(who: Who, adults: int, sids: tuple[str, str]) -> None:
    close_sockets([sids[0]])
    with pytest.raises(Conflict):
        calls_commands.ask(who("lan"), adults, sids[0])
    assert calls_queries.open_in(adults) is None


# ---- what ends it --------------------------------------------------------------------------------------------


@command
def takes_a_seat(room_id: int, user_id: int) -> None:
    db.session.add(Seat(room_id=room_id, user_id=user_id, role="guardian"))


ENDS: dict[str, tuple[str, Callable[[Who, int], object]]] = {
    "one is removed": (
        "removed",
        lambda who, room: moderation_commands.remove_member(who("muoi"), room, who("bay").id, "thử"),
    ),
    "one is muted": ("muted", lambda who, room: moderation_commands.mute(who("muoi"), room, who("lan").id, 5, "thử")),
    "the room is locked": ("locked", lambda who, room: moderation_commands.lock_writing(who("muoi"), room, "thử")),
    "every message waits": ("locked", lambda who, room: moderation_commands.hold_everything(who("muoi"), room, True)),
    "it is closed": ("closed", lambda who, room: moderation_commands.close_room(who("muoi"), room, "thử")),
    "it ends": ("closed", lambda who, room: sessions_commands.end_session(who("bay"), room, "yes")),
    "one says goodbye": ("left", lambda who, room: presence_commands.leave(who("lan"), room)),
    "one leaves the site": ("closed", lambda who, room: consent_withdrawal.stop_rooms_of(who("lan").id, "withdrawn")),
    "a sign-in ends": ("signed_out", lambda who, room: end_all_sign_ins(who("bay").id)),
    "a child comes in": (
        "minor",
        lambda who, room: (takes_a_seat(room, who("an").id), presence_commands.visit(who("an"), room)),
    ),
}


@pytest.mark.parametrize("what", ENDS)
def test_it_ends_at_once_when(what: str, who: Who, adults: int, on: int) -> None:
    why, act = ENDS[what]
    act(who, adults)
    assert ended(on) == why


@pytest.mark.parametrize("what", ["one is removed", "the room is locked", "it is closed", "a child comes in"])
def test_a_question_ends_as_a_call_does_when(what: str, who: Who, adults: int, sids: tuple[str, str]) -> None:
    asked = calls_commands.ask(who("lan"), adults, sids[0]).id
    why, act = ENDS[what]
    act(who, adults)
    assert ended(asked) == why
    with pytest.raises(DomainError):
        calls_commands.accept(who("bay"), adults, asked, sids[1])


def test_a_child_who_has_a_seat_but_was_not_seen_stops_answers(who: Who, adults: int, sids: tuple[str, str]) -> None:
    asked = calls_commands.ask(who("lan"), adults, sids[0]).id
    takes_a_seat(adults, who("an").id)
    refused("minor", lambda: calls_commands.accept(who("bay"), adults, asked, sids[1]))


def test_another_sign_in_that_ends_takes_nothing_with_it(who: Who, adults: int, on: int) -> None:
    begun = begin_sign_in(who("bay"), "another", second_factor=True)
    open_sockets([("another line", begun.id, begun.user_id)])
    end_all_sign_ins(who("bay").id, but=_holder(on))
    assert ended(on) == ""


def _holder(call_id: int) -> int:
    sid = calls_queries.call(call_id).answerer_line
    found = db.session.scalar(sa.text("SELECT sign_in_id FROM live_socket WHERE sid = :sid").bindparams(sid=sid))
    assert isinstance(found, int)
    return found


# ---- what lapses ---------------------------------------------------------------------------------------------


def later(seconds: float) -> None:
    """Do what is due so much later."""
    with clock.travel(clock.now() + timedelta(seconds=seconds)):
        while jobs.run_due():
            pass


def test_nobody_answers(who: Who, adults: int, sids: tuple[str, str]) -> None:
    asked = calls_commands.ask(who("lan"), adults, sids[0]).id
    later(40)
    assert ended(asked) == ""
    with clock.travel(clock.now() + timedelta(seconds=46)):  # before any worker has come to it
        refused("over", lambda: calls_commands.accept(who("bay"), adults, asked, sids[1]))
    later(46)
    assert ended(asked) == "no_answer"


def test_a_question_that_lapsed_stands_in_nobodys_way(who: Who, adults: int, sids: tuple[str, str]) -> None:
    asked = calls_commands.ask(who("lan"), adults, sids[0]).id
    with clock.travel(clock.now() + timedelta(seconds=46)):
        assert calls_commands.ask(who("bay"), adults, sids[1]).id != asked
    assert ended(asked) == "no_answer"


def test_what_was_answered_does_not_lapse(who: Who, on: int) -> None:
    later(3600)
    assert ended(on) == ""


def test_a_broken_line_is_waited_for(who: Who, adults: int, on: int, sids: tuple[str, str]) -> None:
    close_sockets([sids[0]])
    assert ended(on) == "" and calls_queries.call(on).asker_line is None
    later(15)
    assert ended(on) == ""
    later(21)
    assert ended(on) == "lost"


def test_whoever_comes_back_in_time_goes_on(who: Who, adults: int, on: int, sids: tuple[str, str]) -> None:
    close_sockets([sids[0]])
    back = line(who("lan"))
    assert calls_commands.resume(who("lan"), adults, on, back).asker_line == back
    later(60)
    assert ended(on) == ""
    close_sockets([sids[0]])  # the old one once more: it is nobody's now
    assert calls_queries.call(on).asker_line == back


def test_a_second_break_has_its_own_time(who: Who, adults: int, on: int, sids: tuple[str, str]) -> None:
    close_sockets([sids[0]])
    with clock.travel(clock.now() + timedelta(seconds=10)):
        back = line(who("lan"))
        calls_commands.resume(who("lan"), adults, on, back)
        close_sockets([back])
    later(21)  # the first break's look comes now, eleven seconds into the second
    assert ended(on) == ""
    later(32)
    assert ended(on) == "lost"


# ---- how often, and at the same time -------------------------------------------------------------------------


def test_asking_again_and_again_is_slowed(who: Who, adults: int, sids: tuple[str, str]) -> None:
    rate_limits.clear()
    for _ in range(6):
        calls_commands.decline(who("bay"), adults, calls_commands.ask(who("lan"), adults, sids[0]).id)
    refused("too_many", lambda: calls_commands.ask(who("lan"), adults, sids[0]))


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """What came of acts that begin in the same moment: "" or the code of a refusal."""
    begin, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int) -> None:
        with app.app_context():
            begin.wait()
            try:
                acts[number]()
            except DomainError as refusal:
                said[number] = refusal.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return said


def test_two_ask_at_once_and_there_is_one_call(app: Flask, inside: World, who: Who) -> None:
    for _ in range(5):
        room, sids = open_adults(inside), (line(who("lan")), line(who("bay")))
        lan, bay = inside["lan"], inside["bay"]
        db.session.rollback()
        said = at_once(
            app,
            lambda: calls_commands.ask(person(lan), room, sids[0]),  # noqa: B023
            lambda: calls_commands.ask(person(bay), room, sids[1]),  # noqa: B023
        )
        assert sorted(said) == ["", "busy"]
        found = db.session.scalars(sa.select(RoomCall).where(RoomCall.room_id == room)).all()
        assert len(found) == 1
        calls_commands.hang_up(who("lan"), room, found[0].id)


def test_two_tabs_answer_at_once_and_one_holds_it(app: Flask, inside: World, who: Who) -> None:
    for _ in range(5):
        rate_limits.clear()
        room, tabs = open_adults(inside), [line(who("bay")) for _ in range(2)]
        asked = calls_commands.ask(who("lan"), room, line(who("lan"))).id
        bay = inside["bay"]
        db.session.rollback()
        said = at_once(
            app,
            *(lambda tab=tab: calls_commands.accept(person(bay), room, asked, tab) for tab in tabs),  # noqa: B023
        )
        assert sorted(said) == ["", "elsewhere"]
        assert calls_queries.call(asked).answerer_line == tabs[said.index("")]
        calls_commands.hang_up(who("lan"), room, asked)


# ---- what is kept --------------------------------------------------------------------------------------------


def test_traces_go_with_the_transcript(who: Who, adults: int, on: int) -> None:
    calls_commands.hang_up(who("bay"), adults, on)
    moderation_commands.close_room(who("muoi"), adults, "xong")
    assert erasure_retention.forget_transcripts(clock.now() - timedelta(days=1)) == 0
    assert db.session.get(RoomCall, on) is not None
    assert erasure_retention.forget_transcripts(clock.now() + timedelta(seconds=1)) == 1
    db.session.expire_all()
    assert db.session.get(RoomCall, on) is None


def test_the_audit_and_the_talk_say_nothing_of_it(who: Who, adults: int, on: int) -> None:
    calls_commands.hang_up(who("bay"), adults, on)
    assert queries.room(adults).last_seq == 0


# ---- what a page may ask the browser for ---------------------------------------------------------------------


def test_only_the_page_of_a_room_with_calls_may_capture(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        here, with_minors, locked = open_adults(world), open_pair(world), open_adults(world)
        moderation_commands.lock_writing(person(world["muoi"]), locked, "thử")
        moderation_commands.enter_as_observer(person(world["muoi"]), here)
    lan, muoi = as_("lan"), as_("muoi")

    def policy(client: FlaskClient, path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return str(answer.headers["Permissions-Policy"])

    shut = "camera=(), microphone=(), geolocation=(), display-capture=()"
    assert policy(lan, f"/rooms/{here}") == "camera=(), microphone=(self), geolocation=(), display-capture=(self)"
    for path in ("/", "/rooms", f"/rooms/{with_minors}", f"/rooms/{locked}", "/account"):
        assert policy(lan, path) == shut, path
    heard = shut.replace("microphone=()", "microphone=(self)")  # for a voice note
    assert policy(muoi, f"/rooms/{here}") == heard, "a watcher"
    with app.app_context():
        takes_a_seat(here, world["an"])
    assert policy(lan, f"/rooms/{here}") == heard  # of a pair with a minor the learner alone
