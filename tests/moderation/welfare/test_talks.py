"""The talk: the room in which the person in charge reaches a child who asked for help, at once, and nobody else."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.consents import commands as consents
from tutoring.kernel import clock, file_storage, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.moderation.models import Case
from tutoring.moderation.welfare import acts, talks
from tutoring.notifications.models import Notice
from tutoring.privacy import data_export
from tutoring.privacy import queries as privacy
from tutoring.rooms import queries, visibility
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation.queries import held_for
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions.session_summary import guards_learner, sessions_of_child
from tutoring.rooms.weekly_activity import was_active, week_of
from tutoring.safety.screening import screen_text
from tutoring.welfare.commands import disclose
from tutoring.welfare.models import Disclosure

As = Callable[[str], FlaskClient]
BEATEN = "Bố em say rượu đánh em chảy máu"
BY_STAFF = "Thầy chủ nhiệm sờ vào người em"


def asks(who: Who, text: str = BEATEN, name: str = "minh") -> int:
    """The case of a child who wrote this when asking for help: no room is there."""
    disclose(who(name), "ask", text, screen_text(text, minor=True).hits)
    return db.session.scalars(sa.select(Case.id).order_by(Case.id.desc())).first() or 0


def token(page: str) -> str:
    found = re.search(r'name="csrf(?:_token)?"[^>]* (?:value|content)="([^"]+)"', page)
    assert found is not None
    return found[1]


def opened(who: Who, case_id: int, name: str = "hang") -> Room:
    return talks.open_talk(who(name), case_id)


def say(who: Who, name: str, room_id: int, text: str) -> str:
    return messages_commands.post_message(who(name), room_id, new_id(), text).status


def test_a_child_who_asked_is_invited_by_name_into_a_room_with_that_adult(who: Who, inside: World) -> None:
    case_id = asks(who)
    room = opened(who, case_id)
    assert {(one.user_id, one.role) for one in queries.seats(room.id)} == {
        (inside["minh"], "learner"), (inside["hang"], "observer"),
    }  # fmt: skip
    notice = db.session.scalars(sa.select(Notice).where(Notice.key.startswith("talk:"))).one()
    assert (notice.user_id, notice.path) == (inside["minh"], f"/rooms/{room.id}")
    assert notice.params == {"name": "Cô Hằng", "bare_name": "Hằng"}
    assert db.session.get_one(Case, case_id).claimed_by_id == inside["hang"]
    rows = sa.select(AuditRow.actor_id).where(AuditRow.action == "open_talk", AuditRow.target == f"case:{case_id}")
    assert list(db.session.scalars(rows)) == [inside["hang"]]
    assert opened(who, case_id).id == room.id
    assert say(who, "hang", room.id, "Cô đây, em kể cô nghe nhé") == "sent"


def test_the_page_of_the_case_says_how_to_reach_the_child(app: Flask, world: World, as_: As) -> None:
    def home(known: str) -> None:
        with app.app_context():
            acts.set_home(person(world["hang"]), case_id, known, "author")

    with app.app_context():
        case_id = asks(lambda name: person(world[name]))
    hang = as_("hang")
    page = hang.get(f"/desk/cases/{case_id}").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "Mở phòng nói chuyện với em" in main and main.count('class="btn"') == 1
    assert "Đang trực: Cô Hằng" in main and "Lớp 6A" in main and "Người giám hộ: " not in main
    home("safe")
    assert "Người giám hộ: " in hang.get(f"/desk/cases/{case_id}").text
    for known in ("danger", "unknown"):
        home(known)
        assert "Người giám hộ: " not in hang.get(f"/desk/cases/{case_id}").text
    answer = hang.post(f"/desk/cases/{case_id}/talk", data={"csrf_token": token(page)})
    assert answer.status_code == 303 and answer.location.startswith("/rooms/")
    assert "Cô Hằng đã vào phòng nói chuyện." in hang.get(f"/desk/cases/{case_id}").text
    card = as_("minh").get("/safety").text
    assert "Cô Hằng đang chờ để nói chuyện riêng với em." in card and f'href="{answer.location}"' in card
    child = as_("minh").get(answer.location)
    assert child.status_code == 200 and "Cô Hằng đã vào phòng." in child.text
    assert "Cô Hằng đang chờ em trong phòng nói chuyện riêng." in as_("minh").get("/notices").text


@pytest.mark.parametrize(
    "name",
    some("lan", "quang", rest=["khoa", "an", "muoi", "mai", "bay", "admin1"]),
)
def test_nobody_else_finds_it_by_its_address(app: Flask, world: World, as_: As, name: str) -> None:
    with app.app_context():
        room_id = opened(lambda one: person(world[one]), asks(lambda one: person(world[one]))).id
    client = as_(name)
    assert client.get("/account").status_code == 200
    for path in ("", "/messages", "/end", "/export", "/search?q=a", "/messages/1"):
        answer = client.get(f"/rooms/{room_id}{path}", headers={"Accept": "application/json"})
        assert answer.status_code == 404, path
    assert client.get(f"/report/room/{room_id}").status_code == 404
    for path in ("/rooms", "/", "/notices", "/board", "/desk"):
        assert f"/rooms/{room_id}" not in client.get(path).text, path
    for path in ("enter", "hold", "close"):
        data = {"reason": "a", "csrf_token": token(client.get("/account").text)}
        assert client.post(f"/rooms/{room_id}/{path}", data=data).status_code in (403, 404), path


@pytest.mark.parametrize(
    "name",
    some("khoa", "mai", rest=["lan", "an", "muoi", "bay", "admin1"]),
)
def test_nobody_else_opens_or_enters_it(who: Who, inside: World, name: str) -> None:
    case_id = asks(who)
    with pytest.raises((NotFound, Forbidden)):
        opened(who, case_id, name)
    room = opened(who, case_id)
    for act in (moderation_commands.enter_as_observer, moderation_commands.hold_everything):
        with pytest.raises(NotFound):
            act(who(name), room.id)
    with pytest.raises(NotFound):
        say(who, name, room.id, "Chào")
    assert {one.user_id for one in queries.seats(room.id)} == {inside["minh"], inside["hang"]}
    assert queries.room(room.id).closed_at is None


def test_another_door_does_not_let_a_colleague_in_but_the_case_does(who: Who, inside: World) -> None:
    room = opened(who, case_id := asks(who))
    for act in (moderation_commands.enter_as_observer, moderation_commands.hold_everything):
        with pytest.raises(NotFound):
            act(who("quang"), room.id)
    assert room.id not in [one.id for one in visibility.open_rooms_for(who("quang"))]
    assert opened(who, case_id, "quang").id == room.id
    assert queries.readable_room(who("quang"), room.id)[1].role == "observer"


def test_staff_from_whom_a_case_is_kept_lose_the_talk(who: Who, inside: World) -> None:
    room = opened(who, asks(who))
    assert queries.readable_room(who("hang"), room.id)
    case_id = asks(who, BY_STAFF)  # joins the case, which moves to the unit above
    kept = db.session.get_one(Case, case_id)
    assert kept.welfare is not None and inside["hang"] in kept.welfare.kept_from
    with pytest.raises(NotFound):
        queries.readable_room(who("hang"), room.id)
    with pytest.raises(NotFound):
        opened(who, case_id)
    with pytest.raises(DomainError):
        say(who, "hang", room.id, "Em đừng kể nữa")


def test_the_child_tells_the_adult_who_is_there_and_alarms_when_nobody_is(who: Who, inside: World) -> None:
    room = opened(who, case_id := asks(who))
    assert say(who, "minh", room.id, BEATEN) == "held"  # the page of the teacher is not open
    assert {one.case_id for one in db.session.scalars(sa.select(Disclosure))} == {case_id}
    presence_commands.visit(who("hang"), room.id)
    assert say(who, "minh", room.id, "Hôm qua bố đánh em chảy máu") == "sent"
    assert say(who, "minh", room.id, "Nhà em ở số 12 ngõ 5 đường Lê Lợi, số em 0912345678") == "sent"
    assert held_for(who("quang")) == []


def test_an_adult_in_it_is_still_screened_and_nothing_waits_for_a_review_that_never_comes(
    who: Who, inside: World
) -> None:
    room = opened(who, asks(who))
    for text in ("Kết bạn zalo với cô nhé, zalo cô là hang.le", "Đừng kể với ai nhé, gửi cô ảnh em mặc đồ ngủ"):
        with pytest.raises(Forbidden):
            say(who, "hang", room.id, text)
    assert say(who, "hang", room.id, "Bố có đánh em không?") == "sent"


def test_no_guardian_learns_of_it_from_week_sessions_or_summary(who: Who, inside: World) -> None:
    room = opened(who, asks(who))
    presence_commands.visit(who("hang"), room.id)
    presence_commands.visit(who("minh"), room.id)
    say(who, "minh", room.id, "Dạ em đây")
    since, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    assert week_of(inside["minh"], since, until) == []
    assert not db.session.scalar(sa.select(was_active(inside["minh"], since, until)))
    assert not guards_learner(who("lan"), room.id)
    assert visibility.read_with_child(who("lan"), inside["minh"]) == []
    talks.close_talks(db.session.scalars(sa.select(Case.id)).one())  # the case is open: the talk stays
    assert queries.room(room.id).closed_at is None
    consents.withdraw(who("lan"), inside["minh"], "chat")
    assert queries.room(room.id).closed_at is None
    assert sessions_of_child(inside["minh"]) == []


def test_it_opens_and_stays_at_any_hour_and_ends_with_the_case(who: Who, inside: World) -> None:
    case_id = asks(who)
    night = clock.now().astimezone(clock.LOCAL).replace(hour=2) + timedelta(days=1)
    with clock.travel(night):
        room = opened(who, case_id)
    with clock.travel(night + timedelta(minutes=30)):
        while jobs.run_due():
            pass
        assert queries.room(room.id).closed_at is None
        acts.record_act(who("hang"), case_id, "talked", "")
        acts.close(who("hang"), case_id)
        assert queries.room(room.id).closed_at is not None
        assert queries.readable_room(who("minh"), room.id)


def test_a_stranger_without_a_sign_in_gets_nothing(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        case_id = asks(lambda one: person(world[one]))
        room_id = opened(lambda one: person(world[one]), case_id).id
    for path in (f"/rooms/{room_id}", f"/desk/cases/{case_id}"):
        assert client.get(path).location.startswith("/sign-in"), path
    data = {"csrf_token": token(client.get("/sign-in").text)}
    assert client.post(f"/desk/cases/{case_id}/talk", data=data).location.startswith("/sign-in")
    assert "Cô Hằng" not in client.get("/safety").text


def test_a_child_in_a_room_with_a_helper_gets_a_talk_of_their_own(who: Who, inside: World) -> None:
    pair = open_pair(inside)
    messages_commands.post_message(who("minh"), pair, new_id(), BEATEN)
    case_id = db.session.scalars(sa.select(Case.id)).one()
    room = opened(who, case_id)
    assert room.id != pair and {one.user_id for one in queries.seats(room.id)} == {inside["minh"], inside["hang"]}
    assert person(inside["khoa"]) and visibility.visible_to(who("khoa")) == [queries.room(pair)]


def test_a_guardians_copy_of_the_childs_data_and_its_counts_leave_it_out(who: Who, inside: World) -> None:
    pair = open_pair(inside)
    say(who, "minh", pair, "Em chào anh")
    amounts = [privacy.amounts(inside["minh"], for_guardian=True)]
    say(who, "minh", pair, BEATEN)
    room = opened(who, db.session.scalars(sa.select(Case.id)).one())
    presence_commands.visit(who("hang"), room.id)
    presence_commands.visit(who("minh"), room.id)
    say(who, "minh", room.id, "Dạ em đây")
    amounts.append(privacy.amounts(inside["minh"], for_guardian=True))
    assert amounts[0] == amounts[1]
    name, _size = data_export.make(inside["minh"], True)
    with zipfile.ZipFile(file_storage.path_of(name)) as archive:
        kept = json.loads(archive.read("data.json"))["data"]
    assert [one["text"] for one in kept["message"]] == ["Em chào anh"]
    assert {row.get("room_id", pair) for rows in kept.values() for row in rows} == {pair}
