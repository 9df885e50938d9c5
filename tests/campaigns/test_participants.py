"""Who is counted: once each, within the days, of the places that take part."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.campaigns.conftest import LESSON, opened, plan, poster_code, residents, sheet
from tests.factories import World, person
from tests.pairing.test_no_shows import opened as pair_opened
from tutoring.campaigns import commands, participants
from tutoring.campaigns.models import Campaign, CampaignPerson, Material
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.lessons.progress.commands import finish_lesson, reach_step
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands
from tutoring.practice import scenarios
from tutoring.practice.engine import solver
from tutoring.practice.runs import commands as practice
from tutoring.rooms.sessions import commands as sessions_commands

REHEARSAL = "ban-sao-khai-sinh"


def counted(campaign_id: int) -> int:
    db.session.expire_all()
    return db.session.get_one(Campaign, campaign_id).counted


def rows(campaign_id: int) -> list[CampaignPerson]:
    query = sa.select(CampaignPerson).where(CampaignPerson.campaign_id == campaign_id)
    return list(db.session.scalars(query.order_by(CampaignPerson.user_id)))


def ask(user_id: int) -> int:
    return requests_commands.ask_for_help(person(user_id), person(user_id), topics("vi")[0][0], "Em bị kẹt").id


def test_whoever_asks_is_counted_once_however_often(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world).id
        requests_commands.cancel(person(world["bay"]), ask(world["bay"]))
        ask(world["bay"])
        assert counted(made) == 1
        assert [row.user_id for row in rows(made)] == [world["bay"]]


def test_a_child_of_a_class_below_counts_and_people_of_elsewhere_do_not(app: Flask, world: World) -> None:
    with app.app_context():
        whole = opened(world).id
        school = opened(world, units=(world["truong"],)).id
        hood = opened(world, units=(world["kp3"],)).id
        ask(world["minh"])
        assert (counted(whole), counted(school), counted(hood)) == (1, 1, 0)
        ask(world["bay"])
        assert (counted(whole), counted(school), counted(hood)) == (2, 1, 1)


def test_staff_and_helpers_who_are_no_learners_there_do_not_count(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world, counts="lesson").id
        for name in ("muoi", "mai", "hang"):
            participants.count("lesson", world[name])
        assert counted(made) == 0


def test_nobody_counts_before_the_first_day_after_the_last_or_in_a_draft(app: Flask, world: World) -> None:
    with app.app_context():
        today = clock.today()
        later = opened(world, starts_on=today + timedelta(days=2)).id
        ended = opened(world, ends_on=today).id
        draft = commands.write_campaign(person(world["mai"]), world["phuong"], plan()).id
        with clock.travel(clock.now() + timedelta(days=1)):
            ask(world["bay"])
        assert (counted(later), counted(ended), counted(draft)) == (0, 0, 0)
        with clock.travel(clock.now() + timedelta(days=3)):
            participants.count("asked", world["bay"])
        assert (counted(later), counted(ended), counted(draft)) == (1, 0, 0)


def test_a_closed_campaign_counts_nobody(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world).id
        commands.close_campaign(person(world["mai"]), made)
        ask(world["bay"])
        assert counted(made) == 0


def test_coming_in_counts_for_the_place_one_comes_into(app: Flask, world: World) -> None:
    with app.app_context():
        hood = opened(world, counts="joined", units=(world["kp3"],)).id
        school = opened(world, counts="joined", units=(world["truong"],)).id
        new = residents(world, 2)
        assert (counted(hood), counted(school)) == (2, 0)
        # Whoever leaves and comes again is no second person.
        code = poster_code(world)
        use_code(person(world["lan"]), code)
        assert (counted(hood), counted(school)) == (3, 0)
        assert {row.user_id for row in rows(hood)} == {*new, world["lan"]}


def test_a_pupil_counts_as_come_in_once_a_second_person_has_said_yes(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world, counts="joined").id
        child = community.add_child(
            person(world["lan"]), world["lop4a"], "Tí", 4, clock.today().year - 10, "mẹ", ("profile",)
        )
        assert counted(made) == 0
        member = db.session.scalars(sa.select(Membership).where(Membership.user_id == child.id)).one()
        community.confirm_member(person(world["hang"]), member.id)
        assert counted(made) == 1


def test_being_helped_counts_once_by_what_the_learner_says_twice(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world, counts="helped").id
        _asked, room_id = pair_opened(world)
        sessions_commands.give_feedback(person(world["khoa"]), room_id, "yes")
        assert counted(made) == 0
        sessions_commands.give_feedback(person(world["minh"]), room_id, "no")
        assert counted(made) == 0
        sessions_commands.give_feedback(person(world["minh"]), room_id, "partly")
        sessions_commands.end_session(person(world["minh"]), room_id, "yes", helped="helped")
        assert counted(made) == 1
        assert [row.user_id for row in rows(made)] == [world["minh"]]


def test_a_finished_lesson_counts(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world, counts="lesson").id
        reach_step(world["bay"], LESSON, 3)
        assert counted(made) == 0
        finish_lesson(world["bay"], LESSON)
        finish_lesson(world["bay"], "ket-noi-wifi-4g")
        assert counted(made) == 1


def test_a_rehearsal_to_its_end_counts(app: Flask, world: World, as_: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        made = opened(world, counts="practised").id
        practice.start_run(world["bay"], REHEARSAL, "alone")
        assert counted(made) == 0
        scenario = scenarios.scenario(REHEARSAL)
        run = {
            "id": "6d9a4a5e-0000-4000-8000-000000000007", "scenario": REHEARSAL,
            "digest": scenarios.digest(REHEARSAL), "mode": "alone", "begun": 1.0,
            "at": clock.now().timestamp(), "events": scenario.events(solver.example(scenario)),
        }  # fmt: skip
    assert as_("bay").post("/practice/merge", json={"runs": [run]}).get_json()["runs"] == ["kept"]
    with app.app_context():
        assert counted(made) == 1


def test_two_campaigns_of_one_kind_both_count_and_another_kind_does_not(app: Flask, world: World) -> None:
    with app.app_context():
        one, two, other = opened(world).id, opened(world).id, opened(world, counts="lesson").id
        ask(world["bay"])
        assert (counted(one), counted(two), counted(other)) == (1, 1, 0)


def test_an_act_that_is_undone_counts_nobody(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world).id

        @commands.command
        def fails() -> None:
            ask(world["bay"])
            raise RuntimeError

        with pytest.raises(RuntimeError):
            fails()
        assert counted(made) == 0 and rows(made) == []


def test_acts_at_the_same_moment_count_a_person_once(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world).id
        code = sheet(world, made).code
    start = threading.Barrier(6)

    def act(number: int) -> None:
        with app.app_context():
            start.wait()
            if number % 2:
                participants.count("asked", world["bay"])
            else:
                participants.record_arrival(person(world["bay"]), code, clock.now() - timedelta(minutes=1))
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(6)))
    with app.app_context():
        row = db.session.scalars(sa.select(Material)).one()
        assert (counted(made), len(rows(made)), row.came, row.counted) == (1, 1, 1, 1)


def test_an_act_costs_no_more_than_two_questions_while_no_campaign_is_open(
    app: Flask, world: World, queries: list[str]
) -> None:
    with app.app_context():
        for what in ("joined", "asked", "helped", "lesson", "practised"):
            participants.count(what, world["bay"])
            queries.clear()
            participants.count(what, world["bay"])
            assert len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]) == 1


def test_an_act_costs_the_same_however_many_campaigns_other_places_have(
    app: Flask, world: World, queries: list[str]
) -> None:
    with app.app_context():
        for _ in range(5):
            opened(world, units=(world["truong"],))
        queries.clear()
        participants.count("asked", world["bay"])
        assert len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]) == 1


def test_at_night_what_is_over_closes_and_after_thirty_days_its_people_are_forgotten(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world)
        campaign_id, poster = made.id, sheet(world, made.id)
        code = poster.code
        participants.record_arrival(person(world["bay"]), code, clock.now())
        ask(world["bay"])
        assert counted(campaign_id) == 1

        def night(days: int) -> None:
            with clock.travel(clock.now() + timedelta(days=days)):
                jobs.enqueue_daily_jobs()
                with clock.travel(clock.now() + timedelta(days=1)):
                    while jobs.run_due():
                        pass

        night(20)
        assert db.session.get_one(Campaign, campaign_id).state == "open" and len(rows(campaign_id)) == 1
        night(32)
        assert db.session.get_one(Campaign, campaign_id).state == "closed" and len(rows(campaign_id)) == 1
        night(70)
        db.session.expire_all()
        assert rows(campaign_id) == [] and counted(campaign_id) == 1
        sheet_row = db.session.scalars(sa.select(Material).where(Material.code == code)).one()
        assert (sheet_row.came, sheet_row.counted) == (1, 1)
