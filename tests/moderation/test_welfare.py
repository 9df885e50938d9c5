"""A welfare case: what somebody writes of danger is sealed, reaches the people in charge alone, and accuses nobody."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who
from tests.rooms.conftest import new_id, open_pair
from tutoring.kernel import clock, encryption
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.models import Case, Evidence
from tutoring.policy.welfare import LOOK
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, MessageOriginal, Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import queries as moderation_queries
from tutoring.rooms.risk.models import RiskPoint
from tutoring.rooms.search import find, words_of
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.history import behind
from tutoring.welfare.models import Disclosure

As = Callable[[str], FlaskClient]
CLEAR = "Em không muốn sống nữa"
UNCLEAR = "Em mệt mỏi quá, em chẳng thiết gì nữa"
BEATEN = "Bố em say rượu đánh em chảy máu"


@pytest.fixture
def pair(inside: World) -> int:
    """The room of Minh and Khoa, in which Minh's mother has a seat."""
    return open_pair(inside)


def say(who: Who, room_id: int, text: str, name: str = "minh") -> Message:
    return messages_commands.post_message(who(name), room_id, new_id(), text)


def welfare_cases() -> list[Case]:
    return [one for one in db.session.scalars(sa.select(Case).order_by(Case.id)) if one.is_welfare]


def seen_by(who: Who, name: str, room_id: int) -> str:
    room = queries.room(room_id)
    known = queries.room_facts(room, who(name))
    found = queries.messages_before(room_id)
    return json.dumps(
        rooms_serializers.serialize_messages_for(who(name), known, room_id, found.items), ensure_ascii=False
    )


def test_a_clear_word_of_danger_is_sealed_in_a_case_that_protects_its_author(who: Who, pair: int) -> None:
    made = say(who, pair, CLEAR)
    [case] = welfare_cases()
    assert case.welfare is not None
    assert (case.grade, case.welfare.level, case.welfare.protects) == ("S0", "explicit", "author")
    assert (case.about_id, case.acts, case.minors) == (None, [], True)
    assert case.look_by - case.opened_at == LOOK
    assert (made.text, made.folded.strip(), made.status, made.disclosed) == ("", "", "held", True)
    [kept] = db.session.scalars(sa.select(Disclosure)).all()
    assert kept.sealed is not None
    assert encryption.decrypt(kept.sealed, f"disclosure:{kept.id}") == CLEAR
    assert db.session.scalar(sa.select(MessageOriginal)) is None
    assert db.session.scalar(sa.select(Evidence)) is None


def test_nobody_but_its_author_and_the_people_in_charge_reads_it(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    made = say(who, pair, BEATEN)
    assert "đánh" in seen_by(who, "minh", pair)
    for name in ("khoa", "lan", "hang"):
        assert "đánh" not in seen_by(who, name, pair), name
    assert find(pair, words_of("danh")).items == []
    assert moderation_queries.held_for(who("hang")) == []
    with pytest.raises(NotFound):
        moderation_commands.read_original(who("hang"), pair, made.seq, "Muốn đọc lại tin")
    with pytest.raises(NotFound):
        moderation_commands.release_message(who("hang"), pair, made.seq)


def test_the_page_of_the_case_shows_it_to_the_teacher_and_to_no_other(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        messages_commands.post_message(person(world["minh"]), open_pair(world), new_id(), BEATEN)
        address = f"/desk/cases/{welfare_cases()[0].id}"
    assert "đánh em chảy máu" in as_("hang").get(address).text
    for name in ("khoa", "lan", "minh", "bay"):
        assert "chảy máu" not in as_(name).get(address).text, name


def test_later_messages_join_the_open_case(who: Who, pair: int) -> None:
    say(who, pair, UNCLEAR)
    [case] = welfare_cases()
    assert case.welfare is not None
    assert (case.grade, case.welfare.level) == ("S1", "ambiguous")
    before = case.decide_by
    say(who, pair, CLEAR)
    [case] = welfare_cases()
    assert case.welfare is not None
    assert (case.grade, case.welfare.level) == ("S0", "explicit")
    assert case.decide_by <= before
    assert len(db.session.scalars(sa.select(Disclosure).where(Disclosure.case_id == case.id)).all()) == 2


def test_nobody_is_muted_and_no_case_is_opened_against_the_author(who: Who, pair: int) -> None:
    for text in (CLEAR, BEATEN, "Đừng kể với ai nha, bố đánh em", UNCLEAR, CLEAR, "Em muốn chết", BEATEN):
        say(who, pair, text)
    assert [case.about_id for case in db.session.scalars(sa.select(Case))] == [None]
    assert db.session.scalars(sa.select(RiskPoint)).all() == []
    seats = db.session.scalars(sa.select(Seat).where(Seat.room_id == pair)).all()
    assert all(seat.muted_until is None for seat in seats)
    room = queries.room(pair)
    assert (room.hold_all, room.locked_at) == (False, None)
    sessions_commands.end_session(who("minh"), pair, "yes", False, "", "")
    assert not any(one.spoiled for one in behind(who("minh").id, who("khoa").id))


def test_a_grown_up_who_threatens_to_die_still_counts_as_risk(who: Who, pair: int) -> None:
    say(who, pair, "Nếu em nghỉ chơi thì anh tự tử", "khoa")
    assert [case.welfare is not None for case in welfare_cases()] == [True]


def test_codes_and_numbers_of_people_are_masked_in_it(who: Who, pair: int) -> None:
    say(who, pair, f"{BEATEN}. Mã OTP của em là 482913")
    [kept] = db.session.scalars(sa.select(Disclosure)).all()
    assert kept.sealed is not None
    assert "482913" not in encryption.decrypt(kept.sealed, f"disclosure:{kept.id}")


def test_it_is_opened_in_the_same_transaction(who: Who, pair: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is stored while nobody hears of it would be the worst of all."""

    def fails(*_any: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("tutoring.moderation.welfare.commands.audit.record", fails)
    with pytest.raises(RuntimeError):
        say(who, pair, CLEAR)
    assert db.session.scalars(sa.select(Message).where(Message.room_id == pair)).all() == []


def test_other_measures_and_decisions_do_not_fit_it(who: Who, pair: int) -> None:
    say(who, pair, CLEAR)
    [case] = welfare_cases()
    with pytest.raises(NotFound):
        cases_commands.decide(who("quang"), case.id, "reminded", "Nhắc nhở em")
    with pytest.raises(NotFound):
        cases_commands.regrade(who("quang"), case.id, "S3")
    with pytest.raises(NotFound):
        actions_commands.act(
            who("quang"), "mute", case_id=case.id, about_id=who("minh").id, reason="insult", words="Xem lại"
        )


def test_the_author_and_the_family_see_no_case(who: Who, pair: int) -> None:
    say(who, pair, CLEAR)
    [case] = welfare_cases()
    for name in ("minh", "khoa", "lan"):
        with pytest.raises(NotFound):
            cases_queries.case_for(who(name), case.id)
    assert cases_queries.case_for(who("hang"), case.id)[0] is not None
    assert clock.now() >= case.opened_at
