"""The one search box: what each person finds, what nobody finds, and what it costs."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import open_pair
from tests.test_access_ids import INSIDE, OUTSIDE, _far
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community import commands as community
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import roles_for
from tutoring.community.units import search as units_search
from tutoring.community.units.search_names import place_words
from tutoring.home import search
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.text import contains_words, search_text
from tutoring.lessons.search.models import SearchMiss
from tutoring.policy import community as rules
from tutoring.rooms import search as rooms_search
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room

As = Callable[[str], FlaskClient]


def text_of(client: FlaskClient, typed: str) -> str:
    answer = client.get("/search", query_string={"q": typed})
    assert answer.status_code == 200
    return answer.text.split("<main", 1)[1].split("</main>")[0]


# ---- who finds what ----------------------------------------------------------------------------------------------


def test_a_visitor_finds_what_is_public_and_no_person(client: FlaskClient, world: World) -> None:
    assert "/lessons/vao-lop-bang-duong-dan" in text_of(client, "vao lop bang duong dan")
    assert "/practice/" in text_of(client, "ban sao khai sinh")
    place = text_of(client, "phuong minh hoa")
    assert "Phường Minh Hoạ" in place and "/groups/" not in place and "/join" in place
    assert "/help" in text_of(client, "gọi khẩn cấp")
    for name in ("minh", "hằng", "lan"):
        assert "/members/" not in text_of(client, name) and "/children/" not in text_of(client, name)


def test_a_mother_finds_her_child_without_accents_and_nobody_else_s(world: World, as_: As) -> None:
    page = text_of(as_("lan"), "an")
    assert f"/children/{world['an']}" in page
    other = text_of(as_("lan"), "khoa")
    assert "/children/" not in other and "/members/" not in page + other


def test_a_teacher_finds_pupils_of_the_own_school_and_a_ward_officer_does_not(world: World, as_: As) -> None:
    assert "/members/" in text_of(as_("hang"), "minh")
    assert "/members/" not in text_of(as_("mai"), "khoa")
    assert "/members/" in text_of(as_("mai"), "bay")


def test_people_are_found_by_the_name_they_are_called_by_and_by_all_of_it(app: Flask, world: World) -> None:
    with app.app_context():
        teacher = person(world["quang"])
        hang = person(world["hang"])
        for typed in (hang.called_name, hang.full_name, "hang", hang.full_name.upper()):
            found = units_search.people(search.words_of(typed), units_search.sight(teacher))
            assert hang.id in [one.user.id for one in found], typed


@pytest.mark.parametrize("typed", some("mi", "h", rest=("a", "n", "lan", "nguyen")))
def test_people_are_exactly_those_whom_the_rule_shows_one_by_one(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(units_search, "PEOPLE", 1000)
    everybody = command(lambda: {**world.people, **_far(person(world["admin1"]), person(world["admin2"]))})
    with app.app_context():
        people = everybody()
        for name in (*INSIDE, *OUTSIDE):
            actor = person(people[name])
            kinds = {unit.id: unit.kind for unit in db.session.scalars(sa.select(Unit))}
            named = [
                member
                for member in db.session.scalars(sa.select(Membership).where(Membership.state == "active"))
                if contains_words(search_text(f"{member.user.called_name} {member.user.full_name}"), [typed])
            ]
            by_index = actor.site_admin  # who sees more than can be named is asked for the name somebody is called by
            expected = {
                member.user_id
                for member in named
                if rules.may_see_member(roles_for(actor, member.unit_id), kinds[member.unit_id], member.role)
                and (not by_index or member.user.name_words.startswith(f" {typed}"))
            }
            found = units_search.people([typed], units_search.sight(actor))
            assert {one.user.id for one in found if not one.child} == expected, name


def test_whoever_looks_after_many_units_sees_the_same_people(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units_search, "PEOPLE", 1000)
    with app.app_context():
        for name in ("hang", "quang", "mai", "muoi"):
            actor = person(world[name])
            few = units_search.people(["h"], units_search.sight(actor))
            places = units_search.places(actor, ["minh"], units_search.sight(actor))
            monkeypatch.setattr(units_search, "FEW", 0)
            many = units_search.people(["h"], units_search.sight(actor))
            assert units_search.sight(actor).units is None
            called = [one for one in few if one.user.name_words.startswith(" h")]
            assert [one.user.id for one in many] == [one.user.id for one in called], name
            again = units_search.places(actor, ["minh"], units_search.sight(actor))
            assert {one.unit.id: one.runs for one in again} == {one.unit.id: one.runs for one in places}, name
            monkeypatch.setattr(units_search, "FEW", 300)


def test_without_the_second_factor_staff_find_no_members(app: Flask, world: World) -> None:
    with app.app_context():
        person(world["hang"]).demo = False
        db.session.commit()
    client = app.test_client()

    @command
    def begin() -> str:
        return lifecycle.begin_sign_in(person(world["hang"]), "test").token

    with app.app_context():
        token = begin()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    assert "/members/" not in text_of(client, "minh")


# ---- places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["an khanh", "Phường An Khánh", "AN KHÁN", "khánh"])
def test_words_of_a_place(typed: str) -> None:
    assert contains_words(place_words("Phường An Khánh"), search.words_of(typed))
    assert place_words("Phường") == " phuong phuong "


def test_own_places_stand_first_and_open(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        admin, city = person(world["admin1"]), world.units["tp"]
        community.create_unit(admin, "aa", "ward", "Phường Minh Ai", form="phường", parent_id=city)
    page = text_of(as_("bay"), "phuong minh")
    assert page.index("Phường Minh Hoạ") < page.index("Phường Minh Ai")
    assert f"/groups/{world.units['phuong']}" in page and "Nơi của bạn" in page


# ---- own words ---------------------------------------------------------------------------------------------------


def say(world: World, name: str, room: int, text: str) -> Message:
    return messages_commands.post_message(person(world[name]), room, str(uuid.uuid4()), text)


def test_own_words_are_found_and_never_another_s(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        say(world, "minh", room, "Em bấm vào nút màu xanh")
        say(world, "khoa", room, "Em thử nút bánh răng nhé")
    assert f'href="/rooms/{room}#m' in text_of(as_("minh"), "nut mau xanh")
    assert "#m" not in text_of(as_("minh"), "banh rang")
    assert "#m" not in text_of(as_("lan"), "nut mau xanh")
    assert "#m" not in text_of(as_("hang"), "nut mau xanh")


def test_what_waits_is_hidden_taken_back_or_of_a_closed_room_is_not_found(app: Flask, world: World) -> None:
    with app.app_context():
        room = open_pair(world)
        seqs = {word: say(world, "minh", room, f"Chữ {word} đây ạ").seq for word in ("alpha", "beta", "gamma")}
        say(world, "minh", room, "Chữ delta của em")

        def found(word: str) -> bool:
            return bool(rooms_search.find_mine(person(world["minh"]), [word], "vi", {}, watches=False)[1])

        assert all(found(word) for word in (*seqs, "delta"))
        for word, status in zip(seqs, ("held", "hidden"), strict=False):
            message = sa.select(Message).where(Message.room_id == room, Message.seq == seqs[word])
            db.session.scalars(message).one().status = status
        db.session.commit()
        assert not found("alpha") and not found("beta") and found("gamma")
        messages_commands.withdraw_message(person(world["minh"]), room, seqs["gamma"])
        assert not found("gamma") and found("delta")
        room_row = db.session.get_one(Room, room)
        room_row.closed_at, room_row.close_reason = clock.now(), "ended"
        db.session.commit()
        assert not found("delta")


def test_words_older_than_half_a_year_are_not_looked_through(app: Flask, world: World) -> None:
    with app.app_context():
        room = open_pair(world)
        say(world, "minh", room, "Chữ alpha đây ạ")
        db.session.scalars(sa.select(Message).where(Message.author_id == world["minh"])).one().at = (
            clock.now() - rooms_search.BACK - timedelta(days=1)
        )
        db.session.commit()
        assert rooms_search.find_mine(person(world["minh"]), ["alpha"], "vi", {}, watches=False)[1] == []


# ---- what is kept, and what it costs -----------------------------------------------------------------------------


def test_what_was_typed_is_kept_nowhere(app: Flask, world: World, as_: As, caplog: pytest.LogCaptureFixture) -> None:
    text_of(as_("lan"), "khong co gi nhu the ca zzzq")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SearchMiss)) == 0
    assert "zzzq" not in caplog.text


def test_one_letter_asks_nothing(as_: As, queries: list[str]) -> None:
    client = as_("lan")
    client.get("/search")
    before = len([one for one in queries if "name_words" in one])
    assert "ít nhất hai chữ" in text_of(client, "a")
    assert len([one for one in queries if "name_words" in one]) == before


# With what the lesson search asks when nothing answers: up to eleven.
COSTS = {"visitor": 13, "minh": 33, "lan": 34, "hang": 42, "mai": 39, "admin1": 33}


@pytest.mark.parametrize("name", COSTS)
def test_what_a_search_costs(app: Flask, world: World, as_: As, queries: list[str], name: str) -> None:
    """A number of questions that neither what is found nor the size of the site changes."""
    client = app.test_client() if name == "visitor" else as_(name)
    counts = set()
    with app.app_context():
        room = open_pair(world)
        say(world, "minh", room, "minh hoa")
    for typed in ("minh", "minh hoa", "xyzw khong"):
        text_of(client, typed)
        queries.clear()
        text_of(client, typed)
        counts.add(len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]))
    assert max(counts) <= COSTS[name], counts


def test_so_many_searches_a_minute(app: Flask, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    client, hits = as_("lan"), list[tuple[object, ...]]()
    monkeypatch.setattr(rate_limits, "hit", lambda *key: hits.append(key))
    text_of(client, "minh")
    assert "search" in [key[0] for key in hits]


def test_users_without_a_name_yet_have_no_words(app: Flask) -> None:
    with app.app_context():
        assert User(full_name="Nguyễn Thị Hoà", called_name="Hoà").name_words == " hoa nguyen thi hoa "
