"""The part of a room in which people rehearse, and a class at work, as pages: who sees what, and never a value."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.classes.overview_class import add_pupils, let_see
from tests.factories import World, person
from tests.practice.rooms import NAME, begins, does, open_filing, open_group, walk
from tutoring.accounts.consents.commands import give_consent, withdraw
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.practice import scenarios
from tutoring.practice.class_progress import page
from tutoring.practice.runs import commands as practice
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
WATCHERS = ("khoa", "hang", "lan")
TYPED = "Nguyễn Văn Thật 079203004005"


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_filing(world)


def part(client: FlaskClient, room: int, run: str = "") -> str:
    """The part as a page of its own."""
    answer = client.get(f"/practice/rooms/{room}?run={run}")
    assert answer.status_code == 200
    return answer.text[answer.text.index('id="rehearsal"') :]


def fields(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent there."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert form is not None, html
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group(1)))


def begun(as_: As, room: int) -> tuple[FlaskClient, str]:
    """Minh begins; returns his browser and the number of the run."""
    minh = as_("minh")
    answer = minh.post(f"/practice/rooms/{room}/begin", data={"scenario": NAME})
    assert f"/rooms/{room}?show=practice" in answer.location
    found = re.search(r"/practice/runs/([0-9a-f-]{36})", part(minh, room))
    assert found is not None
    return minh, found.group(1)


def test_in_the_room_one_goes_step_by_step_and_stays_in_it_without_scripts(as_: As, room: int) -> None:
    minh, run = begun(as_, room)
    page = minh.get(f"/rooms/{room}?show=practice").text
    assert 'data-tab="practice" aria-current="page"' in page and "Cổng tập luyện: trang đầu" in page
    hidden = fields(page, f"/practice/runs/{run}")
    answer = minh.post(f"/practice/runs/{run}", data={**hidden, "set-tim": "trich-luc", "do": "tim-kiem"})
    assert answer.location.startswith(f"/rooms/{room}?")
    assert "Kết quả tìm kiếm" in minh.get(answer.location).text
    assert "Phòng học đang thấy màn hình này" in minh.get(f"/practice/runs/{run}").text
    away = minh.post(f"/practice/runs/{run}", data={"at": "2", "do": "ban-sao", "to": "https://elsewhere.example/"})
    assert away.location.startswith("/practice/runs/")


def test_whoever_watches_never_gets_a_value_on_the_way_to_the_end(app: Flask, world: World, as_: As, room: int) -> None:
    minh, run = begun(as_, room)
    watchers = {name: as_(name) for name in WATCHERS}
    with app.app_context():
        secrets = {TYPED, "Nguyễn Văn Thật", *scenarios.scenario(NAME).values.values(), "08/03/2020"}
    typed: dict[str, str] = {}
    turns = cycle(watchers.values())  # two of them look at each step, all at the end
    for step in walk():
        if "set" in step:
            typed[f"set-{step['set']}"] = step["value"]
            continue
        at = fields(part(minh, room), f"/practice/runs/{run}")["at"]
        if typed:
            minh.post(f"/practice/runs/{run}", data={"at": at, **dict.fromkeys(typed, TYPED)})
            at = fields(part(minh, room), f"/practice/runs/{run}")["at"]
        name, value = next(iter(step.items()))
        minh.post(f"/practice/runs/{run}", data={"at": at, **typed, name: "1" if value is True else value})
        typed = {}
        for watcher in islice(turns, 2):
            shown = part(watcher, room)
            html = shown + watcher.get(f"/rooms/{room}?show=practice").text
            assert "Minh đang tập" in html
            assert not [one for one in secrets if one in html]
            assert all('type="hidden"' in one for one in re.findall(r"<(?:input|select|textarea)[^>]*>", shown))
    for watcher in watchers.values():
        assert "đã đi tới màn hình cuối" in part(watcher, room)
    assert "Em đã đi tới màn hình cuối." in part(minh, room)


def test_who_points_is_named_where_they_point_until_the_next_step(as_: As, room: int) -> None:
    minh, run = begun(as_, room)
    khoa = as_("khoa")
    seen = part(khoa, room)
    hidden = fields(seen, f"/practice/rooms/{room}/point")
    assert hidden == {"csrf_token": hidden["csrf_token"], "run": run, "at": "0"}
    khoa.post(f"/practice/rooms/{room}/point", data={**hidden, "control": "field:tim"})
    html = part(minh, room)
    assert 'data-control="tim" data-pointed="Anh Khoa chỉ vào đây"' in html
    assert "Anh Khoa chỉ vào đây: Bạn gõ gì vào ô tìm kiếm?" in html
    assert "Bỏ chỉ" in part(khoa, room) and "Bỏ chỉ" in html
    minh.post(f"/practice/runs/{run}", data={"at": "0", "set-tim": "trich-luc", "do": "tim-kiem"})
    assert "data-pointed" not in part(minh, room)
    late = khoa.post(f"/practice/rooms/{room}/point", data={**hidden, "control": "field:tim"}, follow_redirects=True)
    assert "Người học vừa sang bước khác" in late.text
    khoa.post(f"/practice/rooms/{room}/point", data={"run": run, "at": "2", "control": "do:ban-sao"})
    assert 'data-control="do:ban-sao" data-pointed=' in part(minh, room)
    minh.post(f"/practice/rooms/{room}/unpoint", data={"run": run})
    assert "data-pointed" not in part(minh, room)


def test_a_trap_is_pointed_at_as_a_whole(app: Flask, world: World, as_: As, room: int) -> None:
    minh, run = begun(as_, room)
    steps = list(walk())
    with app.app_context():
        does(world["minh"], run, *steps[: steps.index({"do": "thanh-toan"}) + 1])
    khoa = as_("khoa")
    hidden = fields(part(khoa, room), f"/practice/rooms/{room}/point")
    khoa.post(f"/practice/rooms/{room}/point", data={**hidden, "control": "trap:tai-khoan-rieng"})
    assert 'data-control="trap:tai-khoan-rieng" data-pointed="Anh Khoa chỉ vào đây"' in part(minh, room)


def test_a_classmate_sees_own_ways_to_begin_and_nothing_of_the_other(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        group = open_group(world)
        run = begins(person(world["minh"]), group).id
        begins(person(world["an"]), group)
    an, khoa, minh = as_("an"), as_("khoa"), as_("minh")
    assert run in part(minh, group)
    for path in (f"/practice/rooms/{group}?run={run}", f"/rooms/{group}?show=practice&run={run}"):
        assert run not in an.get(path).text.replace(f"?run={run}", "")
        assert "Minh đang tập" not in an.get(path).text
    both = part(khoa, group)
    assert "Đang tập luyện" in both and f"run={run}" in both and "Chỉ vào đây" not in both
    assert "Minh đang tập" in part(khoa, group, run)
    assert as_("bay").get(f"/practice/rooms/{group}").status_code == 404


def test_a_locked_room_shows_nothing_and_opened_again_it_shows_the_same(
    app: Flask, world: World, as_: As, room: int
) -> None:
    _minh, run = begun(as_, room)
    with app.app_context():
        moderation_commands.lock_writing(person(world["hang"]), room, "Xem lại đã")
    for name in ("minh", *WATCHERS):
        html = part(as_(name), room)
        assert "Phòng đang khoá" in html and "Cổng tập luyện" not in html and run not in html
    with app.app_context():
        moderation_commands.unlock_writing(person(world["hang"]), room)
    assert "Minh đang tập" in part(as_("khoa"), room)


def test_a_room_about_something_else_has_no_such_part(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        seats = [(world["minh"], "learner"), (world["khoa"], "helper")]
        school = sessions_commands.open_room(world["lop6a"], seats, "hoc.nop-bai", minors=True, observed=True).id
        filing = sessions_commands.open_room(world["lop6a"], seats, "dvc.tra-cuu", minors=True, observed=True).id
    minh = as_("minh")
    assert "/practice/rooms/" not in minh.get(f"/rooms/{school}").text
    page = minh.get(f"/rooms/{filing}").text
    assert f'href="/practice/rooms/{filing}"' in page and 'id="practice"' not in page


def test_the_helper_s_suggestion_stands_in_the_talk(as_: As, room: int) -> None:
    khoa = as_("khoa")
    assert "Đề nghị tập luyện" in part(khoa, room)
    khoa.post(f"/practice/rooms/{room}/suggest", data={"scenario": NAME})
    assert "Khoa đề nghị cùng tập luyện: Tập nộp hồ sơ" in as_("minh").get(f"/rooms/{room}").text
    for _ in range(6):
        last = khoa.post(f"/practice/rooms/{room}/suggest", data={"scenario": NAME})
    assert last.status_code == 429


# ---- a class at work -----------------------------------------------------------------------------------------


def group_page(client: FlaskClient, world: World) -> str:
    answer = client.get(f"/units/{world['lop6a']}/practice")
    assert answer.status_code == 200
    return answer.text[answer.text.index("<main") : answer.text.index("</main>")]


def test_teachers_see_where_their_class_is_and_no_value(app: Flask, world: World, as_: As) -> None:
    hang = as_("hang")
    with app.app_context():
        let_see(world)
    assert "Chưa thấy ai đang tập" in group_page(hang, world)
    assert f"/practice/{NAME}/handout" in group_page(hang, world)
    with app.app_context():
        run = practice.start_run(world["minh"], NAME, "alone").id
        steps = list(walk("suon-se"))
        does(world["minh"], run, *steps[: steps.index({"do": "tiep"}) + 1])
        secrets = list(scenarios.scenario(NAME).values.values())
        clock.move(timedelta(minutes=4))
    html = group_page(hang, world)
    assert "<b>Minh</b>" in html and "Tự làm" in html and "Có thể đang kẹt" in html
    assert "Ở màn hình “Giấy tờ đính kèm”. Việc đạt được: 0 trên 3" in html and "phút" not in html
    assert not [one for one in secrets if one in html]
    with app.app_context():
        does(world["minh"], run, *steps[steps.index({"do": "tiep"}) + 1 :])
    done = group_page(hang, world)
    assert "Đã đạt" in done and "Việc đạt được: 3 trên 3" in done and "Có thể đang kẹt" not in done
    with app.app_context():
        clock.move(timedelta(hours=2))
    assert "Minh" not in group_page(hang, world)


@pytest.mark.parametrize(
    "when", ["before consent", "consent of the mother alone", "with consent", "after the withdrawal"]
)
def test_a_learner_is_shown_with_consent_alone(app: Flask, world: World, as_: As, when: str) -> None:
    with app.app_context():
        practice.start_run(world["minh"], NAME, "alone")
        if when == "consent of the mother alone":
            give_consent(person(world["lan"]), person(world["minh"]), "progress_shown")
        elif when != "before consent":
            let_see(world)
        if when == "after the withdrawal":
            withdraw(person(world["lan"]), world["minh"], "progress_shown")
    shown = when == "with consent"
    html = group_page(as_("hang"), world)
    assert ("<b>Minh</b>" in html) is shown and ("Chưa thấy ai đang tập" in html) is not shown


def test_runs_that_are_not_shown_take_no_place(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MAX_RUNS", 2)
    with app.app_context():
        let_see(world)
        practice.start_run(world["minh"], NAME, "alone")
        for user_id in add_pupils(world["lop6a"], 3, shown=False):
            practice.start_run(user_id, NAME, "alone")
    assert "<b>Minh</b>" in group_page(as_("hang"), world)


def test_only_who_teaches_that_class_sees_it_and_nobody_of_another(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        let_see(world)
        practice.start_run(world["minh"], NAME, "alone")
        practice.start_run(world["bay"], NAME, "alone")
    path = f"/units/{world['lop6a']}/practice"
    assert "Minh" in group_page(as_("hang"), world) and "Bảy" not in group_page(as_("hang"), world)
    for name in ("quang", "muoi", "mai", "khoa", "minh", "lan", "an", "bay", "admin1"):
        assert as_(name).get(path).status_code in (403, 404), name
    assert f'href="{path}"' not in as_("quang").get(f"/units/{world['lop6a']}/classes").text
    assert as_("hang").get(f"/units/{world['kp3']}/practice").status_code == 404
    assert f'href="{path}"' in as_("hang").get(f"/units/{world['lop6a']}/classes").text


def test_a_class_costs_six_questions_whatever_its_size(
    app: Flask, world: World, inside: World, queries: list[str]
) -> None:
    hang, costs = person(world["hang"]), []
    for number in (0, 1, 4):
        for user_id in add_pupils(world["lop6a"], number, tag=str(number)) if number else ():
            practice.start_run(user_id, NAME, "alone")
        db.session.rollback()
        assert hang.id
        queries.clear()
        with app.test_request_context():
            found = page.at_work(page.class_of(hang, world["lop6a"]), "vi")
        costs.append(len([one for one in queries if one.startswith("SELECT") or one.startswith("WITH")]))
    assert len(found) == 5 and costs[0] < costs[1] == costs[2] <= 6
