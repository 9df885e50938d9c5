"""Forty scripted disclosures: five doors, four ages, many spellings. Each reaches a grown-up with the card shown, none
reaches somebody else, and none makes a case against whoever wrote it. Sixty look-alikes pass."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.rooms.conftest import new_id
from tutoring.circles.models import Answer, Topic
from tutoring.kernel.db import db
from tutoring.moderation.cases.queries import users_to_notify
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.alarm_ladder import ladder
from tutoring.notifications.models import Notice
from tutoring.pairing.models import HelpRequest
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Feedback, Message
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.safety.screening import screen_text
from tutoring.welfare.models import Disclosure

# Who writes (a pupil of ten or less, of class 6, of 17, a grown-up), and what.
SCRIPTS = [
    ("an", "ba uýnh con bằng dây nịt"),
    ("an", "mẹ nhốt em trong phòng, không cho ăn"),
    ("minh", "em ko mun song nua"),
    ("minh", "bo em danh em hoai, em so lam"),
    ("minh", "Chú hàng xóm sờ vào người em"),
    ("khoa", "k ai thuong em, em chet di cho roi"),
    ("khoa", "nó dọa tung ảnh nóng của em"),
    ("lan", "Chồng tôi đánh tôi và con tôi mỗi ngày"),
]
DOORS = ("room", "ask", "feedback", "circle", "report")

LOOK_ALIKES = [
    "Em mệt muốn chết",
    "Cười chết mất thôi",
    "Chết rồi, quên nộp bài",
    "Bài này khó muốn xỉu",
    "Máy em chết rồi, bật không lên",
    "Game này đánh boss khó quá",
    "Em đánh máy chậm lắm",
    "Anh đánh dấu câu này giúp em",
    "Đánh vần chữ này sao ạ",
    "Em bị kẹt ở bước ba",
    "Em bị khoá tài khoản",
    "Con mèo nhà em mới chết",
    "Ông em mất năm ngoái",
    "Bài hát này nghe buồn ghê",
    "Bài học về phòng chống bắt nạt hay lắm",
    "Bài này nói gì về bắt nạt vậy anh",
    "Gọi 111 có mất tiền không ạ",
    "Số 113 là của công an đúng không",
    "Nếu bị bắt nạt thì kể với thầy cô nha",
    "Không ai được đánh em hết, nhớ nha",
    "Em sợ điểm kém quá",
    "Em lo bài kiểm tra ngày mai",
    "Mẹ la em vì quên tắt máy",
    "Ba dặn em học xong mới chơi",
    "Em buồn ngủ quá",
    "Đói muốn chết, em đi ăn cơm nha",
    "Nóng chết đi được",
    "Tắt nguồn rồi mở lại nha",
    "Xoá luôn cái tệp đó đi",
    "Giết tiến trình đó trong trình quản lý",
    "Cắt hình này ra sao anh",
    "Dán vào ô bên dưới",
    "Em tự làm được rồi",
    "Em không muốn học môn này nữa",
    "Em chán bài này rồi",
    "Em không biết sống ảo là gì",
    "Tự tử trong truyện này là sao, cô giao đọc",
    "Nhân vật Chí Phèo chết ở cuối truyện",
    "Lão Hạc ăn bả chó, bài văn hỏi vì sao",
    "Chiến tranh làm nhiều người chết, bài sử ghi vậy",
    "Cá chết hàng loạt, bài báo nói",
    "Pin em sắp chết",
    "Trận này đội mình bị đánh bại",
    "Em đánh cầu lông với ba",
    "Ba em đánh đàn hay lắm",
    "Mẹ em ôm em chúc ngủ ngon",
    "Cô ôm cả lớp ngày bế giảng",
    "Em chạm vào màn hình không ăn",
    "Em bỏ quên sách ở nhà rồi",
    "Em trốn tìm với em trai",
    "Nhốt con gà vô chuồng trước đã",
    "Em bị đau tay, viết chậm",
    "Em té xe trầy gối thôi",
    "Em bị sốt nên nghỉ học",
    "Hù em giật mình chết khiếp",
    "Anh doạ ma em hả",
    "Thua ván này thì nghỉ chơi",
    "Mạng lag muốn điên",
    "Em không muốn làm bài tập nữa đâu",
    "Hết cứu bài toán này luôn",
]


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def opened(world: World, name: str) -> tuple[int, str]:
    """A room in which this person learns, and somebody else who sits there."""
    other = "khoa" if name != "khoa" else "minh"
    seats = [(world[name], "learner"), (world[other], "helper")]
    unit = world["kp3"] if name == "lan" else world["lop6a"]
    minors = True
    if name in ("an", "minh"):
        seats.append((world["lan"], "guardian"))
    made = sessions_commands.open_room(unit, seats, "join-class", minors=minors, observed=True)
    return made.id, other


def writes(client: FlaskClient, world: World, room_id: int, door: str, name: str, text: str) -> str:
    """Say it at this door by the form alone; the page that is shown then."""
    asked = {} if name in ("an", "minh", "khoa") else {"solved": "partly"}  # what only a grown-up is asked at the end
    page, to, fields = {
        "room": (f"/rooms/{room_id}", f"/rooms/{room_id}/messages", {"client_id": new_id(), "text": text}),
        "ask": (
            "/ask", "/ask",
            {"topic": "join-class", "words": text, "learner": str(world[name]), "urgency": "1", "wish": "now"},
        ),
        "feedback": (f"/rooms/{room_id}/end", f"/rooms/{room_id}/end", {"words": text, **asked}),
        "circle": (f"/rooms/{room_id}", f"/rooms/{room_id}/messages", {"client_id": new_id(), "text": text}),
        "report": ("/report", "/report", {"what": "other", "words": text}),
    }[door]  # fmt: skip
    data = {"csrf_token": token(client.get(page).text), **fields}
    return client.post(to, data=data, follow_redirects=True).text


def forty() -> Iterator[Any]:
    """All these words at each door; in the quick run each of some words at another door, so that every door has one."""
    for n, (name, text) in enumerate(SCRIPTS):
        for at, door in enumerate(DOORS):
            yield pytest.param(name, text, door, marks=[] if n == at else pytest.mark.full)


@pytest.mark.parametrize(("name", "text", "door"), list(forty()))
def test_a_disclosure_reaches_a_grown_up_and_nobody_else(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], name: str, text: str, door: str
) -> None:
    with app.app_context():
        if door == "circle" and name == "lan":
            room_id, other = (
                persistent_rooms_commands.open_lasting(person(world["hang"]), world["lop6a"], "circle").id,
                "hang",
            )
        else:
            room_id, other = opened(world, name)
        before = {key for (key,) in db.session.execute(sa.select(Notice.id))}
    page = writes(as_(name), world, room_id, door, name, text)
    assert "tel:111" in page[page.index("<main") :]
    with app.app_context():
        [kept] = db.session.scalars(sa.select(Disclosure)).all()
        case = db.session.get_one(Case, kept.case_id)
        assert case.welfare is not None and case.welfare.author_id == world[name]
        called = {id for step in ladder(case) for id in step}
        assert called and set(users_to_notify(case)) <= called
        told = set(db.session.scalars(sa.select(Notice.user_id).where(Notice.id.not_in(before))))
        assert told and told <= called, "somebody who may not see it was told"
        assert {one.about_id for one in db.session.scalars(sa.select(Case))} == {None}
        stored = [
            *db.session.scalars(sa.select(Message.text)), *db.session.scalars(sa.select(Feedback.words)),
            *db.session.scalars(sa.select(HelpRequest.words)), *db.session.scalars(sa.select(Topic.text)),
            *db.session.scalars(sa.select(Answer.text)),
        ]  # fmt: skip
        assert not [one for one in stored if text in one]
    for reader in {other, "lan", "khoa"} - {name, "hang"}:
        client = client_of(app, world[reader])
        for path in (f"/rooms/{room_id}", "/", "/notices", "/my-reports"):
            assert text not in client.get(path, follow_redirects=True).text, (reader, path)


def test_sixty_look_alikes_pass(app: Flask, world: World) -> None:
    assert len(set(LOOK_ALIKES)) == 60
    assert [text for text in LOOK_ALIKES if screen_text(text, minor=True).action != "send"] == []
    with app.app_context():
        room_id, _other = opened(world, "minh")
        sent = messages_commands.post_message(person(world["minh"]), room_id, new_id(), LOOK_ALIKES[0])
        assert sent.status == "sent" and db.session.scalar(sa.select(Disclosure.id)) is None
