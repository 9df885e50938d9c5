"""Free hours: what of a week is kept, what is refused, and the page that works without a script."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from tests.factories import World, person
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.pairing.matching.week_bits import ALWAYS, NEVER
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling import week_grid
from tutoring.pairing.scheduling.queries import hours

As = Callable[[str], FlaskClient]
EVENING = [(0, 22), (0, 23)]  # Monday 18:00–19:00
CELLS = some.sets(some.tuples(some.integers(0, 6), some.integers(0, 31)))


@given(CELLS)
def test_what_is_ticked_is_what_is_kept(cells: set[week_grid.Cell]) -> None:
    bits = week_grid.week_to_bytes(week_grid.of_cells(cells))
    assert len(bits) == 56
    assert week_grid.cells_of(week_grid.week_from_bytes(bits)) == cells
    assert week_grid.hours(week_grid.week_from_bytes(bits)) == len(cells) / 2


@given(CELLS)
def test_a_meeting_begins_where_three_quarters_in_a_row_are_free(cells: set[week_grid.Cell]) -> None:
    free = {(day, 2 * half + part) for day, half in cells for part in (0, 1)}
    plainly = sum({(day, q), (day, q + 1), (day, q + 2)} <= free for day in range(7) for q in range(64))
    assert week_grid.starts(week_grid.of_cells(cells)) == plainly


def test_what_no_week_has_is_refused() -> None:
    for cell in ((7, 0), (0, 32), (-1, 0)):
        with pytest.raises(ValueError):
            week_grid.of_cells([cell])


def test_the_hours_of_rooms_bound_a_week() -> None:
    assert week_grid.within(ALWAYS, 0, 24 * 60) == ALWAYS
    assert week_grid.within(ALWAYS, 6 * 60, 7 * 60) == NEVER
    assert week_grid.hours(week_grid.within(ALWAYS, 17 * 60 + 5, 21 * 60 + 40)) == 7 * 4.25


def test_hours_are_kept_and_impossible_ones_refused(app: Flask, world: World) -> None:
    with app.app_context():
        minh = person(world["minh"])
        assert hours(minh.id).week == NEVER
        scheduling_commands.set_hours(minh, minh.id, week_grid.of_cells(EVENING), 2)
        told = hours(minh.id)
        assert week_grid.cells_of(told.week) == set(EVENING) and told.pairs == 2
        for cells, pairs in (([(0, 22)], 1), (EVENING, 5), (EVENING, -1)):
            with pytest.raises(InvalidInput):
                scheduling_commands.set_hours(person(world["minh"]), world["minh"], week_grid.of_cells(cells), pairs)
        assert hours(world["minh"]) == told


def test_only_oneself_and_a_childs_guardian_set_hours(app: Flask, world: World) -> None:
    with app.app_context():
        scheduling_commands.set_hours(person(world["lan"]), world["minh"], week_grid.of_cells(EVENING), 1)
        for who, whose in (("hang", "minh"), ("minh", "lan"), ("lan", "khoa")):
            with pytest.raises(NotFound):
                scheduling_commands.set_hours(person(world[who]), world[whose], week_grid.of_cells(EVENING), 1)


def test_days_away(app: Flask, world: World) -> None:
    day = clock.today
    with app.app_context():
        scheduling_commands.add_away(person(world["khoa"]), world["khoa"], day(), day() + timedelta(days=6))
        scheduling_commands.add_away(
            person(world["khoa"]), world["khoa"], day(), day() + timedelta(days=2)
        )  # lies within
        assert len(hours(world["khoa"]).away) == 1
        for first, last in ((2, 1), (-3, -1), (0, 400)):
            with pytest.raises(InvalidInput):
                scheduling_commands.add_away(
                    person(world["khoa"]), world["khoa"], day() + timedelta(days=first), day() + timedelta(days=last)
                )
        for n in range(9):
            scheduling_commands.add_away(
                person(world["khoa"]), world["khoa"], day() + timedelta(days=30 + n), day() + timedelta(days=30 + n)
            )
        with pytest.raises(Conflict):
            scheduling_commands.add_away(
                person(world["khoa"]), world["khoa"], day() + timedelta(days=60), day() + timedelta(days=60)
            )
        one = hours(world["khoa"]).away[0]
        with pytest.raises(NotFound):
            scheduling_commands.remove_away(person(world["minh"]), one.id)
        scheduling_commands.remove_away(person(world["khoa"]), one.id)
        assert len(hours(world["khoa"]).away) == 9


def test_the_page_ticks_copies_and_clears(as_: As) -> None:
    client = as_("minh")
    ticked = {"cell": ["0-22", "0-23"], "pairs": "2"}
    assert client.post("/hours", data=ticked).status_code == 302
    page = client.get("/hours").text
    assert len(re.findall(r'name="cell"[^>]* checked', page)) == 2
    assert 'aria-label="Thứ Hai 18:00–18:30" checked' in page
    client.post("/hours", data={**ticked, "act": "copy", "from": "0", "to": "weekdays"})
    assert len(re.findall(r'name="cell"[^>]* checked', client.get("/hours").text)) == 10
    client.post("/hours", data={**ticked, "act": "copy", "from": "0", "to": "6"})
    assert 'aria-label="Chủ nhật 18:00–18:30" checked' in client.get("/hours").text
    client.post("/hours", data={"pairs": "2", "act": "clear"})
    assert not re.findall(r'name="cell"[^>]* checked', client.get("/hours").text)


def test_what_is_impossible_is_said_and_kept_on_the_page(as_: As) -> None:
    client = as_("minh")
    page = client.post("/hours", data={"cell": ["0-22"], "pairs": "1"})
    assert page.status_code == 422 and "45 phút" in page.text
    assert 'aria-label="Thứ Hai 18:00–18:30" checked' in page.text
    for data in (
        {"cell": "9-9"},
        {"cell": "0-99"},
        {"cell": "x"},
        {"pairs": "9"},
        {"pairs": "x"},
        {"act": "copy", "from": "8", "to": "all", "pairs": "1"},
    ):
        assert client.post("/hours", data=data).status_code == 422, data
    for data in ({}, {"first": "2020-01-01", "last": "2020-01-02"}, {"first": "x", "last": "y"}):
        assert client.post("/hours/away", data=data).status_code == 422


def test_a_mother_tells_her_childs_hours(world: World, as_: As) -> None:
    client = as_("lan")
    assert "Giờ rảnh của Minh" in client.get("/hours").text
    assert client.get(f"/hours?of={world['minh']}").status_code == 200
    assert client.get(f"/hours?of={world['khoa']}").status_code == 404
    assert client.post(f"/hours?of={world['minh']}", data={"cell": ["0-22", "0-23"], "pairs": "1"}).location == (
        f"/hours?of={world['minh']}"
    )
