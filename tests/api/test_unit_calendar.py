"""The times of a unit over the API: each kind for who opens its page, nothing of elsewhere, and no name."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.token_clients import Api, token_of
from tests.campaigns.conftest import opened
from tests.classes.overview_class import LESSON
from tests.factories import World, change, person
from tests.notifications.test_calendar import on_duty
from tests.pairing.group_sessions import fixtures as sessions
from tests.training import fixtures as trainings
from tutoring.classes.work.commands import WorkInput, set_work
from tutoring.community.models import DutyShift, DutySlot, Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.group_sessions import commands as session_commands
from tutoring.policy.api import shown_in_unit_calendar
from tutoring.training import commands as training_commands

Calendar = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def calendar(app: Flask, inside: World) -> Calendar:
    """`calendar("quang", "truong")` reads the times of a unit by an own token, with `of` by one of that unit."""

    def read(name: str, place: str, of: str = "", days: int = 20, **query: Any) -> list[dict[str, Any]]:
        api = Api(app, token_of(inside[name], inside[of] if of else None))
        found = api.get(f"/units/{inside[place]}/calendar", days=days, **query)
        assert found.status_code == 200 and found.json["unit_id"] == inside[place]
        return list(found.json["items"])

    return read


def kinds(items: list[dict[str, Any]]) -> set[str]:
    return {one["kind"] for one in items}


@command
def shifts(world: World, place: str, *names: str) -> None:
    begins = clock.now() + timedelta(hours=1)
    told = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    db.session.add_all([DutyShift(unit_id=world[place], user_id=world[name], **told) for name in names])


@command
def at_centre(world: World) -> None:
    db.session.add(
        DutySlot(unit_id=world["phuong"], user_id=world["mai"], weekday=1, starts=480, ends=660, place="centre")
    )


@pytest.mark.parametrize(
    ("held", "kind", "shown"),
    [
        (set(), "ward", set()),
        ({"parent", "learner", "helper"}, "class", set()),
        ({"site_admin"}, "ward", {"duty", "campaign"}),
        ({"lead"}, "neighbourhood", {"duty", "campaign"}),
        ({"teacher"}, "school", {"duty", "campaign"}),
        ({"teacher"}, "class", {"duty", "campaign", "work"}),
        ({"officer"}, "ward", {"duty", "campaign", "training"}),
        ({"officer"}, "class", {"duty", "campaign", "training"}),
        ({"coordinator"}, "school", {"duty", "campaign", "training", "group"}),
        ({"coordinator"}, "class", {"duty", "campaign", "training", "group", "work"}),
    ],
)
def test_each_kind_is_for_who_opens_its_page(held: set[str], kind: str, shown: set[str]) -> None:
    assert shown_in_unit_calendar(held, kind) == shown


def test_a_ward_reads_its_duty_training_and_campaigns_in_order(inside: World, calendar: Calendar) -> None:
    at_centre(inside)
    trainings.announced(inside)
    made = opened(inside)
    found = calendar("mai", "phuong")
    assert kinds(found) == {"duty", "training", "campaign"}
    begins = [datetime.fromisoformat(one["starts"]) for one in found]  # as text, one moment in two zones has two places
    assert begins == sorted(begins)
    first = {kind: next(one for one in found if one["kind"] == kind) for kind in kinds(found)}
    assert (first["campaign"]["title"], first["campaign"]["all_day"]) == (made.title, True)
    assert first["campaign"]["url"] == f"/campaigns/{made.code}"
    assert (first["training"]["place"], first["training"]["title"] != "") == ("Phòng họp 2", True)
    assert next(one for one in found if one["kind"] == "duty")["title"] == ""


def test_a_weekly_turn_is_told_on_its_day_alone(inside: World, calendar: Calendar) -> None:
    at_centre(inside)
    (found,) = [one for one in calendar("mai", "phuong", days=7) if one["place"]]
    begins, ends = (clock.local(datetime.fromisoformat(found[name])) for name in ("starts", "ends"))
    assert (begins.weekday(), begins.time(), ends.time()) == (1, time(8), time(11))
    assert found["place"] == db.session.get_one(Unit, inside["phuong"]).name
    next_day = begins.date() + timedelta(days=1)
    assert not [one for one in calendar("mai", "phuong", days=1, first=next_day) if one["place"]]


def test_sessions_of_a_school_are_told_without_the_words_of_their_leader(inside: World, calendar: Calendar) -> None:
    session_id = sessions.announced(inside, words="Giúp bạn Minh vào lớp")
    (found,) = [one for one in calendar("quang", "truong") if one["kind"] == "group"]
    assert found["title"] and "Minh" not in str(found) and found["url"] == "/sessions"
    assert "group" not in kinds(calendar("hang", "lop6a"))  # another unit
    session_commands.cancel_session(person(inside["quang"]), session_id, "Mất điện")
    assert "group" not in kinds(calendar("quang", "truong"))


def test_work_of_a_class_is_told_by_its_day_without_its_note(inside: World, calendar: Calendar) -> None:
    due = clock.today() + timedelta(days=3)
    written = WorkInput(due=due, audience="class", note="Minh nộp lại nhé", kind="lesson", target=LESSON)
    set_work(person(inside["hang"]), inside["lop6a"], written)
    for of in ("", "truong"):
        (found,) = [one for one in calendar("hang", "lop6a", of) if one["kind"] == "work"]
        begins = clock.local(datetime.fromisoformat(found["starts"]))
        assert (begins.date(), found["all_day"]) == (due, True)
        assert found["title"] and "Minh" not in str(found)
    assert "work" not in kinds(calendar("hang", "lop6a", first=due + timedelta(days=1)))


def test_a_duty_turn_is_told_once_without_saying_who_or_how_many(inside: World, calendar: Calendar) -> None:
    for name in ("hang", "quang"):
        on_duty(inside, name)
    shifts(inside, "truong", "hang", "quang")
    found = [one for one in calendar("quang", "truong", days=7) if one["kind"] == "duty"]
    hours = [(one["starts"], one["ends"]) for one in found]
    assert len(hours) == len(set(hours)) and all(one["title"] == "" for one in found)
    told = str(found)
    for name in ("hang", "quang", "minh", "lan"):
        assert person(inside[name]).full_name not in told and person(inside[name]).called_name not in told


def test_the_turn_of_one_who_lost_the_role_is_over(inside: World, calendar: Calendar) -> None:
    at_centre(inside)
    assert [one for one in calendar("admin1", "phuong") if one["place"]]
    change(Membership, {"user_id": inside["mai"]}, state="ended", ended_at=clock.now())
    assert not [one for one in calendar("admin1", "phuong") if one["place"]]


def test_no_time_of_another_unit_is_told(inside: World, calendar: Calendar) -> None:
    trainings.announced(inside)
    at_centre(inside)
    assert not {"training"} & kinds(calendar("quang", "truong"))
    assert not [one for one in calendar("quang", "truong") if one["place"]]
    other = training_commands.announce_session(
        person(inside["mai"]), inside["phuong"], trainings.plan(inside, title="Buổi khác")
    )
    training_commands.cancel_session(person(inside["mai"]), other.id, "Bão")
    assert len([one for one in calendar("mai", "phuong") if one["kind"] == "training"]) == 1


def test_a_unit_s_token_reads_its_own_calendar_and_those_below_alone(app: Flask, inside: World) -> None:
    api = Api(app, token_of(inside["quang"], inside["truong"]))
    assert api.get(f"/units/{inside['truong']}/calendar").status_code == 200
    assert api.get(f"/units/{inside['lop6a']}/calendar").status_code == 200
    for place in ("phuong", "kp3"):
        assert api.get(f"/units/{inside[place]}/calendar").status_code == 404, place
    narrower = Api(app, token_of(inside["hang"], inside["lop6a"]))  # hang herself reads the school above, too
    assert narrower.get(f"/units/{inside['truong']}/calendar").status_code == 404
    assert Api(app, token_of(inside["hang"])).get(f"/units/{inside['truong']}/calendar").status_code == 200
    assert api.get("/calendar").json["code"] == "scope"  # the times of its maker are no one else's
    narrow = Api(app, token_of(inside["quang"], inside["truong"], "units"))
    assert narrow.get(f"/units/{inside['truong']}/calendar").json["code"] == "scope"
    for name in ("lan", "bay"):
        assert Api(app, token_of(inside[name])).get(f"/units/{inside['truong']}/calendar").status_code == 404


def test_days_that_are_too_far_or_too_many_are_refused(app: Flask, inside: World) -> None:
    api, path = Api(app, token_of(inside["quang"])), f"/units/{inside['truong']}/calendar"
    assert api.get(path, first=clock.today() + timedelta(days=900)).json["code"] == "invalid"
    assert api.get(path, days=63).json["code"] == api.get(path, strange=1).json["code"] == "invalid_fields"
