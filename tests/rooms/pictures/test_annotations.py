"""Drawing over pictures in rooms: who may, how much, what is refused, who sees it and who is told."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_adults
from tests.safety.pictures import photo
from tests.swapped import swapped
from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.queries import memberships
from tutoring.kernel import clock, file_storage
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.kernel.file_storage import FileStorage
from tutoring.moderation.cases import evidence
from tutoring.moderation.models import Evidence
from tutoring.moderation.reports.commands import report
from tutoring.policy.rooms.participation import RoomFacts, may_annotate_picture, may_withdraw_annotation
from tutoring.rooms import queries
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, SentPicture
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.pictures.annotation_layers import drawings_on, layers
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.risk.models import RiskPoint
from tutoring.safety import free_text
from tutoring.web.socket_io import realtime

Who = Callable[[str], User]
SPOT = {"kind": "circle", "at": [500, 500], "radius": 80}
TEACHER = frozenset({"teacher"})


def words(text: str) -> dict[str, Any]:
    return {"kind": "text", "at": [500, 500], "text": text}


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[None]:
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield


@pytest.fixture(autouse=True)
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], Any]]:
    """What is pushed to open pages as changed, and to whom."""
    heard: list[tuple[dict[str, Any], Any]] = []
    for name in ("push", "push_each"):
        monkeypatch.setattr(realtime, name, lambda event, told, to: event == "changed" and heard.append((told, to)))
    return heard


def send(author: User, room_id: int) -> Message:
    made = pictures_commands.take_picture(author, room_id, new_id(), photo())
    return queries.message(room_id, made.seq)


def picture_of(message: Message) -> int:
    assert message.picture is not None
    return message.picture.id


def mark(author: User, room_id: int, picture: int, *shapes: Any, client_id: Any = None) -> PictureAnnotation:
    return pictures_commands.mark_picture(author, room_id, picture, client_id or new_id(), list(shapes) or [SPOT])


def refusal(act: Callable[..., Any], *values: Any, **more: Any) -> str:
    with pytest.raises(DomainError) as caught:
        act(*values, **more)
    return caught.value.code


def shown(viewer: User, picture: int) -> list[str]:
    return [one.words for one in drawings_on(viewer, db.session.get_one(SentPicture, picture))]


@pytest.fixture
def sent(who: Who, adults: int) -> int:
    """Bảy's picture in the room of adults, which need not wait."""
    return picture_of(send(who("bay"), adults))


# ---- the rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["learner", "helper", "guardian"])
def test_whoever_writes_draws_unless_every_message_waits(role: str) -> None:
    assert may_annotate_picture(RoomFacts(role=role), hold_all=False)
    assert not may_annotate_picture(RoomFacts(role=role), hold_all=True)
    for shut in (
        RoomFacts(role=role, closed=True),
        RoomFacts(role=role, muted=True),
        RoomFacts(role=role, removed=True),
    ):
        assert not may_annotate_picture(shut, hold_all=False)


def test_a_watcher_who_sits_in_draws_also_where_every_message_waits() -> None:
    assert may_annotate_picture(RoomFacts(role="observer", held=TEACHER), hold_all=True)
    assert not may_annotate_picture(RoomFacts(role="observer"), hold_all=False)
    assert not may_annotate_picture(RoomFacts(held=TEACHER), hold_all=False)


def test_ones_own_drawing_is_taken_back_also_after_the_end() -> None:
    assert may_withdraw_annotation(RoomFacts(role="learner", closed=True), is_author=True)
    assert not may_withdraw_annotation(RoomFacts(role="learner"), is_author=False)
    assert not may_withdraw_annotation(RoomFacts(role="learner", removed=True), is_author=True)


# ---- drawing ---------------------------------------------------------------------------------------------


def test_the_other_draws_over_a_picture_whose_file_stays_as_it_was(
    app: Flask, who: Who, adults: int, sent: int, pushed: list[Any]
) -> None:
    name = db.session.get_one(SentPicture, sent).name
    before = file_storage.read(name)
    pushed.clear()
    made = mark(who("lan"), adults, sent, SPOT, words("Bấm vào đây"))
    assert (made.author_id, made.shapes) == (who("lan").id, [SPOT, words("Bấm vào đây")])
    assert file_storage.read(name) == before
    assert pushed == [({"room": str(adults), "what": "marks", "seq": 1}, f"room:{adults}")]
    with app.test_request_context():
        told = "khoanh tròn ở giữa; chữ “Bấm vào đây” ở giữa."
        assert shown(who("bay"), sent) == [f"Chị Lan đánh dấu: {told}"]
        assert shown(who("lan"), sent) == [f"Bạn đánh dấu: {told}"]


def test_the_same_client_id_is_one_drawing(who: Who, adults: int, sent: int, pushed: list[Any]) -> None:
    client_id = new_id()
    first = mark(who("lan"), adults, sent, client_id=client_id).id
    pushed.clear()
    assert mark(who("lan"), adults, sent, words("khác"), client_id=client_id).id == first
    moderation_commands.close_room(None, adults, "duty")
    assert mark(who("lan"), adults, sent, client_id=client_id).id == first
    assert [told for told, _to in pushed if told["what"] == "marks"] == []


@pytest.mark.parametrize(
    "client_id",
    some("17", None, rest=[17, "", "x" * 36]),
)
def test_a_client_id_is_an_id(who: Who, adults: int, sent: int, client_id: Any) -> None:
    assert refusal(pictures_commands.mark_picture, who("lan"), adults, sent, client_id, [SPOT]) == "client_id"


def test_wrong_shapes_leave_nothing(who: Who, adults: int, sent: int) -> None:
    assert refusal(mark, who("lan"), adults, sent, {**SPOT, "radius": True}) == "radius"
    assert pictures_queries.annotations_of([sent]) == {}


@pytest.mark.parametrize(
    "name",
    some("an", "mai", rest=["minh", "hang", "admin1", "muoi"]),
)
def test_for_outsiders_there_is_no_picture_to_draw_on(who: Who, adults: int, sent: int, name: str) -> None:
    assert refusal(mark, who(name), adults, sent) == "missing"


@pytest.mark.parametrize(
    "number",
    some(999_999, 2**70, rest=[0, -1, 2**31]),
)
def test_a_picture_or_a_drawing_that_does_not_exist_is_missing(who: Who, adults: int, sent: int, number: int) -> None:
    lan = who("lan")
    assert refusal(mark, lan, adults, number) == "missing"
    assert refusal(mark, lan, number, sent) == "missing"
    assert refusal(pictures_commands.take_back_marks, lan, adults, sent, number) == "missing"


def test_a_picture_is_marked_in_its_own_room_alone(who: Who, adults: int, sent: int, pair: int) -> None:
    assert refusal(mark, who("lan"), pair, sent) == "missing"
    other = picture_of(send(who("bay"), adults))
    made = mark(who("lan"), adults, sent).id
    assert refusal(pictures_commands.take_back_marks, who("lan"), adults, other, made) == "missing"


def test_who_may_not_write_may_not_draw_and_is_told_why(who: Who, adults: int, sent: int) -> None:
    moderation_commands.hold_everything(who("muoi"), adults)
    assert refusal(mark, who("lan"), adults, sent) == "held"
    assert mark(who("muoi"), adults, sent).id
    moderation_commands.hold_everything(who("muoi"), adults, False)
    moderation_commands.mute(who("muoi"), adults, who("lan").id, 10, "Nói chuyện riêng")
    assert refusal(mark, who("lan"), adults, sent) == "muted"
    assert mark(who("bay"), adults, sent).id
    moderation_commands.close_room(None, adults, "duty")
    assert refusal(mark, who("bay"), adults, sent) == "closed"


# ---- limits ----------------------------------------------------------------------------------------------


def test_a_picture_takes_twenty_drawings_and_a_place_becomes_free_again(who: Who, adults: int, sent: int) -> None:
    made = [mark(who("lan"), adults, sent).id for _ in range(19)]
    mark(who("bay"), adults, sent)
    assert refusal(mark, who("lan"), adults, sent) == "full"
    assert refusal(mark, who("bay"), adults, sent) == "full"
    pictures_commands.take_back_marks(who("lan"), adults, sent, made[0])
    assert mark(who("bay"), adults, sent).id


def test_thirty_drawings_in_a_minute_are_enough(who: Who, adults: int, sent: int) -> None:
    for _ in range(30):
        made = mark(who("lan"), adults, sent)
        pictures_commands.take_back_marks(who("lan"), adults, sent, made.id)
    assert refusal(mark, who("lan"), adults, sent) == "too_many"
    assert mark(who("bay"), adults, sent).id


def test_two_who_draw_at_once_do_not_pass_the_limit(
    app: Flask, inside: World, who: Who, adults: int, sent: int
) -> None:
    for _ in range(19):
        mark(who("lan"), adults, sent)
    db.session.rollback()
    said: list[str] = []
    ready = threading.Barrier(2)

    def draw(name: str) -> None:
        with app.app_context():
            author = person(inside[name])
            ready.wait()
            try:
                mark(author, adults, sent)
                said.append("ok")
            except DomainError as refused:
                said.append(refused.code)

    both = [threading.Thread(target=draw, args=(name,)) for name in ("lan", "bay")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == ["full", "ok"]
    assert len(pictures_queries.annotations_of([sent])[sent]) == 20


# ---- the detector ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    some("Gọi 0912 345 678", rest=["hoa.nguyen@gmail.com", "Mã OTP là 482913"]),
)
def test_what_should_not_be_told_does_not_stand_on_a_picture_either(
    who: Who, adults: int, sent: int, text: str
) -> None:
    assert refusal(mark, who("lan"), adults, sent, SPOT, words(text)) == "private"
    assert pictures_queries.annotations_of([sent]) == {}
    assert mark(who("lan"), adults, sent, SPOT, words("Bấm vào đây")).id


def test_near_minors_more_is_refused_than_among_adults(who: Who, adults: int, sent: int, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    near = picture_of(send(who("hang"), pair))
    text = "Kết bạn Zalo với anh nhé"
    assert refusal(mark, who("khoa"), pair, near, words(text)) == "private"
    assert mark(who("lan"), adults, sent, words(text)).id


def test_a_number_is_found_that_is_spread_over_several_texts(who: Who, adults: int, sent: int) -> None:
    parts = [words("0912"), words("345"), words("678")]
    assert refusal(mark, who("lan"), adults, sent, *parts) == "private"
    mark(who("lan"), adults, sent, *parts[:1])
    mark(who("lan"), adults, sent, *parts[1:2])
    assert refusal(mark, who("lan"), adults, sent, *parts[2:]) == "private"


def test_a_number_is_found_that_is_spelled_with_marks_and_counting_is_none(who: Who, adults: int, sent: int) -> None:
    def counted(*numbers: int) -> list[Any]:
        return [{"kind": "number", "at": [40 * n, 500], "number": number} for n, number in enumerate(numbers)]

    assert mark(who("lan"), adults, sent, *counted(*range(1, 20))).id
    assert refusal(mark, who("bay"), adults, sent, words("0"), *counted(9, 1, 2, 3, 4, 5, 6, 7, 8)) == "private"


def at(text: str, x: int, y: int) -> dict[str, Any]:
    return {"kind": "text", "at": [x, y], "text": text}


def pictured(who: Who, pair: int) -> int:
    moderation_commands.enter_as_observer(who("hang"), pair)
    return picture_of(send(who("hang"), pair))


def test_a_number_is_found_in_the_order_in_which_it_is_read(who: Who, adults: int, sent: int, pair: int) -> None:
    lines = [at("678", 500, 900), at("345", 500, 500), at("0912", 500, 100)]
    assert refusal(mark, who("lan"), adults, sent, *lines) == "private"
    row = [at("345", 400, 500), at("678", 700, 520), at("0912", 100, 480)]
    assert refusal(mark, who("lan"), adults, sent, *row) == "private"
    near = pictured(who, pair)
    mark(who("khoa"), pair, near, at("678", 500, 900))
    mark(who("khoa"), pair, near, at("345", 500, 500))
    assert refusal(mark, who("khoa"), pair, near, at("0912", 500, 100)) == "private"


def test_a_number_is_found_that_stands_partly_on_the_picture_and_partly_in_messages(who: Who, pair: int) -> None:
    near = pictured(who, pair)
    messages_commands.post_message(who("khoa"), pair, new_id(), "0912")
    assert refusal(mark, who("khoa"), pair, near, words("345 678")) == "private"
    mark(who("minh"), pair, near, words("0912"))
    assert messages_commands.post_message(who("minh"), pair, new_id(), "345 678").status == "masked"


def test_words_of_risk_on_a_picture_wait_as_a_message_and_count_toward_the_child(who: Who, pair: int) -> None:
    near = pictured(who, pair)
    made = pictures_commands.mark_picture(
        who("khoa"), pair, near, new_id(), [at("em đi", 500, 600), at("Gửi ảnh", 500, 200)]
    )
    assert isinstance(made, Message)
    assert (made.status, made.held_for, made.text) == ("held", "risk", "Gửi ảnh em đi")
    assert pictures_queries.annotations_of([near]) == {}
    assert "photo" in db.session.scalars(sa.select(RiskPoint.kind).where(RiskPoint.seq == made.seq)).all()


def test_words_of_risk_that_come_one_by_one_wait_with_the_last_of_them(who: Who, pair: int) -> None:
    near = pictured(who, pair)
    mark(who("khoa"), pair, near, at("Đừng kể", 500, 200))
    made = pictures_commands.mark_picture(who("khoa"), pair, near, new_id(), [at("mẹ nhé", 500, 400)])
    assert isinstance(made, Message) and made.status == "held"


# ---- who sees it -----------------------------------------------------------------------------------------


def test_drawings_on_a_picture_that_waits_are_told_to_its_author_and_to_watchers_alone(
    who: Who, pair: int, pushed: list[Any]
) -> None:
    message = send(who("khoa"), pair)
    picture = picture_of(message)
    pushed.clear()
    assert mark(who("khoa"), pair, picture).id
    told = {"room": str(pair), "what": "marks", "seq": message.seq}
    assert pushed == [(told, [who("khoa").id])]
    for name in ("minh", "lan"):
        assert refusal(mark, who(name), pair, picture) == "missing"
        assert refusal(pictures_queries.get_picture_context, who(name), pair, picture) == "missing"
    assert refusal(mark, who("hang"), pair, picture) == "missing"  # a watcher draws once they sit here
    assert pictures_queries.get_picture_context(who("hang"), pair, picture).message.seq == message.seq
    moderation_commands.enter_as_observer(who("hang"), pair)
    pushed.clear()
    assert mark(who("hang"), pair, picture).id
    assert pushed == [(told, [who("khoa").id, who("hang").id])]
    moderation_commands.release_message(who("hang"), pair, message.seq)
    pushed.clear()
    assert mark(who("minh"), pair, picture).id
    assert pushed == [(told, f"room:{pair}")]


def test_a_watcher_whose_role_ended_hears_nothing_of_a_picture_that_waits(inside: World, who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    message = send(who("khoa"), pair)
    assert pictures_queries.may_hear(pair, message.author_id) == [who("khoa").id, who("hang").id]
    [teaching] = [one for one in memberships(who("hang").id) if one.role == "teacher"]
    community.end_member(who("quang"), teaching.id, "Chuyển trường")
    assert pictures_queries.may_hear(pair, message.author_id) == [who("khoa").id]


def test_nobody_draws_on_a_picture_that_was_taken_away(who: Who, adults: int, sent: int) -> None:
    made = mark(who("lan"), adults, sent).id
    moderation_commands.hide_message(who("muoi"), adults, 1, "Có thông tin riêng")
    for name in ("bay", "lan", "muoi"):
        assert refusal(mark, who(name), adults, sent) == "missing"
    assert refusal(pictures_commands.take_back_marks, who("lan"), adults, sent, made) == "missing"


def test_who_takes_a_second_look_at_a_hidden_picture_sees_it_but_draws_nothing(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("quang"), pair)
    message = send(who("khoa"), pair)
    seq, picture = message.seq, picture_of(message)
    moderation_commands.refuse_message(who("hang"), pair, seq, "Không liên quan bài học")
    moderation_commands.appeal(who("khoa"), pair, seq, "Ảnh bài tập ạ")
    assert pictures_queries.get_picture_context(who("quang"), pair, picture).picture.id
    assert refusal(mark, who("quang"), pair, picture) == "missing"


# ---- away again ------------------------------------------------------------------------------------------


def test_only_the_author_takes_a_drawing_back_and_then_nobody_sees_it(
    who: Who, adults: int, sent: int, pushed: list[Any]
) -> None:
    made = mark(who("lan"), adults, sent).id
    assert refusal(pictures_commands.take_back_marks, who("bay"), adults, sent, made) == "missing"
    assert refusal(pictures_commands.take_back_marks, who("an"), adults, sent, made) == "missing"
    pushed.clear()
    for _ in range(2):
        pictures_commands.take_back_marks(who("lan"), adults, sent, made)
    assert pushed == [({"room": str(adults), "what": "marks", "seq": 1}, f"room:{adults}")]
    assert pictures_queries.annotations_of([sent]) == {}
    row = db.session.get_one(PictureAnnotation, made)
    assert row.hidden_by_id == who("lan").id and row.hidden_at is not None


def test_a_watcher_hides_a_drawing_in_everybodys_sight_and_it_is_written_down(
    who: Who, adults: int, sent: int, pushed: list[Any]
) -> None:
    made = mark(who("lan"), adults, sent).id
    assert refusal(pictures_commands.hide_marks, who("bay"), adults, sent, made, "Sai chỗ") == "refused"
    assert refusal(pictures_commands.hide_marks, who("hang"), adults, sent, made, "Sai chỗ") == "missing"
    assert refusal(pictures_commands.hide_marks, who("muoi"), adults, sent, made, " ") == "empty"
    assert refusal(pictures_commands.hide_marks, who("muoi"), adults, sent, made + 1, "Sai chỗ") == "missing"
    pushed.clear()
    for _ in range(2):
        pictures_commands.hide_marks(who("muoi"), adults, sent, made, "Lời lẽ chưa phù hợp")
    assert [told for told, _to in pushed if told["what"] == "marks"] == [
        {"room": str(adults), "what": "marks", "seq": 1}
    ]
    assert pictures_queries.annotations_of([sent]) == {}
    rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "hide_marks")).all()
    assert [(row.actor_id, row.target, row.reason) for row in rows] == [
        (who("muoi").id, f"room:{adults}", "Lời lẽ chưa phù hợp")
    ]
    assert {**rows[0].facts} == {"seq": 1, "marks": made, "author": who("lan").id}
    last = queries.message(adults, queries.room(adults).last_seq)
    assert last.kind == "system" and last.text.endswith("đã ẩn một hình đánh dấu trên ảnh ở tin số 1.")


def test_after_the_end_drawings_stay_and_no_more_are_hidden(who: Who, adults: int, sent: int) -> None:
    made = mark(who("lan"), adults, sent).id
    moderation_commands.enter_as_observer(who("muoi"), adults)
    moderation_commands.close_room(None, adults, "duty")
    assert refusal(pictures_commands.hide_marks, who("muoi"), adults, sent, made, "Sai chỗ") == "closed"
    assert len(pictures_queries.annotations_of([sent])[sent]) == 1
    pictures_commands.take_back_marks(who("lan"), adults, sent, made)
    assert pictures_queries.annotations_of([sent]) == {}


def test_drawings_go_with_their_picture_and_with_the_words_of_who_drew_them(
    who: Who, inside: World, adults: int, sent: int
) -> None:
    own = picture_of(send(who("lan"), adults))
    mark(who("bay"), adults, sent)
    mark(who("lan"), adults, sent)
    mark(who("bay"), adults, own)
    with clock.travel(clock.now() + timedelta(days=13)):
        consent_withdrawal.erase_words(who("lan").id)
    assert db.session.scalar(sa.select(sa.func.count(PictureAnnotation.id))) == 3
    with clock.travel(clock.now() + timedelta(days=15)):
        consent_withdrawal.erase_words(who("lan").id)
    left = db.session.scalars(sa.select(PictureAnnotation)).all()
    assert [(one.picture_id, one.author_id) for one in left] == [(sent, who("bay").id)]


def test_a_report_keeps_what_was_drawn_also_what_was_taken_back(who: Who, adults: int, sent: int) -> None:
    mark(who("lan"), adults, sent, words("Bấm vào đây"))
    gone = mark(who("lan"), adults, sent, words("Đồ ngốc"))
    pictures_commands.take_back_marks(who("lan"), adults, sent, gone.id)
    report(who("bay"), "room", str(adults), "danger")
    line = evidence.opened(db.session.scalars(sa.select(Evidence)).one())["messages"][0]
    assert [(one["shapes"][0]["text"], one["hidden"], one["author"]) for one in line["marks"]] == [
        ("Bấm vào đây", False, who("lan").id), ("Đồ ngốc", True, who("lan").id)
    ]  # fmt: skip


# ---- what a page asks ------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.usefixtures("unhurried")
def test_a_page_of_messages_asks_once_for_all_that_is_drawn_and_not_at_all_without_pictures(
    app: Flask, world: World, queries: list[str]
) -> None:
    with app.test_request_context():
        room = open_adults(world)
        bay = person(world["bay"])
        messages_commands.post_message(bay, room, new_id(), "Chào")
        counts = []
        for _ in range(3):
            found = _newest(room)
            queries.clear()
            layers(bay, found)
            counts.append(len(queries))
            for _ in range(2):
                picture = picture_of(send(bay, room))
                for name in ("lan", "bay"):
                    mark(person(world[name]), room, picture)
        assert counts == [0, 1, 1]
        assert {len(one) for one in layers(bay, _newest(room)).values()} == {2}


def _newest(room_id: int) -> list[Message]:
    return queries.messages_before(room_id).items


def test_a_text_on_a_picture_is_judged_once_by_itself(
    who: Who, adults: int, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    screen = free_text.screen_text

    def note(text: str, *rest: Any, **more: Any) -> Any:
        judged.append(text)
        return screen(text, *rest, **more)

    monkeypatch.setattr(free_text, "screen_text", note)
    mark(who("lan"), adults, sent, words("Bấm vào đây"))
    assert judged == ["Bấm vào đây"]
