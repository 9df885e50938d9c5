"""The page of a neighbourhood or ward: who reads it, and what each sees there."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import announced
from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.community.models import DutySlot, Unit
from tutoring.groups import commands as groups_commands
from tutoring.groups import queries as groups_queries
from tutoring.groups import views as groups_views
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.labels import form_word, full_name
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.hooks import Hook
from tutoring.lessons.catalogue.queries import paths
from tutoring.lessons.skills.commands import grant_skill
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands

As = Callable[[str], FlaskClient]


@pytest.mark.parametrize(
    ("name", "unit", "status"),
    [
        ("bay", "kp3", 200), ("bay", "phuong", 200), ("muoi", "kp3", 200), ("mai", "kp3", 200), ("mai", "phuong", 200),
        ("lan", "phuong", 200), ("lan", "kp3", 404), ("minh", "phuong", 200), ("minh", "kp3", 404),
        ("khoa", "phuong", 200), ("hang", "phuong", 200), ("hang", "kp3", 404), ("quang", "kp3", 404),
        ("admin1", "kp3", 200), ("bay", "truong", 404), ("hang", "truong", 404), ("bay", "tp", 404),
    ],
)  # fmt: skip
def test_it_is_read_by_those_who_belong_there(as_: As, world: World, name: str, unit: str, status: int) -> None:
    assert as_(name).get(f"/groups/{world[unit]}").status_code == status


def sections(page: str) -> set[str]:
    return set(re.findall(r'<section id="(\w+)"', page))


def test_a_grown_up_asks_in_the_room_at_the_desk_or_for_help(app: Flask, world: World, as_: As) -> None:
    bay, path = as_("bay"), f"/groups/{world['kp3']}"
    closed = bay.get(path).text
    assert "Phòng hỏi đáp chưa mở." in closed and "Vào phòng hỏi đáp" not in closed and "Mở phòng hỏi đáp" not in closed
    assert f'href="/desk/{world["phuong"]}"' in closed and 'href="/ask"' in closed
    assert "Mở phòng hỏi đáp" in as_("muoi").get(path).text
    with app.app_context():
        room = persistent_rooms_commands.open_lasting(person(world["muoi"]), world["kp3"], "questions").id
        nobody_on_duty()
    page = bay.get(path).text
    assert f'href="/rooms/{room}"' in page and "/desk/" not in page and "Lúc này chưa có ai trực." in page
    assert bay.get(f"/rooms/{room}").status_code == 200
    assert f'href="/rooms/{room}"' not in as_("admin1").get(path).text


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))


def test_a_pupil_reads_announcements_lessons_and_fitting_sessions_and_of_people_only_the_duty(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        for pupils, words in ((True, "Buổi của các em"), (False, "Buổi của người lớn")):
            grades = {"lowest": 5, "highest": 6} if pupils else {"lowest": None, "highest": None}
            announced(world, name="hang" if pupils else "quang", words=words, pupils=pupils, **grades)
        mai = person(world["mai"])
        announcements_commands.write_post(mai, world["phuong"], announcements_commands.PostInput("Nghỉ lễ", "Tám giờ"))
        tasks_commands.write_task(
            mai, world["phuong"], tasks_commands.TaskInput("Việc riêng của phường", assignee_id=mai.id)
        )
    page = as_("minh").get(f"/groups/{world['phuong']}").text
    main = page[page.index("<main") :]
    assert sections(page) == {"posts", "duty", "sessions", "lessons"}
    assert "Buổi của các em" in main and "Buổi của người lớn" not in main and "Việc riêng" not in main
    assert "Cô Mai" in main  # is on duty now
    for name in ("Mười", "Bảy", "Lan", "Hằng", "Khoa"):
        assert name not in main, name
    assert "/desk/" not in main and "/members/" not in main
    grown = as_("lan").get(f"/groups/{world['phuong']}").text
    assert "Buổi của người lớn" in grown and "Việc riêng" not in grown


def test_sessions_of_another_place_are_not_on_the_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        mai, muoi = person(world["mai"]), person(world["muoi"])
        grant_skill(mai, muoi.id, topics("vi")[0][0], 3)
        vetting_commands.accept_conduct(muoi, conduct_for(False).text_hash)
        of_adults = {"pupils": False, "lowest": None, "highest": None}
        announced(world, name="muoi", unit_id=world["kp3"], words="Ở khu phố", **of_adults)
        announced(world, unit_id=world["truong"], words="Ở trường", **of_adults)
    lan = as_("lan")
    assert "Ở trường" in lan.get(f"/groups/{world['phuong']}").text
    assert "Ở khu phố" in as_("bay").get(f"/groups/{world['kp3']}").text
    assert "Ở trường" not in as_("muoi").get(f"/groups/{world['kp3']}").text


def test_ones_places_stand_on_the_start_page_and_in_a_list(as_: As, world: World) -> None:
    for name, title, units in (
        ("bay", "Khu phố của tôi", ["kp3", "phuong"]), ("minh", "Phường của em", ["phuong"]),
        ("hang", "Phòng chung, trang của nơi bạn ở", ["phuong"]), ("admin1", "", []),
    ):  # fmt: skip
        for path in ("/", "/groups"):
            page = as_(name).get(path).text
            assert re.findall(r'href="/groups/(\d+)"', page) == [str(world[unit]) for unit in units], (name, path)
        assert title in as_(name).get("/").text
    assert "Gõ mã tham gia" in as_("admin1").get("/groups").text


def test_staff_come_to_it_from_the_page_of_the_unit(as_: As, world: World) -> None:
    for unit, there in (("kp3", True), ("phuong", True)):
        page = as_("mai").get(f"/units/{world[unit]}").text
        assert (f'href="/groups/{world[unit]}"' in page) is there
    assert "/groups/" not in as_("hang").get(f"/units/{world['truong']}").text.split("<main")[1]
    assert f'href="/groups/{world["kp3"]}"' in as_("mai").get(f"/groups/{world['phuong']}").text
    assert f'href="/groups/{world["kp3"]}"' not in as_("lan").get(f"/groups/{world['phuong']}").text


def test_units_are_called_by_their_form() -> None:
    for form, name, full in (
        ("khu phố", "Khu phố 3", "Khu phố 3"), ("ấp", "Bàu Tre", "Ấp Bàu Tre"),
        ("tổ công nghệ số cộng đồng", "2", "Tổ công nghệ số cộng đồng 2"),
        ("tổ công nghệ số cộng đồng", "Tổ công nghệ số 2", "Tổ công nghệ số 2"),
        ("", "Khu 1", "Khu 1"), ("thôn", "Thôn Hạ", "Thôn Hạ"),
    ):  # fmt: skip
        assert full_name(Unit(kind="neighbourhood", form=form, name=name)) == full
    assert form_word(Unit(kind="neighbourhood", form="", name="x")) == "khu phố"


def test_features_above_have_their_place_on_it(world: World, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def panel(person: User | None, unit: Unit, held: frozenset[str]) -> Panel:
        seen.append((person is not None, unit.id, sorted(held)))
        return Panel("campaigns/_of_group.html", {"campaigns": []})

    panels: Hook[[User | None, Unit, frozenset[str]], Panel] = Hook("test.group_panels")
    panels.register(panel)
    panels.register(lambda _person, _unit, _held: None)
    monkeypatch.setattr(groups_views, "group_panels", panels)
    page = as_("bay").get(f"/groups/{world['kp3']}").text
    assert "Chiến dịch đang mở" in page
    assert seen == [(True, world["kp3"], ["learner"])]


@pytest.mark.full
def test_its_cost_does_not_grow_with_what_stands_on_it(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    def cost(name: str) -> int:
        client = as_(name)
        client.get(path)
        queries.clear()
        client.get(path)
        return len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])

    path = f"/groups/{world['kp3']}"

    def fill(count: int) -> None:
        with app.app_context():
            muoi, bay = person(world["muoi"]), world["bay"]
            for n in range(count):
                announcements_commands.write_post(
                    muoi, world["kp3"], announcements_commands.PostInput(f"Số {n} trên {count}", "Tám giờ")
                )
                for whom in (bay, None):
                    tasks_commands.write_task(
                        muoi, world["kp3"], tasks_commands.TaskInput(f"Việc {n} {whom} {count}", "", None, whom)
                    )
            slugs = [one.slug for one in paths("vi")[0].lessons][: min(count, 5)]
            groups_commands.set_month(muoi, world["kp3"], groups_queries.this_month(), slugs)

    fill(1)
    few = {name: cost(name) for name in ("bay", "muoi")}
    fill(9)
    assert {name: cost(name) for name in few} == few
    assert max(few.values()) <= 32, few
