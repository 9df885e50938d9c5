"""The hours in which rooms with minors may be open, and which of them have nobody on duty."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.community import commands as community
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.coverage import Hours, gaps, hours_of, unwatched
from tutoring.community.models import DutySlot, Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.policy.community import may_set_hours

As = Callable[[str], FlaskClient]


def at(hour: int, minute: int = 0, day: int = 25) -> datetime:
    """A moment of November 2026 as a clock in Vietnam shows it."""
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.LOCAL).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [((6, 29), False), ((6, 30), True), ((12, 0), True), ((21, 29), True), ((21, 30), False), ((0, 0), False)],
)
def test_by_default_rooms_are_open_from_half_past_six_to_half_past_nine(moment: tuple[int, int], is_open: bool) -> None:
    assert Hours().open_at(at(*moment)) is is_open


def test_when_rooms_open_again_is_today_or_tomorrow() -> None:
    assert Hours().opens_next(at(5)) == at(6, 30)
    assert Hours().opens_next(at(22)) == at(6, 30, day=26)
    assert Hours().ends(at(12)) == at(21, 30)
    assert Hours(0, 1440).always and Hours(0, 1440).ends(at(12)) is None and Hours(0, 1440).open_at(at(23, 59))


def test_a_unit_has_the_hours_of_the_nearest_one_that_says_so(inside: World) -> None:
    quang, school = person(inside["quang"]), inside["truong"]
    assert hours_of(inside["lop6a"]).set_at == inside["tp"]  # the demonstration is open at any hour
    duty_commands.set_hours(quang, school, 420, 1200)
    duty_commands.set_hours(person(inside["quang"]), inside["lop6a"], 480, 600)
    assert hours_of(inside["lop6a"]) == Hours(480, 600, inside["lop6a"])
    assert hours_of(inside["lop4a"]) == Hours(420, 1200, school)
    assert hours_of(inside["kp3"]).set_at == inside["tp"]
    duty_commands.set_hours(person(inside["quang"]), inside["lop6a"], None, None)
    assert hours_of(inside["lop6a"]).set_at == school

    @command
    def nobody_says() -> None:
        db.session.execute(sa.update(Unit).values(opens=None, closes=None))

    nobody_says()
    assert hours_of(inside["lop6a"]) == Hours()
    set_hours = sa.select(AuditRow.target).where(AuditRow.action == "set_hours").order_by(AuditRow.id)
    actions = db.session.scalars(set_hours).all()
    assert actions == [f"unit:{school}", f"unit:{inside['lop6a']}", f"unit:{inside['lop6a']}"]


def test_only_coordinators_and_site_admins_set_the_hours(inside: World) -> None:
    assert [role for role in ("teacher", "lead", "officer", "site_admin", "parent", "coordinator")
            if may_set_hours({role})] == ["site_admin", "coordinator"]  # fmt: skip
    for name in ("hang", "mai", "muoi", "lan"):
        with pytest.raises(NotFound):
            duty_commands.set_hours(person(inside[name]), inside["truong"], 420, 1200)
    duty_commands.set_hours(person(inside["admin1"]), inside["truong"], 420, 1200)
    assert (hours_of(inside["truong"]).opens, hours_of(inside["truong"]).closes) == (420, 1200)


@pytest.mark.parametrize(("opens", "closes"), [(600, 600), (700, 600), (-1, 600), (0, 1441), (None, 600), (600, None)])
def test_hours_have_an_order(inside: World, opens: int | None, closes: int | None) -> None:
    with pytest.raises(InvalidInput):
        duty_commands.set_hours(person(inside["quang"]), inside["truong"], opens, closes)


@pytest.mark.parametrize(("opens", "closes"), [(600, 600), (-1, 600), (0, 1441), (None, 600)])
def test_the_database_holds_the_order_too(inside: World, opens: int | None, closes: int | None) -> None:
    @command
    def by_hand() -> None:
        db.session.execute(sa.update(Unit).where(Unit.id == inside["truong"]).values(opens=opens, closes=closes))

    with pytest.raises(sa.exc.IntegrityError):
        by_hand()


def test_the_page_of_hours(app: Flask, world: World, as_: As) -> None:
    path = f"/units/{world['truong']}"
    quang = as_("quang")
    assert "Phòng có học sinh mở cả ngày." in quang.get(path).text
    assert f'href="{path}/hours"' in quang.get(f"{path}/settings").text
    assert f"{path}/hours" not in as_("hang").get(f"{path}/settings").text
    assert as_("hang").get(f"{path}/hours").status_code == 404
    wrong = quang.post(f"{path}/hours", data={"opens": "21:00", "closes": "7:00"})
    assert wrong.status_code == 422 and "Giờ mở phải trước giờ đóng." in wrong.text
    assert quang.post(f"{path}/hours", data={"opens": "7:00", "closes": "20:15"}).status_code == 302
    assert "Phòng có học sinh mở từ 07:00 đến 20:15." in as_("hang").get(path).text
    assert 'value="20:15"' in quang.get(f"{path}/hours").text
    quang.post(f"{path}/hours", data={"opens": "0:00", "closes": "0:00"})
    assert "Phòng có học sinh mở cả ngày." in quang.get(path).text
    quang.post(f"{path}/hours", data={"word": "above"})
    with app.app_context():
        assert hours_of(world["truong"]).set_at == world["tp"]


# ---- the rota -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        ([], [(390, 1290)]),
        ([(0, 1440)], []),
        ([(390, 1290)], []),
        ([(400, 500)], [(390, 400), (500, 1290)]),
        ([(600, 700), (500, 650)], [(390, 500), (700, 1290)]),
        ([(500, 900), (600, 700)], [(390, 500), (900, 1290)]),
        ([(0, 390), (1290, 1440)], [(390, 1290)]),
        ([(390, 800), (800, 1290)], []),
    ],
)
def test_gaps_are_what_no_turn_covers(turns: list[tuple[int, int]], found: list[tuple[int, int]]) -> None:
    assert gaps(390, 1290, turns) == found


@command
def rota(world: World, *turns: tuple[str, str, int, int, int]) -> None:
    """Nothing but these weekly turns: unit, person, weekday, from, to."""
    db.session.execute(sa.delete(DutySlot))
    for unit, name, weekday, starts, ends in turns:
        db.session.add(DutySlot(unit_id=world[unit], user_id=world[name], weekday=weekday, starts=starts, ends=ends))


def test_the_week_shows_who_is_missing_and_counts_only_those_who_may_watch_children(inside: World) -> None:
    duty_commands.set_hours(person(inside["quang"]), inside["truong"], 420, 1260)
    rota(
        inside, ("truong", "hang", 0, 0, 720), ("truong", "quang", 0, 700, 1440), ("lop6a", "hang", 1, 600, 660),
        ("phuong", "mai", 2, 0, 1440),
    )  # fmt: skip
    assert unwatched(inside["truong"])[:3] == [[], [(420, 1260)], [(420, 1260)]]
    assert unwatched(inside["lop6a"])[:3] == [[], [(420, 600), (660, 1260)], [(420, 1260)]]
    for membership_id in db.session.scalars(sa.select(Membership.id).where(Membership.user_id == inside["hang"])).all():
        community.end_member(person(inside["quang"]), membership_id, "Chuyển trường")
    assert unwatched(inside["truong"])[0] == [(420, 700)]


def test_the_page_of_duty_says_which_hours_have_nobody(app: Flask, world: World, as_: As) -> None:
    path = f"/units/{world['truong']}/duty"
    assert "Mọi giờ mở phòng trong tuần đều có người trực." in as_("quang").get(path).text
    with app.app_context():
        rota(world, ("truong", "hang", 0, 480, 720))
    page = as_("quang").get(path).text
    foot = page[page.index("<tfoot>") : page.index("</tfoot>")].replace("<wbr>", "")
    assert "Chưa có ai trực" in foot and '00:00–08:00</span>\n<span class="gap">12:00–24:00' in foot


def test_the_unit_page_says_who_of_those_on_duty_may_not_look_into_childrens_rooms(world: World, as_: As) -> None:
    page = as_("quang").get(f"/units/{world['truong']}").text
    said = {name: page[page.index(f"<b>{name}") :].split("</li>")[0] for name in ("Cô Hằng", "Cô Mai")}
    assert "chỉ phòng của người lớn" in said["Cô Mai"] and "chỉ phòng của người lớn" not in said["Cô Hằng"]


def test_two_people_are_never_taken_for_one(inside: World) -> None:
    hang, mai = person(inside["hang"]), person(inside["mai"])
    assert hang != mai and mai not in [hang] and hang == person(inside["hang"]) and len({hang, mai}) == 2
