"""Lessons put into the talk: chosen by who helps, shown as cards, opened for the whole room, or alone."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.rooms.conftest import LESSON, new_id, open_adults, open_pair
from tests.rooms.test_reactions import Push, pushed
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import next_slugs
from tutoring.lessons.progress.queries import progress_in
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import closure
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.rooms.shared_lesson.commands import card_text
from tutoring.rooms.shared_lesson.lesson_cards import choices
from tutoring.safety.screening import screen_text

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]
OTHER = "otp-khong-doc-cho-ai"
__all__ = ["pushed"]


def _retire(at: datetime | None) -> None:
    db.session.execute(sa.update(Lesson).where(Lesson.slug == OTHER).values(retired_at=at))
    db.session.commit()


@pytest.fixture
def retire(app: Flask) -> Iterator[Callable[[], None]]:
    """`retire()` takes the other lesson out of the bank, which all tests share: afterwards it is back."""
    yield lambda: _retire(clock.now())
    with app.app_context():
        _retire(None)


def send(user: User, room_id: int, slug: str = OTHER, number: int | None = 2) -> int:
    return shared_lesson_commands.send_card(user, room_id, new_id(), slug, number).seq


# ---- putting one there -------------------------------------------------------------------------------------


def test_a_card_is_a_message_that_old_clients_show_as_text(who: Who, pair: int, pushed: list[Push]) -> None:
    seq = send(who("khoa"), pair)
    (push,) = [payload for event, payload, _to in pushed if event == "posted"]
    assert push["kind"] == "text" and push["lesson"] == {"slug": OTHER, "step": 2}
    title = db.session.get_one(Lesson, OTHER).title("vi")
    assert push["text"] == f"Bài học: {title}, bước 2" == queries.message(pair, seq).text
    plain = messages_commands.post_message(who("khoa"), pair, new_id(), "Em xem nhé").seq
    assert "lesson" not in rooms_serializers.serialize_message(
        queries.message(pair, plain)
    )  # phones pay for each letter


def test_sent_twice_it_is_one_card(who: Who, pair: int) -> None:
    once = new_id()
    seqs = {shared_lesson_commands.send_card(who("khoa"), pair, once, OTHER, None).seq for _ in range(2)}
    assert len(seqs) == 1 and queries.room(pair).last_seq == 1


def test_no_title_of_the_bank_is_taken_for_something_private(inside: World) -> None:
    for lesson in db.session.scalars(sa.select(Lesson).order_by(Lesson.slug)):
        for number in (None, *range(1, lesson.step_count + 1)):
            assert screen_text(card_text(lesson.title("vi"), number), minor=True).action == "send", lesson.slug


@pytest.mark.parametrize(
    ("name", "refusal"), [("minh", Forbidden), ("lan", Forbidden), ("bay", NotFound), ("hang", NotFound)]
)
def test_only_who_helps_or_looks_in_puts_a_lesson_there(
    who: Who, pair: int, name: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        send(who(name), pair)
    moderation_commands.enter_as_observer(who("hang"), pair)
    assert send(who("hang"), pair) > 0


@pytest.mark.parametrize(("slug", "number"), [("khong-co", None), ("", None), (OTHER, 99), (OTHER, 0), (OTHER, -1)])
def test_a_lesson_or_step_that_is_not_there_is_invalid(who: Who, pair: int, slug: str, number: int | None) -> None:
    with pytest.raises(InvalidInput):
        send(who("khoa"), pair, slug, number)


def test_a_retired_lesson_a_closed_a_locked_room_and_somebody_muted_are_refused(
    who: Who, pair: int, retire: Callable[[], None]
) -> None:
    retire()
    with pytest.raises(InvalidInput):
        send(who("khoa"), pair)
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 5, "Nhắc nhở")
    with pytest.raises(Forbidden) as muted:
        send(who("khoa"), pair, LESSON)
    moderation_commands.unmute(who("hang"), pair, who("khoa").id)
    moderation_commands.lock_writing(who("hang"), pair, "Nghỉ một chút")
    with pytest.raises(Forbidden) as locked:
        send(who("khoa"), pair, LESSON)
    closure.close_room_by_rule(pair, "duty")
    with pytest.raises(Conflict) as closed:
        send(who("khoa"), pair, LESSON)
    assert [one.value.code for one in (muted, locked, closed)] == ["muted", "locked", "closed"]


def test_where_every_message_waits_a_card_waits_too(who: Who, pair: int, pushed: list[Push]) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    seq = send(who("khoa"), pair)
    (push,) = [payload for event, payload, _to in pushed if event == "posted" and payload["seq"] == seq]
    assert push["status"] == "held" and push["text"] is None and "lesson" not in push
    with pytest.raises(InvalidInput):
        shared_lesson_commands.open_lesson(who("khoa"), pair, seq)
    moderation_commands.release_message(who("hang"), pair, seq)
    assert rooms_serializers.serialize_message(queries.message(pair, seq))["lesson"]["slug"] == OTHER


def test_a_card_is_not_edited_but_taken_back(who: Who, pair: int) -> None:
    seq = send(who("khoa"), pair)
    with pytest.raises(Conflict):
        messages_commands.edit_message(who("khoa"), pair, seq, "Bài khác")
    messages_commands.withdraw_message(who("khoa"), pair, seq)
    assert "lesson" not in rooms_serializers.serialize_message(queries.message(pair, seq))


# ---- opening one for the room ------------------------------------------------------------------------------


def test_the_room_goes_on_to_the_lesson_of_a_card_and_learners_who_came_go_along(
    who: Who, pair: int, pushed: list[Push]
) -> None:
    presence_commands.visit(who("minh"), pair)
    seq = send(who("khoa"), pair)
    for _ in range(2):
        shared_lesson_commands.open_lesson(who("khoa"), pair, seq)
    room = queries.room(pair)
    assert (room.lesson_slug, room.step_number) == (OTHER, 2)
    assert progress_in(who("minh").id, OTHER) is not None
    moved = [payload for event, payload, _to in pushed if payload.get("what") == "step"]
    assert moved == [{"room": str(pair), "what": "step", "lesson": OTHER, "step": 2, "by": str(who("khoa").id)}]


def test_a_room_without_a_lesson_gets_one(who: Who, adults: int) -> None:
    seq = send(who("lan"), adults, LESSON, None)
    shared_lesson_commands.open_lesson(who("lan"), adults, seq)
    assert (queries.room(adults).lesson_slug, queries.room(adults).step_number) == (LESSON, 1)


def test_what_is_no_card_what_is_gone_and_who_may_not_open_nothing(
    who: Who, pair: int, retire: Callable[[], None]
) -> None:
    plain = messages_commands.post_message(who("khoa"), pair, new_id(), "Chào em").seq
    seq = send(who("khoa"), pair)
    with pytest.raises(InvalidInput):
        shared_lesson_commands.open_lesson(who("khoa"), pair, plain)
    with pytest.raises(NotFound):
        shared_lesson_commands.open_lesson(who("khoa"), pair, 999)
    with pytest.raises(Forbidden):
        shared_lesson_commands.open_lesson(who("minh"), pair, seq)
    with pytest.raises(NotFound):
        shared_lesson_commands.open_lesson(who("bay"), pair, seq)
    retire()
    with pytest.raises(InvalidInput):
        shared_lesson_commands.open_lesson(who("khoa"), pair, seq)
    closure.close_room_by_rule(pair, "duty")
    with pytest.raises(Conflict):
        shared_lesson_commands.open_lesson(who("khoa"), pair, seq)
    assert queries.room(pair).lesson_slug == LESSON


# ---- choosing ----------------------------------------------------------------------------------------------


@pytest.mark.full
def test_the_rooms_own_lesson_and_what_comes_after_it_are_offered_and_search_finds_steps(pair: int) -> None:
    room = queries.room(pair)
    offered = [one.card.slug for one in choices(room, "", "vi")]
    assert offered[0] == LESSON and offered[1] == next_slugs(LESSON)[0] and len(set(offered)) == len(offered)
    found = choices(room, "mã otp", "vi")
    assert any(one.card.slug == OTHER for one in found) and any(one.card.number for one in found)
    assert choices(room, "zzzz qqqq", "vi") == []


def test_what_comes_next_is_the_path_then_what_asks_for_the_lesson(inside: World) -> None:
    found = next_slugs(LESSON)
    here = db.session.get_one(Lesson, LESSON)
    following = db.session.get_one(Lesson, found[0])
    assert following.path_slug == here.path_slug and following.position > here.position
    asking = [
        one.slug
        for one in db.session.scalars(sa.select(Lesson).order_by(Lesson.slug))
        if LESSON in one.facts["requires"]
    ]
    assert set(asking) <= set(found) and LESSON not in found and next_slugs("khong-co") == []


# ---- pages -------------------------------------------------------------------------------------------------


def test_a_card_is_chosen_sent_shown_and_opened_by_forms(
    app: Flask, world: World, as_: As, retire: Callable[[], None]
) -> None:
    with app.app_context():
        room = open_pair(world)
    khoa, minh = as_("khoa"), as_("minh")
    assert f"/rooms/{room}/cards" in khoa.get(f"/rooms/{room}/ready-phrases").text
    assert f"/rooms/{room}/cards" not in minh.get(f"/rooms/{room}").text
    assert minh.get(f"/rooms/{room}/cards").status_code == 403
    page = khoa.get(f"/rooms/{room}/cards?q=otp").text
    assert f'name="lesson" value="{OTHER}"' in page
    assert "Chưa tìm thấy bài nào" in khoa.get(f"/rooms/{room}/cards?q=zzzzqqqq").text
    form = {"client_id": new_id(), "lesson": OTHER, "step": "2"}
    assert khoa.post(f"/rooms/{room}/cards", data=form).location.endswith("#newest")
    own, other = khoa.get(f"/rooms/{room}").text, minh.get(f"/rooms/{room}").text
    assert "lesson-card" in own and 'name="seq" value="1"' in own and f"/lessons/{OTHER}/2" in own
    assert "lesson-card" in other and 'name="seq" value="1"' not in other and "Mở riêng" in other
    assert "lesson-card" in minh.get(f"/rooms/{room}/messages/1").text
    assert khoa.post(f"/rooms/{room}/lesson", data={"seq": "1"}).status_code == 302
    now = minh.get(f"/rooms/{room}").text
    assert f'data-lesson="{OTHER}"' in now and f"alone={OTHER}/2" in now
    with app.app_context():
        retire()
    gone = minh.get(f"/rooms/{room}").text
    assert "Bài này không còn trong kho bài học." in gone and f"/lessons/{OTHER}" not in gone


def test_a_card_says_what_is_wrong(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_adults(world)
    lan = as_("lan")
    page = lan.post(f"/rooms/{room}/cards", data={"client_id": new_id(), "lesson": "x"}, follow_redirects=True)
    assert "Bài này không còn nữa. Hãy chọn bài khác." in page.text
    json = {"Accept": "application/json"}
    assert lan.post(f"/rooms/{room}/cards", data={"client_id": "x", "lesson": OTHER}, headers=json).status_code == 422
    assert as_("minh").post(f"/rooms/{room}/cards", data={"lesson": OTHER}).status_code == 404
    assert as_("minh").get(f"/rooms/{room}/cards").status_code == 404
    with app.app_context():
        closure.close_room_by_rule(room, "stopped")
    assert lan.get(f"/rooms/{room}/cards").status_code == 403
