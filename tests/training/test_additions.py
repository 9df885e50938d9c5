"""A lesson that is added to a track: who was trained before stays ready for sixty days and is told twice."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.home.test_pending_work import read_all, rows
from tests.training.fixtures import OTP, SCAMS, TEACH, TRACKS, held_today, learns, missing, morning, on, stands, told
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.training.progress_queries import counts, select_people_page, syllabus
from tutoring.training.readiness import GRACE, Addition, Done, Needs, readiness
from tutoring.training.tracks import load, track

As = Callable[[str], FlaskClient]
ADDED = date(2026, 12, 1)
NEEDS = Needs(("a", "b"), frozenset({"b"}), (), 12, (("b", ADDED),))


@pytest.mark.parametrize(
    ("today", "came", "state", "missing", "added"),
    [
        (ADDED, ADDED - timedelta(days=1), "ready", [], ["b"]),
        (ADDED + GRACE, ADDED - timedelta(days=1), "ready", [], ["b"]),
        (ADDED + GRACE + timedelta(days=1), ADDED - timedelta(days=1), "learning", ["b"], []),
        (ADDED, ADDED, "learning", ["b"], []),  # trained with the new lesson in the track
        (ADDED + timedelta(days=9), None, "learning", ["b", ""], []),
    ],
)
def test_the_grace_is_for_people_trained_before_and_ends(
    today: date, came: date | None, state: str, missing: list[str], added: list[str]
) -> None:
    found = readiness(NEEDS, Done(finished="a", attended_on=came), today)
    assert (found.state, [one.slug for one in found.missing], [one.slug for one in found.added]) == (
        state, missing, added,
    )  # fmt: skip


@pytest.mark.parametrize(("first", "state"), [(ADDED - timedelta(days=300), "ready"), (ADDED, "learning")])
def test_a_session_during_the_grace_renews_and_does_not_end_it(first: date, state: str) -> None:
    today = ADDED + timedelta(days=10)
    found = readiness(NEEDS, Done(finished="a", attended_on=today, trained_on=first), today)
    assert found.state == state and found.due_on == date(2027, 12, 11)
    after = readiness(NEEDS, Done(finished="a", attended_on=today, trained_on=first), ADDED + GRACE + timedelta(days=1))
    assert after.state == "learning"


def test_what_was_learned_is_not_named_as_new() -> None:
    trained = ADDED - timedelta(days=1)
    assert readiness(NEEDS, Done(finished="ab", passed="b", attended_on=trained), ADDED).added == ()
    half = readiness(NEEDS, Done(finished="ab", attended_on=trained), ADDED)
    assert half.state == "ready" and half.added == (Addition("b", ADDED + GRACE),)


@pytest.fixture
def added_on(tracks: Path) -> date:
    """The day, tomorrow, from which the track of the neighbourhood has a third lesson."""
    day = clock.today() + timedelta(days=1)
    more = f"[{TEACH}, {OTP}, {SCAMS}]\n    added: [{{lesson: {SCAMS}, on: {day}}}]"
    (tracks / "training.yml").write_text(TRACKS.replace(f"[{TEACH}, {OTP}]", more), "utf-8")
    return day


def trained(world: World) -> int:
    muoi = world["muoi"]
    learns(muoi, TEACH, OTP)
    held_today(world, muoi, seen=[(muoi, TEACH)])
    return muoi


def notices(user_id: int) -> list[str]:
    return told(user_id, "training-new") + told(user_id, "training-last")


def test_nobody_loses_anything_overnight_and_all_are_told_twice(inside: World, added_on: date) -> None:
    muoi, until = trained(inside), added_on + GRACE
    for days in (0, 2):
        with on(added_on + timedelta(days=days)):
            assert stands(muoi).state == "ready" and missing(muoi) == []
            assert len(notices(muoi)) == 1 and f"{until:%d/%m/%Y}" in notices(muoi)[0]
    for before in (14, 11):
        with on(until - timedelta(days=before)):
            assert stands(muoi).state == "ready" and len(notices(muoi)) == 2
    with on(until + timedelta(days=1)):
        assert stands(muoi).state == "learning" and missing(muoi) == [("lesson", SCAMS)]
        assert len(notices(muoi)) == 2


def test_it_stands_on_the_start_page_until_it_is_learned_or_the_grace_is_over(
    app: Flask, world: World, as_: As, added_on: date
) -> None:
    with app.app_context():
        muoi = trained(world)
    until = added_on + GRACE

    def waits(day: date) -> bool:
        with app.app_context(), on(day):
            read_all()
        with clock.travel(morning(day, hour=20)):  # later in the day than the notice
            return ("own_training", "/training") in rows(as_("muoi"))

    assert waits(added_on) and waits(until)  # though the notice was read
    assert not waits(until + timedelta(days=1))
    with app.app_context():
        learns(muoi, SCAMS)
    assert not waits(added_on + timedelta(days=1))


def test_who_has_learned_it_is_not_told(inside: World, added_on: date) -> None:
    muoi = trained(inside)
    learns(muoi, SCAMS)
    with on(added_on):
        assert notices(muoi) == [] and stands(muoi).added == ()


def test_counts_and_filters_say_what_the_rule_says(inside: World, added_on: date) -> None:
    muoi = trained(inside)
    for day in (added_on, added_on + GRACE, added_on + GRACE + timedelta(days=1)):
        with clock.travel(morning(day)):
            known = syllabus(track("khu-pho"), "vi")
            is_ready = stands(muoi).state == "ready"
            assert counts(known, [inside["phuong"]])[inside["phuong"]].ready == is_ready
            query, _orders = select_people_page(known, inside["phuong"], "ready")
            assert (muoi in list(db.session.scalars(query))) == is_ready == (day <= added_on + GRACE)


def test_the_pages_name_the_lesson_and_the_last_day(app: Flask, world: World, added_on: date, as_: As) -> None:
    with app.app_context():
        trained(world)
    until = added_on + GRACE
    with clock.travel(morning(added_on)):
        own = as_("muoi").get("/training").text
        assert "Lộ trình có bài mới." in own and "bài mới</span>" in own and f"/lessons/{SCAMS}" in own
        ward = as_("mai").get(f"/units/{world['phuong']}/training?track=khu-pho").text
        assert f"Bài mới, học trước hết ngày {until:%d/%m/%Y}" in ward


def test_an_addition_must_be_a_lesson_of_its_track(tmp_path: Path) -> None:
    wrong = TRACKS.replace("witnessed: [" + TEACH + "]", f"added: [{{lesson: {SCAMS}, on: 2026-12-01}}]")
    (tmp_path / "training.yml").write_text(wrong, "utf-8")
    assert "added" in {fault.code for fault in load(tmp_path).faults}


def test_every_track_of_the_site_teaches_child_safety_and_codes() -> None:
    content = Path(__file__).parents[2] / "content"
    for one in load(content).tracks:
        assert {"bi-bat-nat-goi-111", "giu-thong-tin-cua-con", "otp-khong-doc-cho-ai"} <= set(one.lessons)


def test_who_renews_during_the_grace_stays_ready_and_is_counted_and_told(inside: World, added_on: date) -> None:
    muoi, until = trained(inside), added_on + GRACE
    with clock.travel(morning(added_on + timedelta(days=3))):
        held_today(inside, muoi)
    for day in (added_on + timedelta(days=4), until - timedelta(days=14), until + timedelta(days=1)):
        with on(day):
            known, is_ready = syllabus(track("khu-pho"), "vi"), day <= until
            assert (stands(muoi).state == "ready") == is_ready
            assert counts(known, [inside["phuong"]])[inside["phuong"]].ready == is_ready
            query, _orders = select_people_page(known, inside["phuong"], "ready")
            assert (muoi in list(db.session.scalars(query))) == is_ready
    assert len(notices(muoi)) == 2


def test_who_was_not_ready_is_not_told_of_staying_ready(app: Flask, world: World, added_on: date, as_: As) -> None:
    with app.app_context():
        muoi = world["muoi"]
        learns(muoi, TEACH)
        held_today(world, muoi, seen=[(muoi, TEACH)])
        with on(added_on):
            assert stands(muoi).added and stands(muoi).state == "learning" and notices(muoi) == []
    with clock.travel(morning(added_on)):
        own = as_("muoi").get("/training").text
    assert "Lộ trình có bài mới." in own and "như cũ" not in own
