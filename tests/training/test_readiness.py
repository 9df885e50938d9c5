"""Who is ready and who is due, as a table: what was done, the day, and where somebody stands."""

from datetime import date, timedelta
from typing import Any

import pytest

from tutoring.training.readiness import Done, Missing, Needs, latest_due_by, months_after, readiness

NEEDS = Needs(lessons=("a", "b", "c"), quizzes=frozenset({"a", "b"}), witnessed=("b",), renew_months=12)
ALL: dict[str, Any] = {"begun": "abc", "finished": "abc", "passed": "ab", "witnessed": "b"}
CAME = date(2026, 3, 10)
DUE = date(2027, 3, 10)


def said(today: date, **done: Any) -> tuple[str, list[str], date | None]:
    found = readiness(NEEDS, Done(**done), today)
    return found.state, [f"{one.kind} {one.slug}".strip() for one in found.missing], found.due_on


@pytest.mark.parametrize(
    ("today", "done", "state", "missing", "due_on"),
    [
        (CAME, {}, "none", ["lesson a", "lesson b", "lesson c", "witness b", "session"], None),
        (CAME, {"begun": "x"}, "none", ["lesson a", "lesson b", "lesson c", "witness b", "session"], None),
        (CAME, {"begun": "b"}, "learning", ["lesson a", "lesson b", "lesson c", "witness b", "session"], None),
        (CAME, {"finished": "a"}, "learning", ["quiz a", "lesson b", "lesson c", "witness b", "session"], None),
        (CAME, {"finished": "abc", "passed": "a"}, "learning", ["quiz b", "witness b", "session"], None),
        (CAME, {"finished": "abc", "passed": "ab"}, "learning", ["witness b", "session"], None),
        (CAME, ALL, "learning", ["session"], None),
        (CAME, {"attended_on": CAME}, "learning", ["lesson a", "lesson b", "lesson c", "witness b"], DUE),
        (CAME, {**ALL, "witnessed": "a", "attended_on": CAME}, "learning", ["witness b"], DUE),
        (CAME, {**ALL, "passed": "a", "attended_on": CAME}, "learning", ["quiz b"], DUE),
        (CAME, {**ALL, "attended_on": CAME}, "ready", [], DUE),
        (DUE - timedelta(days=31), {**ALL, "attended_on": CAME}, "ready", [], DUE),
        (DUE - timedelta(days=30), {**ALL, "attended_on": CAME}, "soon", [], DUE),
        (DUE, {**ALL, "attended_on": CAME}, "soon", [], DUE),  # on its last day it counts
        (DUE + timedelta(days=1), {**ALL, "attended_on": CAME}, "overdue", ["session"], DUE),
        (DUE + timedelta(days=900), {**ALL, "attended_on": CAME}, "overdue", ["session"], DUE),
        (DUE + timedelta(days=1), {**ALL, "passed": "a", "attended_on": CAME}, "overdue", ["quiz b", "session"], DUE),
        (DUE, {**ALL, "passed": "a", "attended_on": CAME}, "learning", ["quiz b"], DUE),
    ],
)
def test_where_somebody_stands(
    today: date, done: dict[str, Any], state: str, missing: list[str], due_on: date | None
) -> None:
    assert said(today, **done) == (state, missing, due_on)


def test_a_quiz_is_asked_for_only_where_there_is_one_and_after_its_lesson() -> None:
    assert readiness(NEEDS, Done(finished="c"), CAME).missing[:2] == (Missing("lesson", "a"), Missing("lesson", "b"))
    assert readiness(NEEDS, Done(finished="abc"), CAME).of_kind("quiz") == ["a", "b"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 27), 12, date(2027, 11, 27)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


@pytest.mark.parametrize("months", [1, 2, 6, 12, 36])
def test_the_rule_turned_round_names_the_very_last_day(months: int) -> None:
    for n in range(800):
        limit = date(2026, 1, 1) + timedelta(days=n)
        day = latest_due_by(limit, months)
        assert months_after(day, months) <= limit < months_after(day + timedelta(days=1), months)
