"""The start page by role: what stands on it, first steps ticked off from facts, and no page that is a dead end."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.pairing.group_sessions.fixtures import announced
from tutoring.accounts.events import AccountErased
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import JoinCode, Membership
from tutoring.config import ROOT
from tutoring.home import commands as home
from tutoring.home import first_steps, start_page
from tutoring.home.models import FirstSteps
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.lessons.progress.commands import reach_step
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy import access_tables
from tutoring.policy.access import admits
from tutoring.policy.community import may_set_duty_phone

As = Callable[[str], FlaskClient]


def main_of(client: FlaskClient, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text.split("<main", 1)[1].split("</main>")[0]


def shown(app: Flask, user_id: int, lens: str, lacks: bool = False) -> dict[str, bool]:
    with app.app_context():
        found = first_steps.first_steps(person(user_id), lens, lacks)
        return {one.step.fact: one.done for one in found.steps}


# ---- by role -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "main", "folded"),
    [
        ("an", "Nhờ người giúp", "Phòng học của em"),
        ("lan", "Hỏi ba mẹ cùng lớp", "Giúp người khác"),
        ("khoa", "Giúp người khác", "Nhờ người giúp"),
        ("bay", "Nhờ người giúp", "Luyện tập dịch vụ công"),
    ],
)
def test_what_a_role_does_most_stands_open(as_: As, name: str, main: str, folded: str) -> None:
    page = main_of(as_(name))
    before, after = page.split("<details><summary>Việc khác", 1)
    open_ones = before.split('id="do-title"')[1]
    assert main in open_ones and folded in after
    assert folded not in open_ones


@pytest.mark.parametrize(
    ("name", "button", "other"),
    [
        ("hang", "Phòng đang mở", "Xem bài học"),
        ("muoi", "Viết thông báo", "Nhờ người giúp"),
        ("mai", "Viết thông báo", "Tập huấn của tôi"),
        ("quang", "Mời người mới", "Xem bài học"),
        ("admin1", "Các đơn vị", "Xem bài học"),
    ],
)
def test_staff_have_two_buttons_at_the_head_and_links_at_the_end(as_: As, name: str, button: str, other: str) -> None:
    head, rest = main_of(as_(name)).split('<div class="board">', 1)
    acts = head.split('<p class="actions">')[1].split("</p>")[0]
    assert button in acts and acts.count("<a ") == 2
    assert other in rest.split('id="else-title"')[1] and other not in head


@pytest.mark.parametrize("name", ["hang", "quang", "muoi", "mai", "admin1"])
def test_on_a_phone_each_place_of_the_rail_stands_above_or_below_the_work(as_: As, name: str) -> None:
    found = re.findall(r'(?s)<nav class="rail (start|rest)"(.*?)</nav>', as_(name).get("/").text)
    places = {part: re.findall(r'href="([^"]+)"', text) for part, text in found}
    assert places["start"][0] == "/" and len(places["start"]) >= 5
    assert places.get("rest", []) == places["start"][5:]  # static/css/work/shell.css shows the first five above


@pytest.mark.parametrize("name", ["hang", "muoi", "mai", "quang", "admin1"])
def test_the_page_of_staff_begins_with_what_waits_then_rooms_units_and_the_week(as_: As, name: str) -> None:
    page = main_of(as_(name))
    places = ['id="live-rooms"', 'id="units"'] if name != "admin1" else []  # an administrator alone sees no rooms
    order = ['id="now"', *places, 'id="week-title"']
    assert sorted(order, key=page.index) == order
    assert page.count('class="today"') == 1 and page.split('class="agenda"')[1].count("<h3>") == 7


@pytest.mark.parametrize("name", ["an", "lan", "khoa", "hang", "muoi", "mai", "quang", "admin1", "bay", "minh"])
def test_one_button_stands_out_and_nothing_empty_is_shown(as_: As, name: str) -> None:
    page = main_of(as_(name))
    main = re.findall(r'class="btn(?: small)?"', page)
    assert len(main) == 1 or (len(main) > 1 and page.count('<div class="panel"><h3>') >= len(main))
    assert 'class="empty"' not in page and "<ul></ul>" not in page
    assert not re.search(r"<h2[^>]*>[^<]*</h2>\s*(</section>|<h2)", page)


def test_children_come_first_on_a_mother_s_page(as_: As) -> None:
    page = main_of(as_("lan"))
    assert page.index("Con của bạn") < page.index("Bạn muốn làm gì?") < page.index("Các bước đầu tiên")


def test_every_role_has_steps_and_actions_that_its_people_may_open(backend: str) -> None:
    assert set(first_steps.STEPS) == set(start_page.BY_LENS) == {*start_page.ORDER, "waiting", "pupil", "resident"}
    for lens, some in first_steps.STEPS.items():
        held = {lens} if lens in start_page.ORDER else set()
        assert 3 <= len(some) <= 5
        for step in some:
            assert step.fact in first_steps.FACTS
            assert not step.endpoint or admits(access_tables.ROUTES[step.endpoint], True, held), (lens, step)
        for action in (one for part in start_page.BY_LENS[lens] for one in part):
            assert admits(access_tables.ROUTES[action.endpoint], True, held), (lens, action)


def test_a_session_with_its_time_stands_under_what_is_next(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        made = announced(world)
        group_sessions_commands.sign_up(person(world["minh"]), made, world["minh"])
        at = db.session.get_one(GroupSession, made).at
    page = main_of(as_("minh"))
    assert "Sắp tới" in page and "Buổi học nhóm" in page and clock.local(at).strftime("%H:%M") in page
    assert "/calendar" in page
    mothers = main_of(as_("lan"))
    assert "Của Minh" in mothers
    assert "Sắp tới" not in main_of(as_("an"))


def test_where_one_left_off_in_a_rehearsal(app: Flask, world: World, as_: As) -> None:
    assert "Bài luyện tập đang làm dở" not in main_of(as_("bay"))
    as_("bay").post("/practice/ban-sao-khai-sinh/start", data={"mode": "alone"})
    assert "Bài luyện tập đang làm dở" in main_of(as_("bay"))


# ---- first steps -------------------------------------------------------------------------------------------------


def test_steps_tick_off_from_facts(app: Flask, world: World) -> None:
    minh = world["minh"]
    assert shown(app, minh, "pupil") == {"lesson": False, "practice": False, "calls": False, "asked": False}
    with app.app_context():
        reach_step(minh, "vao-lop-bang-duong-dan", 1)
        home.save_calls(person(minh))
    assert shown(app, minh, "pupil") == {"lesson": True, "practice": False, "calls": True, "asked": False}
    assert shown(app, world["lan"], "parent") == {"child": True, "consent": True, "calls": False, "lesson": False}
    assert shown(app, world["hang"], "teacher")["factor"] and not shown(app, world["hang"], "teacher", True)["factor"]


def test_the_first_pupil_a_teacher_confirms_in_a_class_of_the_school_ticks_the_step_off(
    app: Flask, world: World
) -> None:
    with app.app_context():
        db.session.execute(sa.update(Membership).values(confirmed_by_id=None))
        db.session.commit()
        assert not shown(app, world["hang"], "teacher")["confirmed"]
        sure = sa.update(Membership).where(Membership.unit_id == world["lop6a"], Membership.user_id == world["minh"])
        db.session.execute(sure.values(confirmed_by_id=world["hang"]))
        db.session.commit()
        assert shown(app, world["hang"], "teacher")["confirmed"]


def test_a_coordinator_s_code_for_a_class_of_the_school_ticks_the_step_off(app: Flask, world: World) -> None:
    with app.app_context():
        db.session.execute(sa.update(JoinCode).values(created_by_id=world["admin1"]))
        db.session.commit()
        assert not shown(app, world["quang"], "coordinator")["code"]
        community.create_code(person(world["quang"]), world["lop6a"], "parent")
        assert shown(app, world["quang"], "coordinator")["code"]


def test_nobody_is_told_to_set_a_number_that_is_not_theirs_to_set(world: World, as_: As) -> None:
    for lens in ("lead", "officer", "coordinator"):
        may = may_set_duty_phone({lens})
        assert ("phone" in {step.fact for step in first_steps.STEPS[lens]}) is may, lens
    for name, unit in (("muoi", "kp3"), ("mai", "phuong")):
        assert 'id="duty-phone"' not in as_(name).get(f"/units/{world[unit]}/settings").text
        assert "điện thoại trực" not in main_of(as_(name))


def test_a_mother_s_help_for_her_child_is_a_step_of_her_own(app: Flask, world: World) -> None:
    with app.app_context():
        assert not db.session.scalar(sa.select(first_steps.FACTS["asked"](world["lan"])))
        requests_commands.ask_for_help(person(world["an"]), person(world["an"]), topics("vi")[0][0], "Em bị kẹt")
        assert db.session.scalar(sa.select(first_steps.FACTS["asked"](world["lan"])))
        assert not db.session.scalar(sa.select(first_steps.FACTS["asked"](world["bay"])))


def test_whoever_is_to_help_gets_the_steps_of_helpers(app: Flask, world: World) -> None:
    with app.app_context():
        found = first_steps.first_steps(person(world["khoa"]), "pupil", False)
        assert found.lens == "helper" and [one.step.fact for one in found.steps][:2] == ["trained", "promise"]
        assert first_steps.first_steps(person(world["minh"]), "pupil", False).lens == "pupil"


def test_they_are_put_away_brought_back_at_once_and_from_the_help_page(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    assert "Các bước đầu tiên</h2>" in main_of(minh)
    minh.post("/first-steps/put-away")
    page = main_of(minh)
    assert "Các bước đầu tiên</h2>" not in page and "Hoàn tác" in page
    minh.post("/first-steps/bring-back")
    assert "Các bước đầu tiên</h2>" in main_of(minh)
    minh.post("/first-steps/put-away")
    with app.app_context():
        db.session.get_one(FirstSteps, world["minh"]).put_away_at = (
            clock.now() - first_steps.UNDO_FOR - timedelta(minutes=1)
        )
        db.session.commit()
    assert "bước đầu tiên" not in main_of(minh)
    assert "Xem lại các bước đầu tiên" in main_of(minh, "/help")


def test_once_all_is_done_they_are_gone_and_an_erased_account_keeps_no_row(app: Flask, world: World, as_: As) -> None:
    assert "bước đầu tiên" not in main_of(as_("admin1"))
    as_("minh").post("/first-steps/calls")
    with app.app_context():
        assert db.session.get(FirstSteps, world["minh"]) is not None
        command(lambda: publish(AccountErased(world["minh"], clock.now())))()
        db.session.expire_all()
        assert db.session.get(FirstSteps, world["minh"]) is None


def test_somebody_waiting_is_told_so_and_may_learn_meanwhile(app: Flask, world: World) -> None:
    with app.app_context():
        db.session.get_one(type(person(world["bay"])), world["bay"]).state = "waiting"
        db.session.commit()
    page = main_of(client_of(app, world["bay"]))
    assert "Chờ thầy cô hoặc điều phối viên xác nhận" in page and "Mở một bài học" in page
    assert "Nhờ người giúp" not in page


# ---- nothing is a dead end ---------------------------------------------------------------------------------------


@command
def _newcomer(app_user: str, role: str, unit_id: int, admin: int, second: int) -> int:
    user = create_user("Người Mới", "bốn từ dễ nhớ lắm", called="Mới", handle=app_user)
    code = community.create_code(person(admin), unit_id, role)
    if code.confirmed_at is None:
        community.confirm_code(person(second), code.id)
    member = use_code(user, code.code)
    if member.state == "waiting":
        community.confirm_member(person(second), member.id)
    return user.id


SINGLE = sorted(
    name
    for name, access in access_tables.ROUTES.items()
    if access != "anyone" or name.split(".")[0] in ("home", "practice", "campaigns", "lessons")
)


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("coordinator", "phuong"),
        # Their pages are among those of a coordinator, or are empty to them in the same words.
        *(
            pytest.param(*one, marks=pytest.mark.full)
            for one in [("learner", "kp3"), ("parent", "lop4a"), ("teacher", "truong"), ("lead", "kp3")]
        ),
    ],
)
def test_no_page_is_a_dead_end_for_somebody_new(app: Flask, world: World, role: str, unit: str) -> None:
    """Every page without a number in its address, as somebody who came today: each leads on to something."""
    with app.app_context():
        new = _newcomer(f"moi.{role}", role, world.units[unit], world["admin1"], world["admin2"])
    client = client_of(app, new)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in SINGLE and not rule.arguments]
    seen = 0
    for rule in rules:
        if "GET" not in (rule.methods or ()):
            continue
        answer = client.get(rule.rule)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        seen += 1
        if rule.rule == "/notices":  # it is read, and what it holds leads on by itself
            continue
        main = answer.text.split("<main", 1)[1].split("</main>")[0]
        main = re.sub(r'<p class="crumb">.*?</p>|<nav class="tabs".*?</nav>', "", main, flags=re.DOTALL)
        assert re.search(r'<a [^>]*href="|<form ', main), rule.rule
        for empty in re.findall(r'<div class="empty">.*?</div>', main, flags=re.DOTALL):
            rest = main.replace(empty, "")
            acts = re.search(r'<form |class="btn', rest)
            assert 'class="btn' in empty or acts, (rule.rule, empty)
    assert seen > 25


ACT_BESIDE = {  # what to do next is a button or a form of the same page
    "administration/log.html", "administration/people.html", "administration/units.html", "circles/circle.html",
    "classes/letters/letters.html", "classes/work/works.html", "rooms/ready_phrases/unit_phrases.html",
    "community/class_lists/class_list.html", "community/year_ends/year_end.html",
    "community/year_ends/year_end_class.html",
    "community/memberships/add_child.html", "devices/vouchers/internet.html",
    "devices/allocation/need_vouchers.html", "devices/inventory/store.html",
    "devices/handovers/unit_handovers.html", "devices/inventory/offers.html",
    "campaigns/manage.html", "campaigns/of_unit.html",
    "notebook/notebook.html", "practice/class_progress/group.html", "privacy/breaches.html", "privacy/person.html",
    "queues/work.html", "training/people.html", "training/unit.html",
    "api/tokens/_list.html", "webhooks/webhooks.html", "webhooks/webhook.html",
    "openid/providers.html",
}  # fmt: skip
ONLY_READ = {
    "administration/work.html", "insights/lesson_quality/_table.html", "insights/lesson_quality/lessons.html",
    "notifications/inbox/inbox.html", "notifications/weekly_digest/week.html", "queues/days.html",
}  # fmt: skip


def test_every_empty_list_leads_on(backend: str) -> None:
    """Each use of `empty` names a page to go to, or stands on a page with something to do."""
    folder = ROOT / "templates"
    silent = set()
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        for call in re.findall(r"\{\{-? empty\((.*?)\) -?\}\}", path.read_text("utf-8"), flags=re.DOTALL):
            if "url_for(" not in call and not re.search(r'"/\w+"|href', call) and "where(" not in call:
                silent.add(name)
    assert silent <= ACT_BESIDE | ONLY_READ, silent - ACT_BESIDE - ONLY_READ
    for name in silent & ACT_BESIDE:
        assert re.search(r'class="btn|submit\(|<form', (folder / name).read_text("utf-8")), name
