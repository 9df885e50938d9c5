"""Of two who edit one thing the later one sees both versions, and nothing typed is lost: one mechanism for all."""

import ast
import html
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.devices.donation_fixtures import offered
from tests.factories import World, person
from tests.visits.fixtures import planned
from tutoring.config import ROOT
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.kernel import clock
from tutoring.web import form_versions

As = Callable[[str], FlaskClient]
STALE = "Trong lúc bạn viết, người khác đã lưu bản khác."


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the form that holds a version: hidden fields, texts, what is chosen."""
    at = page.index(f'name="{form_versions.NAME}"')
    begin, end = page.rindex("<form", 0, at), page.index("</form>", at)
    part = page[begin:end]
    found = {}
    for tag in re.findall(r"<input[^>]*>", part):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if known.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in known:
            found[known["name"]] = html.unescape(known.get("value", "y"))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', part, re.DOTALL):
        found[name] = html.unescape(text).removeprefix("\r\n").removeprefix("\n")
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', part, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"|<option value="([^"]*)" selected', body)
        found[name] = (chosen.group(1) or chosen.group(2) or "") if chosen else ""
    return found


def later(client: FlaskClient, path: str, mine: dict[str, str], theirs: dict[str, str], other: FlaskClient) -> str:
    """Open a form as two, save as the other one, then as oneself: the page that refuses the later one."""
    form, others = form_of(client.get(path).text), form_of(other.get(path).text)
    first = other.post(path, data={**others, **theirs})
    assert first.status_code in (302, 303), first.text
    answer = client.post(path, data={**form, **mine})
    assert answer.status_code in (409, 422) and STALE in answer.text
    for typed in mine.values():
        assert html.escape(typed) in answer.text, typed
    # Sent once more, after both versions were seen, it is meant.
    again = client.post(path, data={**form_of(answer.text), **mine})
    assert again.status_code in (302, 303), again.text
    return answer.text


def test_of_an_announcement_both_versions_are_shown(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        said = announcements_commands.PostInput("Lớp tối thứ bảy", "Mời bà con đến nhà văn hoá.", None, False, False)
        post = announcements_commands.write_post(person(world["muoi"]), world["kp3"], said).id
    page = later(
        as_("muoi"), f"/groups/posts/{post}/edit", {"text": "Dời sang chủ nhật."}, {"text": "Lớp nghỉ tuần này."},
        as_("mai"),
    )  # fmt: skip
    assert "Bản đang lưu:" in page and "Lớp nghỉ tuần này." in page


def test_of_a_task_both_versions_are_shown(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        given = tasks_commands.TaskInput("Dán áp phích", "Ở ngã tư", None, None)
        task = tasks_commands.write_task(person(world["muoi"]), world["kp3"], given).id
    page = later(
        as_("muoi"), f"/groups/tasks/{task}/edit", {"details": "Ở chợ"}, {"details": "Ở trường học"}, as_("mai")
    )
    assert "Ở trường học" in page


def test_of_a_setting_both_versions_are_shown(world: World, as_: As) -> None:
    admin = as_("admin1")
    names = re.findall(r'href="/admin/settings/([\w.-]+)"', admin.get("/admin/settings").text)
    path = next(
        path for path in (f"/admin/settings/{name}" for name in names) if 'inputmode="numeric"' in admin.get(path).text
    )
    now = int(form_of(admin.get(path).text)["value"])
    mine, theirs = {"value": str(now + 2), "reason": "thử hai"}, {"value": str(now + 1), "reason": "thử một"}
    page = later(admin, path, mine, theirs, as_("admin2"))
    assert f'<blockquote class="quote">{now + 1}</blockquote>' in page


def test_of_the_hours_of_a_unit_both_versions_are_shown(world: World, as_: As) -> None:
    path = f"/units/{world['truong']}/hours"
    quang = as_("quang")
    form = form_of(quang.get(path).text)
    assert quang.post(path, data={**form, "opens": "08:00"}).status_code == 302
    answer = as_("quang").post(path, data={**form, "opens": "09:00"})
    assert answer.status_code == 422 and STALE in answer.text and "08:00" in answer.text


def test_an_answer_to_an_offer_that_another_one_has_answered_is_kept_and_shown_beside_theirs(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        offer = offered(world)
    mai = as_("mai")
    path = f"/devices/offers/{offer}"
    form, others = form_of(mai.get(path).text), form_of(mai.get(f"{path}/decline").text)
    assert mai.post(f"{path}/accept", data={**form, "said": "Mang tới bàn số 3"}).status_code == 302
    answer = mai.post(f"{path}/decline", data={**others, "reason": "Chưa sửa được máy này"})
    assert STALE in answer.text and "Mang tới bàn số 3" in answer.text and "Chưa sửa được máy này" in answer.text


def test_a_stamp_that_was_not_made_here_counts_for_nothing(app: Flask, world: World, as_: As) -> None:
    path = f"/units/{world['truong']}/hours"
    quang = as_("quang")
    form = form_of(quang.get(path).text)
    answer = quang.post(path, data={**form, form_versions.NAME: "abc", "opens": "09:00"})
    assert answer.status_code == 422 and STALE in answer.text


def test_whoever_writes_the_same_as_the_other_one_is_not_held_up(world: World, as_: As) -> None:
    path = f"/units/{world['truong']}/hours"
    quang = as_("quang")
    form = form_of(quang.get(path).text)
    for _ in range(2):
        assert quang.post(path, data={**form, "opens": "08:00"}).status_code == 302


def test_no_view_shows_what_is_stored_past_the_version() -> None:
    """`Form(obj=row)` fills a form without a stamp: the later of two would undo the work of the first."""
    for path in sorted((ROOT / "tutoring").rglob("*.py")):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "Form(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Form"):
                assert not {"obj", "data"} & {word.arg for word in node.keywords}, f"{path.name}, line {node.lineno}"


def test_of_the_plan_of_a_visit_both_versions_are_shown(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        visit_id = planned(world)
        today = clock.today()
    days = [str(today + timedelta(days=n)) for n in (3, 4)]
    page = later(
        as_("mai"), f"/visits/{visit_id}/plan", {"day": days[0], "time": "10:00"}, {"day": days[1], "time": "8:00"},
        as_("mai"),
    )  # fmt: skip
    assert f'<blockquote class="quote">{days[1]}</blockquote>' in page


@pytest.mark.parametrize(
    ("verb", "field", "one", "other"),
    [
        ("name", "name", "Trường Một", "Trường Hai"),
        ("duty-phone", "phone", "0283829 1234", "0283829 4321"),
        ("link-hosts", "hosts", "truong-a.edu.vn", "truong-b.edu.vn"),
        ("patience", "minutes", "30", "40"),
    ],
)
def test_of_what_a_unit_sets_both_versions_are_shown(
    world: World, as_: As, verb: str, field: str, one: str, other: str
) -> None:
    quang, unit = as_("admin1" if verb == "name" else "quang"), f"/units/{world['truong']}"
    page = quang.get(f"{unit}/hours" if verb == "patience" else f"{unit}/settings").text
    part = page[page.index(f'action="{unit}/{verb}"') :]
    form = form_of("<form" + part[: part.index("</form>") + 7])
    assert quang.post(f"{unit}/{verb}", data={**form, field: one}).status_code == 302
    answer = quang.post(f"{unit}/{verb}", data={**form, field: other})
    assert answer.status_code == 422 and STALE in answer.text and other in answer.text
    assert re.search(r'<blockquote class="quote">[^<]+</blockquote>', answer.text)
    assert quang.post(f"{unit}/{verb}", data={**form_of(answer.text), field: other}).status_code == 302


def test_forms_that_edit_carry_their_version(app: Flask, world: World, as_: As) -> None:
    for name, path in (
        ("admin1", f"/admin/holidays/{date(2027, 9, 2)}"),
        ("quang", f"/units/{world['truong']}/hours"),
    ):
        assert form_of(as_(name).get(path).text)[form_versions.NAME], path
