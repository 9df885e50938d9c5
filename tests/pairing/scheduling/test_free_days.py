"""Weekly help without free hours: it is said at once, and they are set where it is said, also without a script."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, request
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests.queries import open_requests
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.free_days import CLOCK, FreeDaysForm
from tutoring.pairing.scheduling.queries import hours, without_hours
from tutoring.pairing.scheduling.week_grid import Cell, cells_of, of_cells

As = Callable[[str], FlaskClient]
WEEKLY = {"topic": "hoc.nop-bai", "words": "Em muốn học đều", "when": "weekly"}
EVENINGS = {"free_day": ["mon", "wed"], "free_from": "19:00", "free_to": "20:00"}
CELLS = {(0, 24), (0, 25), (2, 24), (2, 25)}
SAYS = "chưa ghi giờ rảnh nào"


def form(**typed: object) -> FreeDaysForm:
    return FreeDaysForm.of(MultiDict(typed))


def cells(app: Flask, user_id: int) -> set[Cell]:
    with app.app_context():
        return cells_of(hours(user_id).week)


def asked_of(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        return [one.wish for one in open_requests(user_id)]


def test_days_and_two_times_are_a_week() -> None:
    assert (CLOCK[0], CLOCK[-1]) == ("07:00", "23:00")
    week = form(**EVENINGS).week()
    assert week is not None and cells_of(week) == CELLS
    assert form().week() is None and form(free_from="19:00", free_to="08:00").week() is None  # no day, no wish


@pytest.mark.parametrize(
    ("first", "last"), [("20:00", "19:00"), ("19:00", "19:00"), ("06:00", "08:00"), ("22:00", "24:00"), ("x", "")]
)
def test_times_that_no_day_has_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidInput):
        form(free_day=["mon"], free_from=first, free_to=last).week()


def test_days_that_no_week_has_are_dropped() -> None:
    assert form(free_day=["mon", "8", "<b>", "mon"]).days == ["mon"]


# ---- asking ---------------------------------------------------------------------------------------------------


def test_who_has_no_hours_sets_them_with_the_request(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    for path in ("/ask", "/ask?lesson=vao-lop-bang-duong-dan&step=2"):
        assert f"Em {SAYS}" in minh.get(path).text
    assert minh.post("/ask", data=WEEKLY | EVENINGS).status_code == 302
    assert cells(app, world["minh"]) == CELLS and asked_of(app, world["minh"]) == ["weekly"]
    assert SAYS not in minh.get("/ask").text


def test_without_them_nothing_is_asked_and_all_that_was_chosen_stays(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    refused = minh.post("/ask", data=WEEKLY | {"free_from": "17:30", "device": "iphone"})
    assert refused.status_code == 422 and "Chưa có giờ rảnh. Hãy chọn ngày và giờ rảnh" in refused.text
    for kept in ('value="weekly" checked', 'value="iphone" checked', "<option selected>17:30", "Em muốn học đều"):
        assert kept in refused.text, kept
    assert "<details" in refused.text and re.search(r'<details class="field" open>', refused.text)
    assert asked_of(app, world["minh"]) == [] and cells(app, world["minh"]) == set()


def test_hours_too_short_for_a_meeting_leave_neither_hours_nor_a_request(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    for short in ({"free_to": "19:30"}, {"free_to": "18:00"}):
        refused = minh.post("/ask", data=WEEKLY | EVENINGS | short)
        assert refused.status_code == 422 and re.search(r'value="wed"\s+checked', refused.text)
    assert asked_of(app, world["minh"]) == [] and cells(app, world["minh"]) == set()


def test_where_the_request_is_refused_no_hours_are_set(app: Flask, world: World, as_: As) -> None:
    as_("minh").post("/ask", data=WEEKLY | EVENINGS | {"words": "Gọi em 0912 345 678"})
    assert asked_of(app, world["minh"]) == [] and cells(app, world["minh"]) == set()


def test_an_old_form_changes_no_hours_that_are_there(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        minh = person(world["minh"])
        scheduling_commands.set_hours(minh, minh.id, of_cells([(5, 0), (5, 1)]), 2)
    assert as_("minh").post("/ask", data=WEEKLY | EVENINGS).status_code == 302
    assert cells(app, world["minh"]) == {(5, 0), (5, 1)}


def test_help_now_needs_no_hours_and_sets_none(app: Flask, world: World, as_: As) -> None:
    assert as_("minh").post("/ask", data=WEEKLY | EVENINGS | {"when": "now"}).status_code == 302
    assert cells(app, world["minh"]) == set() and asked_of(app, world["minh"]) == ["now"]


def test_a_parent_sets_the_hours_of_the_child_they_ask_for_and_of_no_other_child(
    app: Flask, world: World, as_: As
) -> None:
    page = as_("lan").get("/ask").text
    assert "Chưa có giờ rảnh của bạn, " in page and "Minh" in page
    data = WEEKLY | EVENINGS | {"learner": str(world["minh"])}
    assert as_("bay").post("/ask", data=data).status_code == 422
    assert cells(app, world["minh"]) == set()
    assert as_("lan").post("/ask", data=data).status_code == 302
    assert cells(app, world["minh"]) == CELLS and cells(app, world["lan"]) == set()


def test_the_days_go_along_past_the_page_of_whom_to_call(as_: As) -> None:
    page = as_("minh").post("/ask", data=WEEKLY | EVENINGS | {"topic": "an-toan.bat-nat"}).text
    assert "tel:111" in page and 'name="free_day" value="wed"' in page and 'name="free_to" value="20:00"' in page


# ---- the request's page -----------------------------------------------------------------------------------------


def test_a_waiting_request_becomes_weekly_with_the_hours_set_there(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked = ask(world)
    minh, path = as_("minh"), f"/requests/{asked}"
    assert f"Em {SAYS}" in minh.get(path).text
    refused = minh.post(f"{path}/weekly", data={"free_to": "22:00"})
    assert refused.status_code == 422 and "Hãy chọn ngày và giờ rảnh" in refused.text
    assert "<option selected>22:00" in refused.text and asked_of(app, world["minh"]) == ["now"]
    assert minh.post(f"{path}/weekly", data=EVENINGS).location.endswith(path)
    assert asked_of(app, world["minh"]) == ["weekly"] and cells(app, world["minh"]) == CELLS
    assert SAYS not in minh.get(path).text


def test_a_weekly_request_without_hours_says_so_and_takes_them(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        minh = person(world["minh"])
        asked = requests_commands.ask_for_help(minh, minh, "hoc.nop-bai", wish="weekly").id
    path = f"/requests/{asked}"
    assert f"Em {SAYS}" in as_("minh").get(path).text
    assert SAYS not in as_("lan").get(path).text  # she reads it; the request is his own
    assert as_("lan").post(f"{path}/weekly", data=EVENINGS).status_code == 404 and cells(app, world["minh"]) == set()
    as_("minh").post(f"{path}/weekly", data=EVENINGS)
    assert cells(app, world["minh"]) == CELLS
    with app.app_context():
        assert request(asked).wish == "weekly" and request(asked).later_at is None  # no answer is owed for it


# ---- helpers, and the page of weekly meetings ---------------------------------------------------------------------


def test_a_helper_without_hours_is_told_and_sets_them_there(app: Flask, world: World, as_: As) -> None:
    khoa = as_("khoa")
    assert SAYS in khoa.get("/weekly").text
    refused = khoa.post("/weekly", data=EVENINGS | {"free_to": "18:00"})
    assert refused.status_code == 422 and re.search(r'value="mon"\s+checked', refused.text)
    assert khoa.post("/weekly", data={}).status_code == 422 and cells(app, world["khoa"]) == set()
    assert khoa.post("/weekly", data=EVENINGS).status_code == 302
    assert cells(app, world["khoa"]) == CELLS and SAYS not in khoa.get("/weekly").text


def test_on_the_page_of_hours_a_week_without_hours_is_kept_and_said(app: Flask, world: World, as_: As) -> None:
    khoa = as_("khoa")
    page = khoa.post("/hours", data={"act": "save", "pairs": "3"}, follow_redirects=True).text
    assert "chưa chọn giờ nào" in page and 'value="3" checked' in page
    assert "Chưa có giờ rảnh nào nên chưa ghép" in page
    khoa.post("/hours", data={"act": "save", "pairs": "3", "cell": ["0-24", "0-25"]})
    assert "Chưa có giờ rảnh nào" not in khoa.get("/hours").text


def test_a_parent_sets_them_for_a_child_and_for_nobody_elses(app: Flask, world: World, as_: As) -> None:
    lan = as_("lan")
    assert f'<option value="{world["minh"]}"' in lan.get("/weekly").text
    assert lan.post("/weekly", data=EVENINGS | {"of": str(world["minh"])}).status_code == 302
    assert cells(app, world["minh"]) == CELLS and cells(app, world["lan"]) == set()
    for name in ("khoa", "bay"):
        assert lan.post("/weekly", data=EVENINGS | {"of": str(world[name])}).status_code == 404
        assert cells(app, world[name]) == set()
    with app.app_context(), pytest.raises(NotFound):
        scheduling_commands.set_first_hours(person(world["bay"]), world["minh"], of_cells(CELLS))


def test_first_hours_set_many_times_at_once_are_set_once(app: Flask, world: World) -> None:
    with app.app_context():
        khoa = person(world["khoa"])
        db.session.expunge(khoa)
        assert without_hours([khoa.id, world["minh"]]) == {khoa.id, world["minh"]}

    def act(day: int) -> None:
        with app.app_context():
            rate_limits.clear()
            scheduling_commands.set_first_hours(khoa, khoa.id, of_cells([(day, 24), (day, 25)]))
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(6)))
    assert len(cells(app, world["khoa"])) == 2
