"""Members of a unit in a table: who is seen by whom, order, 5,000 rows, and many confirmed at once."""

import csv
import html
import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.accounts.models import Guardian, User
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.paging import ROWS
from tutoring.kernel.text import name_key, search_text

As = Callable[[str], FlaskClient]
FAMILY, MIDDLE = ("Đặng", "Trần", "Đỗ", "Phạm", "Lê"), ("Thị", "Văn", "Gia")
GIVEN = ("An", "Ánh", "Ân", "Dũng", "Đức", "Hà", "Hả", "Út")


@command
def add_people(
    unit_id: int,
    many: int,
    state: str = "active",
    kind: str = "child",
    role: str = "learner",
    guardian: int | None = None,
) -> list[int]:
    """So many members of a unit with Vietnamese names; the ids of their memberships."""
    begin = (db.session.scalar(sa.select(sa.func.max(User.id))) or 0) + 1
    names = [f"{FAMILY[n % 5]} {MIDDLE[n % 3]} {GIVEN[n % 8]}" for n in range(many)]
    account = "waiting" if state == "waiting" else "active"
    db.session.execute(
        sa.insert(User),
        [
            {
                "id": begin + n, "full_name": name, "called_name": name.split()[-1], "username": f"nguoi.{begin + n}",
                "name_words": search_text(f"{name.split()[-1]} {name}"), "kind": kind, "state": account, "grade": 6,
                "birth_year": clock.today().year - (17 if kind == "youth" else 11 if kind == "child" else 40),
                "created_at": clock.now(), "address_form": "bạn",
            }
            for n, name in enumerate(names)
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(Membership),
        [
            {
                "user_id": begin + n, "unit_id": unit_id, "role": role, "state": state, "created_at": clock.now(),
                "confirmed_at": clock.now() if state == "active" else None,
            }
            for n in range(many)
        ],
    )  # fmt: skip
    if guardian is not None:
        rows = [{"child_id": begin + n, "guardian_id": guardian, "relation": "mẹ"} for n in range(many)]
        db.session.execute(sa.insert(Guardian), rows)
    query = sa.select(Membership.id).where(Membership.user_id >= begin).order_by(Membership.id)
    return list(db.session.scalars(query))


def states(app: Flask, ids: list[int]) -> list[str]:
    with app.app_context():
        query = sa.select(Membership.state).where(Membership.id.in_(ids)).order_by(Membership.id)
        return list(db.session.scalars(query))


def names(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page)]


def test_members_stand_in_vietnamese_order_over_all_pages(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_people(world["lop4a"], 120)
    hang, at = as_("hang"), f"/units/{world['lop4a']}/members?role=learner"
    shown = [name for n in (1, 2, 3) for name in names(hang.get(f"{at}&page={n}").text)]
    assert len(shown) >= 120 and shown == sorted(shown, key=name_key)
    assert names(hang.get(f"{at}&sort=-name").text) == shown[::-1][:ROWS]
    assert next(one.split()[-1] for one in shown if one.split()[0] == "Đặng") == "An"


def test_words_find_names_without_accents_and_user_names(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_people(world["lop4a"], 16)
    hang, at = as_("hang"), f"/units/{world['lop4a']}/members"
    assert set(names(hang.get(f"{at}?q=anh").text)) == {"Trần Văn Ánh", "Lê Thị Ánh"}
    assert names(hang.get(f"{at}?q=tran+van+anh").text) == ["Trần Văn Ánh"]
    with app.app_context():
        handle = db.session.scalars(sa.select(User.username).where(User.full_name == "Trần Văn Ánh")).one()
    assert names(hang.get(f"{at}?q={handle}").text) == ["Trần Văn Ánh"]


@pytest.mark.parametrize(("name", "unit"), [("mai", "lop6a"), ("muoi", "truong"), ("minh", "lop6a"), ("lan", "kp3")])
def test_who_may_not_see_members_by_name_finds_none(app: Flask, world: World, as_: As, name: str, unit: str) -> None:
    with app.app_context():
        add_people(world[unit], 4)
        ids = add_people(world[unit], 3, "waiting")
    client, at = as_(name), f"/units/{world[unit]}/members"
    for query in ("", "?state=waiting", "?q=an", "?as=csv", "?as=csv&state=waiting"):
        text = client.get(at + query).text
        assert not any(f"{family} {middle}" in text for family in FAMILY for middle in MIDDLE), query
    client.post(f"{at}/confirm", data={"member": ids})
    assert states(app, ids) == ["waiting"] * 3


def test_a_site_admin_sees_those_with_power_alone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_people(world["truong"], 5)
    page = as_("admin1").get(f"/units/{world['truong']}/members").text
    assert "Hằng" in page and "Còn 5 người nữa ở đây" in page
    assert not any(f"{family} {middle}" in page for family in FAMILY for middle in MIDDLE)


def test_a_file_holds_the_members_that_are_shown(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_people(world["lop4a"], 70)
    hang, at = as_("hang"), f"/units/{world['lop4a']}/members"
    answer = hang.get(f"{at}?as=csv&role=learner&sort=-name")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert rows[0][:2] == ["Họ và tên", "Vai trò"]
    assert [row[0] for row in rows[1:51]] == names(hang.get(f"{at}?role=learner&sort=-name").text)
    assert {row[1] for row in rows[1:]} == {"học sinh"}


@pytest.mark.parametrize("query", ["", "?sort=-since", "?state=waiting", "?q=duc"])
@pytest.mark.parametrize("more", [300, pytest.param(5_000, marks=pytest.mark.full)])
def test_the_page_costs_the_same_for_ten_members_and_for_very_many(
    app: Flask, world: World, as_: As, queries: list[str], query: str, more: int
) -> None:
    hang, at = as_("hang"), f"/units/{world['lop4a']}/members{query}"
    with app.app_context():
        add_people(world["lop4a"], 10)
        add_people(world["lop4a"], 10, "waiting")

    def cost() -> int:
        hang.get(at)
        queries.clear()
        assert hang.get(at).status_code == 200
        return len(queries)

    few = cost()
    with app.app_context():
        add_people(world["lop4a"], more)
        add_people(world["lop4a"], 60, "waiting")
    many = cost()
    print(f"members{query}: {few} statements for 10, {many} for {more} more")
    assert few == many <= 24


# ---- many at once ----------------------------------------------------------------------------------------------


def test_24_pupils_are_confirmed_in_three_presses(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = add_people(world["lop6a"], 24, "waiting")
    hang = as_("hang")
    today = hang.get(f"/units/{world['lop6a']}").text
    link = re.search(r'href="([^"]+)">\s*Xác nhận nhiều người một lúc', today)
    assert link is not None
    waiting = hang.get(html.unescape(link[1])).text  # 1
    assert "Chờ xác nhận <b>24</b>" in waiting
    every = re.search(r'href="([^"]+)" data-pick-page>\s*Chọn tất cả trên trang này', waiting)
    assert every is not None
    ticked = hang.get(html.unescape(every[1])).text  # 2
    boxes = re.findall(r'name="member" value="(\d+)" checked', ticked)
    assert sorted(map(int, boxes)) == ids
    done = hang.post(f"/units/{world['lop6a']}/members/confirm", data={"member": boxes}, follow_redirects=True)  # 3
    assert "Đã xác nhận 24 người." in done.text and "Không có ai đang chờ xác nhận." in done.text
    assert states(app, ids) == ["active"] * 24
    with app.app_context():
        rows = list(db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "confirm_member")))
        whom = set(db.session.scalars(sa.select(Membership.user_id).where(Membership.id.in_(ids))))
        assert {row.target for row in rows if row.actor_id == world["hang"]} >= {f"user:{one}" for one in whom}


def test_what_needs_more_than_a_tick_is_left_to_its_own_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        fit = add_people(world["lop6a"], 2, "waiting")
        untold = add_people(world["lop6a"], 1, "waiting", kind="youth")
        told = add_people(world["lop6a"], 1, "waiting", kind="youth", guardian=world["lan"])
        own = add_people(world["lop6a"], 1, "waiting", guardian=world["hang"])
        power = add_people(world["lop6a"], 1, "waiting", kind="adult", role="teacher")
        elsewhere = add_people(world["lop11a"], 1, "waiting")
        there = add_people(world["lop6a"], 1)
    hang, at = as_("hang"), f"/units/{world['lop6a']}/members"
    page = hang.get(f"{at}?state=waiting").text
    boxes = {int(one) for one in re.findall(r'name="member" value="(\d+)"', page)}
    assert boxes == {*fit, *told} and "báo ba mẹ trước" in page
    every = [*fit, *untold, *told, *own, *power, *elsewhere, *there]
    answer = hang.post(f"{at}/confirm", data={"member": [*every, "x", 10**9]}, follow_redirects=True)
    assert (
        "Đã xác nhận 3 người." in answer.text
        and "1 người chưa được: cần mở trang riêng để báo ba mẹ trước" in answer.text
    )
    assert "Việc này cần người thứ hai xác nhận." in html.unescape(answer.text)
    assert states(app, every) == ["active", "active", "waiting", "active", "waiting", "waiting", "waiting", "active"]


def test_whoever_was_confirmed_meanwhile_is_no_fault_and_none_chosen_is_said(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = add_people(world["lop6a"], 2, "waiting")
    at = f"/units/{world['lop6a']}/members/confirm"
    as_("quang").post(at, data={"member": ids[:1]})
    answer = as_("hang").post(at, data={"member": ids}, follow_redirects=True)
    assert "Đã xác nhận 1 người." in answer.text and states(app, ids) == ["active", "active"]
    assert "Chưa chọn ai đang chờ xác nhận." in as_("hang").post(at, data={}, follow_redirects=True).text


def test_nobody_is_confirmed_while_the_school_is_not_ready(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        ids = add_people(world["lop6a"], 2, "waiting")
        db.session.execute(sa.text("DELETE FROM alarm_call"))
        db.session.execute(sa.text("DELETE FROM alarm_test"))
        db.session.commit()
    hang, at = as_("hang"), f"/units/{world['lop6a']}/members"
    page = hang.get(f"{at}?state=waiting").text
    assert "Chưa nhận thêm học sinh được" in page and 'name="member"' not in page
    answer = hang.post(f"{at}/confirm", data={"member": ids}, follow_redirects=True)
    assert "2 người chưa được" in answer.text and states(app, ids) == ["waiting", "waiting"]
