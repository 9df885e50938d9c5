"""Made-up towns: realistic ones of any size by a seed, and small crowded ones for Hypothesis."""

import random

from hypothesis import strategies as st

from tutoring.pairing.matching import Helper, Request, Weights
from tutoring.pairing.matching.week_bits import DAYS, NEVER, Week, span

TOPICS = [f"topic-{number}" for number in range(40)]
LOAD = 0.95  # places for each request: somewhat too few, as everywhere
DEVICES = ["android", "iphone", "windows", "mac", "chromebook"]


def town(requests: int, helpers: int, seed: int = 1, first_id: int = 1) -> tuple[list[Request], list[Helper]]:
    """So many requests and helpers of one city: some topics are asked often, most people live near a few schools."""
    chance = random.Random(seed)
    schools = max(4, helpers // 60)
    places = LOAD * requests / max(1, helpers)
    often = [1 / (number + 3) for number in range(len(TOPICS))]
    return (
        [request(chance, first_id + number, schools, often) for number in range(requests)],
        [helper(chance, number + 1, schools, often, places) for number in range(helpers)],
    )


def request(chance: random.Random, number: int, schools: int, often: list[float]) -> Request:
    """A help request of the town."""
    topics = frozenset(chance.choices(TOPICS, often, k=chance.randint(1, 3)))
    school, adult = chance.randrange(schools), chance.random() < 0.2
    return Request(
        id=number,
        topic=chance.choice(sorted(topics)),
        topics=topics,
        level=chance.choices([1, 2, 3], [6, 3, 1])[0],
        language="en" if chance.random() < 0.03 else "vi",
        grade=None if adult else chance.randint(1, 12),
        adult=adult,
        needs_adult=not adult and chance.random() < 0.1,
        gender=chance.choice(["f", "m"]),
        same_gender=chance.choices(["no", "prefer", "must"], [17, 2, 1])[0],  # type: ignore[arg-type]
        school=None if adult else f"s{school}",
        ward=f"w{school // 4}",
        device=chance.choice(DEVICES),
        minutes=chance.choice([30, 45, 45, 60]),
        free=week(chance, 3),
        waited_hours=min(400, int(chance.expovariate(1 / 40))),
        urgency=chance.choices([0, 1, 2, 3], [12, 5, 2, 1])[0],
    )


def helper(chance: random.Random, number: int, schools: int, often: list[float], places: float) -> Helper:
    """A helper of the town, with about so many places."""
    school, adult, count = chance.randrange(schools), chance.random() < 0.35, chance.choice([0, 2, 5, 12, 30])
    stars = chance.choice([3.8, 4.2, 4.5, 4.8])
    return Helper(
        id=number,
        skills={one: chance.choices([1, 2, 3], [3, 4, 3])[0] for one in chance.choices(TOPICS, often, k=6)},
        languages=frozenset({"vi", "en"} if chance.random() < 0.15 else {"vi"}),
        first_language="vi",
        grade=None if adult else chance.randint(6, 12),
        adult=adult,
        observed=chance.random() < 0.8,
        gender=chance.choice(["f", "m"]),
        school=f"s{school}",
        ward=f"w{school // 4}",
        devices=frozenset(chance.choices(DEVICES, k=2)),
        capacity=max(1, int(places * chance.uniform(0.5, 1.5) + chance.random())),
        rating_sum=int(count * stars),
        rating_count=count,
        pairs_this_week=chance.choice([0, 0, 1, 2, 4]),
        free=week(chance, 4),
    )


def week(chance: random.Random, windows: int) -> Week:
    """Some evenings and afternoons."""
    words = [0] * len(DAYS)
    for day in chance.sample(range(len(DAYS)), windows):
        begin = chance.choice([28, 36, 40, 44, 48])
        words[day] |= span(begin, min(64, begin + chance.randint(3, 12)))
    return tuple(words)


# --- For Hypothesis: so small a world that people are often compatible and places are short ---------
#
# Hypothesis draws the size and a seed; drawing every field of every row would take ten times as long.


def crowd(seed: int, requests: int, helpers: int) -> tuple[list[Request], list[Helper]]:
    """A crowded little world; ids in any order. A smaller number of rows leaves the others as they are."""
    chance = random.Random(seed)
    asked, known = chance.sample(range(1, 21), 20)[:requests], chance.sample(range(1, 7), 6)[:helpers]
    return [any_request(number, seed) for number in asked], [any_helper(number, seed) for number in known]


def any_request(number: int, seed: int) -> Request:
    """A request of the crowd, with each kind of nothing, wish and refusal now and then."""
    chance = random.Random(f"request {number} of {seed}")
    pick = chance.choice
    adult, topic = pick([False, False, False, True]), pick("aaaaaab")
    return Request(
        id=number,
        topic=topic,
        topics=frozenset(topic + pick(["", "b", "bc", "c"])),
        level=pick([1, 1, 1, 1, 2, 3]),
        language=pick(["vi"] * 7 + ["en"]),
        grade=None if adult else pick([1, 4, 4, 4, 5, 6, 6, None]),
        adult=adult,
        needs_adult=pick([False] * 7 + [True]),
        gender=pick(["f", "m", None]),
        same_gender=pick(["no"] * 6 + ["prefer", "prefer", "must"]),  # type: ignore[arg-type]
        school=pick(["s1", "s2", None]),
        ward=pick(["w1", "w2", None]),
        device=pick(["android", "mac", None]),
        minutes=pick([15, 30, 40, 60]),
        free=crowded_week(chance),
        waited_hours=pick([0, 1, 10, chance.randint(0, 400)]),
        urgency=chance.randint(0, 3),
        previous=pick([None, chance.randint(1, 7)]),
        last_round=pick([None, chance.randint(1, 7)]),
        blocked=frozenset(pick([[], [], [chance.randint(1, 7)]])),
        learner=pick([None, chance.randint(5, 8)]),
        least_gap=pick([1, 1, 1, 0]),
    )


def any_helper(number: int, seed: int) -> Helper:
    """A helper of the crowd."""
    chance = random.Random(f"helper {number} of {seed}")
    pick = chance.choice
    count, adult = pick([0, 1, 7, 40]), pick([False, True])
    return Helper(
        id=number,
        skills=pick(
            [{"a": 1}, {"a": 3}, {"a": 2, "b": 1}, {"a": 1, "b": 3, "c": 2}, {"a": 3, "b": 2}, {"a": 2}, {"b": 3}]
        ),
        languages=frozenset(pick([["vi"], ["vi"], ["vi"], ["vi", "en"], ["vi", "en"], ["en"]])),
        first_language=pick(["vi", "en"]),
        grade=None if adult else pick([5, 7, 7, 9, 9, 12, None]),
        adult=adult,
        observed=pick([True] * 5 + [False]),
        gender=pick(["f", "m", None]),
        school=pick(["s1", "s2", None]),
        ward=pick(["w1", "w2", None]),
        devices=frozenset(pick([[], ["android"], ["android", "mac"]])),
        capacity=pick([1, 1, 1, 1, 2, 2, 5, 0]),
        rating_sum=count * chance.randint(1, 5),
        rating_count=count,
        pairs_this_week=pick([0, 1, 12]),
        free=crowded_week(chance),
    )


def crowded_week(chance: random.Random) -> Week:
    """At most four windows on two days, so that they often meet and often collide."""
    words = list(NEVER)
    for _ in range(chance.choice([0, 2, 2, 3, 3, 3, 4, 4])):
        begin = chance.randint(0, 8)
        words[chance.choice([0, 0, 6])] |= span(begin, begin + chance.choice([1, 4, 8, 12]))
    return tuple(words)


_SEEDS = st.integers(0, 2**32)


def rounds(most: int = 10, most_helpers: int = 6) -> st.SearchStrategy[tuple[list[Request], list[Helper]]]:
    """A round of at most so many requests and helpers (of twenty and six)."""
    sizes = [st.integers(size // 2, size) | st.integers(0, size) for size in (most, most_helpers)]
    return st.builds(crowd, _SEEDS, *sizes)


def helpers(number: int) -> st.SearchStrategy[Helper]:
    """Any helper of that id."""
    return st.builds(any_helper, st.just(number), _SEEDS)


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    """Any weights that sum to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=10, max_size=10)))
    return Weights(*(b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)))
