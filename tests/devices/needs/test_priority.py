"""The published order: a total order of plain facts, whatever they are; and each need's place in its ward's line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.devices import need_fixtures as build
from tests.devices.need_fixtures import confirmed, row
from tests.factories import World, person
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.labels import WHY_PLACE
from tutoring.devices.needs import priority
from tutoring.devices.needs import queries as needs_queries
from tutoring.devices.needs.commands import confirm_need
from tutoring.devices.needs.priority import PriorityFacts
from tutoring.policy.devices.needs import AT_HOME, BASES

START = datetime(2026, 9, 1, tzinfo=UTC)


def facts() -> st.SearchStrategy[PriorityFacts]:
    known = {
        "id": st.integers(1, 10_000), "basis": st.sampled_from(BASES), "at_home": st.sampled_from(AT_HOME),
        "pupil": st.booleans(), "before": st.booleans(), "learners": st.integers(1, 9),
        "asked_at": st.integers(0, 400).map(lambda days: START + timedelta(days=days)),
    }  # fmt: skip
    return st.builds(PriorityFacts, **known)


LINES = st.lists(facts(), max_size=12, unique_by=lambda one: one.id)


@settings(max_examples=40)
@given(LINES, st.randoms())
def test_the_order_is_total_and_the_same_whoever_comes_first(line: list[PriorityFacts], chance: object) -> None:
    shuffled = list(line)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = priority.in_order(shuffled)
    assert found == priority.in_order(line)
    assert sorted(one.id for one in found) == sorted(one.id for one in line)
    assert sorted(priority.places(line).values()) == list(range(1, len(line) + 1))


@given(facts(), facts(), facts())
def test_of_three_the_order_does_not_run_in_a_circle(a: PriorityFacts, b: PriorityFacts, c: PriorityFacts) -> None:
    one, two, three = priority.key(a), priority.key(b), priority.key(c)
    assert (one < two) + (two < one) + (one == two) == 1
    assert not (one < two < three) or one < three


BETTER: dict[str, Callable[[PriorityFacts], PriorityFacts]] = {
    "asked earlier": lambda one: replace(one, asked_at=one.asked_at - timedelta(days=1)),
    "more learners": lambda one: replace(one, learners=min(9, one.learners + 1)),
    "nothing before": lambda one: replace(one, before=False),
    "a pupil": lambda one: replace(one, pupil=True),
    "nothing at home": lambda one: replace(one, at_home="none"),
    "a stronger basis": lambda one: replace(one, basis=BASES[max(0, BASES.index(one.basis) - 1)]),
}


@pytest.mark.parametrize("how", BETTER)
@settings(max_examples=25)
@given(LINES, facts())
def test_what_speaks_for_somebody_never_worsens_their_place(
    how: str, line: list[PriorityFacts], mine: PriorityFacts
) -> None:
    others = [one for one in line if one.id != mine.id]
    before = priority.places([*others, mine])[mine.id]
    assert priority.places([*others, BETTER[how](mine)])[mine.id] <= before


@settings(max_examples=40)
@given(LINES, facts())
def test_who_comes_later_changes_nothing_among_the_others(line: list[PriorityFacts], new: PriorityFacts) -> None:
    others = [one for one in line if one.id != new.id]
    with_new = [one for one in priority.in_order([*others, new]) if one.id != new.id]
    assert with_new == priority.in_order(others)


@given(facts(), facts())
def test_what_decides_between_two_is_the_first_part_in_which_they_differ(a: PriorityFacts, b: PriorityFacts) -> None:
    ahead, behind = sorted([a, b], key=priority.key)
    part = priority.decided_by(ahead, behind)
    names = list(dict.fromkeys(priority.PARTS))
    same = {"basis": a.basis == b.basis, "at_home": a.at_home == b.at_home, "pupil": a.pupil == b.pupil,
            "before": a.before == b.before, "learners": a.learners == b.learners}  # fmt: skip
    assert all(same[name] for name in names[: names.index(part)])
    assert part == "asked" or not same[part]


@given(facts())
def test_reasons_have_words_and_never_tell_the_basis(mine: PriorityFacts) -> None:
    found = priority.why(mine)
    assert found[-1] == "asked" and set(found) <= set(WHY_PLACE)
    others = [priority.why(replace(mine, basis=basis)) for basis in BASES]
    assert all(one == found for one in others)
    assert not any("nghèo" in WHY_PLACE[one] for one in found)


def test_the_line_in_words_of_the_circular() -> None:
    base = PriorityFacts(1, "hardship", "none", True, False, 1, START)
    line = [
        replace(base, id=1, basis="poor_policy", at_home="own", pupil=False, before=True),
        replace(base, id=2, basis="poor", at_home="shared"),
        replace(base, id=3, basis="near_poor", at_home="none", pupil=False),
        replace(base, id=4, basis="near_poor", at_home="shared", pupil=True, learners=9),
        replace(base, id=5, before=True, learners=9),
        replace(base, id=6, asked_at=START + timedelta(days=9), learners=3),
        replace(base, id=7, basis="", asked_at=START - timedelta(days=99)),
    ]
    assert [one.id for one in priority.in_order(reversed(line))] == [1, 2, 3, 4, 6, 5, 7]


# ---- in a ward ------------------------------------------------------------------------------------------------


def test_each_sees_the_place_in_the_ward_and_others_kinds_and_states_do_not_count(inside: World) -> None:
    first, second = confirmed(inside), confirmed(inside, "bay", "bay", basis="poor")
    third = confirmed(inside, whose="an", basis="hardship")
    build.asked(inside, "muoi", "muoi")
    confirmed(inside, kind="internet")
    where = {one: needs_queries.place_of(row(one)) for one in (first, second, third)}
    assert [where[one].number for one in (first, second, third)] == [2, 1, 3]
    assert {one.of for one in where.values()} == {3}
    assert where[first].why == ["basis", "home_none", "pupil", "first", "asked"]
    build.proposed(inside, third)
    assert needs_queries.place_of(row(third)).ahead == 2  # the second person sees who waits longer
    allocation_commands.return_need_to_queue(person(inside["mai"]), third)
    build.proposed(inside, second)
    assert (needs_queries.place_of(row(first)).number, needs_queries.place_of(row(second)).number) == (1, 0)


def test_who_had_something_comes_after_who_had_nothing(inside: World) -> None:
    sister, brother = confirmed(inside, whose="an", elsewhere=True), confirmed(inside)
    assert [one.id for one in needs_queries.list_waiting_needs(inside["phuong"], "device")] == [brother, sister]


def test_pages_of_the_line_go_on_where_the_last_one_ended(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [confirmed(inside, "mai", "bay")]
    for n in range(4):
        user = person(build.grown_up(inside, f"n{n}"))
        ids.append(confirm_need(person(inside["mai"]), build.asked_by(user), "near_poor", build.day()).id)
    monkeypatch.setattr(needs_queries, "PAGE", 2)
    ward = needs_queries.unit(inside["phuong"])
    found, after = list[tuple[int, int]](), 0
    while True:
        page = needs_queries.list_waiting_page(ward, "device", after)
        found += [(number, one.id) for number, one in page.items]
        if not page.more:
            break
        after = page.items[-1][0]
    assert found == list(enumerate(ids, 1))
    hood = needs_queries.list_waiting_page(needs_queries.unit(inside["kp3"]), "device")
    assert len(hood.items) == 2 and hood.more
    assert needs_queries.list_waiting_page(needs_queries.unit(inside["truong"]), "device").items == []


def test_the_line_costs_one_question(inside: World, queries: list[str]) -> None:
    confirmed(inside)
    confirmed(inside, "bay", "bay")
    queries.clear()
    assert len(needs_queries.list_waiting_needs(inside["phuong"], "device")) == 2
    assert len([one for one in queries if one.startswith("SELECT")]) == 1
