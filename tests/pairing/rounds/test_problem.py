"""From the database to the engine: who is in a round, as policy has it, in as many questions for many as for few."""

import sqlalchemy as sa

from tests.factories import World, person
from tests.pairing.scheduling.fixtures import EVENINGS, may_help, tells_hours, wishes
from tutoring.accounts.models import Consent
from tutoring.community.models import Nomination, Unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.matching import plan
from tutoring.pairing.models import ConductAcceptance
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.rounds import problem
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.week_grid import hours


def in_round(world: World) -> tuple[set[int], set[int]]:
    db.session.expire_all()
    asked, helpers = problem.of_unit(world["truong"])
    return {one.learner for one in asked if one.learner}, {one.id for one in helpers}


def test_a_weekly_wish_meets_a_helper_with_the_same_hours(inside: World) -> None:
    request_id = wishes(inside, "minh")
    tells_hours(inside, "minh", "khoa", "hang")
    asked, helpers = problem.of_unit(inside["truong"])
    assert [one.id for one in asked] == [request_id] and {one.id for one in helpers} == {inside["khoa"], inside["hang"]}
    found = plan(asked, helpers, clock=True)
    assert [one.request for one in found.pairs] == [request_id] and found.pairs[0].start is not None
    # It is not on any board, and the place in the queue counts weekly ones alone.
    assert may_take(person(inside["khoa"])) == []


def test_who_may_not_help_or_ask_is_not_in_it(inside: World) -> None:
    wishes(inside, "minh")
    tells_hours(inside, "minh", "khoa", "hang")
    both = ({inside["minh"]}, {inside["khoa"], inside["hang"]})
    assert in_round(inside) == both
    for change in (
        sa.update(Nomination).where(Nomination.user_id == inside["khoa"]).values(state="paused"),
        sa.delete(ConductAcceptance).where(ConductAcceptance.user_id == inside["khoa"]),
        sa.update(Consent).where(Consent.subject_id == inside["khoa"]).values(withdrawn_at=clock.now()),
    ):
        with_this_alone(change, lambda: in_round(inside)[1], {inside["hang"]})
    gone = sa.update(Consent).where(Consent.subject_id == inside["minh"], Consent.purpose == "chat")
    with_this_alone(gone.values(withdrawn_at=clock.now()), lambda: in_round(inside)[0], set())
    scheduling_commands.set_hours(person(inside["khoa"]), inside["khoa"], EVENINGS, 0)
    assert in_round(inside)[1] == {inside["hang"]}


def with_this_alone(change: sa.Executable, ask: object, wanted: set[int]) -> None:
    """What is found after a change, which is then taken back."""
    db.session.execute(change)
    assert ask() == wanted  # type: ignore[operator]
    db.session.rollback()


def test_people_who_avoid_each_other_are_blocked(inside: World) -> None:
    wishes(inside, "minh")
    tells_hours(inside, "minh", "khoa")
    avoid(person(inside["khoa"]), inside["minh"])
    asked, helpers = problem.of_unit(inside["truong"])
    assert asked[0].blocked == {inside["khoa"]}
    assert plan(asked, [one for one in helpers if one.id == inside["khoa"]]).unserved[0].because == 4


def test_hours_of_rooms_with_minors_bound_a_pupils_week(inside: World) -> None:
    wishes(inside, "minh")
    tells_hours(inside, "minh")
    assert problem.of_unit(inside["truong"])[0][0].free == EVENINGS  # the demonstration is open round the clock
    shuts = sa.update(Unit).where(Unit.id == inside["truong"]).values(opens=0, closes=19 * 60)
    db.session.execute(shuts)
    asked, _ = problem.of_unit(inside["truong"])
    assert hours(asked[0].free) == 7
    db.session.rollback()


def test_it_asks_the_same_for_many_as_for_one(inside: World, queries: list[str]) -> None:
    wishes(inside, "minh")
    tells_hours(inside, "minh", "khoa")
    queries.clear()
    problem.of_unit(inside["truong"])
    few = len(queries)
    may_help(inside, "quang")
    wishes(inside, "an")
    tells_hours(inside, "an", "hang", "quang")
    db.session.rollback()
    queries.clear()
    problem.of_unit(inside["truong"])
    assert len(queries) <= few + 1, queries  # the hours of one more class
