"""Lessons of the month: chosen in order, read with one's own marks, last month's offered as a beginning."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.groups.conftest import Who
from tutoring.groups import commands as groups_commands
from tutoring.groups import queries as groups_queries
from tutoring.groups.access import place_for
from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.lessons.catalogue.queries import paths
from tutoring.lessons.progress.commands import reach_step

As = Callable[[str], FlaskClient]


def slugs(count: int) -> list[str]:
    return [one.slug for path in paths("vi") for one in path.lessons][:count]


def read(who: Who, name: str, unit: int) -> list[str]:
    found = groups_queries.month_of(place_for(who(name), unit), who(name).id, "vi")
    return [one.slug for one in found.lessons] if found else []


def test_they_stand_in_the_order_chosen(inside: World, who: Who) -> None:
    wanted = slugs(5)[::-1]
    groups_commands.set_month(who("muoi"), inside["kp3"], groups_queries.this_month(), ["", *wanted, wanted[0]])
    assert read(who, "bay", inside["kp3"]) == wanted
    groups_commands.set_month(who("muoi"), inside["kp3"], groups_queries.this_month(), wanted[1:3])
    assert read(who, "bay", inside["kp3"]) == wanted[1:3]
    groups_commands.set_month(who("muoi"), inside["kp3"], groups_queries.this_month(), [])
    assert read(who, "bay", inside["kp3"]) == []


def test_a_neighbourhood_without_a_choice_shows_its_wards(inside: World, who: Who) -> None:
    groups_commands.set_month(who("mai"), inside["phuong"], groups_queries.this_month(), slugs(2))
    assert read(who, "bay", inside["kp3"]) == read(who, "minh", inside["phuong"]) == slugs(2)
    groups_commands.set_month(who("muoi"), inside["kp3"], groups_queries.this_month(), slugs(3)[2:])
    assert read(who, "bay", inside["kp3"]) == slugs(3)[2:]
    assert read(who, "bay", inside["phuong"]) == slugs(2)


@pytest.mark.parametrize("name", ["bay", "lan", "minh", "hang", "quang", "admin1"])
def test_only_who_leads_chooses(inside: World, who: Who, name: str) -> None:
    with pytest.raises(NotFound):
        groups_commands.set_month(who(name), inside["kp3"], groups_queries.this_month(), slugs(1))


def test_what_cannot_be_is_refused(inside: World, who: Who) -> None:
    now = groups_queries.this_month()
    for month, wanted in (
        (now, slugs(6)), (now, ["khong-co-bai-nay"]), (groups_queries.before(now), slugs(1)),
        (groups_queries.after(groups_queries.after(now)), slugs(1)),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            groups_commands.set_month(who("muoi"), inside["kp3"], month, wanted)


def test_next_month_is_prepared_ahead_and_last_months_is_the_beginning(inside: World, who: Who) -> None:
    with clock.travel(datetime(2026, 12, 31, 23, 0, tzinfo=clock.LOCAL)):
        december = groups_queries.this_month()
        groups_commands.set_month(who("muoi"), inside["kp3"], december, slugs(2))
        assert groups_queries.get_initial_lessons(inside["kp3"], groups_queries.after(december)) == (slugs(2), True)
        groups_commands.set_month(who("muoi"), inside["kp3"], groups_queries.after(december), slugs(4)[3:])
        assert read(who, "bay", inside["kp3"]) == slugs(2)
        assert groups_queries.get_initial_lessons(inside["kp3"], december) == (slugs(2), False)
    with clock.travel(datetime(2027, 1, 1, 0, 30, tzinfo=clock.LOCAL)):
        assert read(who, "bay", inside["kp3"]) == slugs(4)[3:]


def test_each_reads_their_own_marks(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        first, second = slugs(2)
        groups_commands.set_month(person(world["muoi"]), world["kp3"], groups_queries.this_month(), [first, second])
        reach_step(world["bay"], first, 2)
    path = f"/groups/{world['kp3']}"
    assert as_("bay").get(path).text.count("Đang học") == 1
    assert "Đang học" not in as_("muoi").get(path).text


def test_the_form_offers_last_month_and_keeps_what_was_chosen(app: Flask, world: World, as_: As) -> None:
    path = f"/groups/{world['kp3']}/month"
    with app.app_context():
        first, second = slugs(2)
        groups_commands.set_month(person(world["muoi"]), world["kp3"], groups_queries.this_month(), [first])
    lead = as_("muoi")
    assert "bài của tháng trước" not in lead.get(path).text
    assert "bài của tháng trước" in lead.get(f"{path}?month=next").text
    wrong = lead.post(path, data={"lesson1": second, "lesson2": "khong-co"})
    assert wrong.status_code == 422 and f'selected value="{second}"' in wrong.text
    assert lead.post(f"{path}?month=next", data={"lesson1": second}).location == f"/groups/{world['kp3']}#lessons"
    page = lead.get(f"{path}?month=next").text
    assert f'selected value="{second}"' in page and f'selected value="{first}"' not in page
