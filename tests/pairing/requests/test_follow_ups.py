"""Asking the same helper on after a session: by the learner's side alone, for a week, by all the rules."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import at, offers, opens_a_page, request
from tests.pairing.test_commands import nobody_on_duty
from tests.pairing.test_no_shows import opened
from tests.rooms.conftest import open_pair
from tutoring.accounts.consents.commands import withdraw
from tutoring.community.memberships import nominations
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.notifications.models import Notice
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests.queries import pair_for_follow_up
from tutoring.policy.pairing.offers import NAMED_ANSWERS_WITHIN
from tutoring.policy.pairing.requests import ASK_ON_WITHIN, may_ask_on
from tutoring.rooms import queries
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]


def session(world: World) -> int:
    """Minh was helped by Khoa, and it is over."""
    _asked, room_id = opened(world)
    sessions_commands.end_session(person(world["minh"]), room_id, "partly")
    return room_id


def unread(user_id: int) -> list[Notice]:
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None), Notice.key.like("asked-on:%"))
    return list(db.session.scalars(query.order_by(Notice.id)))


def may(world: World, name: str, room_id: int) -> bool:
    db.session.expire_all()
    return pair_for_follow_up(person(world[name]), queries.room(room_id)) is not None


def test_the_same_helper_is_asked_first_and_alone_for_a_while(inside: World) -> None:
    room_id = session(inside)
    opens_a_page(inside["khoa"])
    before = request(1)
    asked, first = requests_commands.ask_on(person(inside["minh"]), room_id, "Em làm lại thì máy hỏi mã")
    assert first and asked.id != before.id
    assert (asked.topic, asked.follows_room_id, asked.helper_id) == (before.topic, room_id, None)
    (offer,) = offers(asked.id)
    assert (offer.helper_id, offer.state) == (inside["khoa"], "open")
    assert offer.reserved_until - offer.offered_at == NAMED_ANSWERS_WITHIN
    at(clock.now() + timedelta(seconds=30))
    assert len(offers(asked.id)) == 1  # nobody else yet
    offers_commands.claim(person(inside["khoa"]), asked.id)
    assert request(asked.id).state == "offered"  # nobody is assigned: the learner says yes as ever


def test_a_helper_who_is_not_here_is_not_waited_for(inside: World) -> None:
    room_id = session(inside)
    asked, first = requests_commands.ask_on(person(inside["minh"]), room_id)
    assert not first and offers(asked.id) == [] and request(asked.id).state == "waiting"
    (told,) = unread(inside["khoa"])
    assert told.say.startswith("%(learner)s muốn hỏi tiếp")
    assert told.params == {"learner": "Em Minh", "bare_learner": "Minh"}
    requests_commands.cancel(person(inside["minh"]), asked.id)
    assert unread(inside["khoa"]) == []


def test_a_helper_who_may_help_no_more_is_not_told(inside: World) -> None:
    room_id = session(inside)
    nominations.pause_helper(inside["khoa"], "đang nghỉ")
    before = len(unread(inside["khoa"]))
    _asked, first = requests_commands.ask_on(person(inside["minh"]), room_id)
    assert not first and len(unread(inside["khoa"])) == before


def test_a_no_goes_on_to_others(inside: World) -> None:
    room_id = session(inside)
    opens_a_page(inside["khoa"])
    asked, _first = requests_commands.ask_on(person(inside["minh"]), room_id)
    (offer,) = offers(asked.id)
    offers_commands.decline_offer(person(inside["khoa"]), offer.id)
    at(clock.now() + timedelta(seconds=1))
    assert offers(asked.id)[0].state == "declined" and request(asked.id).state == "waiting"


def test_the_guardian_asks_on_for_a_child_and_nobody_else_begins(inside: World) -> None:
    room_id = session(inside)
    for name, allowed in {"minh": True, "lan": True, "khoa": False, "hang": False, "bay": False, "mai": False}.items():
        assert may(inside, name, room_id) is allowed, name
        if not allowed:
            with pytest.raises(NotFound):
                requests_commands.ask_on(person(inside[name]), room_id)
    asked, _first = requests_commands.ask_on(person(inside["lan"]), room_id)
    assert (asked.learner_id, asked.asked_by_id) == (inside["minh"], inside["lan"])


def test_not_after_a_week_not_while_it_goes_on_and_not_twice(inside: World) -> None:
    _asked, room_id = opened(inside)
    with pytest.raises(Conflict):
        requests_commands.ask_on(person(inside["minh"]), room_id)
    with pytest.raises(NotFound):
        requests_commands.ask_on(person(inside["bay"]), room_id)
    sessions_commands.end_session(person(inside["minh"]), room_id, "yes")
    with clock.travel(clock.now() + ASK_ON_WITHIN + timedelta(minutes=1)):
        assert not may(inside, "minh", room_id)
    assert may(inside, "minh", room_id)
    requests_commands.ask_on(person(inside["minh"]), room_id)
    assert not may(inside, "minh", room_id)


def test_not_where_somebody_had_to_stop_it_nor_with_whom_one_avoids(inside: World) -> None:
    _asked, room_id = opened(inside)
    moderation_commands.close_room(person(inside["hang"]), room_id, "Không phù hợp")
    assert not may(inside, "minh", room_id)
    second = open_pair(inside)
    sessions_commands.end_session(person(inside["minh"]), second, "yes")
    assert may(inside, "minh", second)
    avoid(person(inside["khoa"]), inside["minh"])
    assert not may(inside, "minh", second)


def test_without_consent_or_a_grown_up_on_duty_no_room_comes_of_it(inside: World) -> None:
    room_id = session(inside)
    opens_a_page(inside["khoa"])
    nobody_on_duty()
    asked, first = requests_commands.ask_on(person(inside["minh"]), room_id)
    assert not first and offers(asked.id) == []
    with pytest.raises(DomainError):
        offers_commands.claim(person(inside["khoa"]), asked.id)


def test_without_consent_nothing_is_asked(inside: World) -> None:
    room_id = session(inside)
    withdraw(person(inside["lan"]), inside["minh"], "pairing")
    for name in ("minh", "lan"):
        with pytest.raises(DomainError):
            requests_commands.ask_on(person(inside[name]), room_id)


def test_private_things_are_kept_out_of_the_words(inside: World) -> None:
    room_id = session(inside)
    with pytest.raises(DomainError) as refused:
        requests_commands.ask_on(person(inside["minh"]), room_id, "Gọi em số 0912345678")
    assert refused.value.field == "words" and may(inside, "minh", room_id)


def test_the_rule() -> None:
    day = timedelta(days=1)
    assert may_ask_on(True, False, True, day) and may_ask_on(False, True, True, 7 * day)
    assert not may_ask_on(False, False, True, day)
    assert not may_ask_on(True, True, False, day) and not may_ask_on(True, True, True, 8 * day)


@pytest.mark.full
def test_the_page_leads_on_and_keeps_what_was_typed(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = session(world)
        opens_a_page(world["khoa"])
    path = f"/rooms/{room_id}/again"
    for name in ("minh", "lan"):
        assert path in as_(name).get(f"/rooms/{room_id}/summary").text
    assert path in as_("minh").get(f"/rooms/{room_id}/end").text
    assert path not in as_("khoa").get(f"/rooms/{room_id}/end").text
    for name in ("khoa", "bay", "hang"):
        assert as_(name).get(path).status_code == 404
    assert "Hỏi tiếp anh Khoa" in as_("minh").get(path).text
    private = as_("minh").post(path, data={"words": "Gọi em số 0912345678"})
    assert private.status_code == 422 and "0912345678" in private.text
    asked = as_("minh").post(path, data={"words": "Em làm lại thì máy hỏi mã"})
    page = as_("minh").get(asked.location).text
    assert "Đang hỏi anh Khoa trước." in page
    assert as_("minh").get(path).status_code == 404 and path not in as_("minh").get(f"/rooms/{room_id}/end").text
    assert "hỏi tiếp sau một buổi học" in as_("khoa").get("/helping").text
