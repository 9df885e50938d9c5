"""Exact counts are the lengths of lists that their reader opens with every name; nobody else gets one of them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.papers.word_text import text_of
from tests.factories import World, person
from tests.insights import random_months
from tests.insights.pdf_text import words_of
from tests.insights.stored_months import AT, NOVEMBER, OCTOBER, WAITS, WARD, store
from tests.lessons.conftest import Loads
from tests.parametrize import some
from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.memberships import queries as memberships_queries
from tutoring.community.models import ROLES, UNIT_KINDS, Membership, Unit
from tutoring.devices.inventory import queries as inventory_queries
from tutoring.devices.inventory.queries import PAGE
from tutoring.devices.models import Device, DeviceMove
from tutoring.devices.needs import queries as needs_queries
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.insights.unit_report import named_counts as counts
from tutoring.insights.unit_report.labels import hours, number
from tutoring.insights.unit_report.month import open_month
from tutoring.insights.unit_report.named_counts import named_counts
from tutoring.insights.unit_report.sections import CHARTS
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.clock import LOCAL
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy import community as community_policy
from tutoring.policy.insights import lists_by_name, may_see_unit_figures
from tutoring.policy.rooms.volunteer_minutes import MOST_WATCHED, WATCHED
from tutoring.rooms.models import Room
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import sessions_watched_by

As = Callable[[str], FlaskClient]
NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
ALWAYS = "Thành viên mới của đơn vị", "Buổi giúp bạn xem được tên"
STAFF_AT = (
    ("b-c1", "teacher"), ("b-school", "teacher"), ("b-school", "coordinator"), ("b-n1", "lead"), ("b-w1", "officer"),
    ("b-w1", "coordinator"), ("b-city", "officer"), ("b-city", "coordinator"), ("b-partner", "teacher"),
)  # fmt: skip


# ---- the policy ------------------------------------------------------------------------------------------------


def test_who_is_no_staff_of_a_unit_lists_nothing_by_name() -> None:
    everybody = [*ROLES, "site_admin"]
    for kind in (*UNIT_KINDS, ""):
        for held in chain.from_iterable(combinations(everybody, n) for n in range(4)):
            lists = lists_by_name(held, kind)
            if not {"teacher", "lead", "officer", "coordinator"} & set(held) or kind in ("", "city"):
                assert not lists, (held, kind)
            if "members" in lists:
                assert all(community_policy.may_see_member(held, kind, role) for role in ROLES)
            assert ("store" in lists) <= (kind == "ward")


def test_who_reads_the_figures_of_a_school_without_its_pupils_names_counts_no_members() -> None:
    assert may_see_unit_figures({"officer"}, "school")
    assert "members" not in lists_by_name({"officer"}, "school") | lists_by_name({"site_admin"}, "school")
    assert lists_by_name({"site_admin"}, "ward") == frozenset()


# ---- by chance ---------------------------------------------------------------------------------------------------


@command
def fill(chance: Random) -> tuple[dict[str, int], list[int]]:
    """Two busy months, sessions in rooms of every unit, some with minors; and staff of each kind."""
    units = random_months.fill(chance, date(2026, 10, 1), people=50)
    rows = list(db.session.scalars(sa.select(HelpSession).order_by(HelpSession.id)))
    for row in rows:
        place = chance.choice([id_ for code, id_ in units.items() if code != "b-city"])
        room = Room(unit_id=place, topic="t", minors=chance.random() < 0.5, observed=False)
        db.session.add(room)
        db.session.flush()
        row.room_id, row.unit_id = room.id, place
    staff = [User(full_name=f"S{n}", called_name=f"S{n}", username=f"staff{n}") for n in range(len(STAFF_AT))]
    db.session.add_all(staff)
    db.session.flush()
    for user, (code, role) in zip(staff, STAFF_AT, strict=True):
        when = NOW - timedelta(days=300)
        db.session.add(Membership(user_id=user.id, unit_id=units[code], role=role, created_at=when, confirmed_at=when))
    admin = User(full_name="A", called_name="A", username="staff-admin", site_admin=True)
    db.session.add(admin)
    db.session.flush()
    return units, [*(user.id for user in staff), admin.id]


def in_month(moment: datetime | None, month: date) -> bool:
    return moment is not None and moment.astimezone(LOCAL).date().replace(day=1) == month


def by_hand(viewer: User, unit: Unit, months: list[date]) -> dict[str, tuple[str, ...]]:
    """What the reader counts on the other pages, row by row; pages that do not open give nothing."""
    held, found = community.roles_for(viewer, unit.id), {}

    def add(label: str, rows: list[datetime | None]) -> None:
        numbers = [sum(in_month(at, month) for at in rows) for month in months]
        if any(numbers) or label in ALWAYS:
            found[label] = tuple(map(number, numbers))

    seen = [one for one in memberships_queries.names(unit.id, "")
            if community_policy.may_see_members(held, unit.kind)
            and community_policy.may_see_member(held, unit.kind, one.role)]  # fmt: skip
    if not community_policy.member_seers(unit.kind).isdisjoint(held):
        joined = [db.session.get_one(Membership, one.membership_id) for one in seen]
        add("Thành viên mới của đơn vị", [one.confirmed_at or one.created_at for one in joined])
    listed = sessions_watched_by(viewer, community.descendants(unit.id), clock.now() - WATCHED, MOST_WATCHED)
    listed = [one for one in listed if one.struck_at is None and one.minutes > 0]
    if {"teacher", "lead", "officer", "coordinator"} & held:
        add("Buổi giúp bạn xem được tên", [one.ended_at for one in listed])
        found["Thời gian hai bên cùng có mặt"] = tuple(
            hours(sum(one.minutes for one in listed if in_month(one.ended_at, month))) for month in months
        )
    try:
        place, _ = needs_queries.unit_for_staff(viewer, unit.id)
        needs = {kind: all_needs(place, kind) for kind in ("device", "internet")}
        add("Đăng ký cần máy", [one.asked_at for one in needs["device"]])
        add("Đăng ký cần mạng", [one.asked_at for one in needs["internet"]])
        theirs = [one.id for kind in needs.values() for one in kind]
        given = db.session.scalars(sa.select(InternetVoucher).where(InternetVoucher.need_id.in_(theirs)))
        add("Gói mạng đã trao", [one.assigned_at for one in given if one.state != "failed"])
    except NotFound:
        pass
    try:
        inventory_queries.store(viewer, unit.id)
        devices = db.session.scalars(sa.select(Device.id).where(Device.unit_id == unit.id).order_by(Device.id)).all()
        moves = [one for device in devices for one in moves_of(device)]
        add("Máy nhận về kho", [one.at for one in moves if (one.from_state, one.to_state) == ("expected", "stored")])
        add("Máy đã trao, tặng hoặc cho mượn", [one.at for one in moves if one.to_state in ("lent", "given")])
        back = [one for one in moves if one.from_state == "lent" and one.to_state not in ("lent", "given")]
        add("Máy mượn đã trả", [one.at for one in back if one.to_state != "lost"])
        add("Máy mượn bị mất", [one.at for one in back if one.to_state == "lost"])
    except NotFound:
        pass
    return found


def all_needs(place: Unit, kind: str) -> list[DeviceNeed]:
    found: list[DeviceNeed] = []
    for tab in needs_queries.TABS:
        page = needs_queries.in_state(place, tab, kind)
        while page.items:
            found += page.items
            page = needs_queries.in_state(place, tab, kind, page.items[-1].id)
    assert len({one.id for one in found}) == len(found) and PAGE < 1000
    return found


def moves_of(device_id: int) -> list[DeviceMove]:
    return list(db.session.scalars(sa.select(DeviceMove).where(DeviceMove.device_id == device_id)))


@pytest.mark.parametrize("seed", some(0, rest=range(1, 4)))
def test_each_number_is_the_length_of_a_list_that_its_reader_opens(app: Flask, two_paths: Loads, seed: int) -> None:
    with app.test_request_context(), clock.travel(NOW):
        units, viewers = fill(Random(seed))
        compared = below_ten = 0
        for viewer in (db.session.get_one(User, one) for one in viewers):
            for code in units:
                unit = db.session.get_one(Unit, units[code])
                try:
                    month = open_month(viewer, unit.id, "2026-11", "2026-10")
                except NotFound:
                    continue
                months = [month.month, *([month.against] if month.against else [])]
                lines = {one.label: one.texts for one in named_counts(viewer, month)}
                assert lines == ({} if unit.kind == "city" else by_hand(viewer, unit, months)), (viewer.username, code)
                if not (STAFF_ROLES & month.held):
                    assert not lines
                compared += len(lines)
                below_ten += sum(text in map(str, range(1, 10)) for some in lines.values() for text in some)
        assert compared > 60 and below_ten > 10  # small numbers were there to be told


STAFF_ROLES = {"teacher", "lead", "officer", "coordinator"}


def test_what_a_reader_cannot_list_by_name_changes_no_number(app: Flask, two_paths: Loads) -> None:
    chance = Random(7)
    with app.test_request_context(), clock.travel(NOW):
        units, viewers = fill(chance)
        officer = db.session.get_one(User, viewers[STAFF_AT.index(("b-w1", "officer"))])
        ward = units["b-w1"]
        before = named_counts(officer, open_month(officer, ward, "2026-11", "2026-10"))

        @command
        def unseen() -> None:
            """Sessions with minors, needs and machines of the other ward, a pupil more in a class."""
            for row in db.session.scalars(sa.select(HelpSession).join(Room, HelpSession.room).where(Room.minors)):
                row.minutes += 7
            db.session.execute(
                sa.update(DeviceMove).where(DeviceMove.unit_id == units["b-w2"]).values(at=NOW - timedelta(days=1))
            )
            elsewhere = sa.update(DeviceNeed).where(DeviceNeed.ward_id == units["b-w2"])
            db.session.execute(elsewhere.values(asked_at=NOW))
            new = User(full_name="N", called_name="N", username="one-more")
            db.session.add(new)
            db.session.flush()
            db.session.add(Membership(user_id=new.id, unit_id=units["b-c1"], role="learner", created_at=NOW))

        unseen()
        officer = db.session.get_one(User, officer.id)
        assert named_counts(officer, open_month(officer, ward, "2026-11", "2026-10")) == before


# ---- what leaves the page ------------------------------------------------------------------------------------------


def test_files_charts_and_reports_are_as_if_nothing_were_listed_by_name(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.travel(AT):
        with app.app_context():
            for month in (NOVEMBER, OCTOBER):
                store(world["phuong"], month, WARD, WAITS)
        top, mai = f"/units/{world['phuong']}/figures", as_("mai")

        def everything() -> list[object]:
            rate_limits.clear()
            main = mai.get(top).text.partition("<main")[2].partition("</main>")[0]
            return [
                mai.get(f"{top}.csv").text, words_of(mai.get(f"{top}.pdf").data), text_of(mai.get(f"{top}.docx").data),
                *(mai.get(f"{top}/{chart}.svg").text for chart in CHARTS),
                re.sub(r'(?s)<section id="named".*?</section>', "", main).split(),
            ]  # fmt: skip

        assert 'id="named"' in mai.get(top).text and 'id="named"' not in as_("admin1").get(top).text
        told = everything()
        assert not [one for one in told if "Thành viên mới của đơn vị" in str(one)]
        monkeypatch.setattr(counts, "lists_by_name", lambda held, kind: frozenset())
        assert everything() == told


def test_a_list_that_does_not_reach_back_gives_a_dash(app: Flask, world: World) -> None:
    with app.test_request_context(), clock.travel(AT):
        store(world["phuong"], NOVEMBER, WARD)
        store(world["phuong"], date(2026, 8, 1), WARD)
        mai = person(world["mai"])
        lines = {one.label: one.texts for one in named_counts(mai, open_month(mai, world["phuong"], "", "2026-08"))}
        assert lines["Buổi giúp bạn xem được tên"] == ("0", "–") and lines["Thành viên mới của đơn vị"][1] == "0"
        assert "Máy nhận về kho" not in lines  # nothing to tell
