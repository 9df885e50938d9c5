"""Units are renamed, archived and taken up again by whoever may create them, and nothing is lost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.campaigns.commands import Plan, write_campaign
from tutoring.community import commands
from tutoring.community.duty import commands as duty_commands
from tutoring.community.join_codes.commands import usable_code, use_code
from tutoring.community.models import DutySlot, JoinCode, Membership, Unit
from tutoring.community.units import archive, mergers, staff_queries
from tutoring.community.units.archive import archive_unit, may_manage, open_things, rename_unit, restore_unit
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests.commands import ask_for_help
from tutoring.rooms.persistent_rooms.commands import open_lasting

As = Callable[[str], FlaskClient]
Who = Callable[[str], object]


def unit_of(world: World, code: str) -> Unit:
    return db.session.get_one(Unit, world[code])


# ---- who ------------------------------------------------------------------------------------------------------


def test_whoever_may_create_a_unit_may_rename_and_archive_it(inside: World) -> None:
    able = {
        code: {name for name in ("hang", "quang", "mai", "muoi", "admin1", "lan") if may_manage(person(inside[name]),
                                                                                               unit_of(inside, code))}
        for code in ("lop4a", "truong", "kp3", "phuong", "tp")
    }  # fmt: skip
    # Quang coordinates the school: its classes are his, the school itself belongs to who stands above it.
    assert able == {"lop4a": {"quang", "admin1"}, "truong": {"admin1"}, "kp3": {"admin1"}, "phuong": {"admin1"},
                    "tp": {"admin1"}}  # fmt: skip


@pytest.mark.parametrize("act", [archive_unit, restore_unit, lambda actor, id: rename_unit(actor, id, "Lớp khác")])
def test_nobody_else_does_it(inside: World, act: Callable[[object, int], object]) -> None:
    for name in ("hang", "mai", "lan", "minh"):
        with pytest.raises(NotFound):
            act(person(inside[name]), inside["lop4a"])
    with pytest.raises(NotFound):
        act(person(inside["quang"]), inside["truong"])
    assert unit_of(inside, "lop4a").name == "Lớp 4A" and not unit_of(inside, "lop4a").archived


# ---- the name -------------------------------------------------------------------------------------------------


def test_a_new_name_is_written_down_and_the_former_one_comes_back(inside: World) -> None:
    quang, id = person(inside["quang"]), inside["lop4a"]
    rename_unit(quang, id, "  Lớp   4A1 ")
    assert unit_of(inside, "lop4a").name == "Lớp 4A1" and archive.former_name(unit_of(inside, "lop4a")) == "Lớp 4A"
    assert "4a1" in unit_of(inside, "lop4a").name_words  # the search goes by the new name
    rename_unit(quang, id, "Lớp 4A1")  # the same name again is no change
    rename_unit(quang, id, archive.former_name(unit_of(inside, "lop4a")))
    rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "rename_unit").order_by(AuditRow.id)).all()
    assert [(row.actor_id, row.facts) for row in rows] == [
        (quang.id, {"was": "Lớp 4A", "name": "Lớp 4A1"}), (quang.id, {"was": "Lớp 4A1", "name": "Lớp 4A"}),
    ]  # fmt: skip
    assert audit.verify().broken_at is None
    for bad in ("", "   ", "x" * 81):
        with pytest.raises(InvalidInput):
            rename_unit(quang, id, bad)


def test_a_name_is_changed_and_taken_back_in_the_browser(world: World, as_: As) -> None:
    quang, place = as_("quang"), f"/units/{world['lop4a']}"
    page = quang.get(f"{place}/settings").text
    stamp = dict(re.findall(r'<input type="hidden" name="(seen_version)" value="([^"]*)"', page))
    done = quang.post(f"{place}/name", data={"name": "Lớp 4B", **stamp}, follow_redirects=True).text
    assert "Đã đổi tên thành Lớp 4B" in done and "Tên trước: Lớp 4A" in done
    assert quang.post(f"{place}/name", data={"name": ""}).status_code == 422
    back = quang.post(f"{place}/name", data={"name": "Lớp 4A"}, follow_redirects=True).text
    assert "<h1>Lớp 4A</h1>" in back
    assert as_("hang").post(f"{place}/name", data={"name": "Lớp 4C"}).status_code == 404
    assert "Lấy lại tên trước" not in as_("hang").get(f"{place}/settings").text


# ---- the archive ----------------------------------------------------------------------------------------------


def test_an_archived_unit_takes_nothing_new_and_loses_nothing(inside: World) -> None:
    quang, hang, lan, id = (*(person(inside[name]) for name in ("quang", "hang", "lan")), inside["lop4a"])
    code = commands.create_code(hang, id, "parent", 40, 30)
    power = commands.create_code(quang, id, "teacher")
    waits = commands.add_child(lan, id, "Bống", 4, clock.today().year - 9, "mẹ", ["profile"])
    member = db.session.scalars(sa.select(Membership).where(Membership.user_id == waits.id)).one()

    def kept() -> list[object]:
        counts = [db.session.scalar(sa.select(sa.func.count()).select_from(t).where(t.unit_id == id))
                  for t in (Membership, JoinCode, DutySlot)]  # fmt: skip
        return [*counts, member.state, code.revoked_at, unit_of(inside, "lop4a").parent_id]

    before = kept()
    archive_unit(quang, id)
    assert unit_of(inside, "lop4a").archived and kept() == before
    with pytest.raises(InvalidInput) as refused:
        use_code(person(inside["bay"]), code.code)
    assert refused.value.code == "archived_unit"
    for act in (
        lambda: commands.create_code(hang, id, "parent"),
        lambda: commands.confirm_code(person(inside["admin1"]), power.id),
        lambda: commands.add_child(lan, id, "Tý", 4, clock.today().year - 9, "mẹ", ["profile"]),
        lambda: commands.confirm_member(hang, member.id),
        lambda: duty_commands.add_slot(quang, id, inside["hang"], 0, 60, 120),
        lambda: open_lasting(hang, id, "class"),
        lambda: write_campaign(quang, id, Plan("Học", "Học.", "asked", 5, clock.today(), clock.today())),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert "đã lưu trữ" in refusal.value.say
    restore_unit(quang, id)
    assert not unit_of(inside, "lop4a").archived and kept() == before
    assert usable_code(code.code).id == code.id
    assert commands.confirm_member(hang, member.id).state == "active"
    done = sa.select(AuditRow.action).where(AuditRow.target == f"unit:{id}", AuditRow.action.like("%e_unit"))
    done = done.where(AuditRow.action != "create_unit")
    assert list(db.session.scalars(done.order_by(AuditRow.id))) == ["archive_unit", "restore_unit"]


def test_a_pupil_of_an_archived_class_asks_from_the_next_unit_or_is_told_what_to_do(inside: World) -> None:
    quang, minh = person(inside["quang"]), person(inside["minh"])
    archive_unit(quang, inside["lop6a"])
    with pytest.raises(Forbidden) as refused:
        ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt")
    assert "mã tham gia" in refused.value.say
    restore_unit(quang, inside["lop6a"])
    assert ask_for_help(minh, minh, topics("vi")[0][0], "Em bị kẹt").unit_id == inside["lop6a"]


def test_what_is_open_below_is_archived_first_and_restored_last(inside: World) -> None:
    admin = person(inside["admin1"])
    with pytest.raises(Conflict):
        archive_unit(admin, inside["truong"])
    assert open_things(unit_of(inside, "truong")).below == ["Lớp 4A", "Lớp 6A", "Lớp 11A"]
    for code in ("lop4a", "lop6a", "lop11a"):
        archive_unit(admin, inside[code])
    archive_unit(admin, inside["truong"])
    archive_unit(admin, inside["truong"])  # a second time changes nothing
    with pytest.raises(Conflict):
        restore_unit(admin, inside["lop4a"])
    with pytest.raises(Conflict):
        commands.create_unit(admin, "moi", "class", "Lớp 5A", parent_id=inside["truong"])
    restore_unit(admin, inside["truong"])
    restore_unit(admin, inside["lop4a"])
    assert [one.name for one in staff_queries.units_below(inside["truong"]).items] == ["Lớp 4A"]
    assert [one.name for one in archive.archived_below(inside["truong"])] == ["Lớp 6A", "Lớp 11A"]


def test_a_planned_merger_is_cancelled_first(inside: World) -> None:
    @command
    def plan() -> None:
        mergers.plan_merger(None, "demo-lop4a", "demo-lop6a", clock.today() + timedelta(days=30))

    plan()
    for code in ("lop4a", "lop6a"):  # the one that goes, and the one that takes it in
        with pytest.raises(Conflict):
            archive_unit(person(inside["quang"]), inside[code])
    mergers.cancel_merger(person(inside["quang"]), inside["lop4a"])
    assert archive_unit(person(inside["quang"]), inside["lop4a"]).archived


def test_archive_and_way_back_in_the_browser(app: Flask, world: World, as_: As) -> None:
    quang, place = as_("quang"), f"/units/{world['lop4a']}"
    with app.app_context():
        code = commands.create_code(person(world["hang"]), world["lop4a"], "parent", 40, 30).code
    asks = quang.get(f"{place}/archive").text
    assert "Lưu trữ Lớp 4A?" in asks and "1 mã tham gia, không dùng được nữa" in asks and "Không có gì bị xoá" in asks
    done = quang.post(f"{place}/archive", follow_redirects=True).text
    assert "Đã lưu trữ Lớp 4A" in done and "Mở lại Lớp 4A" in done
    hang = as_("hang")
    for tab in ("", "/members", "/duty", "/classes", "/settings"):
        assert "đã lưu trữ: không nhận thêm người" in hang.get(f"{place}{tab}").text, tab
    assert "Mở lại Lớp 4A" not in hang.get(f"{place}/settings").text
    assert "Đã lưu trữ" in as_("lan").get("/account").text and "Đã lưu trữ" not in as_("muoi").get("/account").text
    assert "1 nơi đã lưu trữ" in quang.get(f"/units/{world['truong']}/classes").text
    refused = app.test_client().get(f"/join/{code}")
    assert refused.status_code == 422 and "đã lưu trữ nên không nhận thêm người" in refused.text
    assert hang.post(f"{place}/restore").status_code == 404
    assert "Đã mở lại" in quang.post(f"{place}/restore", follow_redirects=True).text
    assert app.test_client().get(f"/join/{code}").status_code == 200


def test_the_page_of_a_school_says_what_stands_in_the_way(world: World, as_: As) -> None:
    admin, place = as_("admin1"), f"/units/{world['truong']}"
    asks = admin.get(f"{place}/archive").text
    assert "chưa lưu trữ: Lớp 4A" in asks and '<form method="post" novalidate>' not in asks
    refused = admin.post(f"{place}/archive")
    assert refused.status_code == 409 and "Hãy lưu trữ từng nơi ấy trước" in refused.text
