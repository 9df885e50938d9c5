"""Pictures in rooms: who sends them, who waits, who sees them when, and how long they are kept."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.rooms.conftest import new_id, open_pair
from tests.safety.pictures import photo
from tests.swapped import swapped
from tutoring.accounts.models import User
from tutoring.community.memberships.nominations import set_nomination
from tutoring.kernel import clock, file_storage, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.file_storage import FileStorage
from tutoring.moderation.cases import evidence
from tutoring.moderation.models import Case, Evidence
from tutoring.moderation.reports.commands import report
from tutoring.policy.rooms.participation import RoomFacts, may_see_held_picture, may_send_picture, picture_waits
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.sessions import closure

Who = Callable[[str], User]
TEACHER = frozenset({"teacher"})
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for the files of each test."""
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield tmp_path / "media"


def kept(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def send(author: User, room_id: int, caption: str = "", client_id: str | None = None, **more: Any) -> Message:
    made = pictures_commands.take_picture(author, room_id, client_id or new_id(), photo(), caption, **more)
    return queries.message(room_id, made.seq)


def refusal(author: User, room_id: int, data: bytes | None = None, caption: Any = "") -> str:
    with pytest.raises(DomainError) as caught:
        pictures_commands.take_picture(author, room_id, new_id(), photo() if data is None else data, caption)
    return caught.value.code


@command
def _trust(room_id: int) -> None:
    db.session.get_one(Room, room_id).trusted = True


@command
def _past_sessions(world: World, count: int) -> None:
    for _ in range(count):
        room_id = open_pair(world)
        for seat in queries.seats(room_id):
            seat.joined_at = clock.now()
        closure.close_room_by_rule(room_id, "stopped")


# ---- the rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "is_minor", "is_new", "may"),
    [
        ("learner", True, True, False),
        ("learner", True, False, True),
        ("learner", False, True, True),
        ("helper", True, True, True),
        ("helper", False, True, True),
        ("guardian", False, True, True),
        (None, False, False, False),
    ],
)
def test_whoever_writes_sends_pictures_but_for_learners_who_are_new_and_under_18(
    role: str | None, is_minor: bool, is_new: bool, may: bool
) -> None:
    assert may_send_picture(RoomFacts(role=role), is_minor, is_new) is may
    for shut in (
        RoomFacts(role=role, closed=True),
        RoomFacts(role=role, muted=True),
        RoomFacts(role=role, removed=True),
    ):
        assert not may_send_picture(shut, is_minor, is_new)


def test_a_watcher_sends_pictures_as_long_as_the_role_lasts() -> None:
    assert may_send_picture(RoomFacts(role="observer", held=TEACHER), False, True)
    assert not may_send_picture(RoomFacts(role="observer"), False, False)


@pytest.mark.parametrize("role", ["learner", "helper", "guardian"])
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("active", [True, False])
def test_near_minors_only_the_active_helper_of_a_trusted_pair_need_not_wait(
    role: str, trusted: bool, active: bool
) -> None:
    assert picture_waits(RoomFacts(role=role, minors=True), trusted, active) is not (
        role == "helper" and trusted and active
    )
    assert not picture_waits(RoomFacts(role=role, minors=False), trusted, active)
    assert not picture_waits(RoomFacts(role="observer", minors=True, held=TEACHER), trusted, active)


def test_a_held_picture_is_seen_by_its_author_and_by_watchers_in_the_room_or_at_their_desk() -> None:
    assert may_see_held_picture(RoomFacts(role="learner"), is_author=True)
    assert not may_see_held_picture(RoomFacts(role="helper"), is_author=False)
    for role in (None, "observer"):
        assert may_see_held_picture(RoomFacts(role=role, held=TEACHER), is_author=False)
        assert not may_see_held_picture(RoomFacts(role=role, held=frozenset({"lead"})), is_author=False)
    assert not may_see_held_picture(RoomFacts(role="learner", removed=True), is_author=True)


# ---- sending ---------------------------------------------------------------------------------------------


def test_a_helpers_picture_waits_in_a_room_with_a_minor(who: Who, pair: int, media: Path) -> None:
    made = send(who("khoa"), pair, "Em xem nút này")
    assert (made.status, made.held_for, made.text) == ("held", "picture", "Em xem nút này")
    assert made.picture is not None and kept(media) == [made.picture.name]
    assert (made.picture.width, made.picture.height) == (120, 90)
    assert (
        file_storage.read(
            made.picture.name,
        )[:4]
        == b"RIFF"
    )  # type: ignore[index]


def test_a_trusted_pairs_helper_need_not_wait_unless_paused(who: Who, pair: int) -> None:
    _trust(pair)
    assert send(who("khoa"), pair).status == "sent"
    assert send(who("lan"), pair).status == "held"
    set_nomination(who("hang"), who("khoa").id, "paused", "nghỉ thi")
    assert send(who("khoa"), pair).status == "held"


def test_a_trusted_pairs_picture_waits_where_everything_waits(who: Who, pair: int) -> None:
    _trust(pair)
    moderation_commands.hold_everything(who("hang"), pair)
    made = send(who("khoa"), pair)
    assert (made.status, made.held_for) == ("held", "everything")


def test_a_teachers_picture_and_pictures_among_adults_are_seen_at_once(who: Who, pair: int, adults: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    assert send(who("hang"), pair).status == "sent"
    assert send(who("bay"), adults).status == "sent"
    assert send(who("lan"), adults).status == "sent"


def test_a_pupil_sends_pictures_after_three_sessions(inside: World, who: Who, pair: int, media: Path) -> None:
    _past_sessions(inside, 2)
    assert refusal(who("minh"), pair) == "refused" and kept(media) == []
    _past_sessions(inside, 1)
    assert send(who("minh"), pair).status == "held"


def test_the_same_client_id_is_one_picture_whatever_comes_with_it(who: Who, pair: int, media: Path) -> None:
    client_id = new_id()
    first = send(who("khoa"), pair, "lần một", client_id).seq
    assert send(who("khoa"), pair, "lần hai", client_id).seq == first
    moderation_commands.close_room(None, pair, "duty")
    assert pictures_commands.take_picture(who("khoa"), pair, client_id, b"not a picture").seq == first
    assert len(kept(media)) == 1


def test_an_id_that_comes_by_two_ways_at_once_keeps_one_file(
    who: Who, pair: int, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_id = new_id()
    send(who("khoa"), pair, "lần một", client_id)
    monkeypatch.setattr("tutoring.rooms.pictures.commands.sent_before", lambda *_: None)
    assert send(who("khoa"), pair, "lần hai", client_id).text == "lần một"
    assert len(kept(media)) == 1


@pytest.mark.parametrize("name", ["an", "hang", "bay", "admin1"])
def test_for_outsiders_there_is_no_room(who: Who, pair: int, name: str, media: Path) -> None:
    assert refusal(who(name), pair) == "missing"
    assert refusal(who(name), 999_999) == "missing" and kept(media) == []


def test_who_may_not_write_is_told_so_before_anything_is_looked_into(
    who: Who, pair: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutoring.rooms.pictures.commands.sanitize", lambda _data: pytest.fail("it was looked into"))
    assert refusal(who("khoa"), pair, caption="x" * 1001) == "too_long"
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 10, "Nói chuyện riêng")
    assert refusal(who("khoa"), pair) == "muted"
    moderation_commands.close_room(None, pair, "duty")
    assert refusal(who("khoa"), pair) == "closed"


def test_what_is_no_picture_leaves_nothing(who: Who, pair: int, media: Path) -> None:
    assert refusal(who("khoa"), pair, b"<svg/>") == "picture"
    assert queries.room(pair).last_seq == 0 and kept(media) == []


def test_a_message_that_does_not_come_about_leaves_no_file(
    who: Who, pair: int, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutoring.rooms.messages.commands.screen_message", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(who("khoa"), pair)
    assert kept(media) == [] and db.session.scalar(sa.select(sa.func.count(SentPicture.id))) == 0


def test_ten_pictures_in_an_hour_are_enough(who: Who, adults: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        assert refusal(who("bay"), adults, b"x") == "picture"
    assert refusal(who("bay"), adults, b"x") == "too_many"
    assert refusal(who("lan"), adults, b"x") == "picture"


def test_fifty_megabytes_in_a_day_are_enough(who: Who, adults: int) -> None:
    big = bytes(9 * 2**20 - 1)
    for _ in range(5):
        assert refusal(who("bay"), adults, big) == "picture"
    assert refusal(who("bay"), adults, big) == "too_many"


def test_a_caption_is_a_text_like_every_other(who: Who, adults: int) -> None:
    assert refusal(who("bay"), adults, caption=7) == "invalid"
    assert send(who("bay"), adults, "  e\u0302\u0301  ").text == "ế"


# ---- seeing ----------------------------------------------------------------------------------------------


def sees(viewer: User, room_id: int, picture: int) -> bool:
    try:
        pictures_queries.visible(viewer, room_id, picture)
    except NotFound:
        return False
    return True


def seeing(who: Who, room_id: int, picture: int) -> set[str]:
    people = ("minh", "khoa", "lan", "hang", "quang", "an", "bay", "muoi", "mai", "admin1")
    return {name for name in people if sees(who(name), room_id, picture)}


def test_who_sees_a_picture_while_it_waits_then_when_released_then_when_hidden(
    who: Who, pair: int, adults: int
) -> None:
    made = send(who("khoa"), pair, "Nút này")
    seq, picture = made.seq, made.picture.id  # type: ignore[union-attr]
    assert seeing(who, pair, picture) == {"khoa", "hang", "quang"}
    assert seeing(who, adults, picture) == set()  # by the address of another room nobody comes to it
    moderation_commands.release_message(who("hang"), pair, seq)
    assert seeing(who, pair, picture) == {"khoa", "minh", "lan", "hang"}
    moderation_commands.remove_member(who("hang"), pair, who("lan").id, "Nhắc")
    assert seeing(who, pair, picture) == {"khoa", "minh", "hang"}
    moderation_commands.hide_message(who("hang"), pair, seq, "Có thông tin riêng")
    assert seeing(who, pair, picture) == set()


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**31, 2**70])
def test_a_picture_that_does_not_exist_is_missing(who: Who, pair: int, number: int) -> None:
    assert not sees(who("khoa"), pair, number)


def test_a_payload_shows_a_picture_only_to_whom_it_is_open(who: Who, pair: int) -> None:
    made = send(who("khoa"), pair, "Nút này")
    message = queries.message(pair, made.seq)
    shown = {"url": f"/rooms/{pair}/pictures/{message.picture.id}", "width": 120, "height": 90}  # type: ignore[union-attr]
    assert rooms_serializers.serialize_message(message)["picture"] is None
    assert rooms_serializers.serialize_message(message, held_too=True)["picture"] == shown
    moderation_commands.release_message(who("hang"), pair, made.seq)
    assert rooms_serializers.serialize_message(queries.message(pair, made.seq))["picture"] == shown
    moderation_commands.hide_message(who("hang"), pair, made.seq, "Có thông tin riêng")
    assert rooms_serializers.serialize_message(queries.message(pair, made.seq), held_too=True)["picture"] is None
    messages_commands.post_message(who("khoa"), pair, new_id(), "Không có ảnh")
    assert rooms_serializers.serialize_message(queries.message(pair, queries.room(pair).last_seq))["picture"] is None


@pytest.mark.full
@pytest.mark.usefixtures("unhurried")
def test_pictures_cost_a_page_of_messages_no_query(who: Who, adults: int, queries: list[str]) -> None:
    counts = []
    for _ in range(2):
        send(who("bay"), adults)
        send(who("bay"), adults)
        db.session.rollback()
        queries.clear()
        page = _newest(adults)
        assert all(rooms_serializers.serialize_message(one)["picture"] for one in page)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _newest(room_id: int) -> list[Message]:
    return queries.messages_before(room_id).items


# ---- forgetting ------------------------------------------------------------------------------------------


def days_later(days: float) -> None:
    with clock.travel(clock.now() + days * DAY):
        while jobs.run_due():
            pass


def age(media: Path) -> None:
    for path in media.rglob("*"):
        os.utime(path, (time.time() - 2 * 86400, time.time() - 2 * 86400))


def test_a_refused_picture_is_kept_for_thirty_days_and_a_hidden_one_too(who: Who, pair: int, media: Path) -> None:
    refused, hidden, stays = (send(who("khoa"), pair).seq for _ in range(3))
    moderation_commands.refuse_message(who("hang"), pair, refused, "Không liên quan bài học")
    moderation_commands.release_message(who("hang"), pair, stays)
    moderation_commands.release_message(who("hang"), pair, hidden)
    moderation_commands.hide_message(who("hang"), pair, hidden, "Có thông tin riêng")
    age(media)
    for days, left in ((2, 3), (29, 3), (32, 1), (33, 1)):
        days_later(days)
        assert len(kept(media)) == left, days
    still = queries.message(pair, stays).picture
    assert still is not None and kept(media) == [still.name]
    assert queries.message(pair, refused).picture is None


def test_a_picture_that_was_given_back_is_no_longer_counted_as_removed(who: Who, pair: int, media: Path) -> None:
    made = send(who("khoa"), pair)
    moderation_commands.refuse_message(who("hang"), pair, made.seq, "Không liên quan bài học")
    assert queries.message(pair, made.seq).picture.removed_at is not None  # type: ignore[union-attr]
    picture = made.picture.id  # type: ignore[union-attr]
    assert seeing(who, pair, picture) == set()
    moderation_commands.appeal(who("khoa"), pair, made.seq, "Ảnh bài tập ạ")
    assert seeing(who, pair, picture) == {"quang"}  # the second look is another person's
    moderation_commands.decide_appeal(who("quang"), pair, made.seq, True, "Ảnh đúng bài")
    assert rooms_serializers.serialize_message(queries.message(pair, made.seq))["picture"]
    age(media)
    days_later(40)
    assert len(kept(media)) == 1


def test_files_without_a_message_go_in_the_night_and_fresh_ones_stay(who: Who, pair: int, media: Path) -> None:
    send(who("khoa"), pair)
    file_storage.save(b"its message never came")
    age(media)
    fresh = file_storage.save(b"its message is being written")
    days_later(1)
    assert len(kept(media)) == 2 and fresh in kept(media)


def test_what_was_taken_away_stays_while_its_room_is_in_an_open_case(who: Who, pair: int, media: Path) -> None:
    made = send(who("khoa"), pair)
    moderation_commands.refuse_message(who("hang"), pair, made.seq, "Lời lẽ chưa phù hợp")
    report(who("minh"), "room", str(pair), "danger")
    [kept_line] = evidence.opened(db.session.scalars(sa.select(Evidence)).one())["messages"][:1]
    assert kept_line["picture"] == kept(media)[0]  # its name alone; a picture is never copied
    age(media)
    days_later(40)
    assert len(kept(media)) == 1
    _close_cases()
    days_later(41)
    assert kept(media) == []


@command
def _close_cases() -> None:
    for case in db.session.scalars(sa.select(Case)):
        case.state, case.outcome, case.decided_at = "decided", "none", clock.now()


def test_the_night_sweep_goes_on_while_there_are_pictures_and_ends_with_them(who: Who, pair: int) -> None:
    made = send(who("khoa"), pair)

    def waiting() -> int:
        open_work = sa.select(sa.func.count(jobs.Job.id))
        return db.session.scalar(open_work.where(jobs.Job.kind == "rooms.pictures", jobs.Job.done_at.is_(None))) or 0

    send(who("khoa"), pair)
    assert waiting() == 1
    days_later(1)
    assert waiting() == 1
    for seq in (made.seq, made.seq + 1):
        moderation_commands.refuse_message(who("hang"), pair, seq, "Không liên quan bài học")
    days_later(40)
    assert waiting() == 0
