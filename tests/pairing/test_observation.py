"""Observed rooms, hours, age bands, and who may begin a contact with a minor."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.accounts.models import Guardian
from tutoring.community.models import DutyShift, DutySlot, Unit
from tutoring.config import ROOT
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing import eligibility
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.policy import access_tables
from tutoring.policy.access import scope_of_access
from tutoring.policy.pairing.requests import is_attended
from tutoring.rooms.models import Room, Seat

As = Callable[[str], FlaskClient]


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    rate_limits.clear()
    with app.app_context():
        yield world


def topic() -> str:
    return topics("vi")[0][0]


def ask(world: World, name: str = "minh") -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topic(), "Em bị kẹt").id


def request(request_id: int) -> HelpRequest:
    db.session.expire_all()
    return queries.request(request_id)


@command
def usual_hours() -> None:
    db.session.execute(sa.update(Unit).values(opens=None, closes=None))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 27, hour, minute, tzinfo=clock.LOCAL)


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


# ---- observed -------------------------------------------------------------------------------------------------


def test_every_room_with_a_minor_is_observed_from_its_opening_to_its_end(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    room = db.session.get_one(Room, request(asked).room_id)
    assert room.minors and room.observed
    watchers = {user.id for user in eligibility.watchers(request(asked), inside["khoa"])}
    assert watchers and inside["khoa"] not in watchers
    nobody_on_duty()
    with clock.travel(clock.now() + (2 * (at(1, 1) - at(1, 0)))):
        while jobs.run_due():
            pass
    db.session.expire_all()
    assert db.session.get_one(Room, room.id).closed_at is not None


def test_on_probation_a_grown_up_is_helped_only_while_somebody_looks_in(inside: World) -> None:
    asked = ask(inside, "lan")
    assert asked in [row.id for row in may_take(person(inside["khoa"]))]
    nobody_on_duty()
    with pytest.raises(NotFound):
        offers_commands.claim(person(inside["khoa"]), asked)


# ---- hours ----------------------------------------------------------------------------------------------------


def test_outside_the_hours_nobody_sees_claims_or_opens_anything_with_a_minor(inside: World) -> None:
    usual_hours()
    with clock.travel(at(20)):
        asked, adult = ask(inside), ask(inside, "lan")
        assert [row.id for row in may_take(person(inside["hang"]))] == [asked, adult]
        rate_limits.clear()
    with clock.travel(at(22)):
        assert [row.id for row in may_take(person(inside["hang"]))] == [adult]
        assert may_take(person(inside["khoa"])) == []  # a pupil helper makes it a room with a minor
        with pytest.raises(NotFound):
            offers_commands.claim(person(inside["hang"]), asked)


def test_a_yes_after_the_hours_keeps_the_place_and_says_when(inside: World) -> None:
    usual_hours()
    with clock.travel(at(21, 28)):
        asked = ask(inside)
        offers_commands.claim(person(inside["khoa"]), asked)
    with clock.travel(at(21, 31)), pytest.raises(Conflict):
        requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert request(asked).room_id is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Room)) == 0


def test_pages_say_in_words_when_helping_opens_again(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        usual_hours()
        with clock.travel(at(20)):
            asked = ask(world)
    minh, khoa, lan, bay = as_("minh"), as_("khoa"), as_("lan"), as_("bay")
    with clock.travel(at(22)):
        for client, path in ((khoa, "/helping"), (minh, f"/requests/{asked}"), (lan, "/ask")):
            page = client.get(path).text
            assert "Bây giờ ngoài giờ" in page and "06:30" in page and "28/11" in page, path
        assert "ngoài giờ" not in bay.get("/ask").text
    with clock.travel(at(12)):
        assert "ngoài giờ" not in khoa.get("/helping").text
        assert "mở từ 06:30 đến 21:30" in khoa.get("/helping").text


# ---- age bands ------------------------------------------------------------------------------------------------


def test_the_ask_page_says_what_holds_at_this_age(app: Flask, world: World, as_: As) -> None:
    assert "Ba mẹ đồng ý với từng người giúp" in as_("an").get("/ask").text
    assert "Ba mẹ được báo người đó là ai" in as_("minh").get("/ask").text
    assert "Ba mẹ được báo là em có người giúp" in as_("khoa").get("/ask").text
    assert "Ba mẹ được báo" not in as_("bay").get("/ask").text


@pytest.mark.parametrize(
    ("seats", "guardian_helps", "roles", "attended"),
    [
        ({"learner", "helper", "guardian"}, False, set(), True),
        ({"learner", "helper"}, True, set(), True),
        ({"learner", "helper"}, False, {"teacher"}, True),
        ({"learner", "helper"}, False, {"coordinator", "lead", "officer"}, False),
        ({"learner", "helper", "observer"}, False, set(), False),
    ],
)
def test_a_child_of_ten_or_under_sits_with_a_guardian_or_a_teacher(
    seats: set[str], guardian_helps: bool, roles: set[str], attended: bool
) -> None:
    assert is_attended(seats, guardian_helps, roles) is attended


def test_the_yes_of_somebody_who_is_no_longer_the_guardian_opens_no_room(inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["an"]), asked, "accept")
    requests_commands.answer_as_guardian(person(inside["lan"]), asked, "accept")
    first = request(asked).room_id
    seats = db.session.scalars(sa.select(Seat.role).where(Seat.room_id == first)).all()
    assert sorted(seats) == ["guardian", "helper", "learner"]
    requests_commands.end_with_room(first or 0, "yes")

    @command
    def no_longer() -> None:
        db.session.execute(sa.delete(Guardian).where(Guardian.child_id == inside["an"]))

    no_longer()
    again = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), again)
    requests_commands.answer(person(inside["an"]), again, "accept")
    assert request(again).room_id is None and request(again).state == "offered"


# ---- no contact begun by an adult -----------------------------------------------------------------------------


ADULTS = ("hang", "quang", "muoi", "mai", "bay", "admin1")


@pytest.mark.parametrize("name", ADULTS)
def test_no_adult_asks_for_help_in_the_name_of_somebody_elses_child(inside: World, name: str) -> None:
    for child in ("minh", "an", "khoa"):
        with pytest.raises(NotFound):
            requests_commands.ask_for_help(person(inside[name]), person(inside[child]), topic())


# Somebody who teaches on one database, and somebody with rights over a ward on the other; the others have no more than
# these. The walk reaches nearly all commands, and each of the six once.
QUICK = ("hang", "quang")


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        pytest.param("postgres" if name == "quang" else "sqlite", name, marks=() if name in QUICK else pytest.mark.full)
        for name in ADULTS
    ],
    indirect=["backend"],
    scope="session",
)
def test_no_route_lets_an_adult_open_a_room_with_a_minor(
    app: Flask, world: World, as_: As, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every address that takes a post, with every id set to a child's: afterwards no child sits with this adult."""
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    minh = str(world["minh"])
    words = {"learner": minh, "user": minh, "user_id": minh, "helper": str(world[name]), "topic": "", "word": "accept",
             "people": minh, "minors": "1", "text": "Chào em", "client_id": "a" * 36}  # fmt: skip
    with app.app_context():
        words["topic"] = topic()
    walked, client = 0, as_(name)
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint == "accounts.sign_out":
            continue
        if scope_of_access(access_tables.ROUTES[rule.endpoint]) is not None:
            continue  # a token opens it, no sign-in; what is written there is class work alone
        path = re.sub(r"<(?:(int):)?[^>]+>", lambda found: minh if found.group(1) else "minh", rule.rule)
        if client.post(path, data=words, headers={"Accept": "application/json"}).status_code == 401:
            client = as_(name)  # an act before it has ended the sign-in
            assert client.post(path, data=words, headers={"Accept": "application/json"}).status_code != 401, path
        walked += 1
    assert walked > 40
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Room)) == 0
        about_minh = sa.select(sa.func.count()).select_from(HelpRequest).where(HelpRequest.learner_id == world["minh"])
        assert db.session.scalar(about_minh) == 0


def test_rooms_are_opened_in_one_place_after_the_learners_own_yes() -> None:
    callers = {
        str(path.relative_to(ROOT / "tutoring"))
        for path in (ROOT / "tutoring").rglob("*.py")
        if re.search(r"\bopen_room\(", path.read_text("utf-8"))
    }
    of_pairing = {f"pairing/{name}/room_opening.py" for name in ("lifecycle", "group_sessions")}  # a pair, a group
    of_rooms = {
        "rooms/sessions/commands.py",
        "rooms/persistent_rooms/commands.py",
    }  # at the desk a grown-up asks for themselves
    assert callers == of_rooms | {"cli/demo/community.py"} | of_pairing


def test_rooms_are_made_nowhere_else_but_for_a_unit_and_for_some_who_sit_in_its_room() -> None:
    makers = {
        str(path.relative_to(ROOT / "tutoring"))
        for path in (ROOT / "tutoring").rglob("*.py")
        if re.search(r"(?<!class )\bRoom\(", path.read_text("utf-8"))
    }
    assert makers == {f"rooms/{name}/commands.py" for name in ("sessions", "persistent_rooms")}


def test_nobody_but_the_learners_side_says_the_yes_that_opens_the_room(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["hang"]), asked)
    for name in ("hang", "quang", "khoa", "bay", "mai", "muoi", "admin1"):
        with pytest.raises(NotFound):
            requests_commands.answer(person(inside[name]), asked, "accept")
        with pytest.raises(NotFound):
            requests_commands.answer_as_guardian(person(inside[name]), asked, "accept")
    assert request(asked).room_id is None


@pytest.mark.usefixtures("whole_app")  # which has the tables of every feature
def test_there_is_no_thread_outside_rooms_in_which_people_write_to_one_another() -> None:
    """A message is of a room, and a room has seats given at its opening: no table joins two people otherwise. What a
    message said before it was changed belongs to that message. An announcement is of a unit: it has an author, goes to
    nobody by name and cannot be answered; so is the letter of a class. In circles, where no child is, questions and
    answers are for all. A ready phrase is of a unit or of its helper, and is sent as a message."""
    with_words_of_people = {
        table.name
        for table in db.metadata.sorted_tables
        if any(column.name in {"text", "body", "message"} and column.info.get("personal") for column in table.columns)
    }
    circles = {"circle_topic", "circle_answer"}
    assert with_words_of_people == {
        "message",
        "message_version",
        "group_post",
        "class_letter",
        "ready_phrase",
        *circles,
    }
    for name in circles:  # who is named in one wrote it, or leads there
        named = {key.parent.name for key in db.metadata.tables[name].foreign_keys if key.column.table.name == "user"}
        assert named <= {"author_id", "hidden_by_id", "closed_by_id", "pinned_by_id"}
    keys = [key for table in db.metadata.sorted_tables for key in table.foreign_keys]
    for announcement in (db.metadata.tables["group_post"], db.metadata.tables["class_letter"]):
        people = {key.parent.name for key in announcement.foreign_keys if key.column.table.name == "user"}
        assert people == {"author_id"}
        assert not any(key.column.table is announcement for key in keys)
