"""What has had its time goes piece by piece, once, and is not looked at again by later nights."""

import uuid
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.models import Case
from tutoring.notifications.inbox.commands import notify
from tutoring.notifications.models import Notice
from tutoring.pairing.erasure import forget_requests
from tutoring.pairing.models import HelpRequest, RequestStep
from tutoring.privacy import retention_jobs
from tutoring.rooms.erasure import retention as erasure_retention
from tutoring.rooms.erasure.retention import forget_transcripts
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.sessions import commands as sessions_commands

LONG_AGO = timedelta(days=200)
KEPT = timedelta(days=180)


@command
def room_of(world: World, ages: list[float], kind: str = "pair", closed: float | None = None) -> int:
    """A room with one message of each of these ages in days; closed so many days ago."""
    now = clock.now()
    if kind == "pair":
        seats = [(world["minh"], "learner"), (world["khoa"], "helper")]
        room = sessions_commands.open_room(world["lop6a"], seats, topic="t", minors=True, observed=True)
    else:
        room = Room(unit_id=world["lop6a"], kind=kind, topic="", minors=True, observed=True)
        db.session.add(room)
    db.session.flush()
    db.session.execute(sa.delete(Message).where(Message.room_id == room.id))
    for seq, age in enumerate(ages, 1):
        said = {"author_id": world["minh"], "client_id": str(uuid.uuid4()), "text": f"lời {seq}"}
        db.session.add(Message(room_id=room.id, seq=seq, at=now - timedelta(days=age), **said))
    room.last_seq = len(ages)
    if closed is not None:
        room.closed_at, room.close_reason = now - timedelta(days=closed), "ended"
    return room.id


def night() -> int:
    """All pieces of a night; how many rooms there were."""
    found = 0
    while some := forget_transcripts(clock.now() - KEPT):
        found += some
    return found


def texts(room_id: int) -> list[str]:
    query = sa.select(Message.text).where(Message.room_id == room_id).order_by(Message.seq)
    return list(db.session.scalars(query))


def emptied(room_id: int) -> int:
    return db.session.scalars(sa.select(Room.emptied_seq).where(Room.id == room_id)).one()


def test_a_session_long_over_is_emptied_once(inside: World) -> None:
    old, young = room_of(inside, [200, 200], closed=199), room_of(inside, [100, 100], closed=99)
    assert night() == 1
    assert texts(old) == ["", ""] and texts(young) == ["lời 1", "lời 2"]
    assert emptied(old) == 2 and emptied(young) == 0
    assert night() == 0


def test_a_session_in_which_nobody_wrote_is_done_with_too(inside: World) -> None:
    room = room_of(inside, [200], closed=199)

    @command
    def withdrawn() -> None:
        db.session.execute(sa.update(Message).where(Message.room_id == room).values(text="", status="hidden"))

    withdrawn()
    assert night() == 1 and emptied(room) == 1
    assert night() == 0


def test_of_a_room_that_lasts_what_is_old_goes_and_the_next_night_goes_on_from_there(inside: World) -> None:
    room = room_of(inside, [200, 190, 179.5, 2], kind="class")
    assert night() == 1 and texts(room) == ["", "", "lời 3", "lời 4"] and emptied(room) == 2
    assert night() == 0
    with clock.travel(clock.now() + timedelta(days=1)):
        assert night() == 1 and texts(room) == ["", "", "", "lời 4"] and emptied(room) == 3


def test_a_run_that_breaks_off_goes_on_where_it_was(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure_retention, "AT_ONCE", 1)
    first, second = room_of(inside, [200], closed=199), room_of(inside, [200], closed=198)
    assert forget_transcripts(clock.now() - KEPT) == 1
    assert texts(first) == [""] and texts(second) == ["lời 1"]  # committed, whatever comes now
    assert night() == 1 and texts(second) == [""]


def test_what_a_case_keeps_goes_when_it_is_decided(inside: World) -> None:
    room = room_of(inside, [200], closed=199)
    moment = clock.now()

    @command
    def case(decided: datetime | None) -> None:
        db.session.execute(sa.delete(Case))
        db.session.add(
            Case(kind="room", target=str(room), room_id=room, minors=True, grade="S3", look_by=moment,
                 decide_by=moment, state="decided" if decided else "open", decided_at=decided,
                 outcome="none" if decided else "")
        )  # fmt: skip

    case(None)
    assert night() == 0 and texts(room) == ["lời 1"] and emptied(room) == 0
    case(moment)
    assert night() == 1 and texts(room) == [""]


@pytest.mark.parametrize("kind", ["pair", "class"])
def test_a_locked_picture_stays_until_it_is_free_and_no_night_goes_on_for_ever(inside: World, kind: str) -> None:
    room = room_of(inside, [200, 200], kind=kind, closed=199 if kind == "pair" else None)
    message = db.session.scalars(sa.select(Message.id).where(Message.room_id == room, Message.seq == 2)).one()

    @command
    def picture(locked_at: datetime | None) -> None:
        db.session.execute(sa.delete(SentPicture))
        shown = {"width": 1, "height": 1, "bytes": 1, "name": uuid.uuid4().hex}
        db.session.add(SentPicture(message_id=message, locked_at=locked_at, **shown))

    picture(clock.now())
    assert night() == 1 and texts(room) == ["", "lời 2"] and emptied(room) == 0
    assert night() == 0
    picture(None)
    assert night() == 1 and texts(room) == ["", ""] and emptied(room) == 2


def test_rules_of_days_delete_piece_by_piece(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention_jobs, "AT_ONCE", 2)
    with clock.travel(clock.now() - LONG_AGO):
        for number in range(5):
            notify(inside["minh"], f"claimed:{number}", "x")
    notify(inside["minh"], "claimed:9", "x")
    retention_jobs.delete_expired_rows()
    mine = sa.select(Notice.key).where(Notice.user_id == inside["minh"], Notice.key.like("claimed:%"))
    assert list(db.session.scalars(mine)) == ["claimed:9"]


def test_requests_lose_their_words_piece_by_piece(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from_long_ago = clock.now() - LONG_AGO

    @command
    def ended(ended_at: datetime, words: str, why: str) -> None:
        ids = {"learner_id": inside["minh"], "asked_by_id": inside["minh"], "unit_id": inside["lop6a"]}
        row = HelpRequest(**ids, topic="t", minor=True, state="ended", outcome="yes", ended_at=ended_at, words=words)
        db.session.add(row)
        db.session.flush()
        db.session.add(RequestStep(request_id=row.id, from_state="helping", to_state="ended", why=why))

    for number in range(3):
        ended(from_long_ago, "kẹt" if number else "", "bận")
    ended(clock.now(), "kẹt", "bận")
    monkeypatch.setattr("tutoring.pairing.erasure.AT_ONCE", 1)
    while forget_requests(clock.now() - KEPT):
        pass
    assert sorted(db.session.scalars(sa.select(HelpRequest.words))) == ["", "", "", "kẹt"]
    assert sorted(db.session.scalars(sa.select(RequestStep.why).where(RequestStep.to_state == "ended"))) == [
        "", "", "", "bận",
    ]  # fmt: skip
