"""A year later: who is told, once each; the week's count; and the counts, which say what the table says."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World, person
from tests.parametrize import some
from tests.training.fixtures import OTP, TEACH, announced, held_today, leads, learns, on, stands, told
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.training.models import TrainingAttendance
from tutoring.training.progress_queries import SHOWS, counts, get_readiness_of_people, select_people_page, syllabus
from tutoring.training.track_members import on_track
from tutoring.training.tracks import track


def ready(world: World, *user_ids: int) -> date:
    """These become ready today; returns the last day on which that counts."""
    for user_id in user_ids:
        learns(user_id, TEACH, OTP)
    held_today(world, *user_ids, seen=[(user_id, TEACH) for user_id in user_ids])
    due_on = stands(user_ids[0]).due_on
    assert due_on is not None
    return due_on


def renewals(user_id: int) -> list[str]:
    return told(user_id, "training-soon") + told(user_id, "training-due")


def test_who_is_due_hears_thirty_days_before_and_on_the_day_once_each(inside: World) -> None:
    muoi = inside["muoi"]
    due_on = ready(inside, muoi)
    with on(due_on - timedelta(days=31)):
        assert renewals(muoi) == [] and stands(muoi).state == "ready"
    for ago in (30, 29, 24):
        with on(due_on - timedelta(days=ago)):
            assert len(renewals(muoi)) == 1 and stands(muoi).state == "soon"
    assert f"{due_on:%d/%m/%Y}" in renewals(muoi)[0]
    for after in (0, 1, 3):
        with on(due_on + timedelta(days=after)):
            assert len(renewals(muoi)) == 2
            assert stands(muoi).state == ("overdue" if after else "soon")


def test_a_day_on_which_the_site_stood_still_leaves_nobody_out(inside: World) -> None:
    due_on = ready(inside, inside["muoi"])
    with on(due_on - timedelta(days=26)):
        assert len(told(inside["muoi"], "training-soon")) == 1
    with on(due_on + timedelta(days=5)):
        assert len(told(inside["muoi"], "training-due")) == 1


def test_who_renews_is_reminded_no_more_and_what_was_told_is_settled(inside: World) -> None:
    muoi = inside["muoi"]
    due_on = ready(inside, muoi)
    with on(due_on - timedelta(days=30)):
        held_today(inside, muoi)
        assert stands(muoi).state == "ready"
        assert told(muoi, "training-soon", unread=True) == []
    with on(due_on):
        assert told(muoi, "training-due") == []


def test_who_has_left_the_track_hears_nothing(inside: World) -> None:
    (other,) = leads(inside, 1)
    due_on = ready(inside, other)

    @command
    def leaves() -> None:
        db.session.execute(sa.text("UPDATE membership SET state = 'ended' WHERE user_id = :id"), {"id": other})

    leaves()
    with on(due_on):
        assert renewals(other) == []


def test_on_mondays_the_ward_hears_how_many_and_no_names(inside: World) -> None:
    due_on = ready(inside, inside["muoi"], *leads(inside, 2))
    monday = due_on + timedelta(days=(7 - due_on.weekday()) % 7 or 7)
    with on(due_on - timedelta(days=due_on.weekday() + 70)):
        assert told(inside["mai"], "training-week") == []  # nobody is due yet
    with on(monday + timedelta(days=1)):
        assert told(inside["mai"], "training-week") == []  # a Tuesday
    with on(monday + timedelta(days=7)):
        said = told(inside["mai"], "training-week")
    assert said == ["3 người của phường sắp đến hạn hoặc quá hạn tập huấn."]
    assert told(inside["muoi"], "training-week") == [] and told(inside["quang"], "training-week") == []


# ---- one rule, asked in two ways ---------------------------------------------------------------------------------


@command
def _anyhow(user_id: int, session_id: int, source: random.Random) -> None:
    """Somebody has done some of it, some time; every other one all of it but for the day."""
    days = [0, 100, 334, 335, 336, 364, 365, 366, 500]
    if source.random() < 0.5:
        for slug in (TEACH, OTP):
            db.session.add_all(_done(user_id, slug))
        _came(user_id, session_id, source.choice(days))
        return
    for slug in (TEACH, OTP):
        if source.random() < 0.8:
            state = source.choice(("started", "finished", "finished"))
            confirmed = source.choice(("", "quiz", "witnessed", "witnessed"))
            db.session.add(
                LessonProgress(user_id=user_id, lesson_slug=slug, version=1, step_id="x", state=state,
                               confirmed=confirmed)
            )  # fmt: skip
        for passed in source.choices((True, False), k=2) if source.random() < 0.8 else ():
            db.session.add(
                QuizTry(user_id=user_id, lesson_slug=slug, version=1, questions=[], closed_at=clock.now(),
                        passed=passed)
            )  # fmt: skip
    if source.random() < 0.8:
        _came(user_id, session_id, source.choice(days))


def _done(user_id: int, slug: str) -> list[LessonProgress | QuizTry]:
    return [
        LessonProgress(user_id=user_id, lesson_slug=slug, version=1, step_id="x", state="finished",
                       confirmed="witnessed" if slug == TEACH else "quiz"),
        QuizTry(user_id=user_id, lesson_slug=slug, version=1, questions=[], closed_at=clock.now(), passed=True),
    ]  # fmt: skip


def _came(user_id: int, session_id: int, days_ago: int) -> None:
    day = clock.today() - timedelta(days=days_ago)
    db.session.add(TrainingAttendance(session_id=session_id, user_id=user_id, track="khu-pho", day=day, by_id=user_id))


@pytest.mark.parametrize("seed", some(0, rest=(1, 2)))
def test_counts_and_filters_say_what_the_table_says(inside: World, seed: int) -> None:
    source, session_id = random.Random(seed), announced(inside)
    people = [inside["muoi"], *leads(inside, 40)]
    for user_id in people:
        _anyhow(user_id, session_id, source)
    known = syllabus(track("khu-pho"), "vi")
    found = get_readiness_of_people(known, people)
    ready_, limit = {"ready", "soon"}, clock.today() + timedelta(days=30)
    expected = {
        "ready": {one for one, stood in found.items() if stood.state in ready_},
        "missing": {one for one, stood in found.items() if stood.state not in ready_},
        "due": {one for one, stood in found.items() if stood.due_on is not None and stood.due_on <= limit},
    }
    assert expected["ready"] and expected["due"] and len({stood.state for stood in found.values()}) >= 4
    counted = counts(known, [inside["phuong"]])[inside["phuong"]]
    assert (counted.total, counted.ready, counted.due) == (
        len(people), len(expected["ready"]), len(expected["due"]),
    )  # fmt: skip
    for show in SHOWS[1:]:
        query, _orders = select_people_page(known, inside["phuong"], show)
        assert set(db.session.scalars(query)) == expected[show], show
    everybody = sa.select(on_track(known.track, [inside["phuong"]]).c.user_id)
    assert set(db.session.scalars(everybody)) == set(people) and person(people[0]).state == "active"
