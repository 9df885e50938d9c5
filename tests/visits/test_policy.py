"""The rules of visits over every combination of facts: who goes, who goes together, who reads what and when."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.kernel.clock import LOCAL, local
from tutoring.policy import visits as policy
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.policy.visits import VisitFacts, Visitor

FLAGS = [field.name for field in fields(Visitor) if field.name != "user_id"]
ASKER = 1
GOOD = Visitor(2, adult=True, active=True, vouched=True, staff=True)
AT = datetime(2026, 3, 10, 9, tzinfo=LOCAL).astimezone(UTC)


def everybody(user_id: int) -> list[Visitor]:
    return [
        Visitor(user_id, **dict(zip(FLAGS, values, strict=True)))
        for values in product((False, True), repeat=len(FLAGS))
    ]


def test_who_goes_is_a_vetted_grown_up_of_the_ward_whom_the_asker_does_not_avoid() -> None:
    for user_id in (ASKER, 2):
        for one in everybody(user_id):
            wanted = (
                user_id != ASKER and one.adult and one.active and one.vouched and not one.avoided
                and (one.staff or one.nominated)
            )  # fmt: skip
            assert policy.may_visit(one, ASKER) is wanted, one
            assert policy.may_receive(one, ASKER) is (wanted and one.staff), one


def test_two_who_go_are_different_not_kin_and_not_both_new() -> None:
    found = [one for one in everybody(2) if policy.may_visit(one, ASKER)]
    others = [replace(one, user_id=3) for one in found]
    assert len(found) == 6  # staff, nominated or both; new or not
    for one, other in product(found, [*others, *found]):
        for kin in (False, True):
            wanted = one.user_id != other.user_id and not kin and not (one.on_probation and other.on_probation)
            assert policy.may_go_together(one, other, ASKER, kin) is wanted
            assert policy.may_go_together(other, one, ASKER, kin) is wanted  # whoever is named first
    for bad in (one for one in everybody(3) if not policy.may_visit(one, ASKER)):
        assert not policy.may_go_together(GOOD, bad, ASKER, False)
        assert not policy.may_go_together(bad, GOOD, ASKER, False)


@pytest.mark.parametrize(
    ("held", "may"),
    [
        ({"lead"}, True), ({"officer"}, True), ({"coordinator"}, True), ({"teacher"}, False), ({"site_admin"}, False),
        ({"helper", "learner", "parent"}, False), (set(), False),
    ],
)  # fmt: skip
def test_who_plans(held: set[str], may: bool) -> None:
    assert policy.may_plan(held, is_asker=False) is may
    assert not policy.may_plan(held, is_asker=True)


def people() -> list[VisitFacts]:
    """Everybody who may stand before a visit in any state."""
    flags = product((False, True), repeat=4)
    states = product(flags, (frozenset(), frozenset({"lead"})), ("asked", "planned", *policy.OVER), policy.KINDS)
    return [
        VisitFacts(asker, goes, planner, held, fit, state, kind, AT, timedelta(days=1))
        for (asker, goes, planner, fit), held, state, kind in states
    ]


MOMENTS = [AT + timedelta(hours=hours) for hours in (-200, -25, -23, -9, -1, 0, 14, 15, 38, 39, 200)]


def test_the_address_is_read_by_those_who_go_and_who_planned_and_only_near_the_time() -> None:
    read = 0
    for known, now in product(people(), MOMENTS):
        if policy.may_read_address(known, now):
            read += 1
            assert known.state == "planned" and known.kind == "home" and not known.is_asker
            assert (known.is_visitor and known.fit) or (known.is_planner and "lead" in known.held)
            assert AT - timedelta(hours=24) <= now < AT + timedelta(hours=39)  # midnight after the day after
        assert not (policy.may_read_address(known, now) and not policy.may_see_visit(known))
    assert read > 0


def test_the_number_is_seen_by_the_asker_and_on_the_day_by_those_who_come() -> None:
    for known, now in product(people(), MOMENTS):
        if policy.may_see_number(known, now):
            assert known.state == "planned" and known.kind == "home"
            assert known.is_asker or (known.is_visitor and known.fit and local(now).date() >= local(AT).date())
    assert policy.may_see_number(VisitFacts(is_asker=True, state="planned", at=AT), MOMENTS[0])


def test_nobody_does_anything_to_a_visit_that_may_not_even_be_seen() -> None:
    for known, now in product(people(), MOMENTS):
        acts = [
            policy.may_change_plan(known), policy.may_cancel(known), policy.may_do_without(known, True),
            policy.may_read_address(known, now), policy.may_carry_badge(known), policy.may_see_number(known, now),
            policy.may_say_how_it_went(known, now), policy.may_judge(known), policy.may_go_on_online(known),
        ]  # fmt: skip
        assert policy.may_see_visit(known) or not any(acts), known
        if known.state in policy.OVER:
            assert not any(acts[:7]), known
        if known.is_asker:
            assert not (policy.may_change_plan(known) or policy.may_read_address(known, now)), known


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_the_address_closes_at_a_midnight_one_to_two_days_after(at: datetime) -> None:
    end = policy.until(at)
    assert local(end).strftime("%H:%M") == "00:00"
    assert timedelta(days=1) < end - at <= timedelta(days=2)


@given(
    st.sampled_from(policy.KINDS),
    st.timedeltas(timedelta(days=-2), timedelta(days=40)),
)
def test_a_time_is_taken_only_when_it_is_to_come_and_by_day(kind: str, later: timedelta) -> None:
    now = datetime(2026, 3, 10, 3, tzinfo=UTC)
    at = now + later
    fine = timedelta(minutes=30) <= later <= timedelta(days=30)
    by_day = kind == "desk" or policy.EARLIEST <= local(at).time() <= policy.LATEST
    assert (policy.wrong_time(kind, at, now) == "") is (fine and by_day)


def test_a_child_at_home_asks_for_a_guardian() -> None:
    assert [policy.may_come_home(*facts) for facts in product((False, True), repeat=2)] == [True, True, False, True]


def test_it_is_proposed_in_rooms_of_grown_ups_by_who_helps_or_watches() -> None:
    roles = ("learner", "helper", "guardian", "observer", None)
    kinds = ("pair", "group", "class", "circle", "questions", "desk")
    for role, kind, minors, removed in product(roles, kinds, (False, True), (False, True)):
        room = RoomFacts(role=role, kind=kind, minors=minors, removed=removed, held={"coordinator"})
        wanted = role in {"helper", "observer"} and kind in {"pair", "questions", "desk"} and not (minors or removed)
        assert policy.may_offer_visit(room, None) is wanted, room
        assert policy.may_offer_visit(room, timedelta(days=7)) is wanted
        assert not policy.may_offer_visit(room, timedelta(days=7, seconds=1))
