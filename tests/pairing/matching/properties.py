"""What holds of every round. Each property takes what Hypothesis draws; `check` tries it on so many cases."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.pairing.matching import brute_force, random_towns
from tutoring.pairing.matching import (
    Helper,
    Plan,
    Request,
    Weights,
    candidate_edges,
    new_index,
    plan,
    rank,
    round_solver,
)
from tutoring.pairing.matching.batch_scoring import signature, suits
from tutoring.pairing.matching.hard_rules import broken_rule
from tutoring.pairing.matching.scoring import features, reasons, suit
from tutoring.pairing.matching.wave_size import MOST_IN_WAVE, acceptance, fatigue, wave
from tutoring.pairing.matching.week_bits import (
    DAYS,
    NEVER,
    QUARTERS,
    count,
    quarters,
    shared_starts,
    span,
    starts_with_length,
)

Town = tuple[list[Request], list[Helper]]
PROPERTIES: list[Callable[..., None]] = []
_STRATEGIES: dict[Callable[..., None], tuple[st.SearchStrategy[Any], ...]] = {}


def of(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Says what a property is a property of."""

    def noted(holds: Callable[..., None]) -> Callable[..., None]:
        PROPERTIES.append(holds)
        _STRATEGIES[holds] = strategies
        return holds

    return noted


def check(holds: Callable[..., None], cases: int) -> None:
    """Try a property on so many cases."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(max_examples=cases, deadline=None, suppress_health_check=slow)
    how(given(*_STRATEGIES[holds])(holds))()


def sound(made: Plan, town: Town) -> None:
    """No hard rule is broken, no place given twice, everybody is in one list once, and the objective adds up."""
    asked, known = {one.id: one for one in town[0]}, {one.id: one for one in town[1]}
    assert [broken_rule(asked[pair.request], known[pair.helper]) for pair in made.pairs] == [None] * len(made.pairs)
    assert all(count <= known[who].capacity for who, count in Counter(pair.helper for pair in made.pairs).items())
    served, unserved = [pair.request for pair in made.pairs], [one.request for one in made.unserved]
    assert served == sorted(served) and unserved == sorted(unserved)
    assert sorted(served + unserved) == sorted(asked)
    assert made.objective == brute_force.worth(edges_of(made, town))
    assert made.objective <= made.bound


def edges_of(made: Plan, town: Town) -> list[brute_force.Edge]:
    found = {(one.request, one.helper): one for one in brute_force.edges(*town, Weights())}
    return [found[pair.request, pair.helper] for pair in made.pairs]


@of(random_towns.rounds(16))
def a_round_is_sound_and_its_prices_prove_it_the_best(town: Town) -> None:
    made = plan(*town)
    sound(made, town)
    assert made.gap == 0


@of(random_towns.rounds(5, 4), random_towns.weights())
def a_small_round_is_the_best_of_all_that_could_be(town: Town, weights: Weights) -> None:
    assert plan(*town, weights).objective == brute_force.best(brute_force.edges(*town, weights), town[1])


@of(random_towns.rounds(10, 6))
def a_round_is_worth_at_least_what_is_taken_greedily_or_in_turn(town: Town) -> None:
    found, made = brute_force.edges(*town, Weights()), plan(*town)
    waited = {one.id: one.waited_hours for one in town[0]}
    assert made.objective >= brute_force.worth(brute_force.greedy(found, town[1]))
    assert made.objective >= brute_force.worth(brute_force.first_come(found, town[1], waited))


@of(random_towns.rounds(16), st.randoms(use_true_random=False))
def the_order_of_rows_never_matters(town: Town, chance: random.Random) -> None:
    mixed = [chance.sample(rows, len(rows)) for rows in town]
    assert plan(*mixed) == plan(*town)
    assert plan(*mixed, clock=True) == plan(*town, clock=True)
    if town[0]:
        assert rank(new_index(mixed[1]), town[0][0]) == rank(new_index(town[1]), town[0][0])


@of(random_towns.rounds(16), st.integers(1, 500), st.data())
def waiting_longer_never_unserves(town: Town, hours: int, data: st.DataObject) -> None:
    served = {pair.request for pair in plan(*town).pairs}
    assume(served)
    chosen = data.draw(st.sampled_from(sorted(served)))
    longer = [replace(one, waited_hours=one.waited_hours + hours * (one.id == chosen)) for one in town[0]]
    assert chosen in {pair.request for pair in plan(longer, town[1]).pairs}


@of(random_towns.rounds(8, 5), random_towns.helpers(7))
def one_more_helper_never_makes_it_worse(town: Town, more: Helper) -> None:
    assert plan(town[0], [*town[1], more]).objective >= plan(*town).objective


@of(random_towns.rounds(16), st.integers(0, 100))
def a_pair_is_broken_only_for_a_gain_of_eight_hundred(town: Town, hours: int) -> None:
    first = plan([replace(one, last_round=None) for one in town[0]], town[1])
    kept = {pair.request: pair.helper for pair in first.pairs}
    later = [
        replace(one, last_round=kept.get(one.id), waited_hours=one.waited_hours + hours * (one.id % 2))
        for one in town[0]
    ]
    again = plan(later, town[1])
    bare = [replace(one, last_round=None) for one in later], town[1]
    broken = sum(kept[request] != {p.request: p.helper for p in again.pairs}.get(request) for request in kept)
    gain = brute_force.worth(edges_of(again, bare)) - brute_force.worth(edges_of(first, bare))
    assert gain >= 800 * broken


@of(random_towns.rounds(16), random_towns.weights(), st.booleans())
def a_block_scores_as_one_pair_does_and_as_its_reasons_sum(town: Town, weights: Weights, now: bool) -> None:
    index = new_index(town[1])
    for first in town[0]:
        alike = [one for one in town[0] if signature(one) == signature(first)]
        *_, (_, left) = index.by_rule(first)
        rows = np.flatnonzero(left)
        known = [index.helpers[int(one)] for one in index.column("id")[rows]]
        starts = np.zeros((len(alike), len(rows)), np.int64)
        for place in np.ndindex(starts.shape):
            one, helper = alike[place[0]], known[place[1]]
            starts[place] = count(shared_starts(one.free, helper.free, quarters(one.minutes)))
        points = suits(index, alike, rows, weights, None if now else starts)
        for asked, line in zip(alike, points.tolist(), strict=True):
            assert line == [suit(asked, helper, weights, now=now) for helper in known]
            for helper, total in zip(known, line, strict=True):
                values = features(asked, helper, now=now)
                assert all(0 <= value <= 100 for value in values)
                assert total == sum(one.points for one in reasons(values, weights)) <= 10_000


_CHANGES = st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.integers(0, 2_000)), max_size=30)


@of(random_towns.rounds(4, 6), _CHANGES, st.integers(0, 99))
def an_index_after_any_changes_is_as_a_fresh_one(town: Town, changes: list[Any], seed: int) -> None:
    index, present = new_index(town[1]), {one.id: (one, 0) for one in town[1]}
    for other, (number, comes, tired) in enumerate(changes, seed):
        if comes:
            present[number] = (random_towns.any_helper(number, other), tired)
            index.put(*present[number])
        else:
            present.pop(number, None)
            index.remove(number)
    fresh = new_index()
    for helper, tired in present.values():
        fresh.put(helper, tired)
    assert index.helpers == {number: helper for number, (helper, _) in present.items()}
    for asked in town[0]:
        assert rank(index, asked) == rank(fresh, asked)


@of(random_towns.rounds(3, 6), random_towns.weights(), st.none() | st.integers(0, 7))
def instant_ranking_is_what_looking_at_each_helper_gives(town: Town, weights: Weights, most: int | None) -> None:
    for asked in town[0]:
        allowed = [one for one in town[1] if broken_rule(asked, one, now=True) is None]
        expected = sorted((-suit(asked, one, weights, now=True), one.id) for one in allowed)
        ranked = rank(new_index(town[1]), asked, weights, most)
        assert [(-one.suit, one.helper) for one in ranked] == expected[:most]
        assert all(one.points == one.suit for one in ranked)


@of(random_towns.rounds(16))
def who_gets_nobody_is_told_the_first_rule_that_leaves_no_helper(town: Town) -> None:
    asked = {one.id: one for one in town[0]}
    for one in plan(*town).unserved:
        broken = [broken_rule(asked[one.request], helper) for helper in town[1]]
        assert one.because == ("places" if None in broken else max((rule or 0 for rule in broken), default=1))


@of(random_towns.rounds(5, 4), st.data())
def pins_are_kept_and_exclusions_too_at_the_least_cost(town: Town, data: st.DataObject) -> None:
    found = brute_force.edges(*town, Weights())
    assume(found)
    pairs = [(one.request, one.helper) for one in found]
    excluded = set(data.draw(st.lists(st.sampled_from(pairs), max_size=3)))
    pins: dict[int, int] = {}
    places = {one.id: one.capacity for one in town[1]}
    for request, helper in data.draw(st.lists(st.sampled_from(pairs), max_size=3)):
        if (request, helper) not in excluded and request not in pins and places[helper]:
            pins[request] = helper
            places[helper] -= 1
    made = plan(*town, pins=list(pins.items()), excluded=excluded)
    sound(made, town)
    chosen = {(pair.request, pair.helper) for pair in made.pairs}
    assert chosen >= set(pins.items()) and not chosen & excluded
    left = [one for one in found if pins.get(one.request, one.helper) == one.helper]
    left = [one for one in left if (one.request, one.helper) not in excluded]
    assert made.objective == made.bound == brute_force.best(left, town[1], pins)


@of(random_towns.rounds(10, 4))
def clock_times_put_nobody_into_two_rooms(town: Town) -> None:
    made = plan(*town, clock=True)
    sound(made, town)
    asked, known = {one.id: one for one in town[0]}, {one.id: one for one in town[1]}
    busy: dict[tuple[str, int], list[int]] = {}
    for pair in made.pairs:
        assert pair.start is not None
        one, day = asked[pair.request], DAYS.index(pair.start[0])
        hour, minute = map(int, pair.start[1].split(":"))
        begin = (hour * 60 + minute - 420) // 15
        word = span(begin, begin + quarters(one.minutes))
        assert word & one.free[day] & known[pair.helper].free[day] == word
        for who in [("helper", pair.helper), *([("learner", one.learner)] if one.learner else [])]:
            words = busy.setdefault(who, list(NEVER))
            assert not words[day] & word
            words[day] |= word


def narrow(town: Town) -> Plan:
    """The way of large rounds, in which each request sees few helpers."""
    with (
        mock.patch.multiple(candidate_edges, BEST=1, SPREAD=1, GUIDED=1, BLOCK=4),
        mock.patch.object(round_solver, "WHOLE", -1),
    ):
        return plan(*town)


@of(random_towns.rounds(12, 6), st.randoms(use_true_random=False))
def a_large_round_is_sound_and_its_bound_holds(town: Town, chance: random.Random) -> None:
    made, whole = narrow(town), plan(*town)
    sound(made, town)
    assert made.objective <= whole.objective <= made.bound
    mixed = chance.sample(town[0], len(town[0])), chance.sample(town[1], len(town[1]))
    assert narrow(mixed) == made
    assert made.unserved == narrow(mixed).unserved


@of(st.integers(0, 2**QUARTERS - 1), st.integers(1, QUARTERS))
def a_start_is_possible_when_every_quarter_after_it_is_free(word: int, length: int) -> None:
    plain = [all(word >> bit + more & 1 for more in range(length)) for bit in range(QUARTERS)]
    assert [bool(starts_with_length(word, length) >> bit & 1) for bit in range(QUARTERS)] == plain
    assert int(starts_with_length(np.array([word], np.uint64), length)[0]) == starts_with_length(word, length)


@of(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=9))
def a_wave_is_the_shortest_that_is_likely_enough(histories: list[tuple[int, int]]) -> None:
    chances = [acceptance(yes, yes + no) for yes, no in histories]

    def likely(size: int) -> bool:
        nobody = Fraction(1)
        for chance in chances[:size]:
            nobody *= 1 - chance
        return 1 - nobody >= Fraction(7, 10)

    size = wave(chances)
    assert size <= min(MOST_IN_WAVE, len(chances))
    assert not any(likely(shorter) for shorter in range(size))
    assert likely(size) or size == min(MOST_IN_WAVE, len(chances))


@of(st.lists(st.integers(0, 60), max_size=20), st.integers(0, 9))
def fatigue_fades_and_is_never_more_than_two_thousand(hours: list[int], accepted: int) -> None:
    tired = fatigue(hours, accepted)
    assert 0 <= tired <= 2_000
    assert fatigue([one + 1 for one in hours], accepted) <= tired <= fatigue([*hours, 0], accepted)
    assert fatigue(hours, accepted + 1) <= tired
    assert fatigue([one + 9 for one in hours], 0) == 0
