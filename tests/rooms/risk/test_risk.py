"""Risk over time in rooms: points without text, raised once for each pair, forgotten after thirty days."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.rooms.conftest import new_id
from tutoring.accounts.models import User
from tutoring.kernel import clock, events, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms import queries as reads
from tutoring.rooms.events import RiskRaised
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.risk import commands as risk_commands
from tutoring.rooms.risk import queries as risk_queries
from tutoring.rooms.risk.models import RiskPoint
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.safety import risk
from tutoring.safety.findings import Hit

Who = Callable[[str], User]

ASKS_ALONE = "Em ở nhà một mình à?"
SECRET = "Đừng kể với ba mẹ nha em"
ELSEWHERE = "Qua zalo nói chuyện riêng nhé em"
PICTURE = "Gửi anh tấm hình mặt em đi"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Vietnam: late hours would count."""
    with clock.travel(datetime.now(clock.LOCAL).replace(hour=12, minute=0)):
        yield


@pytest.fixture
def raised() -> Iterator[list[RiskRaised]]:
    """What is announced during a test."""
    heard: list[RiskRaised] = []
    events.on(RiskRaised)(heard.append)
    yield heard
    events._reactions[RiskRaised].remove(heard.append)


@command
def say(author: User, room_id: int, text: str, hits: tuple[Hit, ...] = (), seq: int = 1) -> risk.RiskScore:
    """Weigh and note as posting does."""
    room = reads.locked_room(room_id)
    weighing = risk_commands.score_message(room, author, text, hits)
    risk_commands.note(room, author, weighing, seq)
    return weighing


def points(kind: str = "") -> list[tuple[int, int, str]]:
    rows = db.session.scalars(sa.select(RiskPoint).order_by(RiskPoint.id))
    return [(row.from_id, row.towards_id, row.kind) for row in rows if kind in ("", row.kind)]


def test_points_are_kept_toward_the_child_and_never_a_word(who: Who, pair: int, inside: World) -> None:
    say(who("minh"), pair, ASKS_ALONE, seq=7)
    (row,) = db.session.scalars(sa.select(RiskPoint))
    assert (row.from_id, row.towards_id, row.kind, row.seq) == (inside["minh"], inside["khoa"], "personal", 7)
    assert {column.name for column in RiskPoint.__table__.columns} == {
        "id", "room_id", "seq", "from_id", "towards_id", "kind", "points", "at",
    }  # fmt: skip


def test_talk_without_signs_asks_nothing_of_the_database(who: Who, pair: int, queries: list[str]) -> None:
    room, author = reads.room(pair), who("khoa")
    _warm = (room.minors, author.is_minor)
    queries.clear()
    assert risk_commands.score_message(room, author, "Em bấm vào nút xanh ở góc trên nhé") == risk.RiskScore()
    assert queries == []


def test_the_sequence_is_raised_with_reasons_and_its_next_step_waits(
    who: Who, pair: int, raised: list[RiskRaised], inside: World
) -> None:
    assert not say(who("minh"), pair, ASKS_ALONE).hold and raised == []
    assert say(who("minh"), pair, SECRET).hold
    assert say(who("minh"), pair, ELSEWHERE).hold
    assert [(one.level, one.from_id, one.towards_id) for one in raised] == [
        ("notice", inside["minh"], inside["khoa"]),
        ("case", inside["minh"], inside["khoa"]),
    ]
    assert any("Dặn giấu người lớn: 1 lần, hôm nay" in reason for reason in raised[0].reasons)
    assert any("đi cùng nhau" in reason for reason in raised[0].reasons)
    assert risk_queries.risk_reasons(inside["minh"], inside["khoa"]) == raised[1].reasons
    assert risk_queries.risk_reasons(inside["khoa"], inside["minh"]) == ()


def test_of_two_pupils_the_one_who_helps_is_watched_as_a_grown_up_is(who: Who, pair: int, inside: World) -> None:
    assert all(who(name).is_minor for name in ("khoa", "minh"))
    by_helper, by_learner = say(who("khoa"), pair, ASKS_ALONE), say(who("minh"), pair, ASKS_ALONE)
    assert (
        by_helper.total
        == risk.score_signals([], risk.find_signals(ASKS_ALONE, hour=12, minor=True, adult=True), clock.now()).total
    )
    assert by_learner.total < by_helper.total
    assert {towards for _from, towards, kind in points("notice")} == {inside["minh"]}


def test_a_level_is_raised_once_within_thirty_days(who: Who, pair: int, raised: list[RiskRaised]) -> None:
    for _again in range(4):
        say(who("khoa"), pair, ELSEWHERE)
    assert [one.level for one in raised].count("notice") <= 1
    assert len(raised) == len({one.level for one in raised})
    before = len(raised)
    with clock.travel(clock.now() + timedelta(days=31)):
        say(who("khoa"), pair, ELSEWHERE)
    assert [one.level for one in raised[before:]] == ["notice"]


def test_signs_of_another_room_count_for_the_same_pair(
    who: Who, pair: int, inside: World, raised: list[RiskRaised]
) -> None:
    say(who("khoa"), pair, ASKS_ALONE)
    seats = [(inside["minh"], "learner"), (inside["khoa"], "helper")]
    other = sessions_commands.open_room(inside["lop6a"], seats, "join-class", minors=True, observed=True).id
    assert say(who("khoa"), other, SECRET).hold


def test_a_mask_counts_toward_a_child(who: Who, pair: int) -> None:
    say(who("khoa"), pair, "số anh là 0901234567", (Hit("phone", 9, 19, "0901234567", ""),))
    assert points("masked")


def test_a_guardian_is_not_weighed_toward_the_own_child_and_need_not_wait(who: Who, pair: int, inside: World) -> None:
    assert not say(who("lan"), pair, "Mẹ đón con ở cổng trường, đừng kể với ai nhé").hold
    assert {towards for _from, towards, _kind in points()} == {inside["khoa"]}


def test_a_watcher_is_not_weighed(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    assert not say(who("hang"), pair, SECRET).hold and points() == []


def test_among_adults_only_scams_and_threats_are_noted_and_nothing_waits(who: Who, adults: int) -> None:
    for text in (ELSEWHERE, PICTURE, SECRET):
        assert say(who("lan"), adults, text) == risk.RiskScore()
    say(who("lan"), adults, "Bác chuyển khoản đặt cọc trước nhé, nhận máy sau")
    assert [kind for _from, _to, kind in points()] == ["scam"]
    assert not say(who("lan"), adults, "Không gửi tiền thì tao tung hình lên mạng").hold
    assert "threat" in [kind for _from, _to, kind in points()]


def test_toward_a_grown_up_a_child_is_weighed_like_a_grown_up(who: Who, inside: World) -> None:
    seats = [(inside["bay"], "learner"), (inside["khoa"], "helper")]
    room_id = sessions_commands.open_room(inside["kp3"], seats, "portal", minors=True, observed=True).id
    assert not say(who("khoa"), room_id, ELSEWHERE).hold and points() == []
    assert say(who("bay"), room_id, ELSEWHERE).hold


def test_when_signs_cannot_be_told_a_text_in_a_room_with_a_child_waits(
    who: Who, pair: int, adults: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_a: object, **_k: object) -> None:
        raise RecursionError

    monkeypatch.setattr(risk, "find_signals", broken)
    assert say(who("khoa"), pair, "Chào em").hold
    assert not say(who("lan"), adults, "Chào bác").hold


def test_what_a_watcher_lets_through_counts_no_more(who: Who, pair: int) -> None:
    say(who("khoa"), pair, ASKS_ALONE, seq=99)
    held = messages_commands.post_message(
        who("khoa"), pair, new_id(), "Để chị cho em xem mặt nhé, bật cam lên cho chị thấy"
    )
    assert (held.status, held.held_for) == ("held", "risk")
    assert points("photo")
    moderation_commands.release_message(who("hang"), pair, held.seq)
    assert points("photo") == [] and points("personal")


def test_points_are_deleted_in_the_night_after_thirty_days(who: Who, pair: int) -> None:
    say(who("khoa"), pair, ASKS_ALONE)
    start = clock.now()
    with clock.travel(start + timedelta(days=29)):
        say(who("khoa"), pair, SECRET)
        jobs.run_due(1000)
        assert len([one for one in points() if one[2] in risk.KINDS]) == 2
    with clock.travel(start + timedelta(days=32)):
        jobs.run_due(1000)
        assert points("personal") == [] and points("secrecy") != []
    with clock.travel(start + timedelta(days=61)):
        jobs.run_due(1000)
        assert points() == []
