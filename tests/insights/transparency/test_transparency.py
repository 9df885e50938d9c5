"""What everybody may read of a half-year: counted once, rounded, and nothing of fewer than ten people."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import User
from tutoring.insights.models import HalfYear
from tutoring.insights.transparency import jobs as transparency_jobs
from tutoring.insights.transparency.jobs import Half, count, published, this_half
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.appeals.commands import appeal_act
from tutoring.moderation.models import Case, Report
from tutoring.moderation.reports import commands as reports_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.queries import room

As = Callable[[str], FlaskClient]
OCTOBER = datetime(2026, 10, 14, 12, tzinfo=UTC)
HALF = Half(2026, True)


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    with app.app_context(), clock.travel(OCTOBER):
        yield world


@command
def _people(count: int) -> list[int]:
    made = [User(full_name=f"Người {n}", called_name=f"N{n}", username=f"n{n}") for n in range(count)]
    db.session.add_all(made)
    db.session.flush()
    return [one.id for one in made]


@command
def _cases(people: list[int], grade: str, minutes: int, outcome: str) -> None:
    """A case about nobody for each of these reporters, looked at and decided after so many minutes."""
    for number, by_id in enumerate(people):
        opened = clock.now() + timedelta(minutes=number)
        looked = opened + timedelta(minutes=minutes)
        case = Case(
            kind="site", target=f"{grade}{number}", minors=False, grade=grade, state="decided", outcome=outcome,
            opened_at=opened, look_by=opened + timedelta(hours=12), decide_by=opened + timedelta(days=3),
            looked_at=looked, decided_at=looked,
        )  # fmt: skip
        db.session.add(case)
        db.session.flush()
        db.session.add(Report(case_id=case.id, by_id=by_id, kind="bullied", place="near", from_child=False, at=opened))


def figure(lines: list[transparency_jobs.Line], section: str, key: str, measure: str = "count") -> int | None:
    (found,) = (line[3] for line in lines if line[:3] == [section, key, measure])
    return found  # type: ignore[no-any-return]


def test_what_enough_people_stand_behind_is_counted_and_rounded(inside: World) -> None:
    people = _people(13)
    _cases(people, "S2", 40, "reminded")
    lines = count(HALF)
    assert figure(lines, "reports", "bullied") == 10 and figure(lines, "cases", "S2") == 10
    assert figure(lines, "looked", "S2", "median") == 40 and figure(lines, "looked", "S2", "p90") == 40
    assert figure(lines, "looked", "S2", "share") == 100 and figure(lines, "decided", "S2", "share") == 100
    assert figure(lines, "outcomes", "reminded") == 10


def test_small_numbers_are_hidden_even_when_one_person_did_much(inside: World) -> None:
    (one,) = _people(1)
    _cases([one] * 30, "S1", 5, "none")
    assert {value for *_names, value in count(HALF)} == {None}


def test_masks_acts_and_appeals_stand_there_and_other_half_years_do_not(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    room_id = open_pair(inside)
    messages_commands.post_message(person(inside["khoa"]), room_id, new_id(), "Số em 0912345678")
    moderation_commands.hide_message(person(inside["hang"]), room_id, 1, "Nhắc nhở")
    lines = count(HALF)
    assert figure(lines, "messages", "masked") is None and figure(lines, "acts", "hide_message") is None
    monkeypatch.setattr(transparency_jobs, "suppress_small_count", lambda count, _people: count)
    lines = count(HALF)
    assert figure(lines, "acts", "hide_message") == 1 and figure(lines, "appeals", "made") == 0
    assert figure(count(HALF.next), "acts", "hide_message") == 0
    here = {"room_id": room_id, "reason": "insult", "words": "Nói nhẹ nhàng nhé"}
    messages_commands.post_message(person(inside["khoa"]), room_id, new_id(), "Dở quá")
    done = actions_commands.act(person(inside["hang"]), "hide", seq=room(room_id).last_seq, **here)
    actions_commands.act(person(inside["hang"]), "mute", about_id=inside["khoa"], minutes=5, **here)
    appeal_act(person(inside["khoa"]), done.id, "Em không chê ai")
    lines = count(HALF)
    assert figure(lines, "acts", "hide_message") == 2 and figure(lines, "acts", "mute") == 1
    assert figure(lines, "appeals", "made") == 1 and figure(lines, "appeals", "overturned") == 0


def test_a_half_year_is_counted_once_after_its_end_and_the_next_one_follows(inside: World) -> None:
    room_id = open_pair(inside)
    messages_commands.post_message(person(inside["khoa"]), room_id, new_id(), "Ê")
    reports_commands.report(person(inside["minh"]), "message", f"{room_id}/1", "bullied")
    assert this_half() == HALF
    with clock.travel(HALF.end + timedelta(days=20)):
        work_off()
        assert published() == []
    with clock.travel(HALF.published + timedelta(minutes=1)):
        work_off()
        work_off()
        (half,) = published()
    assert half.name == "2026-2" and {value for *_names, value in half.figures} == {None}
    keys = db.session.scalars(sa.select(Job.key).where(Job.key.startswith("half-year:")).order_by(Job.key))
    assert list(keys) == ["half-year:2026-2", "half-year:2027-1"]


def work_off() -> None:
    while jobs.run_due(50):
        pass


def test_everybody_reads_the_page_and_the_file(app: Flask, client: FlaskClient, as_: As) -> None:
    page = client.get("/transparency")
    assert page.status_code == 200 and "Chưa có nửa năm nào được công bố" in page.text
    with app.app_context():
        _stored()
    page = client.get("/transparency").text
    for words in ("Nửa cuối năm 2025", "Nói xấu, bắt nạt", "45 phút", "90 %", "dưới 10 người", "15"):
        assert words in page
    assert "/transparency" in client.get("/help").text
    file = client.get("/transparency.csv")
    assert file.mimetype == "text/csv" and '"2025-2","looked","S2","median","45"' in file.text
    assert as_("minh").get("/transparency").status_code == 200


@command
def _stored() -> None:
    lines = [["reports", "bullied", "count", 15], ["reports", "scam", "count", None],
             ["looked", "S2", "median", 45], ["looked", "S2", "p90", 200], ["looked", "S2", "share", 90]]  # fmt: skip
    db.session.add(HalfYear(name="2025-2", figures=lines))


def test_the_page_costs_the_same_however_many_half_years_there_are(
    app: Flask, client: FlaskClient, queries: list[str]
) -> None:
    with app.app_context():
        _stored()
    queries.clear()
    assert client.get("/transparency").status_code == 200
    assert len(queries) <= 4


def test_a_message_that_is_hidden_twice_is_one_hidden_message(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    monkeypatch.setattr(transparency_jobs, "suppress_small_count", lambda count, _people: count)
    room_id, hang = open_pair(inside), person(inside["hang"])
    seq = messages_commands.post_message(person(inside["khoa"]), room_id, new_id(), "Dở quá").seq
    here = {"room_id": room_id, "reason": "insult", "words": "Nói nhẹ nhàng nhé"}
    done = actions_commands.act(hang, "hide", seq=seq, **here)
    actions_commands.reverse(hang, done.id, "Tôi nhầm")
    actions_commands.act(hang, "hide", seq=seq, **here)
    messages_commands.post_message(person(inside["khoa"]), room_id, new_id(), "Chậm quá")
    moderation_commands.hide_message(hang, room_id, room(room_id).last_seq, "Nhắc nhở")
    assert figure(count(HALF), "acts", "hide_message") == 2
