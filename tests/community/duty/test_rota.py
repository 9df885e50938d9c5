"""The weekly rota as a grid: several days at once, copying a row, gaps, refusals, undo."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.accounts.registration import create_user
from tutoring.community.duty.commands import add_slot, add_slots, copy_slots, remove_slot
from tutoring.community.duty.rota import rota_of
from tutoring.community.models import DutySlot, Membership
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput

As = Callable[[str], FlaskClient]
NOON, EVENING = 12 * 60, 18 * 60


@command
def no_turns(unit_id: int) -> None:
    db.session.execute(sa.delete(DutySlot).where(DutySlot.unit_id == unit_id))


@command
def teachers(unit_id: int, count: int) -> list[int]:
    made = []
    for n in range(count):
        user = create_user(f"Trần Văn Số {n}", "bốn từ dễ nhớ", birth_year=1980)
        db.session.add(Membership(user_id=user.id, unit_id=unit_id, role="teacher", confirmed_at=clock.now()))
        made.append(user.id)
    return made


def turns(unit_id: int, user_id: int) -> list[tuple[int, int, int]]:
    query = sa.select(DutySlot.weekday, DutySlot.starts, DutySlot.ends).order_by(DutySlot.weekday, DutySlot.starts)
    rows = db.session.execute(query.where(DutySlot.unit_id == unit_id, DutySlot.user_id == user_id))
    return [(row.weekday, row.starts, row.ends) for row in rows]


# ---- commands -------------------------------------------------------------------------------------------------


def test_one_turn_on_several_days_is_written_once_for_each(inside: World) -> None:
    quang, hang, unit = person(inside["quang"]), inside["hang"], inside["lop4a"]
    add_slots(quang, unit, hang, [4, 0, 0, 2], NOON, EVENING)
    assert turns(unit, hang) == [(0, NOON, EVENING), (2, NOON, EVENING), (4, NOON, EVENING)]
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditRow.action == "add_duty",
                                                              AuditRow.target == f"unit:{unit}")) == 3  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        add_slots(quang, unit, hang, [], NOON, EVENING)
    assert refused.value.field == "days"
    with pytest.raises(Forbidden):
        add_slots(person(hang), unit, hang, [1], NOON, EVENING)


@pytest.mark.parametrize(
    ("starts", "ends", "clashes"),
    [(NOON, EVENING, True), (NOON - 60, NOON + 1, True), (NOON + 60, EVENING - 60, True), (0, 1440, True),
     (EVENING, EVENING + 60, False), (NOON - 60, NOON, False)],
)  # fmt: skip
def test_turns_of_one_person_never_overlap_and_all_days_or_none_are_written(
    inside: World, starts: int, ends: int, clashes: bool
) -> None:
    quang, hang, unit = person(inside["quang"]), inside["hang"], inside["lop4a"]
    add_slot(quang, unit, hang, 2, NOON, EVENING)
    if not clashes:
        add_slots(quang, unit, hang, [1, 2], starts, ends)
        assert len(turns(unit, hang)) == 3
        return
    with pytest.raises(Conflict) as refused:
        add_slots(quang, unit, hang, [1, 2], starts, ends)
    assert "Cô Hằng Minh Hoạ đã trực 12:00–18:00 ngày Thứ Tư" in str(refused.value)
    assert turns(unit, hang) == [(2, NOON, EVENING)]
    add_slot(quang, unit, inside["quang"], 2, starts, ends)  # two people watch at once


def test_a_row_is_given_to_another_person(inside: World) -> None:
    quang, hang, unit = person(inside["quang"]), inside["hang"], inside["lop4a"]
    add_slots(quang, unit, hang, [0, 1], NOON, EVENING)
    add_slot(quang, unit, quang.id, 1, NOON, EVENING)  # what both have stays one turn
    assert copy_slots(quang, unit, hang, quang.id) == 1 and turns(unit, quang.id) == turns(unit, hang)
    assert copy_slots(quang, unit, hang, quang.id) == 0
    add_slot(quang, unit, hang, 3, 60, 120)
    add_slot(quang, unit, quang.id, 3, 90, 150)
    with pytest.raises(Conflict):
        copy_slots(quang, unit, hang, quang.id)
    with pytest.raises(InvalidInput):
        copy_slots(quang, unit, inside["admin1"], hang)  # whoever has no turns has nothing to give
    with pytest.raises(InvalidInput):
        copy_slots(quang, unit, hang, inside["lan"])  # a mother watches no rooms
    with pytest.raises(Forbidden):
        copy_slots(person(hang), unit, quang.id, hang)


def test_the_grid_holds_every_turn_and_the_gaps_of_each_day(inside: World) -> None:
    quang, hang, unit = person(inside["quang"]), inside["hang"], inside["truong"]
    no_turns(unit)
    add_slots(quang, unit, hang, range(7), 0, NOON)
    add_slot(quang, unit, quang.id, 6, NOON, 1440)
    rota = rota_of(unit)
    assert [row.person.id for row in rota.rows] == [hang, quang.id]
    assert sum(len(row.slots) for row in rota.rows) == 8
    assert rota.gaps == [[(NOON, 1440)]] * 6 + [[]]
    row = rota.row_of(quang.id)
    assert row is not None and rota.usual(row) == (NOON, 1440, "online")
    assert rota.row_of(inside["lan"]) is None and {one.id for one in rota.others} == {inside["mai"]}


# ---- the page -------------------------------------------------------------------------------------------------


def test_a_cell_opens_the_form_of_that_person_and_day(app: Flask, world: World, as_: As) -> None:
    quang, path = as_("quang"), f"/units/{world['lop4a']}/duty"
    page = quang.get(f"{path}?who={world['mai']}&day=2").text
    assert '<h2 id="shift-title">Cô Mai Minh Hoạ, Thứ Tư</h2>' in page
    assert re.findall(r'name="days" value="(\d)" checked', page) == ["2"]
    assert 'value="19:00"' in page and 'value="21:00"' in page  # an evening, where nothing was written yet
    whole = quang.get(f"{path}?who={world['mai']}").text
    assert re.findall(r'name="days" value="(\d)" checked', whole) == ["0", "1", "2", "3", "4"]
    for odd in ("?who=x", "?who=999999", f"?who={world['lan']}", "?day=3", f"?who={world['mai']}&day=9", "?who=&day="):
        assert quang.get(f"{path}{odd}").status_code == 200, odd
    assert 'id="shift"' not in as_("hang").get(f"{path}?who={world['hang']}&day=2").text
    assert f"{path}?who=" not in as_("hang").get(path).text


def test_without_scripts_a_turn_is_written_copied_removed_and_brought_back(app: Flask, world: World, as_: As) -> None:
    quang, unit = as_("quang"), world["lop4a"]
    path, form = f"/units/{unit}/duty", {"user_id": str(world["hang"]), "starts": "18:00", "ends": "20:30"}
    done = quang.post(path, data={**form, "days": ["0", "2"]}, follow_redirects=True).text
    assert "Đã thêm 2 ca trực." in done and done.count("18:00–<wbr>20:30") == 2
    again = quang.post(path, data={**form, "days": ["1", "2"], "starts": "20:00", "ends": "21:00"})
    assert again.status_code == 409 and "đã trực 18:00–20:30 ngày Thứ Tư" in again.text
    assert re.findall(r'name="days" value="(\d)" checked', again.text) == ["1", "2"]  # what was typed stays
    copied = quang.post(f"{path}/copy", data={"from": world["hang"], "user_id": world["quang"]}, follow_redirects=True)
    assert "Đã chép các ca trực." in copied.text and copied.text.count("18:00–<wbr>20:30") == 4
    with app.app_context():
        slot = db.session.scalar(sa.select(sa.func.min(DutySlot.id)).where(DutySlot.unit_id == unit))
    gone = quang.post(f"{path}/{slot}/remove", follow_redirects=True).text
    assert "Đã bỏ ca 18:00–20:30 Thứ Hai của Cô Hằng Minh Hoạ." in gone and gone.count("18:00–<wbr>20:30") == 3
    part = gone[gone.index('id="removed"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', part[: part.index("</form>")]))
    assert "Đã bỏ ca" not in quang.get(path).text  # told once
    back = quang.post(path, data=fields, follow_redirects=True).text
    assert "Đã thêm ca trực." in back and back.count("18:00–<wbr>20:30") == 4
    assert quang.post(f"/units/{world['lop6a']}/duty/{slot}/remove").status_code == 404  # of another unit
    for name in ("hang", "lan"):
        assert as_(name).post(f"{path}/copy", data={"from": world["hang"], "user_id": world["quang"]}).status_code in (
            302, 403, 404,
        )  # fmt: skip
    with app.app_context():
        assert len(turns(unit, world["quang"])) == 2


def test_the_gaps_stand_under_the_grid(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        no_turns(world["truong"])
        add_slots(person(world["quang"]), world["truong"], world["hang"], [0], 480, 720)
    page = as_("quang").get(f"/units/{world['truong']}/duty").text
    foot = page[page.index("<tfoot>") : page.index("</tfoot>")]
    assert foot.count("00:00–<wbr>08:00") == 1 and foot.count("12:00–<wbr>24:00") == 1
    assert foot.count("00:00–<wbr>24:00") == 6


def test_the_grid_costs_the_same_for_many_people_and_turns(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    quang, path = as_("quang"), f"/units/{world['truong']}/duty?who={world['hang']}"

    def cost() -> int:
        quang.get(path)
        queries.clear()
        assert quang.get(path).status_code == 200
        return len(queries)

    before = cost()
    with app.app_context():
        for id in teachers(world["truong"], 30):
            add_slots(person(world["quang"]), world["truong"], id, range(7), 480, 720)
    assert cost() == before


def test_a_removed_turn_is_removed_for_good_by_whoever_may(inside: World) -> None:
    slot = add_slot(person(inside["quang"]), inside["lop4a"], inside["hang"], 1, 60, 120)
    remove_slot(person(inside["admin1"]), slot.id)
    assert turns(inside["lop4a"], inside["hang"]) == []
