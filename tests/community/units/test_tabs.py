"""A unit's tabs: each has its address and shows what its viewer may use there, for the same number of statements."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.community import commands
from tutoring.community.join_codes.commands import sign_up
from tutoring.kernel.commands import command

As = Callable[[str], FlaskClient]

TABS = {
    ("hang", "lop6a"): "Hôm nay, Thành viên, Trực, Lớp học, Máy và mạng, Số liệu, Cài đặt",
    ("quang", "truong"): "Hôm nay, Thành viên, Trực, Lớp học, Máy và mạng, Số liệu, Cài đặt",
    ("mai", "phuong"): "Hôm nay, Thành viên, Trực, Hoạt động, Máy và mạng, Số liệu, Cài đặt",
    (
        "mai",
        "truong",
    ): "Hôm nay, Trực, Lớp học, Máy và mạng, Số liệu, Cài đặt",  # reads no pupils' names
    ("muoi", "kp3"): "Hôm nay, Thành viên, Trực, Hoạt động, Máy và mạng, Số liệu, Cài đặt",
}


def bar(page: str) -> str:
    return page[page.index('<nav class="tabs"') :].split("</nav>")[0]


def current(page: str) -> str:
    found = re.search(r'aria-current="page">([^<]+)</a>', bar(page))
    return found[1].strip() if found else ""


@pytest.mark.parametrize(("name", "unit"), TABS)
def test_the_bar_holds_what_one_may_use_and_each_tab_opens(world: World, as_: As, name: str, unit: str) -> None:
    client = as_(name)
    links = re.findall(r'<a href="([^"]+)"[^>]*>\s*([^<]+?)\s*</a>', bar(client.get(f"/units/{world[unit]}").text))
    assert ", ".join(label for _href, label in links) == TABS[name, unit]
    for href, label in links:
        answer = client.get(href)
        assert answer.status_code == 200 and current(answer.text) == label, href


@pytest.mark.parametrize(
    ("name", "path", "tab"),
    [
        ("mai", "/units/{phuong}/needs", "Máy và mạng"), ("mai", "/units/{phuong}/device-handovers", "Máy và mạng"),
        ("mai", "/units/{phuong}/device-loans", "Máy và mạng"), ("mai", "/units/{phuong}/device-thanks", "Máy và mạng"),
        ("mai", "/units/{phuong}/internet", "Máy và mạng"), ("mai", "/units/{phuong}/visits", "Hôm nay"),
        ("mai", "/units/{phuong}/training", "Thành viên"), ("mai", "/units/{phuong}/campaigns", "Hoạt động"),
        ("quang", "/units/{truong}/waiting", "Hôm nay"), ("quang", "/units/{truong}/parked", "Hôm nay"),
        ("quang", "/units/{truong}/minutes", "Thành viên"), ("hang", "/units/{lop6a}/practice", "Lớp học"),
        ("quang", "/units/{truong}/hours", "Cài đặt"), ("hang", "/units/{lop6a}/codes/new", "Cài đặt"),
        ("quang", "/units/{lop6a}/archive", "Cài đặt"),
    ],
)  # fmt: skip
def test_pages_of_features_carry_the_bar(world: World, as_: As, name: str, path: str, tab: str) -> None:
    page = as_(name).get(path.format(**world.units)).text
    assert current(page) == tab


def test_a_page_that_others_read_too_shows_them_no_bar(world: World, as_: As) -> None:
    assert '<nav class="tabs" aria-label="Các thẻ' not in as_("bay").get(f"/groups/{world['kp3']}").text
    for tab in ("", "/members", "/classes", "/settings", "/duty"):
        assert as_("bay").get(f"/units/{world['kp3']}{tab}").status_code in (403, 404)


def test_old_addresses_lead_on(world: World, as_: As) -> None:
    hang, place = as_("hang"), f"/units/{world['lop6a']}"
    assert hang.get(f"{place}?role=parent&q=lan").location.endswith(f"{place}/members?role=parent&q=lan")
    assert hang.get(f"{place}?after=3").location.endswith(f"{place}/classes?after=3")
    page = hang.get(place).text
    for anchor in ("members", "below", "codes", "devices", "duty", "waiting"):
        assert page.count(f'id="{anchor}"') == 1, anchor


@command
def _many(world: World) -> None:
    for n in range(17):
        quang = person(world["quang"])
        made = commands.create_unit(quang, f"lop-{n}", "class", f"Lớp 9A{n}", parent_id=world["truong"])
        commands.create_code(quang, made.id, "parent")
    code = commands.create_code(person(world["hang"]), world["truong"], "parent", 300)
    for n in range(200):
        sign_up(code.code, f"Phụ huynh {n}", "bốn từ dễ nhớ")


# The statements of a tab, sign-in and rail included: as many with 21 classes and 200 members more.
COSTS = {"": 23, "/members": 11, "/classes": 15, "/duty": 24, "/settings": 13}


def test_each_tab_costs_the_same_with_many_units_and_members(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    quang, place = as_("quang"), f"/units/{world['truong']}"

    def costs() -> dict[str, int]:
        found = {}
        for tab in COSTS:
            quang.get(f"{place}{tab}")
            queries.clear()
            assert quang.get(f"{place}{tab}").status_code == 200
            found[tab] = len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])
        return found

    before = costs()
    with app.app_context():
        _many(world)
    assert costs() == before
    assert all(before[tab] <= most for tab, most in COSTS.items()), before
