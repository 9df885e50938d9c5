"""Rules of walk-in queues without a database: who may, opening hours, the estimate of a wait, going back in line."""

from datetime import date, datetime, timedelta

import pytest

from tutoring.kernel.clock import LOCAL
from tutoring.policy import queues as policy
from tutoring.queues.figures import shown_day
from tutoring.queues.models import QueueDay

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=LOCAL)
MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("held", "calls", "sets"),
    [
        ({"officer"}, True, True),
        ({"coordinator"}, True, True),
        ({"lead"}, True, False),
        ({"teacher", "helper", "parent", "learner", "site_admin"}, False, False),
    ],
)
def test_staff_of_a_ward_call_and_officers_set_up(held: set[str], calls: bool, sets: bool) -> None:
    assert (policy.may_call(held, "ward"), policy.may_set_queue(held, "ward")) == (calls, sets)
    for kind in ("city", "neighbourhood", "school", "class", "partner"):
        assert not policy.may_call(held, kind) and not policy.may_set_queue(held, kind)


@pytest.mark.parametrize(
    ("day", "minute", "holiday", "is_open"),
    [
        (MONDAY, 420, False, True),
        (MONDAY, 419, False, False),
        (MONDAY, 1019, False, True),
        (MONDAY, 1020, False, False),
        (MONDAY, 600, True, False),
        (MONDAY + timedelta(days=5), 600, False, False),
    ],
)
def test_numbers_are_given_within_the_hours_on_working_days(
    day: date, minute: int, holiday: bool, is_open: bool
) -> None:
    assert policy.is_open_at(420, 1020, policy.WORKING_DAYS, day, minute, holiday) is is_open


def _calls(count: int, pause: int, last: int = 0) -> list[datetime]:
    return [NOW - timedelta(minutes=last + pause * n) for n in reversed(range(count))]


def test_a_wait_is_told_from_the_pauses_between_calls() -> None:
    assert policy.estimate_wait(3, _calls(6, 5), NOW) == (15, 25)  # four calls of five minutes each: 20
    assert policy.estimate_wait(0, _calls(6, 4, last=3), NOW) == (0, 5)


@pytest.mark.parametrize("calls", [[], _calls(3, 5), _calls(6, 5, last=31)])
def test_nothing_is_told_where_nothing_is_measured(calls: list[datetime]) -> None:
    assert policy.estimate_wait(3, calls, NOW) is None


@pytest.mark.parametrize(("ahead", "pause"), [(a, p) for a in (0, 1, 7, 300) for p in (0, 1, 9, 60)])
def test_an_estimate_is_a_range_in_steps_of_five_that_grows_with_the_line(ahead: int, pause: int) -> None:
    told = policy.estimate_wait(ahead, _calls(8, pause), NOW)
    more = policy.estimate_wait(ahead + 1, _calls(8, pause), NOW)
    assert told is not None and more is not None
    assert 0 <= told[0] < told[1] and told[0] % 5 == told[1] % 5 == 0
    assert told[0] <= more[0] and told[1] <= more[1]


@pytest.mark.parametrize(("places", "place"), [([], 0), ([5], 6), ([5, 9], 10), ([5, 9, 20, 30], 21)])
def test_who_was_missed_goes_behind_the_third_or_the_last(places: list[int], place: int) -> None:
    assert policy.place_behind(places) == place


def _day(**other: int | None) -> QueueDay:
    values = {"drawn": 100, "served": 83, "missed": 12, "left": 5, "wait_median": 17, "wait_longest": 41}
    return QueueDay(unit_id=1, day=MONDAY, **values | other)


def test_figures_hide_fewer_than_ten_and_round_the_rest() -> None:
    shown = shown_day(_day())
    assert (shown.drawn, shown.served, shown.missed, shown.left) == (100, 80, 10, None)
    assert (shown.median, shown.longest) == (17, 45)


def test_minutes_of_fewer_than_ten_holders_are_hidden() -> None:
    shown = shown_day(_day(served=9))
    assert (shown.served, shown.median, shown.longest) == (None, None, None)
