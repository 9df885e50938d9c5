"""A yes taken back: everything stops at once, a day to think again, then what was kept because of it is erased."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said
from tests.factories import World, client_of, person
from tutoring.accounts.consents import commands as consents_commands
from tutoring.accounts.consents.commands import give_consent, take_back
from tutoring.accounts.models import SignIn, Withdrawal
from tutoring.accounts.queries import purposes_in_force
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.hooks import Hook
from tutoring.lessons.progress.commands import reach_step
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.inbox import queries as inbox
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms import hooks as rooms_hooks
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Feedback, Message, MessageOriginal, Room, Seat
from tutoring.rooms.sessions import commands as sessions_commands

DAY = timedelta(hours=24, minutes=1)
WORDS = "Em hay quên bài"


def ask(world: World) -> int:
    minh = person(world["minh"])
    return requests_commands.ask_for_help(minh, minh, topics("vi")[0][0], WORDS).id


def room_of(world: World) -> int:
    """minh is helped by khoa, and has written something that was masked."""
    asked = ask(world)
    offers_commands.claim(person(world["khoa"]), asked)
    requests_commands.answer(person(world["minh"]), asked, "accept")
    room = db.session.get_one(HelpRequest, asked).room_id
    assert room is not None
    messages_commands.post_message(person(world["minh"]), room, str(uuid.uuid4()), "Số em 0912 345 678")
    messages_commands.post_message(person(world["khoa"]), room, str(uuid.uuid4()), "Mình nhắn ở đây thôi nhé")
    return room


def work() -> None:
    while jobs.run_due():
        pass
    db.session.expire_all()


def withdraw(world: World, purpose: str) -> None:
    consents_commands.withdraw(person(world["lan"]), world["minh"], purpose)


def told(user_id: int) -> list[str]:
    db.session.expire_all()
    return [notice.say for notice in inbox.inbox(user_id)]


def of_minh(world: World) -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Message.text).where(Message.author_id == world["minh"])))


# ---- at once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", sorted(HELP_PURPOSES))
def test_room_and_request_end_in_the_same_transaction(inside: World, purpose: str) -> None:
    room = room_of(inside)
    withdraw(inside, purpose)
    found = db.session.get_one(Room, room)
    assert found.closed_at is not None and found.close_reason == "stopped"
    asked = db.session.scalars(sa.select(HelpRequest).where(HelpRequest.room_id == room)).one()
    assert (asked.state, asked.outcome) == ("ended", "interrupted")
    last = db.session.scalars(sa.select(Message.text).where(Message.room_id == room).order_by(Message.seq.desc()))
    assert "theo ý của gia đình Minh" in str(last.first())


def test_the_helper_is_told_plainly_and_without_blame(inside: World) -> None:
    room_of(inside)
    withdraw(inside, "chat")
    assert any("đã dừng theo ý của gia đình" in say and "không làm gì sai" in say for say in told(inside["khoa"]))
    assert any("Em không làm gì sai" in say for say in told(inside["minh"]))


def test_a_helper_who_waits_for_the_answer_is_told_too(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    withdraw(inside, "pairing")
    assert db.session.get_one(HelpRequest, asked).state == "cancelled"
    assert any("vừa nhận đã dừng" in say for say in told(inside["khoa"]))


def test_a_room_that_no_request_opened_closes_as_well(inside: World) -> None:
    seats = [(inside["minh"], "learner"), (inside["khoa"], "helper")]
    room = sessions_commands.open_room(inside["lop6a"], seats, minors=True, observed=True).id
    withdraw(inside, "chat")
    assert db.session.get_one(Room, room).closed_at is not None


def test_where_others_go_on_only_the_seat_ends(inside: World) -> None:
    seats = [(inside["minh"], "learner"), (inside["an"], "learner"), (inside["khoa"], "helper")]
    room = sessions_commands.open_room(inside["lop6a"], seats, minors=True, observed=True).id
    withdraw(inside, "chat")
    assert db.session.get_one(Room, room).closed_at is None
    gone = db.session.scalars(sa.select(Seat.user_id).where(Seat.room_id == room, Seat.removed_at.is_not(None)))
    assert gone.all() == [inside["minh"]]
    with pytest.raises(NotFound):
        messages_commands.post_message(person(inside["minh"]), room, str(uuid.uuid4()), "Em đây")


def test_a_helper_of_17_who_withdraws_ends_the_room_too(inside: World) -> None:
    room = room_of(inside)
    consents_commands.withdraw(person(inside["khoa"]), inside["khoa"], "chat")
    assert db.session.get_one(Room, room).closed_at is not None
    assert any("Buổi học với" in say for say in told(inside["minh"]))


def test_with_the_profile_every_sign_in_ends_and_the_card_rests(app: Flask, inside: World) -> None:
    client_of(app, inside["minh"])
    withdraw(inside, "profile")
    alive = sa.select(SignIn.id).where(SignIn.user_id == inside["minh"], SignIn.ended_at.is_(None))
    assert db.session.scalars(alive).all() == []
    with pytest.raises(Forbidden):
        client_of(app, inside["minh"])


def test_the_needed_purpose_asks_once_more_before_it_is_withdrawn(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    lan, path = as_("lan"), f"/children/{world['minh']}/consents/profile"
    page = said(lan.post(path, data={"word": "withdraw"}))
    assert "Bạn chắc chưa?" in page and 'name="sure"' in page
    with app.app_context():
        assert "profile" in purposes_in_force(world["minh"])
    assert lan.post(path, data={"word": "withdraw", "sure": "1"}).status_code == 302
    with app.app_context():
        assert "profile" not in purposes_in_force(world["minh"])


# ---- a day to think again ---------------------------------------------------------------------------------


def test_an_accidental_press_is_undone_within_a_day_and_all_is_as_it_was(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    lan, path = as_("lan"), f"/children/{world['minh']}/consents/chat"
    assert "Rút lại đồng ý" in said(lan.get(path))
    lan.post(path, data={"word": "withdraw"})
    page = said(lan.get(path))
    assert "Lấy lại" in page and "Bấm nhầm thì lấy lại được đến" in page
    assert "Lấy lại" in said(lan.get(f"/children/{world['minh']}"))
    assert lan.post(path, data={"word": "take_back"}).status_code == 302
    with app.app_context():
        assert purposes_in_force(world["minh"]) == purposes_in_force(world["minh"], "assent") >= HELP_PURPOSES
        with clock.travel(clock.now() + timedelta(days=16)):
            work()
        assert db.session.scalars(sa.select(Withdrawal.cleaned_at)).all() == [None]


def test_after_a_day_there_is_nothing_to_take_back(inside: World) -> None:
    withdraw(inside, "chat")
    with clock.travel(clock.now() + DAY), pytest.raises(Conflict):
        take_back(person(inside["lan"]), inside["minh"], "chat")


def test_nobody_takes_back_what_somebody_else_withdrew(inside: World) -> None:
    withdraw(inside, "chat")
    with pytest.raises(Conflict):
        take_back(person(inside["minh"]), inside["minh"], "chat")
    with pytest.raises(NotFound):
        take_back(person(inside["bay"]), inside["minh"], "chat")
    assert "chat" not in purposes_in_force(inside["minh"])


def test_the_card_works_again_when_the_profile_is_taken_back(app: Flask, inside: World) -> None:
    card = person(inside["minh"]).password_hash
    withdraw(inside, "profile")
    take_back(person(inside["lan"]), inside["minh"], "profile")
    client_of(app, inside["minh"])
    assert person(inside["minh"]).password_hash == card


# ---- the clean-up -----------------------------------------------------------------------------------------


def test_words_in_rooms_are_erased_within_fifteen_days_and_those_of_others_stay(inside: World) -> None:
    begun = clock.now()
    with clock.travel(begun - timedelta(days=40)):
        old = room_of(inside)
        sessions_commands.end_session(person(inside["minh"]), old, "yes", True, "Cảm ơn anh")
    new = room_of(inside)
    withdraw(inside, "chat")
    work()
    assert all(of_minh(inside))  # nothing before the day to think again is over
    with clock.travel(begun + DAY):
        work()
        gone = sa.select(Message.text).where(Message.author_id == inside["minh"], Message.room_id == old)
        assert db.session.scalars(gone).all() == [""]
        recent = sa.select(Message.text).where(Message.author_id == inside["minh"], Message.room_id == new)
        assert all(db.session.scalars(recent))  # kept two weeks, so that a report still finds them
        assert db.session.scalars(sa.select(Feedback.words).where(Feedback.room_id == old)).all() == [""]
    with clock.travel(begun + timedelta(days=14, minutes=5)):
        work()
    assert set(of_minh(inside)) == {""}
    assert db.session.scalars(sa.select(MessageOriginal.message_id)).all() == []
    assert all(db.session.scalars(sa.select(Message.text).where(Message.author_id == inside["khoa"])))
    numbers = db.session.scalars(sa.select(Message.seq).where(Message.room_id == new).order_by(Message.seq)).all()
    assert numbers == list(range(1, len(numbers) + 1))


def test_rooms_of_an_open_case_keep_their_words(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = clock.now()
    with clock.travel(begun - timedelta(days=40)):
        room = room_of(inside)
        sessions_commands.end_session(person(inside["minh"]), room, "yes")
    holds: Hook[[], sa.Select[Any]] = Hook("test.legal_holds")
    holds.register(lambda: sa.select(Room.id).where(Room.id == room))
    monkeypatch.setattr(rooms_hooks, "legal_holds", holds)
    withdraw(inside, "chat")
    with clock.travel(begun + timedelta(days=15)):
        work()
        assert all(of_minh(inside))
        monkeypatch.setattr(rooms_hooks, "legal_holds", Hook("test.no_legal_holds"))
        consent_withdrawal.erase_words(inside["minh"])
        assert set(of_minh(inside)) == {""}


def test_a_guardian_erases_nothing_that_a_report_is_about(inside: World) -> None:
    begun = clock.now()
    with clock.travel(begun - timedelta(days=40)):
        room = room_of(inside)
    reports_commands.report(person(inside["khoa"]), "room", str(room), "bullied")
    withdraw(inside, "profile")
    with clock.travel(begun + timedelta(days=15)):
        work()
    assert all(of_minh(inside))


def test_words_of_requests_are_erased_for_pairing_and_the_lessons_stay(inside: World) -> None:
    asked = ask(inside)
    reach_step(inside["minh"], "otp-khong-doc-cho-ai", 2)
    withdraw(inside, "pairing")
    with clock.travel(clock.now() + DAY):
        work()
    assert db.session.get_one(HelpRequest, asked).words == ""
    assert inside["minh"] in db.session.scalars(sa.select(LessonProgress.user_id)).all()


def test_without_the_profile_everything_is_cleaned_up(inside: World) -> None:
    asked = ask(inside)
    reach_step(inside["minh"], "otp-khong-doc-cho-ai", 2)
    withdraw(inside, "profile")
    with clock.travel(clock.now() + DAY):
        work()
    assert person(inside["minh"]).password_hash == ""
    assert db.session.get_one(HelpRequest, asked).words == ""
    assert inside["minh"] not in db.session.scalars(sa.select(LessonProgress.user_id)).all()


def test_whoever_said_yes_again_meanwhile_loses_nothing(inside: World) -> None:
    asked = ask(inside)
    withdraw(inside, "pairing")
    give_consent(person(inside["lan"]), person(inside["minh"]), "pairing")
    with clock.travel(clock.now() + timedelta(days=16)):
        work()
    assert db.session.get_one(HelpRequest, asked).words == WORDS
