"""Rules of the overview: who sees whose progress, who is stuck, what a sum may say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tutoring.classes.overview.states import DONE, GOING, STUCK, WITNESSED, Waiting, state_of
from tutoring.policy import class_overview as policy

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
BOTH = {"profile", "progress_shown"}


@pytest.mark.parametrize(
    ("kind", "age", "consents", "assents", "shown"),
    [
        ("child", 12, BOTH, BOTH, True),
        ("child", 12, BOTH, set(), False),
        ("child", 12, BOTH, {"profile"}, False),
        ("child", 12, {"profile"}, BOTH, False),
        ("child", 12, {"progress_shown"}, BOTH, False),  # without a profile nothing is shown
        ("child", 6, BOTH, set(), True),  # not asked before seven
        ("child", 7, BOTH, set(), False),
        ("youth", 17, BOTH, set(), True),
        ("youth", 17, {"progress_shown"}, set(), False),
        ("adult", 19, {"progress_shown"}, set(), True),
        ("adult", 19, set(), set(), False),
    ],
)
def test_whose_progress_is_shown(kind: str, age: int, consents: set[str], assents: set[str], shown: bool) -> None:
    assert policy.is_shown(kind, age, consents, assents) is shown


def test_roles() -> None:
    roles = ("teacher", "coordinator", "officer", "lead", "helper", "parent", "learner", "site_admin")
    assert [one for one in roles if policy.may_see_progress({one}, "class")] == ["teacher"]
    assert not any(
        policy.may_see_progress({one}, kind) for one in roles for kind in ("school", "ward", "neighbourhood")
    )
    assert [one for one in roles if policy.may_see_class_sums({one}, "school")] == ["teacher", "coordinator"]
    assert not any(policy.may_see_class_sums({one}, kind) for one in roles for kind in ("class", "ward", "city"))
    assert [one for one in roles if policy.sees_exact_sums({one})] == ["teacher"]


def state(finished: bool = False, confirmed: str = "", rests: bool = False, **waits: object) -> str:
    waiting = Waiting(**waits) if waits else None  # type: ignore[arg-type]
    return state_of("s", finished, confirmed, NOW.date(), NOW, waiting, rests=rests).state


LONG_AGO = NOW - policy.STUCK_AFTER


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, GOING),
        ({"wrong_tries": 2, "first_wrong_at": LONG_AGO}, STUCK),
        ({"wrong_tries": 1, "first_wrong_at": LONG_AGO}, GOING),
        ({"wrong_tries": 9, "first_wrong_at": LONG_AGO + timedelta(minutes=1)}, GOING),
        ({"asked_at": NOW}, STUCK),
        ({"asked_at": NOW, "helped": True}, GOING),
        ({"wrong_tries": 2, "first_wrong_at": LONG_AGO, "rests": True}, GOING),
        ({"asked_at": NOW, "rests": True}, STUCK),
        ({"finished": True, "wrong_tries": 2, "first_wrong_at": LONG_AGO}, DONE),
        ({"finished": True, "confirmed": "quiz"}, DONE),
        ({"confirmed": "practised"}, DONE),
        ({"confirmed": "witnessed"}, WITNESSED),
        ({"finished": True, "confirmed": "witnessed"}, WITNESSED),
    ],
)
def test_states(facts: dict[str, Any], expected: str) -> None:
    assert state(**facts) == expected


def test_who_asks_first_has_been_stuck_since_then() -> None:
    since = policy.stuck_since(NOW, 2, LONG_AGO, NOW)
    assert since == LONG_AGO and policy.stuck_since(LONG_AGO, 0, None, NOW) == LONG_AGO


def test_nudges() -> None:
    assert policy.may_nudge(True, True, False, False)
    for facts in ((False, True, False, False), (True, False, False, False), (True, True, True, False)):
        assert not policy.may_nudge(*facts)
    assert not policy.may_nudge(True, True, False, True)
    assert not policy.offers_session(2) and policy.offers_session(3)


@pytest.mark.parametrize(
    ("whole", "parts", "shown"),
    [
        (9, (9, 0), (None, [None, None])),
        (45, (23, 12), (45, [20, 10])),
        (40, (23, 12), (40, [20, None])),  # else the five others could be computed
        (38, (3, 20), (35, [None, 20])),  # three are hidden among the fifteen others
        (23, (3, 20), (20, [None, None])),  # else the three would be what is left
        (30, (3, 12), (30, [None, 10])),
        (31, (3, 25), (30, [None, None])),
        (30, (0, 30), (30, [None, 30])),
        (30, (0, 0), (30, [None, None])),
        (11, (3, 3), (10, [None, None])),
    ],
)
def test_small_numbers_of_a_class_are_hidden(
    whole: int, parts: tuple[int, int], shown: tuple[int | None, list[int | None]]
) -> None:
    assert policy.shown_sums(whole, parts) == shown


def test_what_is_hidden_of_a_shown_sum_is_nobody_or_ten_in_two_parts() -> None:
    for whole in range(46):
        for one in range(whole + 1):
            for two in range(whole - one + 1):
                total, shown = policy.shown_sums(whole, (one, two))
                if total is None:
                    assert shown == [None, None]
                    continue
                left = [part for part, said in zip((one, two), shown, strict=True) if said is None]
                rest = whole - one - two
                hidden = [part for part in (*left, rest) if part]
                alone = rest >= 10 and not any(left)
                assert not hidden or alone or (len(hidden) > 1 and sum(hidden) >= 10), (whole, one, two)
                assert all(said is None or part >= 10 for part, said in zip((one, two), shown, strict=True))
