"""What becomes of a message: sent, masked, asked about, held for the teacher, refused; and who reads it later."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.notifications.models import Notice
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, MessageOriginal
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import queries as moderation_queries
from tutoring.safety import detector
from tutoring.safety import screening as judging
from tutoring.safety.free_text import reject_private_data

Who = Callable[[str], User]
pytestmark = pytest.mark.usefixtures("unhurried")

PHONE = "Số của mình là 0912 345 678, gọi nhé"
CODE = "Mã OTP của mẹ em là 482913"
ASKS = "Em đọc giúp chị mã OTP vừa gửi về máy nhé"
HANDLE = "Kết bạn Zalo với anh đi, nick minhanh2k9"


def says(author: User, room_id: int, text: str, confirm: bool = False) -> Message:
    return messages_commands.post_message(author, room_id, new_id(), text, confirm)


def sees(viewer: User, room_id: int, seq: int) -> dict[str, object]:
    room, known = queries.readable_room(viewer, room_id)
    return rooms_serializers.posted_to(viewer, known, queries.message(room.id, seq))


def everything_stored() -> str:
    """All that stands in the database, as whoever steals it would see it."""
    found = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table.name}"')):  # sealed columns stay sealed
                found.append(" ".join(map(str, row)))
    return "\n".join(found)


def acts(action: str) -> list[AuditRow]:
    return list(db.session.scalars(sa.select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


def notices(user: User) -> list[str]:
    return list(db.session.scalars(sa.select(Notice.say).where(Notice.user_id == user.id).order_by(Notice.id)))


# ---- masked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["pair", "adults"])
def test_a_telephone_number_is_masked_for_everybody_with_a_reason(
    who: Who, room: str, request: pytest.FixtureRequest
) -> None:
    room_id = request.getfixturevalue(room)
    author, other = ("minh", "khoa") if room == "pair" else ("bay", "lan")
    made = says(who(author), room_id, PHONE)
    assert made.status == "masked"
    for name in (author, other):
        shown = sees(who(name), room_id, made.seq)
        assert shown["status"] == "masked"
        assert shown["text"] == "Số của mình là [đã che số điện thoại], gọi nhé"
    assert "số điện thoại" in rooms_serializers.receipt(made)["say"]
    assert [kind for kind, _start, _end in made.found] == ["phone"]


def test_a_number_spread_over_messages_is_masked_in_its_last_part(who: Who, pair: int) -> None:
    for part in ("0912", "345"):
        says(who("khoa"), pair, part)
    assert says(who("khoa"), pair, "678 nha em").status == "masked"


def test_parts_that_lie_more_than_a_minute_apart_are_not_joined(who: Who, pair: int) -> None:
    says(who("khoa"), pair, "0912 345")
    with clock.travel(clock.now() + timedelta(seconds=90)):
        assert says(who("khoa"), pair, "678 trang").status == "sent"


@pytest.mark.parametrize("number", ["111", "113", "114", "115", "18001567", "1800 1567"])
def test_numbers_for_emergencies_are_never_masked(who: Who, pair: int, number: str) -> None:
    made = says(who("khoa"), pair, f"Cần thì em gọi {number} ngay nhé")
    assert made.status == "sent" and number in made.text


def test_the_original_is_read_at_the_desk_with_a_reason_and_a_trace(who: Who, pair: int) -> None:
    seq = says(who("minh"), pair, PHONE).seq
    for name in ("khoa", "lan", "minh", "mai", "muoi", "an"):
        with pytest.raises(NotFound):
            moderation_commands.read_original(who(name), pair, seq, "tò mò")
    with pytest.raises(InvalidInput):
        moderation_commands.read_original(who("hang"), pair, seq, "")
    assert moderation_commands.read_original(who("hang"), pair, seq, "Nghi có người dụ dỗ") == PHONE
    [row] = acts("read_original")
    assert (row.actor_id, row.reason, row.facts["seq"]) == (who("hang").id, "Nghi có người dụ dỗ", seq)
    assert "0912 345" not in everything_stored() and "345 678" not in everything_stored()


def test_originals_are_gone_after_ninety_days(who: Who, pair: int) -> None:
    says(who("minh"), pair, PHONE)
    for days, left in ((89, 1), (92, 0)):
        with clock.travel(clock.now() + timedelta(days=days)):
            while jobs.run_due():
                pass
            assert db.session.scalar(sa.select(sa.func.count()).select_from(MessageOriginal)) == left


@pytest.mark.parametrize(
    ("text", "secret"),
    some(
        (CODE, "482913"),
        ("CCCD của mẹ mình là 079203001234", "079203001234"),
        rest=[
            ("Chuyển vào thẻ 4111 1111 1111 1111 giúp chị", "4111 1111"),
            ("Mật khẩu của em là hoahong123", "hoahong123"),
        ],
    ),
)
def test_codes_citizen_numbers_cards_and_secrets_are_written_nowhere(
    who: Who, pair: int, text: str, secret: str
) -> None:
    made = says(who("minh"), pair, text)
    assert made.status == "masked" and secret not in made.text
    assert secret not in everything_stored()
    assert secret not in moderation_commands.read_original(who("hang"), pair, made.seq, "Cần biết")


def test_a_code_beside_an_invitation_is_written_nowhere_either(who: Who, pair: int) -> None:
    made = says(who("khoa"), pair, f"{CODE}. {HANDLE}")
    assert made.status == "held" and "482913" not in everything_stored()
    original = moderation_commands.read_original(who("hang"), pair, made.seq, "Cần biết có cho gửi được không")
    assert "minhanh2k9" in original and "482913" not in original


# ---- asked about, refused --------------------------------------------------------------------------------


def test_among_adults_an_invitation_elsewhere_is_asked_about_and_then_sent(who: Who, adults: int) -> None:
    client_id = new_id()
    with pytest.raises(Conflict) as asked:
        messages_commands.post_message(who("lan"), adults, client_id, HANDLE)
    assert asked.value.code == "confirm" and queries.room(adults).last_seq == 0
    made = messages_commands.post_message(who("lan"), adults, client_id, HANDLE, confirm=True)
    assert (made.status, made.text) == ("sent", HANDLE)


def test_among_adults_nobody_can_ask_for_a_code(who: Who, adults: int) -> None:
    for confirm in (False, True):
        with pytest.raises(Forbidden) as refused:
            says(who("lan"), adults, ASKS, confirm)
        assert refused.value.code == "refused" and refused.value.say
    assert queries.room(adults).last_seq == 0 and "vừa gửi về máy nhé" not in everything_stored()


def test_a_confirmation_opens_nothing_that_is_masked_or_held(who: Who, pair: int) -> None:
    assert says(who("minh"), pair, PHONE, confirm=True).status == "masked"
    assert says(who("khoa"), pair, HANDLE, confirm=True).status == "held"


# ---- held ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", some(ASKS, "Nhà em số 12/5 đường Lê Lợi, phường 4, quận 3", rest=[HANDLE]))
def test_with_minors_invitations_addresses_and_requests_for_codes_wait_for_the_teacher(
    who: Who, pair: int, text: str
) -> None:
    made = says(who("khoa"), pair, text)
    assert (made.status, made.held_for, made.seq) == ("held", "found", 1)
    assert sees(who("minh"), pair, 1) == {
        **sees(who("minh"), pair, 1), "text": None, "author": None, "name": None, "status": "held",
    }  # fmt: skip
    assert sees(who("khoa"), pair, 1)["text"]
    assert [row.message.seq for row in moderation_queries.held_for(who("hang"))] == [1]
    for name in ("mai", "muoi", "khoa", "minh", "lan", "an"):
        assert moderation_queries.held_for(who(name)) == []
    assert "Có tin đang chờ bạn xem trước khi gửi." in notices(who("hang"))


def test_a_released_message_keeps_what_was_masked_unless_the_teacher_read_it_whole(who: Who, pair: int) -> None:
    first, second = says(who("minh"), pair, HANDLE).seq, says(who("minh"), pair, HANDLE).seq
    moderation_commands.release_message(who("hang"), pair, first)
    with pytest.raises(Conflict):
        moderation_commands.release_message(who("hang"), pair, second, whole=True)
    moderation_commands.read_original(who("hang"), pair, second, "Cần biết có cho gửi được không")
    moderation_commands.release_message(who("hang"), pair, second, whole=True)
    assert "minhanh2k9" not in str(sees(who("khoa"), pair, first)["text"])
    assert sees(who("khoa"), pair, second)["text"] == HANDLE


def test_a_held_message_can_be_decided_after_the_room_has_closed(who: Who, pair: int) -> None:
    one, two = says(who("minh"), pair, HANDLE).seq, says(who("minh"), pair, HANDLE).seq
    moderation_commands.close_room(None, pair, "duty")
    newest = queries.room(pair).last_seq
    moderation_commands.release_message(who("hang"), pair, one)
    moderation_commands.refuse_message(who("hang"), pair, two, "Rủ sang Zalo")
    assert sees(who("khoa"), pair, one)["status"] == "sent" and sees(who("khoa"), pair, two)["status"] == "hidden"
    assert queries.room(pair).last_seq == newest


def test_a_room_that_is_watched_line_by_line_holds_and_masks(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    made = says(who("minh"), pair, PHONE)
    assert (made.status, made.held_for) == ("held", "everything") and "0912" not in made.text
    moderation_commands.release_message(who("hang"), pair, made.seq)
    assert "0912" not in str(sees(who("khoa"), pair, made.seq)["text"])


def test_what_a_teacher_writes_goes_the_same_way_and_another_one_decides(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    made = says(who("hang"), pair, ASKS)
    assert made.status == "held"
    with pytest.raises(NotFound):
        moderation_commands.release_message(who("hang"), pair, made.seq)
    moderation_commands.refuse_message(who("quang"), pair, made.seq, "Không ai được hỏi mã")


# ---- somebody may be in danger, threatens, or insults -----------------------------------------------------


@pytest.mark.parametrize("room", ["pair", "adults"])
def test_words_of_danger_wait_for_the_people_in_charge_and_nobody_else_reads_them(
    who: Who, room: str, request: pytest.FixtureRequest
) -> None:
    room_id = request.getfixturevalue(room)
    author, other = ("minh", "khoa") if room == "pair" else ("bay", "lan")
    made = says(who(author), room_id, f"bị ba đánh, không muốn sống nữa. {CODE}")
    assert (made.status, made.disclosed, made.text, made.kinds) == ("held", True, "", ["distress"])
    assert sees(who(other), room_id, made.seq)["text"] is None
    assert "482913" not in everything_stored()


def test_a_threat_waits_near_children_and_an_insult_goes_back_to_its_box(who: Who, pair: int) -> None:
    assert says(who("minh"), pair, "mai ra cổng trường biết tay tao").status == "held"
    with pytest.raises(Forbidden) as refused:
        says(who("minh"), pair, "đồ con chó")
    assert refused.value.code == "refused"


# ---- a detector that fails -------------------------------------------------------------------------------


def _fails(*_args: object) -> list[object]:
    raise RuntimeError("a fault of ours")


def _takes_its_time(*_args: object) -> list[object]:
    until = time.thread_time() + 0.03
    while time.thread_time() < until:
        pass
    return []


@pytest.mark.parametrize(
    ("room", "fault"),
    some(("pair", _fails), ("adults", _takes_its_time), rest=[("pair", _takes_its_time), ("adults", _fails)]),
)
def test_a_detector_that_fails_or_takes_too_long_holds_and_never_passes(
    who: Who, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, room: str, fault: object
) -> None:
    room_id = request.getfixturevalue(room)
    monkeypatch.setattr(detector, "scan", fault)
    made = says(who("lan"), room_id, "Gọi 0912 345 678")
    assert (made.status, made.held_for) == ("held", "fault")
    assert "0912 345" not in everything_stored()  # nobody knows what stands there
    with pytest.raises(InvalidInput):
        reject_private_data("Một yêu cầu", minor=True, field="words")


def test_the_log_of_a_fault_tells_nothing_of_the_message(
    who: Who, pair: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(detector, "scan", _fails)
    says(who("minh"), pair, "Gọi 0912 345 678 gặp mẹ")
    assert caplog.records and "0912" not in caplog.text and "mẹ" not in caplog.text


# ---- again and again -------------------------------------------------------------------------------------


def test_three_masks_within_a_day_bring_those_on_duty_and_five_stop_the_sender(who: Who, pair: int) -> None:
    tell = "Trong một phòng có người gửi số hoặc liên lạc riêng nhiều lần. Hãy vào xem."
    for times in range(1, 6):
        says(who("khoa"), pair, PHONE)
        assert (tell in notices(who("hang"))) is (times >= 3)
    with pytest.raises(Forbidden) as refused:
        says(who("khoa"), pair, "Chào em")
    assert refused.value.code == "muted"
    says(who("minh"), pair, "Em chào anh")
    with clock.travel(clock.now() + timedelta(hours=25)):
        assert says(who("khoa"), pair, "Chào em").status == "sent"


# ---- links -----------------------------------------------------------------------------------------------


def test_who_was_stopped_for_masks_stays_so_in_a_new_room(inside: World, who: Who, pair: int) -> None:
    for _ in range(5):
        says(who("khoa"), pair, PHONE)
    moderation_commands.close_room(who("hang"), pair, "Hết giờ")
    with pytest.raises(Forbidden) as refused:
        says(who("khoa"), open_pair(inside), "Chào em")
    assert refused.value.code == "muted"
    with clock.travel(clock.now() + timedelta(hours=25)):
        assert says(who("khoa"), open_pair(inside), "Chào em").status == "sent"


def test_a_unit_may_let_links_to_its_own_site_pass(who: Who, pair: int) -> None:
    link = "Bài ở https://lop.truong-nguyendu.vn/bai-3 nhé"
    assert says(who("khoa"), pair, link).status == "masked"

    @command
    def allow() -> None:
        unit = db.session.get_one(Unit, queries.room(pair).unit_id)
        unit.link_hosts = "truong-nguyendu.vn"

    allow()
    assert says(who("khoa"), pair, link).status == "sent"
    assert says(who("khoa"), pair, "https://truong-nguyendu.vn.qua-tang.xyz").status == "masked"


COUNTS = rate_limits.hit  # the rest of these tests write faster than people do


# ---- second looks ----------------------------------------------------------------------------------------


def test_who_acted_is_not_shown_the_appeal_against_it(who: Who, pair: int) -> None:
    seq = says(who("khoa"), pair, "Chậm quá").seq
    moderation_commands.hide_message(who("hang"), pair, seq, "Lời lẽ")
    moderation_commands.appeal(who("khoa"), pair, seq, "Em chỉ nói máy chậm")
    assert moderation_queries.appeals_for(who("hang")) == []
    assert [row.message.seq for row in moderation_queries.appeals_for(who("quang"))] == [seq]


def test_an_author_asks_for_a_second_look_and_another_person_decides(who: Who, pair: int) -> None:
    seq = says(who("khoa"), pair, PHONE).seq
    for name in ("minh", "lan", "hang"):
        with pytest.raises(NotFound):
            moderation_commands.appeal(who(name), pair, seq)
    moderation_commands.appeal(who("khoa"), pair, seq, "Đây là số trong đề bài")
    with pytest.raises(Conflict):
        moderation_commands.appeal(who("khoa"), pair, seq)
    assert [row.appeal.words for row in moderation_queries.appeals_for(who("hang")) if row.appeal] == [
        "Đây là số trong đề bài"
    ]
    for name in ("khoa", "minh", "mai"):
        with pytest.raises(NotFound):
            moderation_commands.decide_appeal(who(name), pair, seq, True, "Được")
    moderation_commands.decide_appeal(who("hang"), pair, seq, True, "Đúng là số trong đề")
    assert sees(who("minh"), pair, seq)["text"] == PHONE and moderation_queries.appeals_for(who("hang")) == []
    with pytest.raises(Conflict):
        moderation_commands.decide_appeal(who("quang"), pair, seq, False, "Vẫn giữ như trước")
    decided = moderation_queries.appeal_of(queries.message(pair, seq).id)
    assert decided is not None and decided.outcome == "overturned" and sees(who("minh"), pair, seq)["text"] == PHONE
    assert "Tin bạn nhờ xem lại đã được cho hiện lại." in notices(who("khoa"))


def test_an_appeal_is_short(who: Who, pair: int) -> None:
    seq = says(who("khoa"), pair, PHONE).seq
    with pytest.raises(InvalidInput) as refused:
        moderation_commands.appeal(who("khoa"), pair, seq, "x" * 301)
    assert refused.value.code == "too_long" and moderation_queries.appeal_of(queries.message(pair, seq).id) is None
    assert moderation_commands.appeal(who("khoa"), pair, seq, "x" * 300).words == "x" * 300


def test_messages_are_written_so_often_and_no_more(
    who: Who, pair: int, still_time: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "hit", COUNTS)
    for _ in range(8):
        rate_limits.hit("post", who("khoa").id)
    with pytest.raises(RateLimited):
        says(who("khoa"), pair, "Chào em")
    for _ in range(4):  # who is new, fewer
        rate_limits.hit("post_new", who("minh").id)
    with pytest.raises(RateLimited):
        says(who("minh"), pair, "Chào anh")
    assert queries.room(pair).last_seq == 0


def test_second_looks_are_asked_for_so_often_and_no_more(who: Who, pair: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "hit", COUNTS)
    seq = says(who("khoa"), pair, PHONE).seq
    for _ in range(20):
        rate_limits.hit("appeal", who("khoa").id)
    with pytest.raises(RateLimited):
        moderation_commands.appeal(who("khoa"), pair, seq)


def test_whoever_decided_first_does_not_decide_again(who: Who, pair: int) -> None:
    seq = says(who("khoa"), pair, HANDLE).seq
    moderation_commands.refuse_message(who("hang"), pair, seq, "Rủ sang Zalo")
    assert any("không được gửi" in say for say in notices(who("khoa")))
    moderation_commands.appeal(who("khoa"), pair, seq, "Em chỉ hỏi thôi ạ")
    with pytest.raises(NotFound):
        moderation_commands.decide_appeal(who("hang"), pair, seq, True, "Thôi được")
    assert moderation_commands.decide_appeal(who("quang"), pair, seq, False, "Không rủ ra ngoài").outcome == "upheld"
    assert sees(who("minh"), pair, seq)["status"] == "hidden"


def test_a_second_look_is_asked_for_within_twenty_days(who: Who, pair: int) -> None:
    seq = says(who("khoa"), pair, PHONE).seq
    with clock.travel(clock.now() + timedelta(days=21)), pytest.raises(Conflict):
        moderation_commands.appeal(who("khoa"), pair, seq)


def test_the_words_of_an_appeal_tell_nothing_private_either(who: Who, pair: int) -> None:
    seq = says(who("khoa"), pair, PHONE).seq
    with pytest.raises(DomainError) as refused:
        moderation_commands.appeal(who("khoa"), pair, seq, PHONE)
    assert refused.value.code == "private" and refused.value.field == "words"


def test_a_verdict_is_the_strictest_of_its_hits() -> None:
    assert judging.screen_text(f"{PHONE}. {HANDLE}", minor=True).action == "hold"
    assert judging.screen_text(f"{PHONE}. {HANDLE}", minor=False).action == "mask"
