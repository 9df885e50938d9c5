"""Public holidays are data: lunar days agree with the new moons, bad data is refused, guesses are never shown."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tutoring.kernel import holidays as calendar
from tutoring.kernel.holidays import BadHolidays, Holiday, holiday_on, holidays, read
from tutoring.kernel.hooks import Hook

# ---- an independent reckoning of the lunar calendar: Jean Meeus, Astronomical Algorithms, chapters 25 and 49 -------

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
DELTA_T = 72  # seconds between the time of the planets and that of clocks, in these years


def new_moon(k: int) -> datetime:
    """The k-th new moon after that of January 2000, to a few minutes."""
    t = k / 1236.85
    day = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2
    e = 1 - 0.002516 * t
    sun, moon = math.radians(2.5534 + 29.10535670 * k), math.radians(201.5643 + 385.81693528 * k)
    node, wide = math.radians(160.7108 + 390.67050284 * k), math.radians(124.7746 - 1.56375588 * k)
    day += (
        -0.40720 * math.sin(moon) + 0.17241 * e * math.sin(sun) + 0.01608 * math.sin(2 * moon)
        + 0.01039 * math.sin(2 * node) + 0.00739 * e * math.sin(moon - sun) - 0.00514 * e * math.sin(moon + sun)
        + 0.00208 * e**2 * math.sin(2 * sun) - 0.00111 * math.sin(moon - 2 * node)
        - 0.00057 * math.sin(moon + 2 * node) + 0.00056 * e * math.sin(2 * moon + sun)
        - 0.00042 * math.sin(3 * moon) + 0.00042 * e * math.sin(sun + 2 * node)
        + 0.00038 * e * math.sin(sun - 2 * node) - 0.00024 * e * math.sin(2 * moon - sun) - 0.00017 * math.sin(wide)
    )  # fmt: skip
    return J2000 + timedelta(days=day - 2451545.0, seconds=-DELTA_T)


def sun_at(moment: datetime) -> float:
    """The apparent longitude of the sun in degrees, to about a hundredth."""
    t = ((moment - J2000).total_seconds() + DELTA_T) / 86400 / 36525
    mean, anomaly = 280.46646 + 36000.76983 * t, math.radians(357.52911 + 35999.05029 * t)
    middle = (1.914602 - 0.004817 * t) * math.sin(anomaly) + 0.019993 * math.sin(2 * anomaly)
    middle += 0.000289 * math.sin(3 * anomaly)
    return (mean + middle - 0.00569 - 0.00478 * math.sin(math.radians(125.04 - 1934.136 * t))) % 360


def months(year: int) -> list[tuple[date, int]]:
    """First days of lunar months around a year by the midnights of UTC+7, with the sign of the sun on each."""
    first = round((year - 2000 - 0.2) * 12.3685)
    days = [(new_moon(k) + timedelta(hours=7)).date() for k in range(first, first + 16)]
    midnight = [datetime(d.year, d.month, d.day, tzinfo=UTC) - timedelta(hours=7) for d in days]
    return [(day, int(sun_at(at) // 30)) for day, at in zip(days, midnight, strict=True)]


def lunar(year: int, month: int, day: int) -> date:
    """A day of a lunar month: the eleventh holds the winter solstice, and a month without a change of sign is a leap
    one. None of these years has one before its third month, which is held here too."""
    rows = months(year)
    eleventh = next(
        i for i, (_, sign) in enumerate(rows) if rows[i][1] <= 8 < rows[i + 1][1] + (rows[i + 1][1] < 6) * 12
    )
    ahead = rows[eleventh : eleventh + 6]
    assert all(one[1] != other[1] for one, other in pairwise(ahead)), "a leap month"
    return rows[eleventh + 1 + month][0] + timedelta(days=day - 1)


@pytest.mark.parametrize(("year", "tet", "gio_to"), [
    (2026, date(2026, 2, 17), date(2026, 4, 26)),
    (2027, date(2027, 2, 6), date(2027, 4, 16)),
    (2028, date(2028, 1, 26), date(2028, 4, 4)),
])  # fmt: skip
def test_lunar_days_agree_with_the_new_moons(year: int, tet: date, gio_to: date) -> None:
    assert lunar(year, 1, 1) == tet and lunar(year, 3, 10) == gio_to
    named = {one.day: one.name_vi for one in holidays(date(year, 1, 1), date(year, 12, 31))}
    assert [named[tet + timedelta(days=n)] for n in range(3)] == ["Tết Nguyên đán"] * 3
    assert named[gio_to] == "Giỗ Tổ Hùng Vương"
    assert not any(name == "Tết Nguyên đán" and abs((day - tet).days) > 5 for day, name in named.items())


@pytest.mark.parametrize(
    ("year", "tet"), [(2007, date(2007, 2, 17)), (2030, date(2030, 2, 2)), (2024, date(2024, 2, 10))]
)
def test_the_reckoning_is_right_where_vietnam_and_its_neighbour_differ(year: int, tet: date) -> None:
    """In 2007 Tết was a day before China's, and in 2030 it will be; by another clock they would come out alike."""
    assert lunar(year, 1, 1) == tet


def test_fixed_days_stand_in_each_year() -> None:
    for year in (2026, 2027, 2028):
        for month, day in ((1, 1), (4, 30), (5, 1), (9, 2)):
            found = holiday_on(date(year, month, day))
            assert found is not None and found.known_by == "law"


def test_what_is_only_expected_is_never_a_holiday() -> None:
    expected = [one for one in calendar.all_days() if one.known_by == "expected"]
    assert date(2027, 11, 24) in {one.day for one in expected}
    assert all(holiday_on(one.day) is None for one in expected)
    assert {one.day.year for one in expected} == {2026, 2027, 2028}


def test_what_was_announced_says_where() -> None:
    announced = [one for one in calendar.written().days if one.known_by == "announced"]
    assert announced and all(one.source.startswith("https://") for one in announced)


HEAD = "as_of: 2026-11-28\nlaw: x\ndays:\n"
GOOD = "  - {day: 2026-01-01, vi: Tết, en: New Year, from: law}\n"


def test_good_data_is_read() -> None:
    assert read(HEAD + GOOD).days[0].name("en") == "New Year"


@pytest.mark.parametrize(("text", "why"), [
    ("days: [", "no YAML"),
    ("days: []", "asked for"),
    (HEAD.replace("2026-11-28", "soon") + GOOD, "as_of is a day"),
    (HEAD + GOOD + GOOD, "each day stands once"),
    (HEAD + GOOD.replace("2026-01-01", "2026-02-30"), "never comes"),
    (HEAD + GOOD.replace("2026-01-01", "2026-01-01T10:00:00"), "begins with its day"),
    (HEAD + GOOD.replace("Tết", '" "'), "both languages"),
    (HEAD + GOOD.replace("law", "hearsay"), "from is one of"),
    (HEAD + GOOD.replace("law", "announced"), "says where"),
    (HEAD + GOOD.replace("law}", 'law, source: "https://a.vn"}'), "nobody else does"),
    (HEAD + GOOD.replace("law}", 'announced, source: "http://a.vn"}'), "https"),
    (HEAD + GOOD.replace("law}", "law, colour: red}"), "colour is unknown"),
    (HEAD + GOOD.replace("2026", "2029").replace("law}", 'announced, source: "https://a.vn"}'), "so far ahead"),
    (HEAD + GOOD + GOOD.replace("2026-01-01", "2028-01-01"), "without a gap"),
    (HEAD + "  - hello\n", "begins with its day"),
    ("as_of: 2026-11-28\nlaw: x\ndays: []\n", "without a gap"),
])  # fmt: skip
def test_bad_data_is_refused_and_said_why(text: str, why: str) -> None:
    with pytest.raises(BadHolidays, match=why):
        read(text)


def test_what_staff_edited_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Holiday(date(2027, 9, 3), "Quốc khánh", "National Day", "announced", "https://example.vn")
    new_year = date(2027, 1, 1)
    assert holiday_on(new_year) is not None
    edited: Hook[[], Mapping[date, Holiday | None]] = Hook("test.edited_days")
    edited.register(lambda: {extra.day: extra, new_year: None})
    monkeypatch.setattr(calendar, "edited_days", edited)
    assert holiday_on(date(2027, 9, 3)) == extra and holiday_on(new_year) is None
    assert [one.day for one in calendar.all_days()] == sorted(one.day for one in calendar.all_days())


def test_there_is_one_calendar() -> None:
    assert not list(Path(calendar.__file__).parents[1].rglob("holidays.yml"))
