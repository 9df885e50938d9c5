"""The page of the desk: one entry beside the list, what comes after a decision, its statements; and a case's page."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import said
from tests.rooms.conftest import new_id, open_pair
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.models import Case
from tutoring.moderation.queue import queue
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.moderation import commands as moderation_commands

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is too quick: these tests write a lot."""
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    monkeypatch.setattr(rate_limits, "hit_each_of", lambda names, keys: [[None] * len(names) for _ in keys])


def held(app: Flask, world: World, count: int) -> list[int]:
    """Messages of Minh's that wait in so many rooms; gives their ids."""
    made = []
    with app.app_context():
        for number in range(count):
            room_id = open_pair(world)
            moderation_commands.hold_everything(person(world["quang"]), room_id)
            messages_commands.post_message(person(world["minh"]), room_id, new_id(), f"Dạ em làm bài {number}")
            made.append(
                db.session.scalars(
                    sa.select(Message.id).where(Message.room_id == room_id, Message.status == "held")
                ).one()
            )
    return made


def pane(page: str) -> str:
    """What stands beside the list."""
    return page[page.index('id="item"') : page.index("</section>", page.index('id="item"'))]


def test_the_most_urgent_entry_is_open_and_another_one_by_its_address(app: Flask, world: World, as_: As) -> None:
    first, second = held(app, world, 2)
    hang = as_("hang")
    page = hang.get("/desk").text
    assert 'class="desk queue"' in page and "Dạ em làm bài 0" in pane(page) and "bài 1" not in pane(page)
    page = hang.get(f"/desk?item=m{second}").text
    assert 'class="desk queue chosen"' in page and "Dạ em làm bài 1" in pane(page)
    assert f'href="/desk?item=m{second}" data-address="/desk?item=m{second}" aria-current="true"' in page
    assert f'value="/desk?item=m{first}"' in pane(page)  # the last one decided, the one above it comes next


def test_what_another_has_decided_is_said_to_be_done_and_nothing_takes_its_place(
    app: Flask, world: World, as_: As
) -> None:
    first, second = held(app, world, 2)
    with app.app_context():
        waits = db.session.get_one(Message, first)
        moderation_commands.refuse_message(person(world["quang"]), waits.room_id, waits.seq, "Không liên quan")
    page = as_("hang").get(f"/desk?item=m{first}").text
    assert "Việc này không còn chờ" in pane(page) and "Không gửi" not in pane(page)
    assert f"/desk?item=m{second}" in pane(page)


def test_after_a_decision_the_next_entry_is_open_and_the_slip_is_mended_there(
    app: Flask, world: World, as_: As
) -> None:
    first, second = held(app, world, 2)
    hang = as_("hang")
    with app.app_context():
        waits = db.session.get_one(Message, first)
        room_id, seq = waits.room_id, waits.seq
    data = {"seq": seq, "reason": "Có thông tin riêng", "back": f"/desk?item=m{second}"}
    answer = hang.post(f"/rooms/{room_id}/refuse", data=data)
    assert answer.location == f"/desk?item=m{second}"
    page = hang.get(answer.location).text
    assert "Bấm nhầm thì hoàn tác trong 10 giây." in page and f'value="/desk?item=m{first}"' in page
    back = hang.post(f"/rooms/{room_id}/refuse/undo", data={"seq": seq, "back": f"/desk?item=m{first}"}).location
    assert "Dạ em làm bài 0" in pane(hang.get(back).text)


def test_a_case_is_not_opened_by_being_the_first_of_the_list(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), room_id, new_id(), "Sao em học chậm vậy")
        case_id = said(person(world["minh"]), "message", f"{room_id}/1", "contact", "Xin số của em").id
    hang = as_("hang")
    page = pane(hang.get("/desk").text)
    assert "Một tin nhắn: Em Khoa" in page and f'href="/desk/cases/{case_id}"' in page
    assert "Sao em học chậm" not in page and "Xin số của em" not in page
    with app.app_context():
        assert db.session.get_one(Case, case_id).looked_at is None
    answer = hang.post(f"/desk/cases/{case_id}/claim")
    assert answer.location == f"/desk/cases/{case_id}"
    assert hang.post(f"/desk/cases/{case_id}/let-go").location == f"/desk?item=c{case_id}"
    assert "Tôi xem việc này" in pane(hang.get(f"/desk?item=c{case_id}").text)


@pytest.mark.full
def test_the_list_goes_to_the_page_on_which_an_entry_stands(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutoring.moderation.queue.PAGE", 2)
    made = held(app, world, 5)
    with app.app_context():
        hang = person(world["hang"])
        for number, one in enumerate(made):
            found = queue(hang, item=f"m{one}")
            assert found.chosen is not None and (found.chosen.number, found.page) == (one, number // 2 + 1)
            assert found.following is not None and found.following.number == made[number + 1 if number < 4 else 3]
        case = said(person(world["minh"]), "site", "", "danger", "Cứu em")
        found = queue(hang, "mine", item=f"c{case.id}")
        assert found.items == [] and found.chosen is not None and found.following is None
        claims.claim(hang, case.id)
        assert [one.key for one in queue(hang, "mine").items] == [f"c{case.id}"]
        assert queue(hang, item="c0").chosen is None and queue(hang, item="x").chosen is None


@pytest.mark.full
def test_the_desk_costs_the_same_whatever_waits(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    hang = as_("hang")

    def costs(rooms: int, cases: int) -> int:
        held(app, world, rooms)
        with app.app_context():
            for number in range(cases):
                said(person(world["lan"]), "room", str(open_pair(world)), "other", f"Lần {number}")
        hang.get("/desk")
        queries.clear()
        assert "Tin chờ xem: Em Minh" in hang.get("/desk").text
        return len(queries)

    few = costs(1, 1)
    assert costs(8, 6) == few <= 30


# ---- the page of a case ------------------------------------------------------------------------------------------


@pytest.mark.full
def test_a_message_is_chosen_by_pointing_at_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        for number in range(3):
            messages_commands.post_message(person(world["khoa"]), room_id, new_id(), f"Tin xấu {number}")
        case_id = said(person(world["minh"]), "room", str(room_id), "bullied").id
    hang = as_("hang")
    page = hang.get(f"/desk/cases/{case_id}").text
    assert re.findall(r'type="radio" name="act-seq" form="act-form" value="(\d*)"', page) == ["1", "2", "3", ""]
    assert "Tin số" not in page
    sent = {"kind": "hide", "act-reason": "insult", "act-words": "Mình giữ lời tử tế nhé.", "act-seq": ""}
    refused = hang.post(f"/desk/cases/{case_id}/act", data=sent)
    assert refused.status_code == 422 and "Hãy chọn tin trong cuộc trò chuyện." in refused.text
    done = hang.post(f"/desk/cases/{case_id}/act", data={**sent, "act-seq": "2"}, follow_redirects=True).text
    assert "Đã làm: Ẩn tin." in done and "Bấm nhầm thì hoàn tác trong 10 giây." in done
    with app.app_context():
        query = sa.select(Message.status).where(Message.room_id == room_id, Message.kind == "text")
        assert list(db.session.scalars(query.order_by(Message.seq))) == ["sent", "hidden", "sent"]


def test_a_case_about_one_message_points_at_it_by_itself(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        for number in range(12):
            messages_commands.post_message(person(world["khoa"]), room_id, new_id(), f"Tin {number}")
        case_id = said(person(world["minh"]), "message", f"{room_id}/6", "bullied").id
    page = as_("hang").get(f"/desk/cases/{case_id}").text
    assert "act-seq" not in page and "1 dòng trước đó" in page and "dòng sau đó" in page
    near = page[page.index('id="earlier"') : page.index('id="later"')]
    assert [f"Tin {number}" in near.split("</details>")[1] for number in (0, 1, 5, 9, 10)] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_what_was_decided_offers_no_message_to_choose(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), room_id, new_id(), "Tin xấu")
        case_id = said(person(world["minh"]), "room", str(room_id), "bullied").id
        cases_commands.decide(person(world["quang"]), case_id, "none", "Đã hỏi cả hai bạn.")
    page = as_("hang").get(f"/desk/cases/{case_id}").text
    assert "Tin xấu" in page and "act-seq" not in page and 'id="act-form"' not in page


def test_a_case_of_two_people_names_both_on_the_desk_and_on_its_page(app: Flask, world: World, as_: As) -> None:
    now = clock.now()
    row = {
        "kind": "pair", "target": f"{world['khoa']}:{world['minh']}", "unit_id": world["lop6a"], "minors": True,
        "about_id": world["khoa"], "grade": "S2", "state": "open", "opened_at": now, "look_by": now, "decide_by": now,
        "acts": [], "reasons": [], "words": "", "outcome": "",
    }  # fmt: skip
    with app.app_context():
        add_case(row)
        case_id = db.session.scalars(sa.select(Case.id)).one()
    quang = as_("quang")
    both = re.compile(r"Dấu hiệu đáng lo: [^<]*Khoa nhắn cho [^<]*Minh")
    assert both.search(quang.get("/desk").text) and both.search(quang.get(f"/desk/cases/{case_id}").text)


@command
def add_case(row: dict[str, object]) -> None:
    db.session.execute(sa.insert(Case), [row])
