"""When something may go out: for any choices and any moment nothing leaves in quiet hours, and nothing is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.kernel import clock
from tutoring.notifications.delivery.schedule import EVERYBODY, GATHER, PUPILS, PUPILS_LEAST, Quiet, goes_at, slot
from tutoring.notifications.preferences.queries import EffectivePreferences
from tutoring.notifications.preferences.topics import TOPICS, WAYS

WEEK = timedelta(days=8)
minutes = st.integers(0, 1439)
quiets = st.builds(Quiet, minutes, minutes)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-04 20:59:59", "2026-11-04 20:59:59"), ("2026-11-04 21:00:00", "2026-11-05 06:30:00"),
        ("2026-11-04 23:59:59", "2026-11-05 06:30:00"), ("2026-11-05 00:00:00", "2026-11-05 06:30:00"),
        ("2026-11-05 06:29:59", "2026-11-05 06:30:00"), ("2026-11-05 06:30:00", "2026-11-05 06:30:00"),
        ("2026-12-31 22:00:00", "2027-01-01 06:30:00"),
    ],
)  # fmt: skip
def test_quiet_hours_go_over_midnight(at: str, end: str) -> None:
    assert EVERYBODY.after(local(at)) == local(end)


def test_pupils_are_left_alone_earlier_and_the_same_hour_twice_is_no_quiet_at_all() -> None:
    assert PUPILS.covers(local("2026-11-04 20:45")) and not EVERYBODY.covers(local("2026-11-04 20:45"))
    assert PUPILS.includes(PUPILS_LEAST) and not Quiet(22 * 60, 6 * 60).includes(PUPILS_LEAST)
    assert not any(Quiet(60, 60).covers(local(f"2026-11-04 {hour:02}:00")) for hour in range(24))


def test_letters_of_a_day_and_of_a_week_come_at_their_hour() -> None:
    noon = local("2026-11-04 12:00")  # a Wednesday
    assert slot(noon, "daily", 18) == local("2026-11-04 18:00")
    assert slot(noon, "daily", 7) == local("2026-11-05 07:00")
    assert slot(noon, "weekly", 18) == local("2026-11-08 18:00")
    assert slot(local("2026-11-08 18:00:01"), "weekly", 18) == local("2026-11-15 18:00")
    assert slot(noon, "once", 18) == noon + GATHER


HOWS = st.sampled_from(("once", "daily", "weekly"))
ABOUT = st.sampled_from(sorted(TOPICS))


@given(moments, quiets, ABOUT, st.sampled_from(WAYS), HOWS, st.integers(0, 23), st.booleans())
def test_nothing_leaves_in_quiet_hours_and_nothing_is_put_off_for_ever(
    moment: datetime, quiet: Quiet, topic: str, way: str, how: str, hour: int, woken: bool
) -> None:
    chosen = EffectivePreferences(quiet, True, how, hour, woken)
    at = chosen.at(moment, topic, way)
    assert moment <= at <= moment + WEEK
    if not (TOPICS[topic].through or (woken and TOPICS[topic].wakes)):
        assert not quiet.covers(at)
        assert not chosen.quiet_now(at, topic)
    if TOPICS[topic].urgent and not quiet.covers(moment):
        assert at == moment


@given(moments, quiets)
def test_the_end_of_quiet_hours_is_the_first_moment_that_is_not_quiet(moment: datetime, quiet: Quiet) -> None:
    end = quiet.after(moment)
    assert not quiet.covers(end) and end - moment < timedelta(days=1)
    if end > moment:
        assert quiet.covers(end - timedelta(microseconds=1)) and quiet.covers(moment)


@given(moments, quiets, st.booleans())
def test_work_that_is_done_late_waits_for_the_same_end(moment: datetime, quiet: Quiet, urgent: bool) -> None:
    """However late a worker comes: asked again, the moment that was given is given."""
    at = goes_at(moment, quiet, urgent=urgent)
    assert quiet.after(at) == at
