"""What the engine promises beyond its door, on examples."""

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.pairing.matching import brute_force, random_towns
from tutoring.config import ROOT
from tutoring.pairing.matching import Helper, Request, Weights, new_index, plan, rank, round_solver
from tutoring.pairing.matching.candidate_edges import Round
from tutoring.pairing.matching.round_solver import WHOLE
from tutoring.pairing.matching.scoring import of_rating
from tutoring.pairing.matching.wave_size import acceptance, fatigue, solve_jointly, wave
from tutoring.pairing.matching.week_bits import ALWAYS, DAYS, span

EVENING = (span(44, 48), *(0,) * 6)  # Monday from 18:00 to 19:00


def ask(number: int, **changes: object) -> Request:
    adult = random_towns.any_request(1, 1)
    plain = replace(
        adult, id=number, topic="a", topics=frozenset("a"), level=1, language="vi", adult=True, needs_adult=False,
        same_gender="no", minutes=60, free=ALWAYS, waited_hours=0, urgency=0, previous=None, last_round=None,
        blocked=frozenset(), learner=None,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def help_of(number: int, **changes: object) -> Helper:
    plain = replace(
        random_towns.any_helper(1, 1), id=number, skills={"a": 1}, languages=frozenset({"vi"}), adult=True,
        observed=True,
        capacity=1, free=ALWAYS,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_weights_that_do_not_sum_to_a_hundred_are_refused() -> None:
    for wrong in ({"level": 19}, {"level": -18, "cover": 44}, {"level": 18.0}, {"level": True, "cover": 25}):
        with pytest.raises(ValueError, match="sum to 100"):
            Weights(**wrong)  # type: ignore[arg-type]


def test_a_negative_capacity_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 places"):
        help_of(1, capacity=-1)


def test_ratings_are_rounded_exactly_with_halves_to_the_even_side() -> None:
    for count in range(60):
        for total in range(count, 5 * count + 1):
            exact = Fraction(50 * total - 150 * count + 325, count + 5)
            assert of_rating(help_of(1, rating_sum=total, rating_count=count)) == max(0, min(100, round(exact)))


def test_ids_that_stand_there_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        plan([ask(1), ask(1)], [])
    with pytest.raises(ValueError, match="same id"):
        plan([], [help_of(1), help_of(1)])


def test_a_pin_that_cannot_be_is_refused_with_the_reason() -> None:
    asked = [ask(1), ask(2), ask(3, level=3)]
    known = [help_of(1), help_of(2, free=(0,) * 7)]
    for pins, reason in (
        ([(3, 1)], "does not hold the topic"),
        ([(1, 2)], "never free together"),
        ([(1, 1), (2, 1)], "no place left"),
        ([(1, 3)], "not in this round"),
        ([(4, 1)], "not in this round"),
    ):
        with pytest.raises(ValueError, match=reason):
            plan(asked, known, pins=pins)
    with pytest.raises(ValueError, match="excluded"):
        plan(asked, known, pins=[(1, 1)], excluded=[(1, 1)])
    with pytest.raises(ValueError, match="pinned to helper 1"):
        plan(asked, [help_of(1), help_of(2)], pins=[(1, 1), (1, 2)])
    assert [(one.request, one.helper) for one in plan(asked, known, pins=[(2, 1)]).pairs] == [(2, 1)]


def test_nobody_is_paired_with_themselves() -> None:
    made = plan([ask(1, learner=5)], [help_of(5)])
    assert (made.pairs, made.unserved[0].because) == ((), 4)
    assert rank(new_index([help_of(5)]), ask(1, learner=5)) == []


def test_what_does_not_fit_by_the_clock_is_chosen_anew() -> None:
    """Two hours that only one of two pairs can have; the weaker goes to the helper who has time."""
    asked = [ask(1, free=EVENING, waited_hours=9), ask(2, free=EVENING)]
    known = [help_of(1, capacity=2, skills={"a": 1}), help_of(2, skills={"a": 3})]
    assert {pair.helper for pair in plan(asked, [known[0]]).pairs} == {1}
    made = plan(asked, known, clock=True)
    assert [(pair.request, pair.helper, pair.start) for pair in made.pairs] == [
        (1, 1, ("mon", "18:00")),
        (2, 2, ("mon", "18:00")),
    ]
    alone = plan(asked, [known[0]], clock=True)
    assert [pair.request for pair in alone.pairs] == [1]
    assert [(one.request, one.because) for one in alone.unserved] == [(2, "times")]
    assert alone.objective < alone.bound


def test_one_learner_is_not_booked_twice_at_the_same_time() -> None:
    asked = [ask(1, free=EVENING, learner=100), ask(2, free=EVENING, learner=100)]
    assert len(plan(asked, [help_of(1), help_of(2)], clock=True).pairs) == 1
    assert len(plan([replace(one, minutes=30) for one in asked], [help_of(1), help_of(2)], clock=True).pairs) == 2


def test_four_pairs_that_fit_in_one_way_only_are_placed() -> None:
    free = (span(0, 8), *(0,) * 6)
    windows = [span(0, 8), span(2, 6), span(0, 4), span(4, 8)]
    asked = [ask(n, minutes=30, free=(word, *(0,) * 6)) for n, word in enumerate(windows)]
    made = plan(asked, [help_of(1, capacity=9, free=free)], clock=True)
    assert sorted(pair.start or ("", "") for pair in made.pairs) == [
        ("mon", f"0{7 + n // 2}:{n % 2 * 30:02}") for n in range(4)
    ]


def test_at_most_four_pairs_a_week_get_clock_times() -> None:
    asked = [ask(n, minutes=15) for n in range(6)]
    assert len(plan(asked, [help_of(1, capacity=6)], clock=True).pairs) == 4
    assert len(plan(asked, [help_of(1, capacity=6)]).pairs) == 6


def test_help_that_begins_now_asks_for_no_times() -> None:
    asked, known = [ask(1, free=(0,) * 7)], [help_of(1)]
    assert plan(asked, known).pairs == ()
    assert [pair.suit for pair in plan(asked, known, now=True).pairs] == [rank(new_index(known), asked[0])[0].suit]
    with pytest.raises(ValueError, match="clock"):
        plan(asked, known, now=True, clock=True)


def test_who_was_asked_lately_comes_later() -> None:
    index = new_index([help_of(1), help_of(2)])
    assert [one.helper for one in rank(index, ask(1))] == [1, 2]
    index.put(help_of(1), fatigue([0, 0, 3], accepted=1))
    ranked = rank(index, ask(1))
    assert [one.helper for one in ranked] == [2, 1]
    assert ranked[1].suit - ranked[1].points == 250 + 250 + 31 - 100
    assert fatigue([0] * 20, 0) == 2_000


def test_a_wave_grows_until_a_yes_is_likely_enough() -> None:
    usual = acceptance(0, 0)
    assert usual == Fraction(43, 100)
    assert wave([usual] * 9) == 3  # 1 − 0.57³ = 0.81, 1 − 0.57² = 0.68
    assert wave([acceptance(30, 30)] * 9) == 1
    assert wave([acceptance(0, 30)] * 9) == 5
    assert wave([usual]) == 1
    assert wave([]) == 0


def test_a_backlog_of_a_fifth_is_solved_jointly() -> None:
    assert not solve_jointly(20, 100)
    assert solve_jointly(21, 100)


@pytest.mark.full
@pytest.mark.parametrize(
    ("requests", "helpers", "whole"), [(800, 400, 50_000), pytest.param(2_400, 1_200, WHOLE, marks=pytest.mark.full)]
)
def test_a_town_is_paired_nearly_as_well_by_the_way_of_large_rounds(
    monkeypatch: pytest.MonkeyPatch, requests: int, helpers: int, whole: int
) -> None:
    assert requests * helpers > whole
    monkeypatch.setattr(round_solver, "WHOLE", whole)
    town = random_towns.town(requests, helpers, seed=3)
    made = plan(*town)
    assert made.gap <= 0.001
    assert plan(*(rows[::-1] for rows in town)) == made
    found = brute_force.edges(town[0][:200], town[1], Weights())
    assert {(one.request, one.helper) for one in found} >= {
        (pair.request, pair.helper) for pair in made.pairs if pair.request <= 200
    }


def test_after_fourteen_days_a_request_is_held_against_everybody() -> None:
    asked = [ask(1, waited_hours=14 * 24), ask(2, waited_hours=14 * 24 - 1)]
    round_of_two = Round(asked, [help_of(n) for n in range(500)], Weights(), (), False)
    seen = round_of_two.edges(round_of_two.listed).asked
    assert np.count_nonzero(seen == 0) == 500
    assert 20 <= np.count_nonzero(seen == 1) <= 30


def test_equals_are_not_all_shown_the_same_few_helpers() -> None:
    same = Round([ask(n) for n in range(50)], [help_of(n) for n in range(500)], Weights(), (), False)
    assert len(set(same.edges(same.listed).row.tolist())) > 250


@pytest.mark.full
def test_a_server_loads_neither_numpy_nor_the_solver_at_its_start() -> None:
    code = (
        "import sys, tutoring.app, tutoring.cli, tutoring.pairing.matching;"
        "sys.exit(' '.join({'numpy', 'ortools', 'pandas'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_days_are_those_of_the_door() -> None:
    assert DAYS == ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def test_with_a_school_subject_pupils_of_one_grade_may_meet() -> None:
    asked, peer = ask(1, adult=False, grade=6), help_of(1, adult=False, grade=6)
    for gap, found in ((1, []), (0, [1])):
        wanted = replace(asked, least_gap=gap)
        assert [one.helper for one in rank(new_index([peer]), wanted, Weights())] == found
        assert [one.helper for one in plan([wanted], [peer]).pairs] == found
