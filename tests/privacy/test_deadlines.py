"""Clocks of data rights run in working days and in days, by a calendar that is data."""

from datetime import date, datetime, timedelta

from tutoring.kernel import clock
from tutoring.kernel.holidays import all_days, known_until
from tutoring.privacy.deadlines import DONE, clocks, is_working_day, working_days_after


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=clock.LOCAL)


def test_two_working_days_after_a_thursday_is_the_monday() -> None:
    assert working_days_after(at("2026-11-26"), 2).date() == date(2026, 11, 30)


def test_tet_is_jumped_over() -> None:
    """Friday before Tết of 2026: the next working days are Monday the 23rd and Tuesday."""
    assert working_days_after(at("2026-02-13"), 2).date() == date(2026, 2, 24)


def test_a_moment_late_at_night_counts_as_the_day_in_vietnam() -> None:
    late = datetime.fromisoformat("2026-11-26T18:30:00+00:00")  # Friday 1:30 there
    assert working_days_after(late, 1).date() == date(2026, 11, 30)


def test_days_off_can_be_given() -> None:
    assert not is_working_day(date(2026, 11, 24), {date(2026, 11, 24)})
    assert is_working_day(date(2026, 11, 24), ())
    assert not is_working_day(date(2026, 11, 28))


def test_a_day_off_that_is_only_expected_counts_as_one_for_these_clocks() -> None:
    expected = [one for one in all_days() if not one.certain]
    assert expected and known_until() == date(2028, 12, 31)
    assert not any(is_working_day(one.day) for one in expected)


def test_each_right_has_its_clock() -> None:
    asked = at("2026-11-26")
    for kind, days in DONE.items():
        acknowledge, due = clocks(kind, asked)
        assert acknowledge == at("2026-11-30", 23) + timedelta(minutes=59, seconds=59)
        assert due.date() == asked.date() + timedelta(days=days)
