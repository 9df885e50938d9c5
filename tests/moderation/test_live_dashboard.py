"""The board: what stands of each open room, what comes first, who is told what, and that sixty rooms ask no more."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who, said
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import Guardian, User
from tutoring.community.models import DutyShift, DutySlot, Membership, Unit
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.skills.queries import topics
from tutoring.moderation import duty_queries
from tutoring.moderation.live_dashboard import MOST, PAGE, LiveRoom, board, most_urgent
from tutoring.pairing.models import HelpRequest
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands

As = Callable[[str], FlaskClient]


@pytest.fixture
def evening() -> Iterator[Callable[[int], None]]:
    """Seven o'clock of today's evening in Vietnam; `evening(5)` is five minutes later."""
    with clock.travel(datetime.combine(clock.today(), time(12), UTC)):
        yield lambda minutes: clock.move(timedelta(minutes=minutes))


def row(who: Who, name: str = "hang", show: str = "all") -> LiveRoom:
    (found,) = board(who(name), show).rows
    (first,), count = most_urgent(who(name), 1)
    assert count == 1 and signs(first) == signs(found)  # the start page says the same
    return found


def signs(row: LiveRoom) -> list[object]:
    return [row.room, row.seats, row.here, row.watching, row.wait, row.held, row.worries, row.cases, row.urgency]


def test_who_sits_alone_is_named_with_whom_they_wait_for_and_how_long(
    who: Who, evening: Callable[[int], None], pair: int
) -> None:
    evening(0)
    presence_commands.visit(who("minh"), pair)
    assert row(who).wait is not None and not row(who).needs
    for _ in range(3):
        evening(1)
        presence_commands.visit(who("minh"), pair)
    wait = row(who).wait
    assert wait is not None and (wait.who, wait.for_whom, wait.minutes) == (who("minh"), [who("khoa")], 3)
    assert row(who).needs and board(who("hang"), "need").counts["need"] == 1
    presence_commands.visit(who("khoa"), pair)
    assert row(who).wait is None or row(who).wait.answer  # type: ignore[union-attr]


def test_words_of_a_learner_without_an_answer_and_silence(who: Who, evening: Callable[[int], None], pair: int) -> None:
    messages_commands.post_message(who("minh"), pair, new_id(), "Em chưa hiểu bước này")
    for _ in range(11):
        for name in ("minh", "khoa"):
            presence_commands.visit(who(name), pair)
        evening(1)
    found = row(who)
    assert found.wait is not None and found.wait.answer and found.wait.minutes == 11
    assert found.silence == 11 and found.silent and row(who, show="silent").room.id == pair
    messages_commands.post_message(who("khoa"), pair, new_id(), "Anh đây")
    assert row(who).wait is None and row(who).silence == 0 and board(who("hang"), "silent").rows == []


def test_nobody_there_is_no_silence_and_no_waiting(who: Who, evening: Callable[[int], None], pair: int) -> None:
    evening(30)
    found = row(who)
    assert found.wait is None and found.silence is None and not found.needs


def test_what_waits_what_is_unread_and_where_one_sits(who: Who, pair: int) -> None:
    assert board(who("hang"), "mine").rows == [] and row(who).unread == 0
    moderation_commands.enter_as_observer(who("hang"), pair)
    messages_commands.mark_seen(who("hang"), pair, 2)
    moderation_commands.hold_everything(who("hang"), pair)
    messages_commands.post_message(who("minh"), pair, new_id(), "Em chào cô")
    found = row(who, show="held")
    assert found.held == 1 and found.watching and found.unread > 0
    assert row(who, show="mine").room.id == pair


# Of "every pair risk with its reasons": sentences, and not for families.
RISKY = ("Em mấy tuổi rồi, ở nhà với ai", "Chuyện hai đứa mình em đừng kể cho ai nha")


def _weighs(who: Who, room_id: int) -> None:
    for text in RISKY:
        messages_commands.post_message(who("khoa"), room_id, new_id(), text)


def test_the_risk_of_a_pair_stands_there_as_sentences(who: Who, pair: int, as_: As) -> None:
    _weighs(who, pair)
    (worry,) = row(who).worries
    assert (worry.author, worry.towards) == (who("khoa"), who("minh"))
    assert any(reason.startswith("Dặn giấu người lớn: 1 lần") for reason in worry.reasons)
    assert row(who).needs


def test_neither_family_of_a_pair_reads_its_risk_whatever_their_role(who: Who, pair: int) -> None:
    _weighs(who, pair)
    assert row(who).worries
    _guards(who("hang").id, who("khoa").id)
    assert row(who).worries == []


@command
def _guards(guardian_id: int, child_id: int) -> None:
    db.session.add(Guardian(guardian_id=guardian_id, child_id=child_id, confirmed_at=clock.now()))


def test_cases_stand_beside_their_room_for_those_who_may_see_them(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    assert [one.id for one in row(who).cases] == [case.id]
    _guards(who("hang").id, who("khoa").id)  # of the family of the one it is about
    assert row(who).cases == [] and [one.id for one in row(who, "quang").cases] == [case.id]


def test_what_needs_somebody_first_comes_first(inside: World, who: Who) -> None:
    calm, held, grave = (open_pair(inside) for _ in range(3))
    moderation_commands.hold_everything(who("hang"), held)
    messages_commands.post_message(who("minh"), held, new_id(), "Em chào cô")
    messages_commands.post_message(who("khoa"), grave, new_id(), "Ê")
    said(who("minh"), "message", f"{grave}/1", "contact")
    found = board(who("hang"))
    assert [one.room.id for one in found.rows] == [grave, held, calm]
    first, count = most_urgent(who("hang"), 2)
    assert ([one.room.id for one in first], count) == ([grave, held], 3)
    assert found.counts == {"all": 3, "need": 2, "waiting": 0, "held": 1, "silent": 0, "mine": 1}
    assert found.chosen is not None and found.chosen.room.id == grave
    assert board(who("hang"), "mine", room_id=calm).chosen is not None  # what was asked for stays, whatever the filter
    assert board(who("hang"), room_id=calm + 99).chosen is None


# ---- duty --------------------------------------------------------------------------------------------------------


def test_who_is_on_duty_who_comes_next_and_who_may_step_in(
    inside: World, who: Who, evening: Callable[[int], None]
) -> None:
    _rota(inside)
    (duty,) = duty_queries.duty_now(who("hang"))
    assert [one.username for one in duty.people] == ["hang"] and duty.mine
    assert duty.next is not None and duty.next.person.username == "quang"
    assert clock.local(duty.next.at or clock.now()) == clock.local(clock.now()).replace(
        hour=20, minute=0, second=0, microsecond=0
    )
    assert [(turn.person.username, turn.at) for turn in duty.backup] == [("mai", None)]
    _nobody()
    (duty,) = duty_queries.duty_now(who("hang"))
    assert duty.people == [] and duty.next is None and {turn.at for turn in duty.backup} == {None}


@command
def _rota(world: World) -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))
    here, unit = clock.local(clock.now()), world["truong"]
    for name, days, starts, ends in (("hang", 0, 18, 20), ("quang", 0, 20, 21), ("quang", 1, 7, 9)):
        weekday = (here.weekday() + days) % 7
        db.session.add(DutySlot(unit_id=unit, user_id=world[name], weekday=weekday, starts=starts * 60, ends=ends * 60))
    db.session.add(Membership(user_id=world["mai"], unit_id=unit, role="teacher", confirmed_at=clock.now()))


@command
def _nobody() -> None:
    db.session.execute(sa.delete(DutySlot))


# ---- the page ----------------------------------------------------------------------------------------------------


def _many(app: Flask, world: World, count: int) -> None:
    with app.app_context():
        for number in range(count):
            room_id = open_pair(world)
            messages_commands.post_message(person(world["khoa"]), room_id, new_id(), f"Chào em, bài {number}")
        presence_commands.visit(person(world["minh"]), room_id)


@pytest.mark.full
def test_sixty_rooms_ask_no_more_than_three_and_come_by_pages(
    app: Flask, world: World, as_: As, queries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)  # nobody is too quick
    hang = as_("hang")
    costs = []
    for more in (3, 57):
        _many(app, world, more)
        hang.get("/board")
        queries.clear()
        page = hang.get("/board").text
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 26  # two for who waits, one for what can be undone
    assert "Tất cả (60)" in page and page.count('<li class="line') == PAGE and "Trang 1 trên 3" in page
    last = hang.get("/board?show=all&page=3").text
    assert "Trang 3 trên 3" in last and last.count('<li class="line') == PAGE
    assert hang.get("/board?page=999").text.count('<li class="line') == PAGE
    assert hang.get("/board?page=x&show=x").status_code == 200


def test_more_rooms_than_can_be_looked_through_are_said_to_be_so(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST >= 200
    monkeypatch.setattr("tutoring.moderation.live_dashboard.MOST", 2)
    _many(app, world, 3)
    page = as_("hang").get("/board").text
    assert "Tất cả (2)" in page and "chỉ xét những phòng mở lâu nhất" in page


def test_every_act_stands_in_the_row_and_comes_back_to_the_filter(app: Flask, world: World, as_: As) -> None:
    _many(app, world, 1)
    hang = as_("hang")
    page = hang.get("/board?show=need").text
    assert "Không phòng nào cần xem lúc này" in page and "Tất cả (1)" in page
    page = hang.get("/board").text
    with app.app_context():
        room_id = db.session.scalars(sa.select(Room.id)).one()
    for path in (f"/rooms/{room_id}/enter", f"/rooms/{room_id}/hold", f"/rooms/{room_id}/close"):
        assert path in page
    assert f"/rooms/{room_id}/hand-over" not in page  # opened for no request
    answer = hang.post(f"/rooms/{room_id}/hold", data={"on": "1", "back": "/board?show=mine"})
    assert answer.location == "/board?show=mine"
    page = hang.get("/board?show=mine").text
    assert "Ngừng xem trước từng tin" in page and "Bạn đang ở trong phòng" in page
    assert "Từ bây giờ bạn xem từng tin trong phòng. Bấm nhầm thì hoàn tác trong 10 giây." in page


# ---- what is shown of the chosen room --------------------------------------------------------------------------


def _panel(page: str) -> str:
    panel = page[page.index('id="room"') :]
    return panel[: panel.index("</aside>")]


def test_the_talk_is_read_by_who_is_in_the_room_and_by_nobody_from_outside(app: Flask, world: World, as_: As) -> None:
    _many(app, world, 1)
    with app.app_context():
        room_id = db.session.scalars(sa.select(Room.id)).one()
        moderation_commands.hold_everything(person(world["quang"]), room_id)
        messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Em chào anh")
    hang = as_("hang")
    panel = _panel(hang.get(f"/board?room={room_id}").text)
    assert "Em chào anh" in panel and "Chào em, bài 0" not in panel  # the held one, as in the queue; not the talk
    assert "Muốn đọc cuộc trò chuyện thì vào phòng." in panel
    hang.post(f"/rooms/{room_id}/enter")
    panel = _panel(hang.get(f"/board?room={room_id}").text)
    assert "Chào em, bài 0" in panel and "Cô Hằng đã vào phòng." in panel and "Trở lại phòng" in panel


def test_what_was_sealed_stays_sealed_beside_the_list(app: Flask, world: World, as_: As) -> None:
    sealed = "Ba em đánh em, em sợ lắm, em muốn chết"
    with app.app_context():
        room_id = open_pair(world)
        moderation_commands.enter_as_observer(person(world["hang"]), room_id)
        assert messages_commands.post_message(person(world["minh"]), room_id, new_id(), sealed).disclosed
    page = as_("hang").get(f"/board?room={room_id}").text
    assert "Vừa nói" in page and "Ba em" not in page


def test_a_room_that_closed_is_said_to_be_gone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room_id = open_pair(world)
        moderation_commands.close_room(person(world["hang"]), room_id, "Hết giờ")
    page = as_("hang").get(f"/board?room={room_id}").text
    assert "Phòng này không còn mở" in page and f"/rooms/{room_id}/enter" not in page


# ---- who waits for a helper ------------------------------------------------------------------------------------------


def _asks(world: World, name: str, unit: str, minutes: int, minor: bool = True) -> int:
    at = clock.now() - timedelta(minutes=minutes)
    asked = HelpRequest(
        learner_id=world[name], asked_by_id=world[name], unit_id=world[unit], ward_id=world["phuong"],
        topic=topics("vi")[0][0], minor=minor, created_at=at, queued_at=at, state_since=at,
    )  # fmt: skip
    db.session.add(asked)
    db.session.commit()
    return asked.id


def test_a_child_whom_nobody_helps_stands_on_the_board_after_danger(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        first, second = _asks(world, "minh", "lop6a", 12), _asks(world, "an", "lop4a", 4)
        calm, grave = open_pair(world), open_pair(world)
        messages_commands.post_message(person(world["khoa"]), grave, new_id(), "Ê")
        said(person(world["minh"]), "message", f"{grave}/1", "contact")
        found = board(person(world["quang"]))
        waiting = [(one.asked.id, one.named, one.minutes) for one in found.waiting]
        assert waiting == [(first, True, 12), (second, True, 4)]
        assert found.counts["waiting"] == 2 and found.counts["all"] == 4 and found.counts["need"] == 3
    page = as_("quang").get("/board").text
    order = [f'id="room-{grave}"', f'id="request-{first}"', f'id="request-{second}"', f'id="room-{calm}"']
    assert sorted(order, key=page.index) == order
    assert f"/units/{world['lop6a']}/waiting#request-{first}" in page and "Đợi 12 phút" in page
    only = as_("quang").get("/board?show=waiting").text
    assert f'id="request-{first}"' in only and f'id="room-{calm}"' not in only
    assert f'id="request-{first}"' in as_("quang").get(f"/units/{world['lop6a']}/waiting").text


def test_who_may_not_know_who_waits_is_told_no_name_and_who_may_not_help_nothing(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        _asks(world, "minh", "lop6a", 12)
        (seen,) = board(person(world["hang"])).waiting  # as in /helping: that a pupil waits, without a name
        assert not seen.named
        for name in ("mai", "muoi", "khoa", "lan", "minh"):
            assert board(person(world[name])).waiting == [], name
        _asks(world, "bay", "kp3", 3, minor=False)
        assert board(person(world["hang"])).counts["waiting"] == 1  # not of a unit of hers
    row = as_("hang").get("/board?show=waiting").text
    row = row[row.index('id="request-') :]
    row = row[: row.index("</ul>")]
    assert "Học sinh lớp 6" in row and 'href="/helping"' in row and "Minh," not in row and ">Minh<" not in row


def test_who_was_taken_or_waits_for_an_hour_is_nobody_who_waits(inside: World, who: Who) -> None:
    asked = db.session.get_one(HelpRequest, _asks(inside, "minh", "lop6a", 12))
    for name, value in (("paused_at", clock.now()), ("meet_at", clock.now()), ("times_until", clock.now())):
        setattr(asked, name, value)
        db.session.commit()
        assert board(who("quang")).waiting == [], name
        setattr(asked, name, None)
    asked.state, asked.helper_id = "helping", inside["khoa"]
    db.session.commit()
    assert board(who("quang")).waiting == []


@pytest.mark.parametrize(("name", "most"), some(("quang", 48), rest=[("hang", 50)]))
def test_the_board_costs_the_same_whatever_waits(
    app: Flask, world: World, as_: As, queries: list[str], monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    client = as_(name)

    def costs(units: int, rooms: int) -> int:
        with app.app_context():
            _crowd(world, units)
        _many(app, world, rooms)
        with app.app_context():
            for room_id in db.session.scalars(sa.select(Room.id)).all():
                moderation_commands.hold_everything(person(world["quang"]), room_id)
                messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Em chào anh")
                said(person(world["lan"]), "room", str(room_id), "other")
        client.get("/board")
        queries.clear()
        page = client.get("/board").text
        assert ("Đợi người giúp" in page and "Báo cáo: thường" in page) or "Báo cáo" in page
        return len(queries)

    few = costs(2, 2)
    assert costs(12, 6) == few <= most


@command
def _crowd(world: World, count: int) -> None:
    """So many more classes of the school, with a pupil each who waits."""
    begun = db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) or 0
    school = db.session.get_one(Unit, world["truong"])
    for number in range(begun, begun + count):
        unit = Unit(code=f"lop-{number}", kind="class", name=f"Lớp 7/{number}", parent_id=school.id, grade=7, sort=0,
                    ward_id=world["phuong"], school_id=school.id, path="")  # fmt: skip
        pupil = User(username=f"em{number}", full_name=f"Em {number}", called_name=f"Em {number}", kind="child",
                     birth_year=clock.today().year - 13, grade=7)  # fmt: skip
        db.session.add_all([unit, pupil])
        db.session.flush()
        unit.path = f"{school.path}{unit.id}/"
        db.session.add(Membership(user_id=pupil.id, unit_id=unit.id, role="learner", confirmed_at=clock.now()))
        db.session.add(HelpRequest(learner_id=pupil.id, asked_by_id=pupil.id, unit_id=unit.id, minor=True,
                                   ward_id=world["phuong"], topic=topics("vi")[0][0]))  # fmt: skip


def test_the_board_shows_nobody_else_s_rooms(app: Flask, world: World, as_: As) -> None:
    _many(app, world, 1)
    for name in ("mai", "muoi"):  # officers and leads never look into rooms with children
        assert "Không có phòng nào đang mở" in as_(name).get("/board").text
    for name in ("minh", "lan", "khoa"):
        assert as_(name).get("/board").status_code in (302, 403, 404)


def test_rooms_and_who_waits_are_found_by_a_name_or_a_unit(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        rate_limits.clear()
        number = open_pair(world)
    hang = as_("hang")

    def found(typed: str, **more: str) -> str:
        page = hang.get("/board", query_string={"q": typed, **more}).text
        return page[page.index("<main") :]

    here = f'id="room-{number}"'
    for typed in ("minh", "KHOA", "Mính", "lop 6a", "minh 6a"):
        assert here in found(typed), typed
    nothing = found("không ai như vậy")
    assert here not in nothing and "Không thấy phòng nào của" in nothing and 'value="không ai như vậy"' in nothing
    assert 'href="/board?q=minh"' in found("minh") and f'href="/board?q=minh&amp;room={number}"' in found("minh")
    assert 'name="show" value="need"' in found("minh", show="need")
    for odd in ("<script>", "%", "\\", "a" * 5000):
        assert "<script>" not in found(odd).split('id="board"')[1].split("</section>")[0]
